// What ends a subscription over server-sent events, what it waits for, and what it takes no notice of.

import { describe, expect, it } from 'vitest';
import { block, CONNECTED, control, errorBody, event, lastEvent } from './frames.js';
import { readBuild } from './reading.js';
import { StreamServer } from './stream-server.js';

const TOKEN = 'secret.token.value';

function over(server: StreamServer) {
  return { baseUrl: server.base, transport: 'sse', token: TOKEN } as const;
}

describe('a refusal', () => {
  it('402 whose body a CDN has put its own page in place of', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await server.next()).answer(402, { 'content-type': 'text/html' }, '<h1>Payment Required</h1>');
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { status: 402, code: 'INSUFFICIENT_CREDITS', params: {} } }]);
    expect(reading.problems[0]).not.toHaveProperty('error.body.code');
  });

  it('402 without any body', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await server.next()).answer(402);
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { code: 'INSUFFICIENT_CREDITS', params: {}, message: 'HTTP 402' } }]);
  });

  it.each([{ code: 'cf_blocked' }, { code: 1020, requestId: 'r' }, { error: 'payment required' }])('402 with a body that is not ours: %j', async (body) => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await server.next()).answer(402, { 'content-type': 'application/json' }, JSON.stringify(body));
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { code: 'INSUFFICIENT_CREDITS', params: {}, body: undefined } }]);
  });

  it('402 with its body', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    const body = errorBody('INSUFFICIENT_BALANCE', { requiredBalance: 5, currentBalance: 1 });
    (await server.next()).answer(402, { 'content-type': 'application/json' }, JSON.stringify(body));
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { code: 'INSUFFICIENT_BALANCE', params: { requiredBalance: 5 }, requestId: 'r-1', body } }]);
  });

  it.each([[400, 'INVALID_INPUT'], [401, 'AUTH_FAILED'], [403, 'FORBIDDEN'], [404, 'NOT_FOUND'], [410, 'INVALID_INPUT'], [431, 'INVALID_INPUT']])('%i ends the stream, with a token that can not be renewed', async (status, code) => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await server.next()).answer(status, { 'x-request-id': 'r-7' });
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { status, code, requestId: 'r-7' } }]);
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['429 with Retry-After', 429, { 'retry-after': '2' }, '', 'RATE_LIMITED', 2_000],
    ['429 with its params alone', 429, {}, JSON.stringify(errorBody('RATE_LIMITED', { retryAfter: 1.5, limit: 60, window: 60 })), 'RATE_LIMITED', 1_500],
    ['503 with Retry-After', 503, { 'retry-after': '3' }, '<html>', 'SERVICE_UNAVAILABLE', 3_000],
    ['503 with a date that has passed', 503, { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, '', 'SERVICE_UNAVAILABLE', 0],
    ['500', 500, {}, 'oops', 'INTERNAL_ERROR', 0],
    ['504', 504, {}, '', 'NETWORK_TIMEOUT', 0],
  ])('%s passes: it waits, and goes on after the last event', async (_, status, headers, body, code, wait) => {
    const server = await StreamServer.start();
    const timers: number[] = [];
    const setTimeout_ = globalThis.setTimeout;
    globalThis.setTimeout = ((act: () => void, ms = 0) => {
      timers.push(ms);
      return setTimeout_(act, ms === 45_000 ? ms : 0);
    }) as typeof setTimeout;
    try {
      const reading = readBuild('b', { ...over(server), cursor: 'c-4' });
      (await server.next()).answer(status, headers, body);
      const again = await server.next();
      expect(again.header('last-event-id')).toBe('c-4');
      await again.stream(CONNECTED, block(lastEvent(5)));
      await reading.ended();
      expect(reading.problems).toMatchObject([{ kind: 'interrupted', retryInMs: wait, error: { status, code } }]);
      expect(timers).toContain(wait);
    } finally {
      globalThis.setTimeout = setTimeout_;
    }
  });

  it('a page in place of the stream is no stream', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await server.next()).answer(200, { 'content-type': 'text/html' }, block(lastEvent(1)));
    await (await server.next()).stream(CONNECTED, block(lastEvent(2)));
    await reading.ended();
    expect(reading.numbers).toEqual([2]);
  });

  it('as a frame: a passing one is waited for, a final one ends the stream', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    await (await server.next()).stream(CONNECTED, block(event(1)), control({ type: 'error', ...errorBody('SERVICE_UNAVAILABLE') }));
    const again = await server.next();
    expect(again.header('last-event-id')).toBe('c-1');
    await again.stream(CONNECTED, control({ type: 'error', ...errorBody('FORBIDDEN') }), block(event(2)));
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
    expect(reading.problems).toMatchObject([
      { kind: 'interrupted', error: { code: 'SERVICE_UNAVAILABLE' } },
      { kind: 'refused', error: { status: 0, code: 'FORBIDDEN', message: 'message of FORBIDDEN' } },
    ]);
  });
});

describe('garbage', () => {
  it('is skipped and told, and never taken for an event', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    await (await server.next()).stream(
      CONNECTED,
      'data: {"seq":\n\n', 'data: 7\n\n', 'data: []\n\n', 'data: null\n\n', 'data: {}\n\n',
      control({ code: 'BUILD_COMPLETED', seq: '1', finished: true }),
      control({ ...event(3), params: null }),
      `event: forged\n${block(lastEvent(1))}`,
      control({ type: 'news', of: 'a newer server' }),
      `data: ${'x'.repeat(5_000)}\n\n`,
      ': \0\0\n\n', 'id\n\n', '\uFFFD\uFFFF\n\n',
      block(event(1, { code: 'BUILD_OF_A_NEWER_SERVER' })), block(lastEvent(2)),
    );
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2]);
    expect(reading.problems.map(({ kind }) => kind)).toEqual(Array(8).fill('malformed'));
    expect(Math.max(...reading.problems.map((problem) => JSON.stringify(problem).length))).toBeLessThan(300);
  });

  it('of any bytes ends in another attempt, not in an exception', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    let state = 7;
    for (let round = 0; round < 20; round += 1) {
      const noise = Uint8Array.from({ length: 3_000 }, () => (state = (state * 48_271) % 0x7fff_ffff) & 0xff);
      (await (await server.next()).stream(noise)).cut();
    }
    await (await server.next()).stream(CONNECTED, block(lastEvent(1)));
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
  });
});
