// A server of the program under measurement, on free ports and a data folder of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const built = (profile) => resolve(import.meta.dirname, `../../target/${profile}/buildcast`);

/** `BUILDCAST_BIN`, else the release build, else the debug build. */
export const BINARY = process.env.BUILDCAST_BIN ?? (existsSync(built('release')) ? built('release') : built('debug'));

/** Calls with the server's address, and stops the server whatever comes of it. */
export async function withServer(use) {
  const folder = await mkdtemp(join(tmpdir(), 'buildcast-bench-'));
  const child = spawn(BINARY, ['serve'], {
    env: {
      ...process.env,
      BUILDCAST_BIN: undefined,
      BUILDCAST_LOG: 'error',
      BUILDCAST_RATE_PER_MINUTE: '1000000',
      BUILDCAST_LISTEN: '127.0.0.1:0',
      BUILDCAST_PREVIEW_LISTEN: '127.0.0.1:0',
      BUILDCAST_DATA_DIR: folder,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      ended.then(([code]) => Promise.reject(new Error(`the server ended with ${code} before it listened`))),
    ]);
    return await use(JSON.parse(line).api);
  } finally {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}
