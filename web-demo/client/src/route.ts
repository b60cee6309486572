// Which transport comes next: what `auto` knows of sockets that get through, and its way round where none does.

import { openSocket, socketBases } from './socket.js';
import { openSse } from './sse.js';
import type { TransportName } from './options.js';
import type { Transport } from './transport.js';

/** Connections that a subscription makes over server-sent events before it tries a socket once more. */
const DETOUR = 4;

export class Route {
  /** Connections left on the way round. */
  #detour = 0;

  constructor(
    readonly base: string,
    private overSocket: boolean,
  ) {}

  /** The next connection's. A socket that opened for any subscription of the page ends the way round. */
  next(): Transport {
    if (socketBases.has(this.base)) this.#detour = 0;
    return this.overSocket && !this.#detour ? openSocket : openSse;
  }

  /** Whether that makes a difference to the connection that is there. */
  prefer(overSocket: boolean): boolean {
    const changes = overSocket !== this.overSocket || this.#detour > 0;
    this.overSocket = overSocket;
    this.#detour = 0;
    return changes;
  }

  /** A handshake failed, but the server answers: only where no socket ever opened is that the way's fault. */
  blocked(transport: TransportName = 'auto'): void {
    if (transport === 'auto' && !socketBases.has(this.base)) this.#detour = DETOUR;
  }

  /** A connection broke; one that never opened shows that this way is no better. */
  cut(opened: boolean): void {
    if (this.#detour) this.#detour = opened ? this.#detour - 1 : 0;
  }
}
