// Streams over WebSocket. Subscriptions of one page share a socket where they can: same server,
// same locale, and not twice the same stream.

import type { ClientFrame, StreamFrame } from './contract.js';
import { ApiError, errorBody } from './error.js';
import type { WebSocketConstructor, WebSocketLike } from './options.js';
import { readObject, type Closing, type Sink, type StreamRequest, type Transport } from './transport.js';

/** The server takes this many streams on one socket. */
const STREAMS_MAX = 100;

/** Characters of a frame that every server takes: one that closes for the size of a frame does not mean these. */
const FRAME_FITS = 8_000;
/** The close code for a frame that is too large. */
const TOO_LARGE = 1009;

interface Listener {
  request: StreamRequest;
  sink: Sink;
  /** The server has answered for it. */
  answered?: boolean;
  /** The length of the frame that asked for it. */
  asked?: number;
}

const sockets = new Set<SharedSocket>();

/** The servers' addresses where a socket has opened since the page is there. */
export const socketBases = new Set<string>();

/** Joins a socket that is there, or opens one. */
export const openSocket: Transport = (request, sink) => {
  const { kind, id, base, locale, silenceMs, WebSocket } = request;
  if (!WebSocket) throw new TypeError('no WebSocket');
  const stream = `${kind}:${id}`;
  const url = new URL('v1/ws', base);
  url.protocol = url.protocol.replace('http', 'ws');
  const fitting = [...sockets].find((socket) => socket.fits(base, WebSocket, locale, stream));
  if (!fitting && locale) url.searchParams.set('locale', locale);
  const socket = fitting ?? new SharedSocket(base, new WebSocket(url.href, 'buildcast.v1'), WebSocket, locale, silenceMs);
  socket.join(stream, { request, sink });
  return {
    close: () => socket.leave(stream, sink),
    setLocale: (locale) => socket.setLocale(locale),
  };
};

class SharedSocket {
  #listeners = new Map<string, Listener>();
  /** Answers to come to `unsubscribe`, by stream: what comes before them is for a listener that has left. */
  #leaving = new Map<string, number>();
  #open = false;
  /** Ticks since anything was heard. */
  #quiet = 0;
  #ticking: ReturnType<typeof setInterval>;
  /** The first frame, for those who join later. */
  #welcome: StreamFrame | undefined;

  constructor(
    readonly base: string,
    readonly socket: WebSocketLike,
    readonly made: WebSocketConstructor,
    public locale: string | undefined,
    silenceMs: number,
  ) {
    sockets.add(this);
    // A browser shows no pings of the protocol's, so we send our own.
    this.#ticking = setInterval(() => this.#tick(), silenceMs / 2);
    socket.addEventListener('open', () => {
      this.#open = true;
      socketBases.add(base);
      for (const stream of this.#listeners.keys()) this.#subscribe(stream);
    });
    socket.addEventListener('message', ({ data }) => this.#read(data));
    socket.addEventListener('close', ({ code }) => this.#end(code));
    socket.addEventListener('error', () => this.#end());
  }

  fits(base: string, made: WebSocketConstructor, locale: string | undefined, stream: string): boolean {
    const listeners = this.#listeners;
    return this.base === base && this.made === made && this.locale === locale && !listeners.has(stream) && listeners.size < STREAMS_MAX;
  }

  join(stream: string, listener: Listener): void {
    this.#listeners.set(stream, listener);
    if (this.#open) this.#subscribe(stream);
    // Later, as all frames come: who joins has not even got its subscription yet.
    queueMicrotask(() => this.#welcome && listener.sink.onFrame(this.#welcome));
  }

  leave(stream: string, sink: Sink): void {
    if (this.#listeners.get(stream)?.sink !== sink) return;
    this.#listeners.delete(stream);
    if (this.#listeners.size === 0) this.#end();
    else if (this.#open) {
      this.#leaving.set(stream, (this.#leaving.get(stream) ?? 0) + 1);
      this.#send({ type: 'unsubscribe', stream });
    }
  }

  /** A socket has one locale: only who is alone on it may change that. */
  setLocale(locale: string): boolean {
    if (!this.#open || this.#listeners.size > 1) return false;
    this.locale = locale;
    this.#send({ type: 'set_locale', locale });
    return true;
  }

  #subscribe(stream: string): void {
    const listener = this.#listeners.get(stream)!;
    const { cursor, token } = listener.request;
    listener.asked = this.#send({ type: 'subscribe', stream, cursor, token });
  }

  #send(frame: ClientFrame): number {
    const text = JSON.stringify(frame);
    this.socket.send(text);
    return text.length;
  }

  #tick(): void {
    if (this.#quiet++) this.#end();
    else if (this.#open) this.#send({ type: 'ping' });
  }

  #read(text: unknown): void {
    this.#quiet = 0;
    const frame = readObject(text);
    const { type, stream } = frame ?? {};
    if (!frame) return this.#each((sink) => sink.onMalformed(String(text)));
    if (type === 'connection' || type === 'locale') {
      const told = frame as StreamFrame;
      if (type === 'connection') this.#welcome = told;
      else if (this.#welcome) this.#welcome = { ...this.#welcome, locale: frame.locale } as StreamFrame;
      return this.#each((sink) => sink.onFrame(told));
    }
    if (type === 'error' && typeof stream !== 'string') return this.#refuse(new ApiError(0, errorBody(frame)));
    if (this.#isLeft(stream as string, type)) return;
    const listener = this.#listeners.get(stream as string);
    if (!listener) return;
    const { sink } = listener;
    listener.answered = true;
    if (type === 'error') return this.#over(stream as string, new ApiError(0, errorBody(frame)));
    if (type === 'subscribed') return sink.onOpen();
    if (type === 'event') return sink.onItem(frame.event, String(frame.cursor ?? ''));
    if (type === 'end') return this.#over(stream as string, 'ended');
    if (type === 'live' || type === 'reset') {
      const { stream: _, ...told } = frame;
      sink.onFrame(told as StreamFrame);
    }
  }

  /** Whether a frame was on its way when its stream was left: the server answers in order, `unsubscribed` last. */
  #isLeft(stream: string, type: unknown): boolean {
    const leaving = this.#leaving.get(stream);
    if (!leaving) return false;
    if (type !== 'unsubscribed') return true;
    if (leaving > 1) this.#leaving.set(stream, leaving - 1);
    else this.#leaving.delete(stream);
    return true;
  }

  /** A frame of ours could not be read, and the server can't say which: it is one that waits for its answer. */
  #refuse(error: ApiError): void {
    for (const [stream, { answered }] of [...this.#listeners]) {
      if (!answered && !this.#leaving.get(stream)) this.#over(stream, error);
    }
  }

  #each(tell: (sink: Sink) => void): void {
    for (const { sink } of [...this.#listeners.values()]) tell(sink);
  }

  /** The server holds this stream no more. */
  #over(stream: string, closing: Closing): void {
    const listener = this.#listeners.get(stream);
    this.#listeners.delete(stream);
    listener?.sink.onClose(closing);
    if (this.#listeners.size === 0) this.#end();
  }

  #end(code?: number): void {
    if (!sockets.delete(this)) return;
    clearInterval(this.#ticking);
    this.socket.close();
    const left = [...this.#listeners.values()];
    this.#listeners.clear();
    const closing = this.#open ? 'cut' : 'unopened';
    for (const { sink, answered, asked = 0 } of left) {
      const refused = code === TOO_LARGE && !answered && asked > FRAME_FITS;
      sink.onClose(refused ? new ApiError(413, undefined, undefined, 'the subscription is too large a frame') : closing);
    }
  }
}
