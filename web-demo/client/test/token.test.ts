// Tokens: asked for when they are needed, renewed without losing the place, and never told.

import { describe, expect, it, vi } from 'vitest';
import { ApiError, type StreamProblem, type TokenReason } from '../src/index.js';
import { block, CONNECTED, control, errorBody, event, lastEvent, LIVE } from './frames.js';
import { readBuild } from './reading.js';
import { StreamServer } from './stream-server.js';

/** Gives `t-0-secret`, `t-1-secret` … and keeps the reasons. */
function tokens(): { reasons: TokenReason[]; getToken: (reason: TokenReason) => Promise<string> } {
  const reasons: TokenReason[] = [];
  return { reasons, getToken: async (reason) => `t-${reasons.push(reason) - 1}-secret` };
}

function expectNoSecret({ problems }: { problems: StreamProblem[] }): void {
  const told = problems.map((problem) => JSON.stringify(problem) + ('error' in problem ? `${problem.error?.stack} ${problem.error?.message}` : ''));
  expect(told.join()).not.toContain('secret');
}

describe('a token', () => {
  it('is asked for at first, and again after a refusal and an expiry, without losing the place', async () => {
    const server = await StreamServer.start();
    const { reasons, getToken } = tokens();
    const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', getToken });
    const first = await server.next();
    expect(first.header('authorization')).toBe('Bearer t-0-secret');
    await first.stream(CONNECTED, LIVE, block(event(1)), control({ type: 'error', ...errorBody('AUTH_EXPIRED', { expiredAt: 1 }) }));

    const second = await server.next();
    expect(second.request.headers).toMatchObject({ authorization: 'Bearer t-1-secret', 'last-event-id': 'c-1' });
    (await second.stream(CONNECTED, LIVE, block(event(2)))).cut();

    const third = await server.next();
    expect(third.request.headers).toMatchObject({ authorization: 'Bearer t-1-secret', 'last-event-id': 'c-2' });
    third.answer(401, { 'content-type': 'application/json' }, JSON.stringify(errorBody('AUTH_EXPIRED')));

    const fourth = await server.next();
    expect(fourth.request.headers).toMatchObject({ authorization: 'Bearer t-2-secret', 'last-event-id': 'c-2' });
    (await fourth.stream(CONNECTED)).cut();
    // A body that a proxy took away tells less, and the same is done.
    (await server.next()).answer(401);

    const fifth = await server.next();
    expect(fifth.request.headers).toMatchObject({ authorization: 'Bearer t-3-secret', 'last-event-id': 'c-2' });
    await fifth.stream(CONNECTED, block(lastEvent(3)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2, 3]);
    expect(reasons).toEqual(['initial', 'expired', 'expired', 'rejected']);
    expect(reading.problems.map(({ kind }) => kind)).toEqual(['interrupted', 'interrupted']);
    expectNoSecret(reading);
  });

  it('that was renewed and is refused again ends the stream', async () => {
    const server = await StreamServer.start();
    const { reasons, getToken } = tokens();
    const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', getToken });
    (await server.next()).answer(401);
    (await server.next()).answer(401);
    await reading.ended();
    expect(reasons).toEqual(['initial', 'rejected']);
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { status: 401, code: 'AUTH_FAILED' } }]);
    expectNoSecret(reading);
  });

  it('that is given is used before any other is asked for', async () => {
    const server = await StreamServer.start();
    const { reasons, getToken } = tokens();
    const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', token: 'given-secret', getToken });
    const first = await server.next();
    expect(first.header('authorization')).toBe('Bearer given-secret');
    first.answer(401);
    await (await server.next()).stream(CONNECTED, block(lastEvent(1)));
    await reading.ended();
    expect(reasons).toEqual(['rejected']);
  });

  it('that can not be had now is asked for again', async () => {
    const server = await StreamServer.start();
    const asked: TokenReason[] = [];
    const getToken = (reason: TokenReason) => {
      if (asked.push(reason) < 3) throw new Error('the backend is away, secret');
      return 't-secret';
    };
    const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', getToken });
    await (await server.next()).stream(CONNECTED, block(lastEvent(1)));
    await reading.ended();
    expect(asked).toEqual(['initial', 'initial', 'initial']);
    expect(reading.problems.map(({ kind }) => kind)).toEqual(['interrupted', 'interrupted']);
    expectNoSecret(reading);
  });

  it('that is refused by its own backend is waited for, or is the end', async () => {
    const server = await StreamServer.start();
    const answers = [new ApiError(503, undefined, new Headers({ 'retry-after': '0' })), new ApiError(402, undefined)];
    const getToken = () => Promise.reject(answers.shift());
    const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', getToken });
    await reading.ended();
    expect(reading.problems).toMatchObject([
      { kind: 'interrupted', error: { code: 'SERVICE_UNAVAILABLE' } },
      { kind: 'refused', error: { code: 'INSUFFICIENT_CREDITS' } },
    ]);
    expect(server.asked).toHaveLength(0);
  });

  it('that comes after the subscription was closed is not used', async () => {
    const server = await StreamServer.start();
    let give!: (token: string) => void;
    const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', getToken: () => new Promise((given) => (give = given)) });
    reading.subscription.close();
    give('late-secret');
    await reading.ended();
    // What it would have asked comes before this.
    await new Promise((next) => setTimeout(next, 0));
    void fetch(new URL('mine', server.base)).catch(() => {});
    expect((await server.next()).request.url).toBe('/mine');
  });

  it('that says when it is stale is renewed before that, while the stream flows', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      const server = await StreamServer.start();
      const asked: TokenReason[] = [];
      const getToken = (reason: TokenReason) => {
        asked.push(reason);
        const payload = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 900 })).toString('base64url');
        return `h.${payload}.s-${asked.length}`;
      };
      const reading = readBuild('b', { baseUrl: server.base, transport: 'sse', getToken, silenceMs: 3_600_000 });
      await (await server.next()).stream(CONNECTED, LIVE, block(event(1)));
      await reading.until(({ items }) => items.length === 1);
      await vi.advanceTimersByTimeAsync(860_000);
      expect(asked).toEqual(['initial']);
      await vi.advanceTimersByTimeAsync(15_000);
      const again = await server.next();
      expect(asked).toEqual(['initial', 'expiring']);
      expect(again.header('last-event-id')).toBe('c-1');
      expect(again.header('authorization')).toContain('.s-2');
      await again.stream(CONNECTED, block(lastEvent(2)));
      await reading.ended();
      expect(reading.numbers).toEqual([1, 2]);
      expect(reading.states).toEqual(['connecting', 'live', 'ended']);
    } finally {
      vi.useRealTimers();
    }
  });
});
