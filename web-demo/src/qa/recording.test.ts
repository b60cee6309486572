import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRecording } from './recording';

const golden = readFileSync(new URL('../../../tests/golden/arabic.ndjson', import.meta.url), 'utf8');

test('the checksum of a recording is that of its bytes', async () => {
  expect(await readRecording(golden)).toMatchObject({ matches: true, checksum: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
});

test('a changed recording is told by its checksum', async () => {
  expect((await readRecording(`${golden} `)).matches).toBe(false);
});

test('what is no recording is refused', async () => {
  await expect(readRecording('{}\n')).rejects.toThrow();
  await expect(readRecording('<!doctype html>\n')).rejects.toThrow();
});
