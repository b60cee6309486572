// The client against a real server: both transports, cuts, kills, tokens, locales.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ApiError, request, type BuildEvent } from '../src/index.js';
import { Buildcast, chatty, type Started } from './buildcast.js';
import { CuttingProxy } from './cutting-proxy.js';
import { readBuild, readLogs, readProject, readReplay } from './reading.js';

const TRANSPORTS = ['sse', 'websocket'] as const;
const STATIC = { 'index.html': '<!doctype html><title>é漢🪤</title>' };

let server: Buildcast;

beforeAll(async () => {
  server = await Buildcast.start();
});
afterAll(() => server.stop());

/** The stream as JSON history tells it: what every reader must have seen. */
async function history(path: string, token: string): Promise<{ cursor: string; event: BuildEvent }[]> {
  const answer = await fetch(new URL(`${path}?limit=1000`, server.base), { headers: { accept: 'application/json', authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { events: { cursor: string; event: BuildEvent }[] }).events;
}

async function expectWhole(reading: { items: unknown[]; cursors: string[]; problems: { kind: string }[] }, path: string, token: string): Promise<void> {
  const past = await history(path, token);
  expect(past.length).toBeGreaterThan(5);
  expect(reading.items).toEqual(past.map(({ event }) => event));
  expect(reading.cursors).toEqual(past.map(({ cursor }) => cursor));
  expect(reading.problems.filter(({ kind }) => kind !== 'interrupted')).toEqual([]);
}

const eventsOf = ({ buildId }: Started) => `v1/builds/${buildId}/events`;
const logsOf = ({ buildId }: Started) => `v1/builds/${buildId}/logs`;

it('a build is the same over both transports, live and as history', async () => {
  const started = await server.build(chatty(20, 20));
  const options = { baseUrl: server.base, token: started.token, WebSocket };
  const live = TRANSPORTS.map((transport) => readBuild(started.buildId, { ...options, transport }));
  await Promise.all(live.map((reading) => reading.ended()));
  const again = TRANSPORTS.map((transport) => readBuild(started.buildId, { ...options, transport }));
  await Promise.all(again.map((reading) => reading.ended()));
  for (const reading of [...live, ...again]) {
    await expectWhole(reading, eventsOf(started), started.token);
    expect(reading.states.at(0)).toBe('connecting');
    expect(reading.states.at(-1)).toBe('ended');
    expect(reading.items.at(-1)).toMatchObject({ code: 'BUILD_COMPLETED', finished: true });
  }
  // With the last cursor there is nothing left to say: 204, or `end`.
  for (const transport of TRANSPORTS) {
    const last = await readBuild(started.buildId, { ...options, transport, cursor: live[0]!.subscription.cursor! }).ended();
    expect(last).toMatchObject({ items: [], problems: [] });
  }
});

it('a replay is the build once more over both transports, from the event on that was asked for', async () => {
  const started = await server.build(STATIC);
  const original = await readBuild(started.buildId, { baseUrl: server.base, token: started.token, WebSocket }).ended();
  const body = { fromSeq: 3, speed: 0 };
  const replay = await request('post', '/v1/builds/{id}/replay', { baseUrl: `${server.base}demo`, path: { id: started.buildId }, body });
  for (const transport of TRANSPORTS) {
    const options = { baseUrl: server.base, token: replay.streamToken, WebSocket, transport };
    const whole = await readReplay(replay.replayId, options).ended();
    expect(whole.items).toEqual(original.items.slice(2));
    const rest = await readReplay(replay.replayId, { ...options, cursor: whole.cursors[1]! }).ended();
    expect(rest.items).toEqual(original.items.slice(4));
    expect([...whole.problems, ...rest.problems]).toEqual([]);
  }
});

it('logs are the same over both transports, and end', async () => {
  const started = await server.build(chatty(30, 10));
  const readings = TRANSPORTS.map((transport) => readLogs(started.buildId, { baseUrl: server.base, token: started.token, WebSocket, transport }));
  for (const reading of readings) {
    await reading.ended();
    await expectWhole(reading, logsOf(started), started.token);
    expect(reading.items.filter(({ text }) => text.includes('漢字🪤'))).toHaveLength(30);
  }
});

it('the log of a build that has ended ends', async () => {
  const started = await server.build(STATIC);
  await readBuild(started.buildId, { baseUrl: server.base, token: started.token, WebSocket }).ended();
  for (const transport of TRANSPORTS) {
    const reading = await readLogs(started.buildId, { baseUrl: server.base, token: started.token, WebSocket, transport }).ended();
    expect(reading.problems).toEqual([]);
  }
});

it('a project is the same over both transports, and goes on after a build', async () => {
  const first = await server.build(STATIC);
  const readings = TRANSPORTS.map((transport) => readProject(first.projectId, { baseUrl: server.base, token: first.token, WebSocket, transport }));
  const ends = (count: number) => Promise.all(readings.map((reading) => reading.until(({ items }) => items.filter(({ finished }) => finished).length === count)));
  await ends(1);
  await server.build(STATIC, first.projectId);
  await ends(2);
  for (const reading of readings) await expectWhole(reading, `v1/projects/${first.projectId}/events`, first.token);
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  it.each([11, 23])('cuts at any byte lose nothing and tell nothing twice (seed %i)', async (seed) => {
    const proxy = await CuttingProxy.start(server.port, seed, [300, 2_500]);
    const started = await server.build(chatty(60, 15));
    const options = { baseUrl: proxy.base, token: started.token, WebSocket, transport };
    const build = readBuild(started.buildId, options);
    // Over a socket the two share it, and are cut together.
    const logs = readLogs(started.buildId, options);
    await Promise.all([build.ended(), logs.ended()]);
    proxy.stop();
    await expectWhole(build, eventsOf(started), started.token);
    await expectWhole(logs, logsOf(started), started.token);
    expect(proxy.cuts).toBeGreaterThan(3);
    expect(build.problems.some(({ kind }) => kind === 'interrupted')).toBe(true);
  });

  it('a token that expires within a build is renewed, and the place is kept', async () => {
    const started = await server.build(chatty(40, 100));
    const reasons: string[] = [];
    const getToken = (reason: string) => {
      reasons.push(reason);
      return server.token(started, 1);
    };
    const reading = await readLogs(started.buildId, { baseUrl: server.base, WebSocket, transport, getToken }).ended();
    await expectWhole(reading, logsOf(started), started.token);
    expect(reasons.slice(0, 2)).toEqual(['initial', 'expired']);
    expect(reasons.length).toBeGreaterThan(3);
    expect(reading.problems).toEqual([]);
  });

  it('a token for another build is refused, with the server\'s own words in the locale', async () => {
    const [mine, other] = [await server.build(STATIC), await server.build(STATIC)];
    const reading = await readBuild(mine.buildId, { baseUrl: server.base, token: other.token, WebSocket, transport, locale: 'de' }).ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { code: 'FORBIDDEN', body: { code: 'FORBIDDEN' } } }]);
    const english = await readBuild(mine.buildId, { baseUrl: server.base, token: other.token, WebSocket, transport }).ended();
    const message = (problem: unknown) => (problem as { error: ApiError }).error.message;
    expect(message(reading.problems[0])).not.toBe(message(english.problems[0]));
  });

  it('the locale changes within a build, and a new connection keeps it', async () => {
    const started = await server.build(chatty(40, 50));
    const proxy = await CuttingProxy.start(server.port, 5, [4_000, 6_000]);
    const reading = readLogs(started.buildId, { baseUrl: proxy.base, token: started.token, WebSocket, transport, locale: 'fr' });
    await reading.until(({ items }) => items.length >= 3);
    expect(reading.subscription.locale).toBe('fr');
    reading.subscription.setLocale('ar');
    await reading.until(({ subscription }) => subscription.locale === 'ar');
    await reading.ended();
    proxy.stop();
    const told = reading.frames.flatMap((frame) => ('locale' in frame ? [frame.locale] : []));
    expect(proxy.cuts).toBeGreaterThan(0);
    expect(told.length).toBeGreaterThan(2);
    expect([told[0], ...new Set(told.slice(told.indexOf('ar')))]).toEqual(['fr', 'ar']);
    await expectWhole(reading, logsOf(started), started.token);
  });
});

