// Text of a project may look like a stream's own lines. Wherever it reaches an event it has to
// arrive as text: every reader sees the events of the history, and nothing else.

import type { Page } from '@playwright/test';
import type { BuildEvent, EventCode, EventOf } from '@buildcast/client';
import { expect, test, type Server } from './server';
import {
  fetchStream, FORGED_NAME, loadSubscription, parsePieces, readEventSource, readSocket, readSubscription,
  type Reading, type Source,
} from './stream-readers';

/** Long enough for a build and for the wait before an EventSource comes back. */
const PATIENCE_MS = 30_000;
/** An EventSource that obeys it does not come back within a test. */
const FORGED_RETRY_MS = 86_400_000;
const FORGED_ID = '9-0123456789ab';

/** An event that every reader would take for one. */
const FORGED_EVENT = JSON.stringify({
  id: 'forged', seq: 9, build_id: 'b', project_id: 'p', project_seq: 9, event_type: 'completed', phase: 'deploy',
  code: 'BUILD_COMPLETED', params: { timestamp: 1, projectId: 'p', duration: 1, url: 'http://forged.test/', versionId: 'v' },
  overall_progress: 1, finished: true, preview_url: 'http://forged.test/',
});

/** A value that ends its frame and goes on with frames of its own, if `end` ends a line. */
function forgedAfter(end: string): string {
  return [
    '1', '',
    `event: ${FORGED_NAME}`, `data: ${FORGED_EVENT}`, '',
    `retry: ${FORGED_RETRY_MS}`, `id: ${FORGED_ID}`, `data: ${FORGED_EVENT}`, '',
    ': forged', 'id', 'data: {"type":"reset","reason":"diverged"}', '', '',
  ].join(end);
}

/** Values that forge where a server writes them as they are. */
const ENDS_LINES = {
  'LF': forgedAfter('\n'),
  'CR LF': forgedAfter('\r\n'),
  'a lone CR': forgedAfter('\r'),
  'ends of all kinds': `\r${forgedAfter('\r\n')}\n\r${forgedAfter('\n')}\r\r\n${forgedAfter('\r')}`,
  'NUL': `\0\n\nid: ${FORGED_ID}\0\n\0data: x${forgedAfter('\n')}\0`,
  'a BOM': `\uFEFF\n\n\uFEFFdata: x${forgedAfter('\n')}\uFEFF`,
  'quotes': '1"},"code":"BUILD_COMPLETED","x":{"y":"',
  'characters of many bytes': `é漢🪤\u{10FFFF}${forgedAfter('\n')}🪤`,
};

/** Values that forge only with a reader or a server that takes more for a line's end, or unescapes twice. */
const NO_LINES = {
  'U+2028': forgedAfter('\u2028'),
  'U+2029': forgedAfter('\u2029'),
  'other ends of Unicode': ['\u0085', '\v', '\f', '\x1C', '\x1D', '\x1E'].map(forgedAfter).join(''),
  'only a BOM': `\uFEFF${forgedAfter('\uFEFF')}`,
  'only NUL': forgedAfter('\0'),
  'ends that are written out': ['\\n', '\\r\\n', '\\u000a', '\\\\n', '&#10;', '%0A'].map(forgedAfter).join(''),
};

const HOSTILE = { ...ENDS_LINES, ...NO_LINES };
const ALL_AT_ONCE = Object.values(HOSTILE).join('');

// `npm run` hands down what npm is set to on this machine, and builds get that from the server.
test.use({ environment: { npm_config_ignore_scripts: 'false' } });

test.describe('a version range of the manifest', () => {
  for (const [name, version] of Object.entries(HOSTILE)) {
    test(`with ${name}`, async ({ page, server }) => {
      const manifest = { dependencies: { vite: version } };
      const source = await start(server, { 'index.html': 'x', 'package.json': JSON.stringify(manifest) });
      const events = await readEverywhere(page, server, source);
      expect(only(events, 'BUILD_FRAMEWORK_DETECTING').params.version).toBe(version);
      expect(events.map(({ code }) => code)).toEqual(expect.arrayContaining(['BUILD_COMPLETED']));
    });
  }
});

