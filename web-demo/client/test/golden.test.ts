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

const TRANSPORTS = ['sse', 'websocket'] as const;
type Transport = (typeof TRANSPORTS)[number];

/** Every recording over both transports, or over those that are named; each reading by its recording. */
async function readAll(
  base: string,
  check: (reading: ReturnType<typeof readBuild>, golden: Golden) => void,
  transports: readonly Transport[] = TRANSPORTS,
): Promise<void> {
  const tasks = goldens.flatMap((golden) => transports.map(async (transport) => {
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

const positions = Array.from({ length: longest }, (_, at) => at + 1);

describe.each(['drop-after', 'drop-every', 'duplicate', 'expire-after', 'stall-after'])('%s', (fault) => {
  it('at every position leaves the recorded sequence', async () => {
    await Promise.all(positions.map((at) => played([`--${fault}`, String(at)], (base) => readAll(base, whole))));
  });
});

it.each(['drop-after', 'drop-every'])('an end within a frame, by %s at every position, leaves the recorded sequence', async (fault) => {
  await Promise.all(positions.map((at) => played([`--${fault}`, String(at), '--truncate'], (base) => readAll(base, whole))));
});

it('chance, refusals and waits leave the recorded sequence', async () => {
  for (const faults of [['--chaos', '0.2', '--truncate'], ['--status', '503@1,429@3,503@5'], ['--jitter', '5', '--delay', '2', '--slow-start', '30']]) {
    await played(faults, (base) => readAll(base, whole));
  }
});

// What a server does once for a stream is read by one transport at a time.
describe.each(TRANSPORTS)('over %s', (transport) => {
  it('a reset at every position begins anew', async () => {
    await Promise.all(positions.map((at) => played(['--reset-after', String(at)], (base) => readAll(base, (reading, { name, events }) => {
      // Behind the last event there is nothing to begin anew.
      const told = at < events.length ? [...events.slice(0, at), ...events] : events;
      expect(reading.items, `${name} ${at}`).toEqual(told);
      expect(reading.frames.filter(({ type }) => type === 'reset'), `${name} ${at}`).toHaveLength(at < events.length ? 1 : 0);
    }, [transport]))));
  });

  it('a refusal at every position ends with what came before it', async () => {
    await Promise.all(positions.map((at) => played(['--drop-after', String(at), '--status', '403@2'], (base) => readAll(base, (reading, { name, events }) => {
      const refused = reading.problems.filter(({ kind }) => kind === 'refused');
      // One socket carries all recordings: when one of them ends it, the others may have had less.
      const had = transport === 'sse' ? Math.min(at, events.length) : reading.items.length;
      expect(reading.items, `${name} ${at}`).toEqual(events.slice(0, had));
      expect(had, `${name} ${at}`).toBeLessThanOrEqual(at);
      expect(refused, `${name} ${at}`).toHaveLength(had < events.length ? 1 : 0);
    }, [transport]))));
  });
});

it('events that change places are told as a gap, at every position', async () => {
  await Promise.all(positions.map((at) => played(['--reorder', String(at)], (base) => readAll(base, (reading, { name, events }) => {
    expect(reading.problems.some(({ kind }) => kind === 'gap'), `${name} ${at}`).toBe(at < events.length);
  }))));
});
