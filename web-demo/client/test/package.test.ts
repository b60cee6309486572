// The package as others get it: built, imported by plain Node, and typed for a strict stranger.

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { block, CONNECTED, event, lastEvent, LIVE } from './frames.js';
import { StreamServer } from './stream-server.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..');
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const CONSUMER = `
import { ApiError, request, subscribeBuild, type BuildEvent } from '@buildcast/client';
const [baseUrl = '', id = ''] = process.argv.slice(2);
const codes: BuildEvent['code'][] = [];
const subscription = subscribeBuild(id, {
  baseUrl,
  onEvent: (event) => {
    codes.push(event.code);
    if (event.code === 'BUILD_COMPLETED') console.log(codes.join(), event.params.url, ApiError.name);
  },
});
await subscription.done;
export async function ask(signal: AbortSignal | undefined): Promise<string> {
  const { buildId } = await request('post', '/v1/builds', { baseUrl, signal, body: { userId: 'u', name: 'n', templateFiles: { a: 'b' } } });
  const { phase } = await request('get', '/v1/builds/{id}', { baseUrl, path: { id: buildId } });
  await request('get', '/v1/locales', { baseUrl });
  // @ts-expect-error a path needs its id
  await request('get', '/v1/builds/{id}', { baseUrl });
  return phase ?? '';
}
`;

/** What stands around the README's first sample. */
const README_PAGE = `
declare const buildId: string, streamToken: string;
declare function show(part: number): void;
declare function open(url: string): void;
declare function say(words: string): void;
declare function sell(): void;
`;

/** The first sample of the README. */
async function readmeSample(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  return /^```ts\n([^]*?)^```/m.exec(readme)![1]!;
}

let folder: string;
/** What the compiler says of a file; it is compiled all the same. */
let compile: (file: string) => Promise<string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'buildcast-package-'));
  const installed = join(folder, 'node_modules/@buildcast/client');
  await mkdir(installed, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await run(process.execPath, [TSC, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')]);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'consumer.ts'), CONSUMER);
  await writeFile(join(folder, 'readme.ts'), README_PAGE + (await readmeSample()));
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom', '--types', 'node'];
  const types = ['--typeRoots', resolve(ROOT, '../node_modules/@types')];
  compile = async (file) => (await run(process.execPath, [TSC, ...strict, ...types, file], { cwd: folder }).catch((failed) => failed)).stdout;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a stranger of strict types can use it', async () => {
  expect(await compile('consumer.ts')).toBe('');
});

it('the README says what compiles', async () => {
  expect(await compile('readme.ts')).toBe('');
});

it('plain Node follows a build with it', async () => {
  const server = await StreamServer.start();
  await compile('consumer.ts');
  const running = run(process.execPath, ['consumer.js', server.base, 'b'], { cwd: folder });
  await (await server.next()).stream(CONNECTED, block(event(1)), LIVE, block(lastEvent(2)));
  expect((await running).stdout).toBe('BUILD_BUNDLING,BUILD_COMPLETED http://preview.test/ ApiError\n');
});

it('has a file for each of its exports', async () => {
  for (const entry of ['dist/index.js', 'dist/index.d.ts', 'dist/react.js', 'dist/react.d.ts']) {
    await expect(copyFile(join(folder, 'node_modules/@buildcast/client', entry), join(folder, 'copy'))).resolves.toBeUndefined();
  }
});
