// The client over recordings of real builds, through every fault at every position: it ends with the recorded sequence, or with
// the problem that the fault deserves.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BuildEvent } from '../src/index.js';
import { readBuild } from './reading.js';

const BINARY = process.env.BUILDCAST_BIN ?? resolve(import.meta.dirname, '../../../target/debug/buildcast');
const FOLDER = resolve(import.meta.dirname, '../../../tests/golden');

interface Golden {
  name: string;
  buildId: string;
  events: BuildEvent[];
}

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson'));
const goldens: Golden[] = files.map((name) => {
  const lines = readFileSync(join(FOLDER, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  return { name, buildId: lines[0].build_id, events: lines.slice(1).map(({ event }) => event) };
});
const longest = Math.max(...goldens.map(({ events }) => events.length));

/** Plays all recordings with these faults while `use` reads them. */
async function played(faults: string[], use: (base: string) => Promise<void>): Promise<void> {
  const arguments_ = ['replay', ...files.map((name) => join(FOLDER, name)), '--speed', '0', '--seed', '7', ...faults];
  const child: ChildProcess = spawn(BINARY, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    await use((JSON.parse(line) as { api: string }).api);
  } finally {
    child.kill();
    await ended;
  }
}

/** Every recording over both transports; each reading by its recording. */
async function readAll(base: string, check: (reading: ReturnType<typeof readBuild>, golden: Golden) => void): Promise<void> {
  const tasks = goldens.flatMap((golden) => (['sse', 'websocket'] as const).map(async (transport) => {
    const options = { baseUrl: `${base}/`, token: 'none-is-needed', getToken: async () => 'a-fresh-one', WebSocket, transport, silenceMs: 400 };
    const reading = readBuild(golden.buildId, options);
    await reading.ended();
    check(reading, golden);
  }));
  await Promise.all(tasks);
}

const whole = (reading: ReturnType<typeof readBuild>, { name, events }: Golden) => {
  expect(reading.items, name).toEqual(events);
  expect(reading.problems.filter(({ kind }) => kind !== 'interrupted'), name).toEqual([]);
};

it('seven recordings are there, with an end each', () => {
  expect(goldens.map(({ name, events }) => [name, events.at(-1)?.code])).toEqual([
    ['arabic.ndjson', 'BUILD_COMPLETED'],
    ['cancel.ndjson', 'BUILD_CANCELLED'],
    ['failure.ndjson', 'BUILD_FAILED'],
    ['retry.ndjson', 'BUILD_COMPLETED'],
    ['rollback.ndjson', 'ROLLBACK_COMPLETED'],
    ['success.ndjson', 'BUILD_COMPLETED'],
    ['timeout.ndjson', 'BUILD_TIMEOUT'],
  ]);
  expect(goldens.find(({ name }) => name === 'retry.ndjson')?.events.filter(({ code, params }) => code === 'BUILD_STARTED' && params.isRetry)).toHaveLength(1);
});

describe.each(['drop-after', 'drop-every', 'duplicate', 'expire-after', 'stall-after'])('%s', (fault) => {
  it('at every position leaves the recorded sequence', async () => {
    const positions = Array.from({ length: longest }, (_, at) => String(at + 1));
    await Promise.all(positions.map((at) => played([`--${fault}`, at], (base) => readAll(base, whole))));
  });
});

it('an end within a frame, at every position, leaves the recorded sequence', async () => {
  const positions = Array.from({ length: longest }, (_, at) => String(at + 1));
  await Promise.all(positions.map((at) => played(['--drop-after', at, '--truncate'], (base) => readAll(base, whole))));
});

it('chance, refusals and waits leave the recorded sequence', async () => {
  for (const faults of [['--chaos', '0.2', '--truncate'], ['--status', '503@1,429@3,503@5'], ['--jitter', '5', '--delay', '2', '--slow-start', '30']]) {
    await played(faults, (base) => readAll(base, whole));
  }
});

it('events that change places are told as a gap', async () => {
  await played(['--reorder', '3'], (base) => readAll(base, (reading, golden) => {
    expect(reading.problems.some(({ kind }) => kind === 'gap'), golden.name).toBe(true);
  }));
});
