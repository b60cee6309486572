// A subscription over server-sent events: what it asks, what it tells, how it resumes.

import { describe, expect, it } from 'vitest';
import { block, CONNECTED, control, event, lastEvent, line, LIVE } from './frames.js';
import { readBuild, readLogs, readProject } from './reading.js';
import { StreamServer } from './stream-server.js';

const TOKEN = 'secret.token.value';

function over(server: StreamServer) {
  return { baseUrl: server.base, transport: 'sse', token: TOKEN } as const;
}

describe('a request', () => {
  it('is a GET for an event stream past all caches, with the token in a header alone', async () => {
    const server = await StreamServer.start();
    readBuild('a/b', over(server));
    const { request } = await server.next();
    expect(request.method).toBe('GET');
    expect(request.url).toBe('/v1/builds/a%2Fb/events');
    expect(request.headers).toMatchObject({ accept: 'text/event-stream', 'cache-control': 'no-cache', authorization: `Bearer ${TOKEN}` });
    expect(request.headers['last-event-id']).toBeUndefined();
    expect(request.headers['x-sheen-locale']).toBeUndefined();
  });

  it('has the cursor and the locale that were asked for', async () => {
    const server = await StreamServer.start();
    readProject('p', { ...over(server), baseUrl: server.base.slice(0, -1), cursor: 'c-9', locale: 'ar' });
    const { request } = await server.next();
    expect(request.url).toBe('/v1/projects/p/events');
    expect(request.headers).toMatchObject({ 'last-event-id': 'c-9', 'x-sheen-locale': 'ar' });
  });

  it('shows a cursor of any characters as an EventSource does', async () => {
    const server = await StreamServer.start();
    readLogs('b', { ...over(server), cursor: '…' });
    const { request } = await server.next();
    expect(request.url).toBe('/v1/builds/b/logs');
    expect(Buffer.from(request.headers['last-event-id'] as string, 'latin1').toString()).toBe('…');
  });

  it('follows a redirection', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await server.next()).answer(307, { location: '/elsewhere' });
    const second = await server.next();
    expect(second.request.url).toBe('/elsewhere');
    await second.stream(CONNECTED, LIVE, block(lastEvent(1)));
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
  });
});

