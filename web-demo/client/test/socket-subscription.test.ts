// Subscriptions over WebSocket: one socket for many streams, resumes, refusals, locales.

import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openSocket } from '../src/socket.js';
import { errorBody, event, lastEvent, line, numberOf } from './frames.js';
import { readBuild, readLogs, readProject } from './reading.js';
import { SocketServer } from './socket-server.js';
import { StreamServer } from './stream-server.js';

function over(server: { base: string }, more: { locale?: string } = {}) {
  return { baseUrl: server.base, transport: 'websocket', WebSocket, token: 'secret', ...more } as const;
}

/** An event's frame, with cursor `c-SEQ`. */
function told(stream: string, item: object): object {
  return { type: 'event', stream, cursor: `c-${numberOf(item)}`, event: item };
}

describe('a stream', () => {
  it('is subscribed to with cursor and token, and told to its end', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', { ...over(server), cursor: 'c-0', locale: 'ar' });
    const peer = await server.next();
    expect(peer.request.url).toBe('/v1/ws?locale=ar');
    expect(peer.request.headers['sec-websocket-protocol']).toBe('buildcast.v1');
    expect(await peer.next()).toEqual({ type: 'subscribe', stream: 'build:b', cursor: 'c-0', token: 'secret' });
    peer.send({ type: 'subscribed', stream: 'build:b' }, told('build:b', event(1)), told('build:b', event(1)), { type: 'live', stream: 'build:b' });
    peer.send(told('build:b', event(3)), told('build:b', lastEvent(4)));
    await reading.ended();
    await peer.closed;
    expect(reading.numbers).toEqual([1, 3, 4]);
    expect(reading.problems).toEqual([{ kind: 'gap', expected: 2, received: 3 }]);
    expect(reading.states).toEqual(['connecting', 'live', 'ended']);
    expect(reading.frames).toEqual([{ type: 'connection', status: 'connected', locale: 'en' }, { type: 'live' }]);
  });

  it('ends with `end`, and begins again after a reset', async () => {
    const server = await SocketServer.start();
    const reading = readLogs('b', { ...over(server), cursor: 'c-9' });
    const peer = await server.next();
    peer.send({ type: 'subscribed', stream: 'logs:b' }, { type: 'reset', stream: 'logs:b', reason: 'expired' });
    peer.send(told('logs:b', line(1)), { type: 'end', stream: 'logs:b' });
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
    expect(reading.frames).toContainEqual({ type: 'reset', reason: 'expired' });
    expect(reading.problems).toEqual([]);
  });

  it('is resumed after a close, whatever its code', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', over(server));
    for (const [at, code] of [1001, 1008, 1013].entries()) {
      const peer = await server.next();
      expect((await peer.next()).cursor).toBe(at === 0 ? undefined : `c-${at}`);
      peer.send({ type: 'subscribed', stream: 'build:b' }, told('build:b', event(at + 1)));
      peer.socket.close(code);
    }
    const last = await server.next();
    expect((await last.next()).cursor).toBe('c-3');
    last.socket.terminate();
    const again = await server.next();
    again.send(told('build:b', lastEvent(4)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2, 3, 4]);
  });

  it('renews its token on the same socket while others go on', async () => {
    const server = await SocketServer.start();
    const given: string[] = [];
    const other = readProject('p', over(server));
    const peer = await server.next();
    await peer.next();
    const reading = readBuild('b', { ...over(server), token: undefined, getToken: (reason) => `t-${given.push(reason)}` });
    expect(await peer.next()).toMatchObject({ stream: 'build:b', token: 't-1' });
    peer.send({ type: 'subscribed', stream: 'build:b' }, told('build:b', event(1)), { type: 'error', stream: 'build:b', ...errorBody('AUTH_EXPIRED') });
    expect(await peer.next()).toEqual({ type: 'subscribe', stream: 'build:b', token: 't-2', cursor: 'c-1' });
    peer.send(told('build:b', lastEvent(2)), { type: 'live', stream: 'project:p' });
    await reading.ended();
    await other.until(({ states }) => states.includes('live'));
    expect(given).toEqual(['initial', 'expired']);
    expect(reading.problems).toEqual([]);
  });

  it('that is refused ends, and one that is refused for now comes back', async () => {
    const server = await SocketServer.start();
    const keeps = readProject('p', over(server));
    const peer = await server.next();
    await peer.next();
    const refused = readBuild('a', over(server));
    await peer.next();
    const waits = readBuild('b', over(server));
    await peer.next();
    peer.send({ type: 'error', stream: 'build:a', ...errorBody('FORBIDDEN') }, { type: 'error', stream: 'build:b', ...errorBody('SERVICE_UNAVAILABLE', { retryAfter: 0.001 }) });
    await refused.ended();
    expect(refused.problems).toMatchObject([{ kind: 'refused', error: { code: 'FORBIDDEN', status: 0 } }]);
    expect(await peer.next()).toMatchObject({ type: 'subscribe', stream: 'build:b' });
    expect(waits.problems).toMatchObject([{ kind: 'interrupted', retryInMs: 1, error: { code: 'SERVICE_UNAVAILABLE' } }]);
    expect(keeps.problems).toEqual([]);
  });
});

