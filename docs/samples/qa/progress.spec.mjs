// Playwright: the page against recordings, over a network that does its worst.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { play } from './replay.mjs';

const RECORDINGS = process.env.RECORDINGS ?? 'recordings';
const PAGE = pathToFileURL(join(import.meta.dirname, 'progress.html'));

/** The codes of a recording, in order: its first line is the header. */
function codesOf(name) {
  const lines = readFileSync(join(RECORDINGS, name), 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => JSON.parse(line).event.code);
}

/** Opens the page on a recording. A run of its own has each try of a test meet its faults. */
async function open(page, player, faults) {
  const run = `${test.info().testId}-${test.info().retry}`;
  const stream = `${player.api}/v1/builds/${player.builds[0]}/events?${faults}&retry=10&run=${run}`;
  await page.goto(`${PAGE}?stream=${encodeURIComponent(stream)}`);
}

for (const [name, end] of [['success.ndjson', 'Done'], ['failure.ndjson', 'Failed']]) {
  test.describe(name, () => {
    let player;
    test.beforeAll(async () => (player = await play([join(RECORDINGS, name)])));
    test.afterAll(() => player?.stop());

    for (const faults of ['', 'drop-every=2', 'drop-after=3&truncate=true', 'duplicate=2', 'reset-after=4', 'chaos=0.3&seed=7']) {
      test(`shows the whole build: ${faults || 'no fault'}`, async ({ page }) => {
        await open(page, player, faults);
        await expect(page.getByRole('status')).toHaveText(end);
        await expect(page.getByRole('listitem')).toHaveText(codesOf(name));
      });
    }

    test('says that it was refused', async ({ page }) => {
      await open(page, player, 'status=403@1');
      await expect(page.getByRole('status')).toHaveText('Refused');
    });
  });
}