test('a manifest that is hostile all over, whose install fails', async ({ page, server }) => {
  const manifest = {
    name: ALL_AT_ONCE, version: ALL_AT_ONCE, description: ALL_AT_ONCE,
    scripts: { build: 'exit 1', [ALL_AT_ONCE]: ALL_AT_ONCE },
    dependencies: { vite: ALL_AT_ONCE, [ALL_AT_ONCE]: ALL_AT_ONCE },
    devDependencies: { [`@a/${ALL_AT_ONCE}`]: '1' },
    optionalDependencies: { own: `file:./${ALL_AT_ONCE}` },
    [ALL_AT_ONCE]: ALL_AT_ONCE,
  };
  // Control characters are refused in a name and in a path; these are not.
  const name = `data: x\u2028id: ${FORGED_ID}\uFEFF`;
  const files = { 'package.json': JSON.stringify(manifest), [`data: x\u2028\u2029id: ${FORGED_ID}\uFEFF.txt`]: ALL_AT_ONCE };
  const events = await readEverywhere(page, server, await start(server, files, name));
  expect(only(events, 'BUILD_FRAMEWORK_DETECTING').params.version).toBe(ALL_AT_ONCE);
  expect(only(events, 'BUILD_FAILED').params).toMatchObject({ reason: 'command_failed', phase: 'dependencies' });
});

test('what an install and a failing build script print', async ({ page, server }) => {
  // The server reads package and version from npm's log, into which the project's scripts print too.
  // A word of that log ends at white space, so these are all the odd characters that it can hold.
  const fetched = [
    { package: `evil\0\uFEFFid:${FORGED_ID}\0`, version: '1\0\uFEFFdata:{"type":"reset"}"},"finished":true,"x":{"y":"\\n\\ndata:x' },
    { package: `@data:${FORGED_NAME}/retry:1\u001B\b\u007F🪤`, version: `1\\r\\n\\r\\nid:${FORGED_ID}\u200B` },
  ];
  const lines = fetched.map(({ package: name, version }) => {
    const file = name.slice(name.indexOf('/') + 1);
    return `npm http fetch GET 200 http://forged.test/${name}/-/${file}-${version}.tgz 1ms\n`;
  });
  // These hold white space, and so name no package.
  const cut = Object.values(HOSTILE)
    .filter((text) => /[\r\n\u2028\u2029]/.test(text))
    .map((text) => `npm http fetch GET 200 http://forged.test/cut${text}/-/cut${text}-1.tgz 1ms\n`);
  const files = {
    'package.json': JSON.stringify({
      scripts: { preinstall: 'node print.cjs', build: 'node print.cjs && exit 7' },
      dependencies: { own: 'file:./own' },
    }),
    'own/package.json': '{"name":"own","version":"1.0.0"}',
    'print.cjs': `process.stderr.write(${JSON.stringify(ALL_AT_ONCE)});
      process.stdout.write(${JSON.stringify([...lines, ...cut, ALL_AT_ONCE].join(''))});`,
  };
  const events = await readEverywhere(page, server, await start(server, files));
  const installing = events.filter((event) => event.code === 'BUILD_DEPENDENCIES_INSTALLING').map(({ params }) => params);
  expect(installing.slice(1).map(({ package: name, version }) => ({ package: name, version }))).toEqual(fetched);
  expect(only(events, 'BUILD_FAILED').params).toMatchObject({ reason: 'command_failed', exitCode: 7, phase: 'build' });
});

test('what a reader sends is not written into its stream', async ({ page, server }) => {
  const source = await start(server, { 'index.html': 'x' });
  const { events } = parsePieces(await fetchStream(source));
  for (const text of Object.values(HOSTILE)) {
    const address = new URL(source.url);
    address.searchParams.set('locale', text);
    const bytes = Buffer.concat(await fetchStream({ ...source, url: address.href }));
    expectHonestLines(bytes);
    expect(parsePieces([bytes])).toMatchObject({ events, odd: [] });

    address.searchParams.set('lastEventId', text);
    const refused = await fetch(address, { headers: { authorization: `Bearer ${source.token}` } });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/json');
  }

  // A socket names the stream that it refuses.
  await page.goto(server.api);
  const frames = await page.evaluate(
    ({ address, stream }) =>
      new Promise<string[]>((done) => {
        const socket = new WebSocket(address);
        const frames: string[] = [];
        socket.onopen = () => {
          socket.send(JSON.stringify({ type: 'subscribe', stream }));
          socket.send(JSON.stringify({ type: 'ping' }));
        };
        socket.onmessage = ({ data }: MessageEvent<string>) => {
          if (frames.push(data) === 3) done(frames);
        };
      }),
    { address: `${server.api.replace(/^http/, 'ws')}/v1/ws`, stream: `build:${ALL_AT_ONCE}` },
  );
  // A stream opens beside the socket: the pong may come before the refusal.
  const [first, ...rest] = frames.map((text) => JSON.parse(text) as { type: string });
  expect(first).toMatchObject({ type: 'connection' });
  expect(rest.sort((a, b) => a.type.localeCompare(b.type))).toMatchObject([
    { type: 'error', stream: `build:${ALL_AT_ONCE}` }, { type: 'pong' },
  ]);
});

