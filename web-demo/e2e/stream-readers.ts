// Readers of one stream that share no parser: a package of npm's, Chromium's EventSource,
// the client's subscription, and a WebSocket. Each gives what it read in one form.

import { resolve } from 'node:path';
import type { BuildEvent } from '@buildcast/client';
import type { Page } from '@playwright/test';
import { createParser } from 'eventsource-parser';
import { build } from 'vite';

declare global {
  /** The client, once `loadSubscription` has run. */
  var buildcastClient: typeof import('@buildcast/client');
}

/** A stream's address, and a token for it. */
export interface Source {
  buildId: string;
  /** Absolute, without a query. */
  url: string;
  token: string;
}

export interface Reading {
  events: { id: string; event: BuildEvent }[];
  /** The types of the control frames. */
  controls: string[];
  /** What an honest stream never holds. */
  odd: string[];
}

const CONTROLS = new Set<unknown>(['connection', 'live', 'reset', 'error']);
/** What the server asks every EventSource to wait before it comes back. */
const RETRY_MS = 1_000;
/** The event name that forged text asks for; an EventSource shows only names that it listens to. */
export const FORGED_NAME = 'forged';

/** The stream's bytes, in the pieces in which they arrived. */
export async function fetchStream({ url, token }: Source): Promise<Uint8Array<ArrayBuffer>[]> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200 || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return pieces;
}

/** Reads pieces of a stream, wherever they are cut, with `eventsource-parser`. */
export function parsePieces(pieces: Iterable<Uint8Array>): Reading {
  const reading: Reading = { events: [], controls: [], odd: [] };
  const parser = createParser({
    onEvent: ({ id, event, data }) => note(reading, { id: id ?? '', name: event, data }),
    onRetry: (ms) => {
      if (ms !== RETRY_MS) reading.odd.push(`retry ${ms}`);
    },
    onComment: (comment) => {
      if (comment.trim() !== 'heartbeat') reading.odd.push(`comment ${comment}`);
    },
    onError: (error) => reading.odd.push(`${error.type} ${error.message}`),
  });
  const decoder = new TextDecoder();
  for (const piece of pieces) parser.feed(decoder.decode(piece, { stream: true }));
  return reading;
}

/**
 * Reads with Chromium's EventSource until the server's 204 closes it. `closed` is false when that
 * has not happened in time: then a forged retry or a forged id keeps it from coming back well.
 */
export async function readEventSource(page: Page, { url, token }: Source, patienceMs: number): Promise<Reading & { closed: boolean }> {
  const { messages, closed } = await page.evaluate(
    ({ address, name, patienceMs }) =>
      new Promise<{ messages: { name: string; data: string; id: string }[]; closed: boolean }>((done) => {
        const source = new EventSource(address);
        const messages: { name: string; data: string; id: string }[] = [];
        const take = ({ type, data, lastEventId }: MessageEvent<string>) => messages.push({ name: type, data, id: lastEventId });
        const end = (closed: boolean) => {
          source.close();
          done({ messages, closed });
        };
        source.addEventListener('message', take);
        source.addEventListener(name, take);
        source.addEventListener('error', () => {
          if (source.readyState === EventSource.CLOSED) end(true);
        });
        setTimeout(end, patienceMs, false);
      }),
    { address: withToken(url, token), name: FORGED_NAME, patienceMs },
  );
  const reading: Reading = { events: [], controls: [], odd: [] };
  for (const { name, data, id } of messages) {
    // It repeats the last id on frames that have none of their own.
    const own = id === (reading.events.at(-1)?.id ?? '') ? '' : id;
    note(reading, { id: own, name: name === 'message' ? undefined : name, data });
  }
  return { ...reading, closed };
}

/** Makes the client's subscription callable in pages that are opened from now on. */
export async function loadSubscription(page: Page): Promise<void> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry: resolve(import.meta.dirname, '../client/src/index.ts'), formats: ['iife'], name: 'buildcastClient' },
    },
  });
  if (!Array.isArray(built) || !built[0]) throw new Error('nothing was built');
  await page.addInitScript({ content: `${built[0].output[0].code}\nglobalThis.buildcastClient = buildcastClient;` });
}

/** Reads with the client's subscription until it says that the stream ended. */
export async function readSubscription(page: Page, { buildId, url, token }: Source, transport: 'sse' | 'websocket'): Promise<Reading> {
  return page.evaluate(
    ({ buildId, baseUrl, token, transport }) =>
      new Promise<Reading>((done) => {
        const reading: Reading = { events: [], controls: [], odd: [] };
        buildcastClient.subscribeBuild(buildId, {
          baseUrl,
          token,
          transport,
          onEvent: (event, id) => reading.events.push({ id, event }),
          onControl: ({ type }) => reading.controls.push(type),
          onError: (problem) => reading.odd.push(JSON.stringify(problem)),
          onState: (state) => {
            if (state === 'ended') done(reading);
          },
        });
      }),
    { buildId, baseUrl: new URL(url).origin, token, transport },
  );
}

/** Reads over the WebSocket until the stream's end. */
export async function readSocket(page: Page, { buildId, url, token }: Source): Promise<Reading> {
  const stream = `build:${buildId}`;
  const frames = await page.evaluate(
    ({ address, stream, token }) =>
      new Promise<string[]>((done, fail) => {
        const socket = new WebSocket(address);
        const frames: string[] = [];
        socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', stream, token }));
        socket.onmessage = ({ data }: MessageEvent<string>) => {
          frames.push(data);
          if (JSON.parse(data).type === 'end') socket.close();
        };
        socket.onerror = () => fail(new Error('the socket failed'));
        socket.onclose = () => done(frames);
      }),
    { address: new URL('/v1/ws', url).href.replace(/^http/, 'ws'), stream, token },
  );
  const reading: Reading = { events: [], controls: [], odd: [] };
  for (const text of frames) {
    const frame = JSON.parse(text) as { type: string; stream?: string; cursor?: string; event?: BuildEvent };
    if (frame.type !== 'connection' && frame.stream !== stream) reading.odd.push(text);
    else if (frame.type !== 'event') reading.controls.push(frame.type);
    else if (frame.cursor && frame.event) reading.events.push({ id: frame.cursor, event: frame.event });
    else reading.odd.push(text);
  }
  return reading;
}

/** Sorts one frame; events have an id and no name, control frames neither. */
function note(reading: Reading, { id, name, data }: { id: string; name: string | undefined; data: string }): void {
  const frame = parsed(data);
  const { type } = frame;
  if (name === undefined && type === undefined && frame.code && id) reading.events.push({ id, event: frame as unknown as BuildEvent });
  else if (name === undefined && CONTROLS.has(type) && !id) reading.controls.push(type as string);
  else reading.odd.push(`frame ${JSON.stringify({ id, name, data })}`);
}

/** The fields of a frame's JSON; none of what is no object. */
function parsed(data: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(data)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function withToken(url: string, token: string): string {
  const address = new URL(url);
  address.searchParams.set('token', token);
  return address.href;
}