describe('one socket', () => {
  it('carries the streams of one page, and closes with the last of them', async () => {
    const server = await SocketServer.start();
    const one = readBuild('a', over(server));
    const two = readProject('p', over(server));
    const peer = await server.next();
    expect([(await peer.next()).stream, (await peer.next()).stream]).toEqual(['build:a', 'project:p']);
    const three = readLogs('a', over(server));
    expect((await peer.next()).stream).toBe('logs:a');
    peer.send(told('project:p', event(5)), told('logs:a', line(1)), told('build:a', event(1)));
    await Promise.all([one, two, three].map((reading) => reading.until(() => reading.numbers.length === 1)));
    expect(three.frames).toMatchObject([{ type: 'connection', locale: 'en' }]);

    one.subscription.close();
    expect(await peer.next()).toEqual({ type: 'unsubscribe', stream: 'build:a' });
    // What was still on its way for it is nobody's.
    peer.send(told('build:a', event(2)), told('project:p', event(6)));
    await two.until(() => two.numbers.length === 2);
    expect(one.numbers).toEqual([1]);
    two.subscription.close();
    three.subscription.close();
    await peer.closed;
    expect(server.untaken).toBe(0);
  });

  it('does not carry the same stream twice, nor another locale, nor more than 100', async () => {
    const server = await SocketServer.start();
    readBuild('a', over(server));
    const first = await server.next();
    readBuild('a', over(server));
    readBuild('b', over(server, { locale: 'ar' }));
    expect((await (await server.next()).next()).stream).toBe('build:a');
    expect((await server.next()).request.url).toBe('/v1/ws?locale=ar');
    for (let count = 2; count <= 200; count += 1) readBuild(`x-${count}`, over(server));
    const third = await server.next();
    expect((await third.next()).stream).toMatch(/^build:x-/);
    expect(first.socket.readyState).toBe(WebSocket.OPEN);
    expect(server.untaken).toBe(0);
  });
});

describe('a connection', () => {
  it('that is left tells nothing more, and is left once', async () => {
    const server = await SocketServer.start();
    const stays = readProject('p', over(server));
    const peer = await server.next();
    await peer.next();
    await stays.until(({ frames }) => frames.length === 1);
    const left = readLogs('b', over(server));
    left.subscription.close();
    expect(await peer.next()).toMatchObject({ type: 'subscribe', stream: 'logs:b' });
    expect(await peer.next()).toEqual({ type: 'unsubscribe', stream: 'logs:b' });

    const items: unknown[] = [];
    const nothing = () => {};
    const sink = { onFrame: nothing, onMalformed: nothing, onRetry: nothing, onOpen: nothing, onClose: nothing, onItem: (item: unknown) => items.push(item) };
    const request = { kind: 'logs', id: 'b', base: server.base, cursor: undefined, token: undefined, locale: undefined, silenceMs: 45_000, fetch, WebSocket } as const;
    const first = openSocket(request, { ...sink });
    first.close();
    const second = openSocket(request, { ...sink });
    first.close();
    const gone = { type: 'unsubscribed', stream: 'logs:b' };
    peer.send(gone, gone, { type: 'subscribed', stream: 'logs:b' }, told('logs:b', line(1)), told('project:p', event(1)));
    await stays.until(({ items }) => items.length === 1);
    expect(items).toEqual([line(1)]);
    expect(left.frames).toEqual([]);
    second.close();
  });
});