describe('a stream', () => {
  it('is told in order, with its states and frames, to the last event', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    const exchange = await server.next();
    await exchange.stream(`retry: 1000\n${CONNECTED}`, block(event(1)), LIVE, block(event(2)), block(lastEvent(3)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2, 3]);
    expect(reading.cursors).toEqual(['c-1', 'c-2', 'c-3']);
    expect(reading.states).toEqual(['connecting', 'live', 'ended']);
    expect(reading.frames.map(({ type }) => type)).toEqual(['connection', 'live']);
    expect(reading.problems).toEqual([]);
    expect(reading.subscription).toMatchObject({ state: 'ended', cursor: 'c-3', locale: 'en' });
    // The response was left, although the server keeps it open.
    await new Promise((closed) => exchange.response.once('close', closed));
    expect(server.asked).toHaveLength(1);
  });

  it('of a project does not end with a build, and counts by the project', async () => {
    const server = await StreamServer.start();
    const reading = readProject('p', over(server));
    await (await server.next()).stream(CONNECTED, block(lastEvent(1)), block({ ...event(1), project_seq: 12, id: 'x' }), block(event(4)), LIVE);
    await reading.until(({ items }) => items.length === 3);
    expect(reading.problems).toEqual([{ kind: 'gap', expected: 13, received: 14 }]);
    expect(reading.subscription.state).not.toBe('ended');
  });

  it('ends with 204', async () => {
    const server = await StreamServer.start();
    const reading = readLogs('b', { ...over(server), cursor: 'c-9' });
    (await server.next()).answer(204);
    await reading.ended();
    expect(reading.states).toEqual(['connecting', 'ended']);
    expect(reading.problems).toEqual([]);
  });

  it.each([['', [], ''], ['c-2', [line(1), line(2)], '&after=c-2']])('of a finished log ends where nothing comes after %j', async (_, lines, after) => {
    const server = await StreamServer.start();
    const reading = readLogs('b', over(server));
    (await (await server.next()).stream(CONNECTED, ...lines.map(block), LIVE)).end();
    const probe = await server.next();
    expect(probe.header('accept')).toBe('application/json');
    expect(probe.request.url).toBe(`/v1/builds/b/logs?limit=1${after}`);
    probe.answer(200, { 'content-type': 'application/json' }, '{"events":[],"nextCursor":null,"finished":true}');
    await reading.ended();
    expect(reading.states).toEqual(['connecting', 'live', 'ended']);
    expect(reading.problems).toEqual([]);
  });

  it.each([
    [200, '{"events":[],"nextCursor":null,"finished":false}'],
    [200, '{"events":[{}],"nextCursor":"c-2","finished":true}'],
    [200, '<html>'],
    [503, ''],
  ])('of a log goes on where %i says no end', async (status, body) => {
    const server = await StreamServer.start();
    const reading = readLogs('b', over(server));
    (await (await server.next()).stream(CONNECTED, block(line(1)), LIVE)).end();
    (await server.next()).answer(status, {}, body);
    const again = await server.next();
    expect(again.header('last-event-id')).toBe('c-1');
    again.answer(204);
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
  });

  it('of a project without an event is asked for again, and nothing else is', async () => {
    const server = await StreamServer.start();
    readProject('p', over(server));
    (await (await server.next()).stream(CONNECTED, LIVE)).end();
    expect((await server.next()).header('accept')).toBe('text/event-stream');
  });

  it('tells an event that comes twice once, and what is missing', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    await (await server.next()).stream(CONNECTED, block(event(5)), block(event(5)), block(event(4)), block(event(8)), block(lastEvent(9)));
    await reading.ended();
    expect(reading.numbers).toEqual([5, 8, 9]);
    expect(reading.problems).toEqual([{ kind: 'gap', expected: 1, received: 5 }, { kind: 'gap', expected: 6, received: 8 }]);
  });

  it('begins again after a reset', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), cursor: 'c-7' });
    await (await server.next()).stream(CONNECTED, control({ type: 'reset', reason: 'diverged' }), block(event(1)), block(event(2)), LIVE);
    await reading.until(({ states }) => states.includes('live'));
    expect(reading.numbers).toEqual([1, 2]);
    expect(reading.problems).toEqual([]);
    expect(reading.frames).toContainEqual({ type: 'reset', reason: 'diverged' });
    expect(reading.subscription.cursor).toBe('c-2');
  });

  it('asks for the whole history once more where that breaks off before its first event', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), cursor: 'c-7' });
    (await (await server.next()).stream(CONNECTED, control({ type: 'reset', reason: 'ahead' }))).cut();
    const again = await server.next();
    expect(again.header('last-event-id')).toBeUndefined();
    await again.stream(CONNECTED, block(lastEvent(1)));
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
  });

  it('survives what a callback throws', async () => {
    const server = await StreamServer.start();
    const thrown: unknown[] = [];
    const keep = (error: unknown) => thrown.push(error);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', keep);
    try {
      const reading = readBuild('b', { ...over(server), onEvent: ({ seq }) => { if (seq === 1) throw new Error('mine'); } });
      await (await server.next()).stream(CONNECTED, block(event(1)), block(lastEvent(2)));
      await reading.ended();
      await new Promise((next) => setTimeout(next));
      expect(reading.numbers).toEqual([1, 2]);
      expect(thrown).toEqual([new Error('mine')]);
    } finally {
      process.off('uncaughtException', keep);
      for (const listener of others) process.on('uncaughtException', listener);
    }
  });
});