it('a build goes on while its transport changes every few events', async () => {
  const started = await server.build(chatty(40, 30));
  const reading = readLogs(started.buildId, {
    baseUrl: server.base, token: started.token, WebSocket, transport: 'sse',
    onEvent: ({ seq }) => {
      if (seq % 7 === 0) reading.subscription.setTransport(seq % 2 ? 'websocket' : 'sse');
    },
  });
  await reading.ended();
  await expectWhole(reading, logsOf(started), started.token);
  expect(reading.problems).toEqual([]);
});

it('a request that fails says so by its code', async () => {
  const refused = request('get', '/v1/builds/{id}', { baseUrl: `${server.base}demo`, path: { id: 'none' } });
  await expect(refused).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND', body: { code: 'NOT_FOUND' } });
  const unsigned = request('get', '/v1/builds', { baseUrl: server.base, query: { userId: 'demo' } });
  await expect(unsigned).rejects.toMatchObject({ status: 401, code: 'AUTH_FAILED', params: { reason: 'missing' } });
});

it('a build that is left and asked for again on a shared socket is whole each time', async () => {
  const started = await server.build(STATIC);
  const options = { baseUrl: server.base, token: started.token, WebSocket, transport: 'websocket' } as const;
  const keeps = readProject(started.projectId, options);
  await keeps.until(({ states }) => states.includes('live'));
  for (let times = 0; times < 10; times += 1) {
    const left = readBuild(started.buildId, { ...options, onEvent: ({ seq }) => seq === 3 && left.subscription.close() });
    await left.ended();
    await expectWhole(await readBuild(started.buildId, options).ended(), eventsOf(started), started.token);
  }
});

it('a catalogue is read as the text that it is', async () => {
  expect(await request('get', '/v1/locales/{locale}/messages.ftl', { baseUrl: server.base, path: { locale: 'ar' } })).toContain('BUILD_COMPLETED');
});

it('a server that is killed and comes back loses nothing', async () => {
  const started = await server.build(chatty(100, 40));
  const options = { baseUrl: server.base, token: started.token, WebSocket };
  const readings = TRANSPORTS.map((transport) => readBuild(started.buildId, { ...options, transport }));
  await Promise.all(readings.map((reading) => reading.until(({ items }) => items.some(({ code }) => code === 'BUILD_COMPILING'))));
  await server.kill();
  await Promise.all(readings.map((reading) => reading.until(({ states }) => states.includes('reconnecting'))));
  await server.run();
  await Promise.all(readings.map((reading) => reading.ended()));
  for (const reading of readings) {
    await expectWhole(reading, eventsOf(started), started.token);
    expect(reading.items.filter((event) => event.code === 'BUILD_STARTED' && event.params.isRetry)).toHaveLength(1);
  }
});
