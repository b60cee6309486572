// Which transport a subscription takes when a socket does not get through, and what a handshake's failure tells.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { block, CONNECTED, event, lastEvent } from './frames.js';
import { readBuild, readProject } from './reading.js';
import { SocketServer } from './socket-server.js';
import { StreamServer, type Exchange } from './stream-server.js';

function over(server: { base: string }, transport: 'auto' | 'websocket' = 'auto') {
  return { baseUrl: server.base, transport, WebSocket, token: 'secret' } as const;
}

function told(seq: number, item: object = event(seq)): object {
  return { type: 'event', stream: 'build:b', cursor: `c-${seq}`, event: item };
}

async function stop({ http }: SocketServer): Promise<void> {
  http.closeAllConnections();
  http.close();
  await once(http, 'close');
}

/** The next request has to be for this. */
async function asks(server: StreamServer, what: 'socket' | 'probe' | 'sse'): Promise<Exchange> {
  const exchange = await server.next();
  const accept = exchange.header('accept');
  expect(exchange.header('upgrade') ? 'socket' : accept === 'application/json' ? 'probe' : accept).toBe(what === 'sse' ? 'text/event-stream' : what);
  return exchange;
}

describe('`auto`', () => {
  it.each([true, false])('comes back over the WebSocket when a server was away (a socket had opened: %s)', async (worked) => {
    const server = await SocketServer.start();
    const { port } = server.http.address() as AddressInfo;
    const accepted: (string | undefined)[] = [];
    server.http.prependListener('request', ({ headers }) => accepted.push(headers.accept));
    if (!worked) await stop(server);
    const reading = readBuild('b', over(server));
    if (worked) {
      const peer = await server.next();
      await peer.next();
      peer.send({ type: 'subscribed', stream: 'build:b' }, told(1));
      await reading.until(({ items }) => items.length === 1);
      const stopped = stop(server);
      peer.socket.terminate();
      await stopped;
    }
    await reading.until(({ problems }) => problems.length >= 4);
    server.http.listen(port, '127.0.0.1');
    const again = await server.next();
    expect(await again.next()).toMatchObject({ type: 'subscribe', stream: 'build:b' });
    again.send({ type: 'subscribed', stream: 'build:b' }, told(worked ? 2 : 1, lastEvent(worked ? 2 : 1)));
    await reading.ended();
    expect(accepted).not.toContain('text/event-stream');
  });

  it('keeps to the WebSocket where one has opened, though handshakes fail and the server answers', async () => {
    const server = await SocketServer.start();
    const reading = readBuild('b', over(server));
    const peer = await server.next();
    let refusals = 0;
    const handshake = server.http.listeners('upgrade')[0] as (...args: unknown[]) => void;
    server.http.removeAllListeners('upgrade').on('upgrade', (request, socket, head) => {
      if (refusals++ < 3) socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      else handshake(request, socket, head);
    });
    const accepted: (string | undefined)[] = [];
    server.http.removeAllListeners('request').on('request', ({ headers }, response) => {
      accepted.push(headers.accept);
      response.end('{"events":[]}');
    });
    peer.socket.terminate();
    (await server.next()).send({ type: 'subscribed', stream: 'build:b' }, told(1, lastEvent(1)));
    await reading.ended();
    expect(accepted).toEqual(Array(3).fill('application/json'));
  });

  it('goes over to server-sent events where none has, and tries the socket again after some of their cuts', async () => {
    const server = await StreamServer.start();
    const reading = readBuild('b', over(server));
    (await asks(server, 'socket')).answer(403);
    (await asks(server, 'probe')).answer(200, {}, '{"events":[]}');
    for (let seq = 1; seq <= 4; seq += 1) (await (await asks(server, 'sse')).stream(CONNECTED, block(event(seq)))).cut();
    (await asks(server, 'socket')).answer(403);
    (await asks(server, 'probe')).answer(200, {}, '{"events":[]}');
    // What opens no better is no way round.
    (await asks(server, 'sse')).cut();
    (await asks(server, 'socket')).answer(403);
    (await asks(server, 'probe')).answer(200, {}, '{"events":[]}');
    await (await asks(server, 'sse')).stream(CONNECTED, block(lastEvent(5)));
    await reading.ended();
    expect(reading.numbers).toEqual([1, 2, 3, 4, 5]);
  });

  it('leaves server-sent events with the next cut once a socket has opened for another subscription', async () => {
    const server = await SocketServer.start();
    const handshake = server.http.listeners('upgrade')[0] as (...args: unknown[]) => void;
    server.http.removeAllListeners('upgrade').once('upgrade', (_, socket) => {
      server.http.on('upgrade', handshake);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    let cut!: () => void;
    server.http.removeAllListeners('request').on('request', ({ headers }, response) => {
      if (headers.accept === 'application/json') return void response.end('{"events":[]}');
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(CONNECTED + block(event(1)));
      cut = () => response.socket?.destroy();
    });
    const reading = readBuild('b', over(server));
    await reading.until(({ items }) => items.length === 1);
    readProject('p', over(server));
    const peer = await server.next();
    await peer.next();
    cut();
    expect(await peer.next()).toMatchObject({ stream: 'build:b', cursor: 'c-1' });
  });
});

describe.each(['auto', 'websocket'] as const)('a handshake that fails, over %s,', (transport) => {
  it('with 402 or 403 ends the stream', async () => {
    for (const [status, code] of [[402, 'INSUFFICIENT_CREDITS'], [403, 'FORBIDDEN']] as const) {
      const server = await StreamServer.start();
      const reading = readBuild('b', over(server, transport));
      (await asks(server, 'socket')).answer(status);
      const probe = await asks(server, 'probe');
      expect(probe.request.url).toBe('/v1/builds/b/events?limit=1');
      expect(probe.header('authorization')).toBe('Bearer secret');
      probe.answer(status, { 'content-type': 'text/html' }, '<h1>no</h1>');
      await reading.ended();
      expect(reading.problems).toMatchObject([{ kind: 'refused', error: { status, code } }]);
    }
  });

  it('with 429 or 503 waits as long as the server says, and asks for a socket again', async () => {
    for (const status of [429, 503]) {
      const server = await StreamServer.start();
      const reading = readBuild('b', over(server, transport));
      (await asks(server, 'socket')).answer(status);
      (await asks(server, 'probe')).answer(status, { 'retry-after': '0.25' });
      (await asks(server, 'socket')).answer(402);
      (await asks(server, 'probe')).answer(402);
      await reading.ended();
      expect(reading.problems).toMatchObject([{ kind: 'interrupted', retryInMs: 250, error: { status } }, { kind: 'refused' }]);
    }
  });

  it('where the token is stale asks for another one', async () => {
    const server = await StreamServer.start();
    const given: string[] = [];
    const reading = readBuild('b', { ...over(server, transport), getToken: (reason) => `t-${given.push(reason)}` });
    (await asks(server, 'socket')).answer(401);
    (await asks(server, 'probe')).answer(401);
    (await asks(server, 'socket')).answer(402);
    const probe = await asks(server, 'probe');
    expect(probe.header('authorization')).toBe('Bearer t-1');
    probe.answer(402);
    await reading.ended();
    expect(given).toEqual(['rejected']);
  });
});
