// A stream over `fetch`, which shows what an EventSource hides: the status, the body of a refusal,
// and headers, so that the token stands in no address.

import { ApiError, errorBody, readError } from './error.js';
import { readEventStream } from './event-stream.js';
import { readObject, type Closing, type Connection, type Sink, type StreamRequest, type Transport } from './transport.js';
import type { StreamFrame } from './contract.js';

const PATHS = { build: ['builds', 'events'], project: ['projects', 'events'], logs: ['builds', 'logs'], replay: ['replays', 'events'] } as const;

/** Opens one response; it ends where the response does. */
export const openSse: Transport = (request, sink) => open(listen, request, sink);

/** Asks for a piece of the history: a browser tells nothing of why a WebSocket's handshake failed. */
export const openProbe: Transport = (request, sink) => open(probe, request, sink);

type Attempt = (request: StreamRequest, sink: Sink, signal: AbortSignal, heard: () => void) => Promise<Closing>;

function open(attempt: Attempt, request: StreamRequest, sink: Sink): Connection {
  const aborter = new AbortController();
  let over = false;
  let silence: ReturnType<typeof setTimeout>;
  const heard = () => {
    clearTimeout(silence);
    if (over) return;
    silence = setTimeout(() => aborter.abort(), request.silenceMs);
  };
  const end = () => {
    over = true;
    clearTimeout(silence);
    aborter.abort();
  };
  heard();
  attempt(request, sink, aborter.signal, heard)
    .catch((cause): Closing => (cause instanceof ApiError ? cause : 'cut'))
    .then((closing) => {
      if (over) return;
      end();
      sink.onClose(closing);
    });
  return { close: end, setLocale: () => false };
}

async function probe(request: StreamRequest, _: Sink, signal: AbortSignal): Promise<Closing> {
  const response = await ask(request, 'application/json', '?limit=1', signal);
  return response.ok ? 'reachable' : readError(response);
}

async function listen(request: StreamRequest, sink: Sink, signal: AbortSignal, heard: () => void): Promise<Closing> {
  const response = await ask(request, 'text/event-stream', '', signal);
  heard();
  if (response.status === 204) return 'ended';
  if (!response.ok) return readError(response);
  // A proxy's page, or a portal's: the server's own stream may well be there the next time.
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return 'cut';

  let { cursor } = request;
  let live = false;
  const onMessage = (data: string, id: string, name: string) => {
    // As with an EventSource's `onmessage`, a block with another name is none of ours.
    if (signal.aborted || (name && name !== 'message')) return;
    const frame = readObject(data);
    if (!frame) return sink.onMalformed(data);
    if (frame.type === 'error') throw new ApiError(0, errorBody(frame));
    sink.onOpen();
    live ||= frame.type === 'live';
    // An event has no `type`.
    if (frame.type !== undefined) return sink.onFrame(frame as StreamFrame);
    cursor = id;
    sink.onItem(frame, id);
  };
  await readEventStream(response.body, { onMessage, onRetry: (ms) => sink.onRetry(ms) }, heard);
  const mayBeOver = live && request.kind !== 'project' && (request.kind === 'logs' || !cursor);
  return mayBeOver && (await isOver({ ...request, cursor }, signal)) ? 'ended' : 'cut';
}

/** Whether there is nothing after the cursor, for good: a log has no last line that says so, and no cursor no 204. */
async function isOver(request: StreamRequest, signal: AbortSignal): Promise<boolean> {
  const after = request.cursor ? `&after=${encodeURIComponent(request.cursor)}` : '';
  const response = await ask(request, 'application/json', `?limit=1${after}`, signal);
  const page = response.ok ? readObject(await response.text()) : undefined;
  return page?.finished === true && Array.isArray(page.events) && page.events.length === 0;
}

function ask({ kind, id, base, cursor, token, locale, fetch }: StreamRequest, accept: string, query: string, signal: AbortSignal): Promise<Response> {
  const [resource, part] = PATHS[kind];
  const headers: Record<string, string> = { accept };
  if (token) headers.authorization = `Bearer ${token}`;
  if (locale) headers['x-sheen-locale'] = locale;
  // As an EventSource does it: the cursor's bytes in UTF-8, one a character.
  if (cursor) headers['last-event-id'] = String.fromCharCode(...new TextEncoder().encode(cursor));
  const url = new URL(`v1/${resource}/${encodeURIComponent(id)}/${part}${query}`, base);
  return fetch(url, { headers, signal, cache: 'no-store' });
}
