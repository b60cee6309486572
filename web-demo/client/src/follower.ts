// Follows one stream over whatever connections it takes: resumes, renews tokens, waits, and tells
// each event once. It draws nothing and stores nothing.

import { backoffMs, TIMER_MAX_MS } from './backoff.js';
import { baseOf } from './base.js';
import type { StreamFrame } from './contract.js';
import { ApiError } from './error.js';
import type { StreamProblem, StreamState, SubscribeOptions, Subscription, TokenReason, TransportName } from './options.js';
import { Position } from './position.js';
import { Route } from './route.js';
import { isPlain, refusalOf } from './sendable.js';
import { openProbe } from './sse.js';
import { msUntilStale, trimmed } from './token.js';
import type { Closing, Connection, Sink, StreamKind, StreamRequest, Transport } from './transport.js';

/** What an item of a stream is, and its number there: without gaps, from the server's first. */
export interface ItemShape<Item> {
  isItem(value: unknown): value is Item;
  numberOf(item: Item): number;
  /** The first item's number, where the whole stream is kept. */
  readonly first?: number;
  /** Nothing comes after this one. */
  isLast(item: Item): boolean;
}

/** A token is renewed this long before it is stale, if it lives much longer. */
const RENEW_AHEAD_MS = 30_000;
/** Characters of a frame that can't be read, to show. */
const SHOWN = 200;

export class Follower<Item> implements Subscription {
  readonly done: Promise<void>;
  readonly #base: string;
  #fulfil!: () => void;
  #state: StreamState | undefined;
  #locale: string | undefined;
  #position: Position;
  #token: string | undefined;
  /** What callbacks of earlier connections, tokens and timers compare, so that they come to nothing. */
  #turn = 0;
  #connection: Connection | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #retryMs = 1_000;
  /** A token was renewed, and the server has not taken it yet. */
  #renewed = false;
  readonly #route: Route;

