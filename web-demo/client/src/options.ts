// What a subscription is asked for, and what it tells.

import type { StreamFrame } from './contract.js';
import type { ApiError } from './error.js';
import type { Gap } from './position.js';

export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'ended';

/** `auto`: the WebSocket where there is one, else, and wherever it does not get through, server-sent events. */
export type TransportName = 'sse' | 'websocket' | 'auto';

/**
 * Why a token is asked for: the first one; the one in use will soon be stale; it is stale; the
 * server does not take it.
 */
export type TokenReason = 'initial' | 'expiring' | 'expired' | 'rejected';

/** Nothing of this ends a stream but `refused`. */
export type StreamProblem =
  /** Events were missed: the numbers jump, or a build's do not begin with 1. */
  | ({ kind: 'gap' } & Gap)
  /** Something came that is neither an event nor a frame that is known; `data` is its beginning. */
  | { kind: 'malformed'; data: string }
  /** The connection is gone, or was refused for now; it is tried again by itself. */
  | { kind: 'interrupted'; retryInMs: number; error?: ApiError }
  /** The server will not serve this stream to this token. */
  | { kind: 'refused'; error: ApiError };

export interface SubscribeOptions<Item> {
  onEvent: (event: Item, cursor: string) => void;
  onControl?: (frame: StreamFrame) => void;
  onState?: (state: StreamState) => void;
  onError?: (problem: StreamProblem) => void;

  /** The server's address, such as `https://api.example.com`; without it, the page's own folder. */
  baseUrl?: string;
  /** The stream token; without it and `getToken`, the cookie `buildcast_token` counts. */
  token?: string;
  /** Gives a fresh token. The stream goes on after the last event that was read. */
  getToken?: (reason: TokenReason) => string | Promise<string>;
  /** The cursor of the last event that was read; without it the stream begins with the first event. */
  cursor?: string;
  /** Such as `ar`; without it, or with what is no locale, the server chooses as it does for any request. */
  locale?: string;
  /** `auto`, unless it is said. */
  transport?: TransportName;
  /** Closes the subscription. */
  signal?: AbortSignal;

  /** Milliseconds of silence after which a connection is taken for dead; 45,000. The server speaks every 15 s. */
  silenceMs?: number;
  /** In place of the global one. */
  fetch?: typeof fetch;
  /** In place of the global one, which Node has from version 22 on. */
  WebSocket?: WebSocketConstructor;
  /** In place of `Math.random`. */
  random?: () => number;
}

export interface Subscription {
  readonly state: StreamState;
  /** The last event's cursor: with it another subscription goes on after that event. */
  readonly cursor: string | undefined;
  /** The locale that the server speaks, once it has said so. */
  readonly locale: string | undefined;
  /** Fulfilled when the state is `ended`, for whatever reason. */
  readonly done: Promise<void>;
  /** Later frames use it; nothing is missed, and nothing comes twice. */
  setLocale(locale: string): void;
  /** Goes on over another transport after the last event. */
  setTransport(transport: TransportName): void;
  close(): void;
}

/** What is used of a WebSocket: that of browsers, of Node, of the package `ws`. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: { type: string; data?: unknown; code?: number }) => void): void;
}

export type WebSocketConstructor = new (url: string, protocols: string) => WebSocketLike;