describe('a connection that breaks', () => {
  it.each(['cut', 'end'] as const)('by %s is resumed after the last event', async (how) => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await (await server.next()).stream(CONNECTED, LIVE, block(event(1)), control(event(2))))[how]();
    const again = await server.next();
    // An event without an id of its own moves nothing.
    expect(again.header('last-event-id')).toBe('c-1');
    await again.stream(CONNECTED, block(event(2)), LIVE, block(lastEvent(3)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2, 3]);
    expect(reading.states).toEqual(['connecting', 'live', 'reconnecting', 'live', 'ended']);
    expect(reading.problems).toEqual([{ kind: 'interrupted', retryInMs: 0 }]);
  });

  it('within a frame, and within a character, loses and invents nothing', async () => {
    const whole = new TextEncoder().encode(block({ ...event(2), id: '漢字🪤' }));
    for (let at = 1; at < whole.length - 1; at += 1) {
      const server = await StreamServer.start();
      const reading = readBuild('b', over(server));
      (await (await server.next()).stream(CONNECTED, block(event(1)), whole.subarray(0, at))).cut();
      const again = await server.next();
      expect(again.header('last-event-id')).toBe('c-1');
      await again.stream(CONNECTED, whole, block(lastEvent(3)));
      await reading.ended();
      expect(reading.items.map(({ id }) => id)).toEqual(['e-1', '漢字🪤', 'e-3']);
      expect(reading.problems).toEqual([{ kind: 'interrupted', retryInMs: 0 }]);
    }
  });

  it('that is silent for too long is taken for dead', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), silenceMs: 1_000 });
    await (await server.next()).stream(CONNECTED, LIVE, block(event(1)));
    const again = await server.next();
    expect(again.header('last-event-id')).toBe('c-1');
    await again.stream(CONNECTED, block(lastEvent(2)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2]);
  });

  it('is waited for as long as `retry` says, doubled each time, with full jitter and a cap', async () => {
    const server = await StreamServer.start();
    const waits: number[] = [];
    const setTimeout_ = globalThis.setTimeout;
    // The clock is left out, the figures stay.
    globalThis.setTimeout = ((act: () => void, ms = 0) => setTimeout_(act, ms === 45_000 ? ms : 0)) as typeof setTimeout;
    try {
      const reading = readBuild('b', { ...over(server), random: () => 0.5, onError: (problem) => {
        if (problem.kind === 'interrupted') waits.push(problem.retryInMs);
      } });
      (await (await server.next()).stream('retry: 4000\n', CONNECTED)).cut();
      for (let attempt = 0; attempt < 5; attempt += 1) (await server.next()).cut();
      // What has become live counts from the beginning again.
      (await (await server.next()).stream(CONNECTED, LIVE)).cut();
      await reading.until(({ problems }) => problems.length === 7);
    } finally {
      globalThis.setTimeout = setTimeout_;
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 2_000]);
  });
});

describe('closing', () => {
  it('ends the request, and nothing is told after it', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), onEvent: () => reading.subscription.close() });
    const exchange = await server.next();
    await exchange.stream(CONNECTED, block(event(1)) + block(event(2)) + LIVE);
    await reading.ended();
    await new Promise((closed) => exchange.response.once('close', closed));
    expect(reading.numbers).toEqual([1]);
    expect(reading.states).toEqual(['connecting', 'ended']);
  });

  it('on `live` leaves it ended', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), onControl: ({ type }) => type === 'live' && reading.subscription.close() });
    await (await server.next()).stream(CONNECTED, LIVE);
    await reading.ended();
    expect(reading.states).toEqual(['connecting', 'ended']);
  });

  it('by a signal, also before the beginning', async () => {
    const server = await StreamServer.start();
    const aborter = new AbortController();
    const reading = readBuild('b', { ...over(server), signal: aborter.signal });
    await (await server.next()).stream(CONNECTED);
    aborter.abort();
    await reading.ended();
    const late = await readBuild('b', { ...over(server), signal: aborter.signal }).ended();
    expect(late.states).toEqual(['connecting', 'ended']);
    expect(server.asked).toHaveLength(1);
  });

  it('while it waits makes no other attempt', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), onError: () => reading.subscription.close() });
    (await server.next()).answer(503);
    await reading.ended();
    // What it would have asked comes before this.
    await new Promise((next) => setTimeout(next, 0));
    void fetch(new URL('mine', server.base)).catch(() => {});
    expect((await server.next()).request.url).toBe('/mine');
  });
});

describe('a locale', () => {
  it('that changes within a build takes a connection after the last event, and no state', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    await (await server.next()).stream(CONNECTED, LIVE, block(event(1)));
    await reading.until(({ items }) => items.length === 1);
    reading.subscription.setLocale('ar');
    const again = await server.next();
    expect(again.request.headers).toMatchObject({ 'last-event-id': 'c-1', 'x-sheen-locale': 'ar' });
    await again.stream(control({ type: 'connection', status: 'connected', locale: 'ar' }), LIVE);
    await reading.until(({ subscription }) => subscription.locale === 'ar');
    again.cut();
    // And it stays.
    const third = await server.next();
    expect(third.header('x-sheen-locale')).toBe('ar');
    await third.stream(block(lastEvent(2)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2]);
    expect(reading.states).toEqual(['connecting', 'live', 'reconnecting', 'ended']);
  });
});