  constructor(
    readonly kind: StreamKind,
    readonly id: string,
    readonly shape: ItemShape<Item>,
    readonly options: SubscribeOptions<Item>,
  ) {
    this.options = { ...options };
    this.#base = baseOf(options.baseUrl);
    this.done = new Promise((fulfil) => (this.#fulfil = fulfil));
    this.#position = new Position(options.cursor, shape.first);
    this.#token = trimmed(options.token) || undefined;
    this.#route = new Route(this.#base, this.#prefersSocket(options.transport));
    this.#enter('connecting');
    const { signal, getToken } = options;
    signal?.addEventListener('abort', this.close);
    if (signal?.aborted) this.close();
    else void this.#open(getToken && !this.#token ? 'initial' : undefined);
  }

  get state(): StreamState {
    return this.#state!;
  }

  get cursor(): string | undefined {
    return this.#position.cursor;
  }

  get locale(): string | undefined {
    return this.#locale;
  }

  setLocale(locale: string): void {
    if (this.options.locale === locale || !isPlain(locale)) return;
    this.options.locale = locale;
    if (this.#connection && !this.#connection.setLocale(locale)) void this.#open();
  }

  setTransport(transport: TransportName): void {
    const overSocket = this.#prefersSocket(transport);
    this.options.transport = transport;
    if (this.#route.prefer(overSocket) && this.#connection) void this.#open();
  }

  close = (): void => {
    if (this.#state === 'ended') return;
    this.#leave();
    this.options.signal?.removeEventListener('abort', this.close);
    this.#enter('ended');
    this.#fulfil();
  };

  get #WebSocket() {
    return this.options.WebSocket ?? globalThis.WebSocket;
  }

  #prefersSocket(transport: TransportName = 'auto'): boolean {
    if (transport === 'websocket' && !this.#WebSocket) throw new TypeError('no WebSocket here: give one as an option');
    return transport !== 'sse' && this.#WebSocket !== undefined;
  }

  /** Lets go of the connection and of all that is waited for. */
  #leave(): number {
    clearTimeout(this.#waiting);
    clearTimeout(this.#renewing);
    this.#connection?.close();
    this.#connection = undefined;
    return ++this.#turn;
  }

  /** Opens a connection after the last event, with a new token if there is a reason for one. */
  async #open(reason?: TokenReason): Promise<void> {
    const turn = this.#leave();
    const { options } = this;
    if (reason && options.getToken) {
      try {
        this.#token = trimmed(await options.getToken(reason));
      } catch (cause) {
        // Of anything else nothing is told: it may hold a secret.
        if (turn === this.#turn) this.#refuse(cause instanceof ApiError ? cause : undefined, reason);
        return;
      }
      if (turn !== this.#turn) return;
    }
    const refusal = refusalOf(this.#token, this.#position.cursor);
    if (refusal) this.#onClose(refusal, false);
    else this.#connect(this.#route.next());
  }

  #connect(transport: Transport): void {
    try {
      this.#connection = transport(this.#request(), this.#sink(this.#turn));
    } catch {
      // A page may be forbidden a WebSocket, and not `fetch`.
      this.#onClose('unopened', false);
    }
  }

  #request(): StreamRequest {
    const { locale, silenceMs = 45_000, fetch = globalThis.fetch } = this.options;
    const { kind, id } = this;
    return {
      kind, id,
      locale: isPlain(locale) ? locale : undefined,
      silenceMs: Math.min(silenceMs, TIMER_MAX_MS),
      base: this.#base,
      cursor: this.#position.cursor,
      token: this.#token,
      // Browsers' own must not be called as another object's method.
      fetch: (...asked) => fetch(...asked),
      WebSocket: this.#WebSocket,
    };
  }

  #sink(turn: number): Sink {
    let opened = false;
    const now = <Args extends unknown[]>(act: (...args: Args) => void) => (...args: Args) => {
      if (turn === this.#turn) act(...args);
    };
    return {
      onOpen: now(() => {
        if (opened) return;
        opened = true;
        this.#renewed = false;
        this.#renewAhead();
      }),
      onFrame: now((frame) => this.#onFrame(frame)),
      onItem: now((item, cursor) => this.#onItem(item, cursor)),
      onMalformed: now((text) => this.#report({ kind: 'malformed', data: text.slice(0, SHOWN) })),
      onRetry: now((ms) => (this.#retryMs = ms)),
      onClose: now((closing) => this.#onClose(closing, opened)),
    };
  }

  #onFrame(frame: StreamFrame): void {
    const { type } = frame;
    if (type === 'connection' || type === 'locale') this.#locale = frame.locale;
    else if (type === 'reset') this.#position.reset();
    else if (type === 'live') this.#attempt = 0;
    // A newer server's.
    else return;
    this.#call(this.options.onControl, frame);
    if (type === 'live') this.#enter('live');
  }

  #onItem(item: unknown, cursor: string): void {
    const { shape } = this;
    if (!shape.isItem(item)) return this.#report({ kind: 'malformed', data: JSON.stringify(item)?.slice(0, SHOWN) });
    const arrival = this.#position.accept(shape.numberOf(item), cursor);
    if (!arrival) return;
    this.#attempt = 0;
    if (arrival !== true) this.#report({ kind: 'gap', ...arrival });
    this.#call(this.options.onEvent, item, cursor);
    // Left open, it would come back once more only to hear that there is nothing left.
    if (shape.isLast(item)) this.close();
  }

  #onClose(closing: Closing, opened: boolean): void {
    this.#connection = undefined;
    if (closing === 'ended') return this.close();
    if (closing === 'unopened') return this.#connect(openProbe);
    if (closing === 'reachable') this.#route.blocked(this.options.transport);
    if (closing === 'cut') this.#route.cut(opened);
    if (typeof closing === 'string') return this.#wait();
    const unauthorised = closing.status === 401 || closing.code.startsWith('AUTH_');
    if (unauthorised && this.options.getToken && !this.#renewed) {
      this.#renewed = true;
      this.#enter('reconnecting');
      void this.#open(closing.code === 'AUTH_EXPIRED' ? 'expired' : 'rejected');
    } else {
      this.#refuse(closing);
    }
  }

  /** Comes back after what may pass; after anything else this is the end. */
  #refuse(error?: ApiError, reason?: TokenReason): void {
    if (!error || error.passing) return this.#wait(error, reason);
    this.#report({ kind: 'refused', error });
    this.close();
  }

  /** Comes back after a while, or after as long as the server asks and a while. */
  #wait(error?: ApiError, reason?: TokenReason): void {
    const { random = Math.random } = this.options;
    const retryInMs = (error?.retryAfterMs ?? 0) + backoffMs(this.#attempt++, this.#retryMs, random);
    this.#waiting = setTimeout(() => void this.#open(reason), Math.min(retryInMs, TIMER_MAX_MS));
    this.#enter('reconnecting');
    this.#report(error ? { kind: 'interrupted', retryInMs, error } : { kind: 'interrupted', retryInMs });
  }

  #renewAhead(): void {
    const { getToken } = this.options;
    const left = getToken && this.#token ? msUntilStale(this.#token) : NaN;
    clearTimeout(this.#renewing);
    // A short one, or one that this machine's clock takes for stale, is left to the server's word.
    if (left > 2 * RENEW_AHEAD_MS) this.#renewing = setTimeout(() => void this.#renew(), Math.min(left - RENEW_AHEAD_MS, TIMER_MAX_MS));
  }

  /** The stream flows while the new token is fetched, and then goes over to it. */
  async #renew(): Promise<void> {
    const turn = this.#turn;
    try {
      const token = trimmed(await this.options.getToken?.('expiring'));
      if (turn !== this.#turn || !isPlain(token)) return;
      this.#token = token;
      void this.#open();
    } catch {
      // The old one serves to its end; then the server says so, and a new one is asked for.
    }
  }

  #enter(state: StreamState): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.#call(this.options.onState, state);
  }

  #report(problem: StreamProblem): void {
    this.#call(this.options.onError, problem);
  }

  /** What a callback throws is its own affair, and ends no stream. */
  #call<Args extends unknown[]>(callback: ((...args: Args) => void) | undefined, ...args: Args): void {
    try {
      callback?.(...args);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  }
}