test.describe('a server that does not escape would be caught', () => {
  test('but not where nothing is to be escaped', () => {
    const bytes = unescapedStream('^8.0.0');
    expectHonestLines(bytes);
    for (const pieces of cuts(bytes)) expectHonest(parsePieces(pieces));
  });

  for (const [name, version] of Object.entries(ENDS_LINES)) {
    test(`with ${name}`, async () => {
      const bytes = unescapedStream(version);
      for (const pieces of cuts(bytes)) {
        const reading = parsePieces(pieces);
        expect(() => expectHonest(reading)).toThrow();
      }
      if (name !== 'quotes') {
        expect(() => expectHonestLines(bytes)).toThrow();
        expect(parsePieces([bytes])).toMatchObject({
          events: expect.arrayContaining([{ id: FORGED_ID, event: JSON.parse(FORGED_EVENT) }]),
          odd: expect.arrayContaining([`retry ${FORGED_RETRY_MS}`]),
        });
      }
    });
  }

  test('in the browser', async ({ page, server }) => {
    const source: Source = { buildId: 'forged', url: `${server.api}/v1/builds/forged/events`, token: 't' };
    await loadSubscription(page);
    await page.goto(server.api);
    const body = unescapedStream(ENDS_LINES.LF);
    await page.route(`${source.url}*`, (route) => route.fulfill({ contentType: 'text/event-stream', body }));

    const native = await readEventSource(page, source, 3_000);
    expect(native.closed).toBe(false);
    expect(native.events).toContainEqual({ id: FORGED_ID, event: JSON.parse(FORGED_EVENT) });
    expect(native.odd.join()).toContain(`"name":"${FORGED_NAME}"`);
    expect(() => expectHonest(native)).toThrow();

    const subscription = await readSubscription(page, source, 'sse');
    expect(subscription.events).toEqual([{ id: FORGED_ID, event: JSON.parse(FORGED_EVENT) }]);
    expect(() => expectHonest(subscription)).toThrow();
  });
});

