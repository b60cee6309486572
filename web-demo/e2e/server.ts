// One buildcast server for each test file's worker, on free ports and a data folder of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base } from '@playwright/test';

export interface Server {
  /** Where the page and the API are, without a slash at the end. */
  api: string;
  preview: string;
}

export const BINARY = process.env.BUILDCAST_BIN ?? resolve(import.meta.dirname, '../../target/debug/buildcast');
const START_MS = 30_000;
const STOP_MS = 5_000;

/** `test` with a running server; a file that sets `environment` gets a server of its own with it. */
export const test = base.extend<object, { environment: Record<string, string>; server: Server }>({
  environment: [{}, { option: true, scope: 'worker' }],
  server: [
    async ({ environment }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'buildcast-e2e-'));
      let server: RunningServer | undefined;
      try {
        server = await startServer(folder, environment);
        await use(server);
      } finally {
        await server?.stop('SIGTERM');
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: START_MS + STOP_MS },
  ],
});

export { expect } from '@playwright/test';

export interface RunningServer extends Server {
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** A server on a data folder; on the addresses of an earlier one, where `again` says so. */
export async function startServer(folder: string, environment: Record<string, string>, again?: Server): Promise<RunningServer> {
  const child = spawn(BINARY, ['serve'], {
    env: {
      ...process.env,
      // No setting of the server's, which refuses what it does not know.
      BUILDCAST_BIN: undefined,
      // A test asks more often than anybody.
      BUILDCAST_RATE_PER_MINUTE: '1000000',
      ...environment,
      BUILDCAST_LISTEN: again ? new URL(again.api).host : '127.0.0.1:0',
      BUILDCAST_PREVIEW_LISTEN: again ? new URL(again.preview).host : '127.0.0.1:0',
      BUILDCAST_DATA_DIR: folder,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    return { ...(await listening(child)), stop: (signal) => stop(child, signal) };
  } catch (error) {
    await stop(child, 'SIGKILL');
    throw error;
  }
}

/** The server's first line says where it listens. */
async function listening(child: ChildProcess): Promise<Server> {
  const lines = createInterface({ input: child.stdout! });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    setTimeout(() => reject(new Error('the server did not say where it listens')), START_MS).unref();
  });
  // Rejects again when the server is stopped, when nobody waits for it any more.
  failed.catch(() => {});
  const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
  const { event, api, preview } = JSON.parse(line) as Server & { event: string };
  if (event !== 'listening') throw new Error(`the server's first line was ${line}`);
  return { api, preview };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
