// A TCP proxy that cuts its connections after some bytes of what the server sends: anywhere, in a
// frame or within a character. The places follow from a seed, so a failure can be seen again.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';

export class CuttingProxy {
  readonly base: string;
  /** Connections that were cut. */
  cuts = 0;
  #state: number;

  private constructor(
    private readonly server: Server,
    target: number,
    seed: number,
    /** Bytes that a connection gets before it is cut: from and below. */
    span: [number, number],
  ) {
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    this.#state = seed;
    server.on('connection', (client) => {
      const upstream = connect(target, '127.0.0.1');
      let left = span[0] + (this.#next() % (span[1] - span[0]));
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      client.pipe(upstream);
      for (const side of [client, upstream]) side.on('error', end).on('close', end);
      upstream.on('data', (piece) => {
        if (piece.length < left) {
          left -= piece.length;
          client.write(piece);
          return;
        }
        this.cuts += 1;
        upstream.removeAllListeners('data');
        // What went before the cut arrives.
        client.write(piece.subarray(0, left), end);
      });
    });
  }

  static async start(target: number, seed: number, span: [number, number]): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CuttingProxy(server, target, seed, span);
  }

  stop(): void {
    this.server.close();
  }

  #next(): number {
    this.#state = (this.#state * 48_271) % 0x7fff_ffff;
    return this.#state;
  }
}
