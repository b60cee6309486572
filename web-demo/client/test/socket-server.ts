// A WebSocket server whose frames a test writes by hand.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';

/** A client's socket, with the frames that it has sent. */
export class Peer {
  #received: Record<string, unknown>[] = [];
  #takers: ((frame: Record<string, unknown>) => void)[] = [];
  readonly closed: Promise<unknown>;

  constructor(
    readonly socket: WebSocket,
    readonly request: IncomingMessage,
  ) {
    this.closed = once(socket, 'close');
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Record<string, unknown>;
      const taker = this.#takers.shift();
      if (taker) taker(frame);
      else this.#received.push(frame);
    });
    this.send({ type: 'connection', status: 'connected', locale: 'en' });
  }

  /** The next frame of the client's. */
  next(): Promise<Record<string, unknown>> {
    const received = this.#received.shift();
    return received ? Promise.resolve(received) : new Promise((taker) => this.#takers.push(taker));
  }

  send(...frames: object[]): void {
    for (const frame of frames) this.socket.send(JSON.stringify(frame));
  }
}

export class SocketServer {
  readonly base: string;
  #waiting: Peer[] = [];
  #takers: ((peer: Peer) => void)[] = [];

  private constructor(readonly http: Server) {
    this.base = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    const sockets = new WebSocketServer({ server: http, path: '/v1/ws', handleProtocols: (offered) => (offered.has('buildcast.v1') ? 'buildcast.v1' : false) });
    sockets.on('connection', (socket, request) => {
      const peer = new Peer(socket, request);
      const taker = this.#takers.shift();
      if (taker) taker(peer);
      else this.#waiting.push(peer);
    });
  }

  static async start(): Promise<SocketServer> {
    const http = createServer((_, response) => response.writeHead(204).end());
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    running.add(http);
    return new SocketServer(http);
  }

  /** The next client. */
  next(): Promise<Peer> {
    const waiting = this.#waiting.shift();
    return waiting ? Promise.resolve(waiting) : new Promise((taker) => this.#takers.push(taker));
  }

  /** Clients that nobody has taken. */
  get untaken(): number {
    return this.#waiting.length;
  }
}

const running = new Set<Server>();

afterEach(() => {
  for (const server of running) {
    server.closeAllConnections();
    server.close();
  }
  running.clear();
});
