// One subscription to one stream, over the browser's own EventSource.
// EventSource reconnects by itself after a cut; this layer adds what it lacks: the end of
// a stream, a retry after it gave up, and no event twice. It draws nothing and stores nothing.

import type { ErrorEnvelope } from '../api/envelope';
import { backoffMs } from './backoff';
import type { BuildEvent } from './events';
import { readFrame, type ControlFrame } from './frames';
import { StreamPosition, type Gap } from './position';
import { probeHistory, type Probe } from './probe';

export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'ended';

export type StreamError =
  /** An event was missed: the numbers jump. */
  | ({ kind: 'gap' } & Gap)
  /** A frame that is neither an event nor a control frame. */
  | { kind: 'malformed'; data: string }
  /** The server will not serve this stream to this token. */
  | { kind: 'refused'; envelope: ErrorEnvelope };

export interface SubscribeOptions {
  /** The stream's absolute address, without a query for token or cursor. */
  url: string;
  token: string;
  /** The last cursor that was read; without it the stream begins with the first event. */
  lastEventId?: string;
  onEvent: (event: BuildEvent, cursor: string) => void;
  onControl?: (frame: ControlFrame) => void;
  onState?: (state: StreamState) => void;
  onError?: (error: StreamError) => void;
  /** For tests: what the outside world is. */
  surroundings?: Partial<Surroundings>;
}

export interface Surroundings {
  openEventSource: (url: string) => EventSource;
  probe: Probe;
  random: () => number;
}

export interface Subscription {
  close(): void;
}

/** `EventSource.CLOSED`; a constant of our own, since tests have no EventSource. */
const CLOSED = 2;

/** Error frames after which the same token will be refused again. */
const FINAL_ERRORS = new Set(['AUTH_FAILED', 'AUTH_EXPIRED', 'FORBIDDEN', 'NOT_FOUND']);

/** Follows a stream until its last event, a refusal, or `close()`. */
export function subscribeBuild(options: SubscribeOptions): Subscription {
  const surroundings: Surroundings = {
    openEventSource: (url) => new EventSource(url),
    probe: probeHistory,
    random: Math.random,
    ...options.surroundings,
  };
  const position = new StreamPosition(options.lastEventId);
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let state: StreamState | null = null;

  const enter = (next: StreamState) => {
    if (next === state) return;
    state = next;
    options.onState?.(next);
  };

  const close = () => {
    if (state === 'ended') return;
    source?.close();
    source = null;
    clearTimeout(timer);
    enter('ended');
  };

  const refuse = (envelope: ErrorEnvelope) => {
    options.onError?.({ kind: 'refused', envelope });
    close();
  };

  const onControl = (control: ControlFrame) => {
    if (control.type === 'reset') position.reset();
    options.onControl?.(control);
    if (control.type === 'live') {
      attempt = 0;
      enter('live');
    }
    if (control.type === 'error' && FINAL_ERRORS.has(control.code)) refuse(control);
  };

  const onMessage = (message: MessageEvent<string>) => {
    const frame = readFrame(message.data);
    if (frame.kind === 'unknown') {
      options.onError?.({ kind: 'malformed', data: message.data });
    } else if (frame.kind === 'control') {
      onControl(frame.control);
    } else {
      const arrival = position.accept(frame.event, message.lastEventId);
      if (!arrival.fresh) return;
      attempt = 0;
      if (arrival.gap) options.onError?.({ kind: 'gap', ...arrival.gap });
      options.onEvent(frame.event, message.lastEventId);
      // Left open, the EventSource would come back once more, only to get its 204.
      if (frame.event.finished) close();
    }
  };

  const onClosed = async () => {
    enter('reconnecting');
    const verdict = await surroundings.probe(options.url, options.token, position.cursor);
    if (state === 'ended') return;
    if (verdict.kind === 'ended') return close();
    if (verdict.kind === 'refused') return refuse(verdict.envelope);
    timer = setTimeout(open, backoffMs(attempt, surroundings.random));
    attempt += 1;
  };

  const open = () => {
    const address = new URL(options.url);
    address.searchParams.set('token', options.token);
    if (position.cursor) address.searchParams.set('lastEventId', position.cursor);
    const opened = surroundings.openEventSource(address.href);
    source = opened;
    opened.onmessage = (message: MessageEvent<string>) => {
      if (source === opened) onMessage(message);
    };
    opened.onerror = () => {
      if (source !== opened) return;
      // Not closed: the browser is reconnecting by itself, with Last-Event-ID.
      if (opened.readyState !== CLOSED) return enter('reconnecting');
      source = null;
      void onClosed();
    };
  };

  enter('connecting');
  open();
  return { close };
}
