// What the two transports have in common: what they are asked, and what they tell.

import type { StreamFrame } from './contract.js';
import type { ApiError } from './error.js';
import type { WebSocketConstructor } from './options.js';

export type StreamKind = 'build' | 'project' | 'logs' | 'replay';

/** One connection to one stream. */
export interface StreamRequest {
  kind: StreamKind;
  id: string;
  /** The server's address, with a slash at its end or as a page's own. */
  base: string;
  cursor: string | undefined;
  token: string | undefined;
  locale: string | undefined;
  /** Milliseconds of silence after which the connection is taken for dead. */
  silenceMs: number;
  fetch: typeof fetch;
  WebSocket: WebSocketConstructor | undefined;
}

/**
 * Why a connection is over: the stream has no more; it broke, and may be resumed; its handshake failed; it was a probe,
 * and the server answers; or it was refused.
 */
export type Closing = 'ended' | 'cut' | 'unopened' | 'reachable' | ApiError;

/** Whom a connection tells. */
export interface Sink {
  onFrame(frame: StreamFrame): void;
  /** Something that should be an event, or a log's line. */
  onItem(item: unknown, cursor: string): void;
  /** Text that is no frame. */
  onMalformed(text: string): void;
  /** The server asks to wait this long before coming back. */
  onRetry(ms: number): void;
  /** The server has taken the token, and serves the stream. */
  onOpen(): void;
  /** Once, and the last that is told; not after `close()`. */
  onClose(closing: Closing): void;
}

export interface Connection {
  close(): void;
  /** Whether later frames will use it; else it takes a new connection. */
  setLocale(locale: string): boolean;
}

export type Transport = (request: StreamRequest, sink: Sink) => Connection;

/** The JSON object that a frame's text is, or nothing. */
export function readObject(text: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text as string);
    return typeof value === 'object' && value && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
