// Tokens, cursors and locales that can't be sent, and times that a timer can't hold: the same over both transports.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { subscribeBuild, type TokenReason } from '../src/index.js';
import { block, CONNECTED, lastEvent } from './frames.js';
import { readBuild, Reading } from './reading.js';
import { SocketServer } from './socket-server.js';
import { StreamServer } from './stream-server.js';

const PAGE = '<html>\r\n<h1>502 Bad Gateway</h1>\r\n</html>\r\n';
const BAD_TOKENS: [string, unknown][] = [['a page', PAGE], ['nothing', ''], ['undefined', undefined], ['an emoji', '😀'], ['Latin-1', 'é'], ['a zero', 'a\0b']];

/** A server that tells one event to whoever asks, and what a client sent to it. */
async function serving(transport: 'sse' | 'websocket'): Promise<{ base: string; sent: Promise<{ token: unknown; cursor: unknown; locale: unknown }> }> {
  if (transport === 'sse') {
    const server = await StreamServer.start();
    const sent = server.next().then(async (exchange) => {
      await exchange.stream(CONNECTED, block(lastEvent(1)));
      const { authorization, 'last-event-id': cursor, 'x-sheen-locale': locale } = exchange.request.headers;
      return { token: authorization?.slice('Bearer '.length), cursor, locale: locale ?? null };
    });
    return { base: server.base, sent };
  }
  const server = await SocketServer.start();
  const sent = server.next().then(async (peer) => {
    const { token, cursor } = await peer.next();
    peer.send({ type: 'subscribed', stream: 'build:b' }, { type: 'event', stream: 'build:b', cursor: 'c-1', event: lastEvent(1) });
    return { token, cursor, locale: new URL(peer.request.url!, server.base).searchParams.get('locale') };
  });
  return { base: server.base, sent };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(['sse', 'websocket'] as const)('over %s', (transport) => {
  it.each(BAD_TOKENS)('%s for a token is not sent: another one is asked for', async (_, bad) => {
    const { base, sent } = await serving(transport);
    const reasons: TokenReason[] = [];
    const getToken = async (reason: TokenReason) => (reasons.push(reason) === 1 ? (bad as string) : ' good-secret\n');
    const reading = readBuild('b', { baseUrl: base, transport, WebSocket, getToken });
    expect((await sent).token).toBe('good-secret');
    await reading.ended();
    expect(reasons).toEqual(['initial', 'rejected']);
    expect(reading.problems).toEqual([]);
  });

  it.each([['that was given', false], ['that is asked for twice', true]])('a page for a token %s ends the stream', async (_, asked) => {
    const { base } = await serving(transport);
    const reading = readBuild('b', { baseUrl: base, transport, WebSocket, ...(asked ? { getToken: () => PAGE } : { token: PAGE }) });
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { code: 'AUTH_FAILED', message: 'the token is no token' } }]);
    expect(JSON.stringify(reading.problems)).not.toContain('Gateway');
  });

  it.each(['a\nb', 'a\0b', 5])('the cursor %j ends the stream', async (cursor) => {
    const { base } = await serving(transport);
    const reading = readBuild('b', { baseUrl: base, transport, WebSocket, token: 'secret', cursor: cursor as string });
    await reading.ended();
    expect(reading.problems).toMatchObject([{ kind: 'refused', error: { code: 'INVALID_INPUT' } }]);
  });

  it.each(['a\nb!', 'عربي', ''])('the locale %j is as none', async (locale) => {
    const { base, sent } = await serving(transport);
    const reading = readBuild('b', { baseUrl: base, transport, WebSocket, token: 'secret', locale });
    reading.subscription.setLocale('fr\n');
    expect((await sent).locale).toBeNull();
    await reading.ended();
    expect(reading.problems).toEqual([]);
  });

  it.each([Infinity, 3e9])('silenceMs %d, and a token of 60 days, are no timers that fire at once', async (silenceMs) => {
    const { base } = await serving(transport);
    const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')];
    const payload = Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 60 * 86_400 })).toString('base64url');
    const reading = readBuild('b', { baseUrl: base, transport, WebSocket, silenceMs, getToken: () => `h.${payload}.s` });
    await reading.ended();
    const delays = timers.flatMap(({ mock }) => mock.calls.map(([, ms]) => Number(ms ?? 0)));
    expect(Math.max(...delays)).toBeGreaterThan(1e9);
    expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  });
});

it('an odd token that is fetched ahead is not used: the one in use serves on', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    const server = await StreamServer.start();
    const payload = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + 900 })).toString('base64url');
    const reading = new Reading<ReturnType<typeof lastEvent>>();
    const asked: TokenReason[] = [];
    const getToken = (reason: TokenReason) => (asked.push(reason) === 1 ? `h.${payload}.s` : PAGE);
    reading.keep(subscribeBuild('b', reading.noting({ baseUrl: server.base, transport: 'sse', silenceMs: 3_600_000, getToken })));
    const exchange = await (await server.next()).stream(CONNECTED);
    await reading.until(({ frames }) => frames.length === 1);
    await vi.advanceTimersByTimeAsync(875_000);
    expect(asked).toEqual(['initial', 'expiring']);
    await exchange.stream(block(lastEvent(1)));
    await reading.ended();
    expect(server.asked).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});