describe('a locale', () => {
  it('changes by a frame where the stream is alone on its socket', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', over(server));
    const peer = await server.next();
    await peer.next();
    peer.send({ type: 'subscribed', stream: 'build:b' }, told('build:b', event(1)), { type: 'live', stream: 'build:b' });
    await reading.until(({ states }) => states.includes('live'));
    reading.subscription.setLocale('ar');
    expect(await peer.next()).toEqual({ type: 'set_locale', locale: 'ar' });
    peer.send({ type: 'locale', locale: 'ar' });
    await reading.until(({ subscription }) => subscription.locale === 'ar');
    expect(reading.frames.at(-1)).toEqual({ type: 'locale', locale: 'ar' });
    // Who comes later with that locale joins.
    const joined = readLogs('b', over(server, { locale: 'ar' }));
    expect(await peer.next()).toMatchObject({ type: 'subscribe', stream: 'logs:b' });
    await joined.until(({ subscription }) => subscription.locale === 'ar');
    // And a new socket keeps it.
    peer.socket.close();
    expect((await server.next()).request.url).toBe('/v1/ws?locale=ar');
  });

  it('of one among several takes a socket of its own, after the last event', async () => {
    const server = await SocketServer.start();
    const stays = readProject('p', over(server));
    const moves = readBuild('b', over(server));
    const peer = await server.next();
    await peer.next();
    await peer.next();
    peer.send(told('build:b', event(1)));
    await moves.until(({ items }) => items.length === 1);
    moves.subscription.setLocale('fr');
    expect(await peer.next()).toEqual({ type: 'unsubscribe', stream: 'build:b' });
    const own = await server.next();
    expect(own.request.url).toBe('/v1/ws?locale=fr');
    expect(await own.next()).toMatchObject({ stream: 'build:b', cursor: 'c-1' });
    stays.subscription.setLocale('fr');
    expect(await peer.next()).toEqual({ type: 'set_locale', locale: 'fr' });
  });
});

describe('trouble', () => {
  it('garbage is told, and ends nothing', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', over(server));
    const peer = await server.next();
    for (const text of ['{"type":', '[]', '7', '\uFFFD']) peer.socket.send(text);
    peer.socket.send(Buffer.from([0, 255]));
    peer.send({ type: 'news' }, { type: 'event', stream: 'build:b' }, { type: 'event', stream: 'build:b', event: { seq: 1 } });
    peer.send({ type: 'error', ...errorBody('INVALID_INPUT') }, told('build:c', event(7)), told('build:b', lastEvent(1)));
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
    expect(reading.problems.map(({ kind }) => kind)).toEqual(Array(7).fill('malformed'));
  });

  it('a socket that answers no ping is taken for dead', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', { ...over(server), silenceMs: 1_000 });
    const peer = await server.next();
    peer.send(told('build:b', event(1)));
    expect(await peer.next()).toMatchObject({ type: 'subscribe' });
    expect(await peer.next()).toEqual({ type: 'ping' });
    const again = await server.next();
    expect(await again.next()).toMatchObject({ cursor: 'c-1' });
    again.send(told('build:b', lastEvent(2)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2]);
  });

  it('a socket that answers its pings is kept', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', { ...over(server), silenceMs: 1_000 });
    const peer = await server.next();
    await peer.next();
    for (let pings = 0; pings < 3; pings += 1) {
      expect(await peer.next()).toEqual({ type: 'ping' });
      peer.send({ type: 'pong' });
    }
    peer.send(told('build:b', lastEvent(1)));
    await reading.ended();
    expect(reading.problems).toEqual([]);
  });

  it('`auto` goes over to server-sent events where no socket gets through', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', { ...over(server), transport: 'auto' });
    const upgrade = await server.next();
    expect(upgrade.header('upgrade')).toBe('websocket');
    upgrade.answer(403);
    (await server.next()).answer(200, {}, '{"events":[]}');
    const asked = await server.next();
    expect(asked.header('accept')).toBe('text/event-stream');
    await asked.stream(`id: c-1\ndata: ${JSON.stringify(lastEvent(1))}\n\n`);
    await reading.ended();
    expect(reading.numbers).toEqual([1]);
  });

  it('a transport changes within a build, there and back', async () => {
    const sockets = await SocketServer.start();
    const reading = readBuild('b', over(sockets));
    const peer = await sockets.next();
    await peer.next();
    peer.send(told('build:b', event(1)));
    await reading.until(({ items }) => items.length === 1);
    const asked = new Promise<string>((taken) =>
      sockets.http.removeAllListeners('request').on('request', (request, response) => {
        taken(request.headers['last-event-id'] as string);
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`id: c-2\ndata: ${JSON.stringify(event(2))}\n\n`);
      }),
    );
    reading.subscription.setTransport('sse');
    await peer.closed;
    expect(await asked).toBe('c-1');
    await reading.until(({ items }) => items.length === 2);
    reading.subscription.setTransport('auto');
    const back = await sockets.next();
    expect(await back.next()).toMatchObject({ cursor: 'c-2' });
    back.send(told('build:b', lastEvent(3)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2, 3]);
  });

  it('is said at once where there is no WebSocket, or no address', () => {
    expect(() => readBuild('b', { baseUrl: 'http://127.0.0.1:1', transport: 'websocket' })).toThrow('no WebSocket here');
    expect(() => readBuild('b', { transport: 'sse' })).toThrow(TypeError);
  });
});