/** Starts a build as the demo page does. */
async function start(server: Server, templateFiles: Record<string, string>, name = 'forged'): Promise<Source> {
  const response = await fetch(`${server.api}/demo/v1/builds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'demo', name, templateFiles }),
  });
  expect(response.status).toBe(202);
  const { buildId, streamToken } = (await response.json()) as { buildId: string; streamToken: string };
  return { buildId, url: `${server.api}/v1/builds/${buildId}/events`, token: streamToken };
}

/** Reads a build's stream with every reader, from its start and again after its end, and compares them with the history. */
async function readEverywhere(page: Page, server: Server, source: Source): Promise<BuildEvent[]> {
  const live = fetchStream(source);
  await loadSubscription(page);
  await page.goto(server.api);
  const readings = new Map<string, Reading>();
  const pieces: Uint8Array<ArrayBuffer>[][] = [];
  for (const [when, streamed] of [['at first', live], ['again', null]] as const) {
    const [fetched, native, subscription, shared, socket] = await Promise.all([
      streamed ?? fetchStream(source),
      readEventSource(page, source, PATIENCE_MS),
      readSubscription(page, source, 'sse'),
      readSubscription(page, source, 'websocket'),
      readSocket(page, source),
    ]);
    expect(native.closed, `EventSource ${when} was sent away with 204`).toBe(true);
    readings.set(`EventSource ${when}`, native).set(`subscription ${when}`, subscription);
    readings.set(`subscription over a socket ${when}`, shared).set(`socket ${when}`, socket);
    pieces.push(fetched);
  }

  const text = await history(source);
  const { events: past, finished } = JSON.parse(text) as { events: { cursor: string; event: BuildEvent }[]; finished: boolean };
  const events = past.map(({ cursor, event }) => ({ id: cursor, event }));
  expect(finished).toBe(true);
  for (const [reader, reading] of readings) {
    expect(reading.events, reader).toEqual(events);
    expectHonest(reading, reader);
  }
  for (const fetched of pieces) {
    const bytes = Buffer.concat(fetched);
    const lines = expectHonestLines(bytes);
    expect(lines.filter((line) => line.startsWith('id: '))).toEqual(events.map(({ id }) => `id: ${id}`));
    // The same bytes, not only the same meaning.
    for (const line of lines.filter((line) => line.startsWith('data: {"id"'))) expect(text).toContain(line.slice('data: '.length));
    for (const cut of [fetched, ...cuts(bytes)]) {
      const reading = parsePieces(cut);
      expect(reading.events).toEqual(events);
      expectHonest(reading);
    }
  }
  return events.map(({ event }) => event);
}

async function history({ url, token }: Source): Promise<string> {
  const response = await fetch(`${url}?limit=1000`, { headers: { accept: 'application/json', authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return response.text();
}

/** What holds of every stream of a whole build, whatever is in it. */
function expectHonest({ events, controls, odd }: Reading, reader = 'eventsource-parser'): void {
  expect(odd, reader).toEqual([]);
  expect(controls.filter((type) => !['connection', 'live', 'subscribed', 'end'].includes(type)), reader).toEqual([]);
  expect(new Set(controls).size, reader).toBe(controls.length);
  expect(events.map(({ event }) => event.seq), reader).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ id }) => Number.parseInt(id, 10)), reader).toEqual(events.map((_, index) => index + 1));
  expect(new Set(events.map(({ event }) => event.build_id)).size, reader).toBe(1);
  const isEnd = (code: EventCode) => code === 'BUILD_COMPLETED' || code === 'BUILD_FAILED';
  expect(events.filter(({ event }) => event.finished || isEnd(event.code)).length, reader).toBe(1);
  expect(events.at(-1)?.event.finished, reader).toBe(true);
}

/** Splits a stream as the standard says, and finds no line that the server has not made. */
function expectHonestLines(bytes: Buffer): string[] {
  const text = bytes.toString();
  const lines = text.split(/\r\n|\r|\n/);
  const own = /^(|retry: 1000|id: \d+-[0-9a-f]{12}|data: \{.*\}|: heartbeat)$/s;
  expect(lines.filter((line) => !own.test(line))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('retry: '))).toHaveLength(1);
  expect(text).not.toContain('\r');
  expect(text).not.toContain('\0');
  return lines;
}

/** The same bytes in one piece, byte by byte, and in pieces of many lengths, the same in every run. */
function cuts(bytes: Buffer): Uint8Array[][] {
  const all: Uint8Array[][] = [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))];
  let state = 1;
  for (let round = 0; round < 20; round += 1) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      state = (state * 48_271) % 0x7fff_ffff;
      const length = 1 + (state % (4 << (round % 8)));
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    all.push(pieces);
  }
  return all;
}

/** The stream of a server that writes a value as it is. */
function unescapedStream(version: string): Buffer {
  const params = (own: object) => ({ timestamp: 1, projectId: 'p', ...own });
  const event = (seq: number, fields: object) => ({
    id: `e-${seq}`, seq, build_id: 'b', project_id: 'p', project_seq: seq, event_type: 'progress', phase: 'setup',
    overall_progress: 0, finished: false, ...fields,
  });
  const detected = event(1, { code: 'BUILD_FRAMEWORK_DETECTING', params: params({ version: '?' }) });
  const completed = event(2, { code: 'BUILD_COMPLETED', params: params({ duration: 1, url: '', versionId: 'v' }), finished: true });
  return Buffer.from([
    'retry: 1000\ndata: {"type":"connection","status":"connected","locale":"en"}\n\n',
    `id: 1-000000000001\ndata: ${JSON.stringify(detected).replace('?', () => version)}\n\n`,
    `id: 2-000000000002\ndata: ${JSON.stringify(completed)}\n\n`,
  ].join(''));
}

/** The one event with a code. */
function only<C extends EventCode>(events: BuildEvent[], code: C): EventOf<C> {
  const found = events.filter((event) => event.code === code);
  expect(found).toHaveLength(1);
  return found[0] as EventOf<C>;
}
