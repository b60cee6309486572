// The package as others get it: built, imported by plain Node, and typed for a strict stranger.

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
import { ApiError, subscribeBuild, type BuildEvent } from '@buildcast/client';
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
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'buildcast-package-'));
  const installed = join(folder, 'node_modules/@buildcast/client');
  await mkdir(installed, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await run(process.execPath, [TSC, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(installed, 'dist')]);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'consumer.ts'), CONSUMER);
  const strict = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom', '--types', 'node'];
  const types = ['--typeRoots', resolve(ROOT, '../node_modules/@types')];
  await run(process.execPath, [TSC, ...strict, ...types, 'consumer.ts'], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('plain Node follows a build with it', async () => {
  const server = await StreamServer.start();
  const running = run(process.execPath, ['consumer.js', server.base, 'b'], { cwd: folder });
  await (await server.next()).stream(CONNECTED, block(event(1)), LIVE, block(lastEvent(2)));
  expect((await running).stdout).toBe('BUILD_BUNDLING,BUILD_COMPLETED http://preview.test/ ApiError\n');
});

it('has a file for each of its exports', async () => {
  for (const entry of ['dist/index.js', 'dist/index.d.ts', 'dist/react.js', 'dist/react.d.ts']) {
    await expect(copyFile(join(folder, 'node_modules/@buildcast/client', entry), join(folder, 'copy'))).resolves.toBeUndefined();
  }
});
