// A server of target/debug for the run, on free ports, with a data folder and a secret of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const BINARY = process.env.BUILDCAST_BIN ?? new URL('../../target/debug/buildcast', import.meta.url).pathname;
const OURS = /^(BUILDCAST_|DATABASE_URL|REDIS_URL|WORKER_SHARED_SECRET)/;
const STOP_MS = 10_000;

/** Calls `use` with the address of a running server, and stops it after that. */
export async function withServer(secret, use) {
  const folder = await mkdtemp(join(tmpdir(), 'buildcast-postman-'));
  const child = spawn(BINARY, ['serve'], {
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name))),
      BUILDCAST_LISTEN: '127.0.0.1:0',
      BUILDCAST_PREVIEW_LISTEN: '127.0.0.1:0',
      BUILDCAST_DATA_DIR: folder,
      BUILDCAST_RATE_PER_MINUTE: '1000000',
      BUILDCAST_LOG: 'error',
      // A token for it is minted, too.
      BUILDCAST_PAGE: 'login',
      WORKER_SHARED_SECRET: secret,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code} before it listened`)));
    ended.catch(() => {});
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
    await use(JSON.parse(line).api);
  } finally {
    await stop(child);
    await rm(folder, { recursive: true, force: true });
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
