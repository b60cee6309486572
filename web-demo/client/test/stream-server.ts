// An HTTP server whose answers a test writes by hand: status, headers, and bytes, piece by piece.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

/** One request that waits for what the test answers. */
export class Exchange {
  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {}

  /** The value of a request's header. */
  header(name: string): string | string[] | undefined {
    return this.request.headers[name];
  }

  /** Answers with an event stream, and with these pieces of it, each in a write of its own. */
  async stream(...pieces: (string | Uint8Array)[]): Promise<this> {
    if (!this.response.headersSent) this.response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.response.flushHeaders();
    for (const piece of pieces) await this.write(piece);
    return this;
  }

  /** A whole answer without a body of events. */
  answer(status: number, headers: Record<string, string> = {}, body = ''): void {
    this.response.writeHead(status, headers).end(body);
  }

  end(): void {
    this.response.end();
  }

  /** Breaks the connection off. */
  cut(): void {
    this.response.socket?.destroy();
  }

  private write(piece: string | Uint8Array): Promise<void> {
    return new Promise((done) => {
      this.response.write(piece, () => setImmediate(done));
    });
  }
}

export class StreamServer {
  /** Where it is, with a slash at the end. */
  readonly base: string;
  /** All requests so far. */
  readonly asked: IncomingMessage[] = [];
  #waiting: Exchange[] = [];
  #takers: ((exchange: Exchange) => void)[] = [];

  private constructor(server: ReturnType<typeof createServer>) {
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('request', (request, response) => {
      this.asked.push(request);
      response.socket?.setNoDelay(true);
      const exchange = new Exchange(request, response);
      const taker = this.#takers.shift();
      if (taker) taker(exchange);
      else this.#waiting.push(exchange);
    });
  }

  /** Starts one for the running test. */
  static async start(): Promise<StreamServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    running.add(server);
    return new StreamServer(server);
  }

  /** The next request. */
  next(): Promise<Exchange> {
    const waiting = this.#waiting.shift();
    if (waiting) return Promise.resolve(waiting);
    return new Promise((taker) => this.#takers.push(taker));
  }
}

const running = new Set<ReturnType<typeof createServer>>();

afterEach(() => {
  for (const server of running) {
    server.closeAllConnections();
    server.close();
  }
  running.clear();
});
