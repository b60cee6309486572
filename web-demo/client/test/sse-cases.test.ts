// Server-sent events over real HTTP: cases after the lists of LaunchDarkly's sse-contract-tests and
// of web-platform-tests' eventsource folder, in our own words. Not those harnesses themselves.

import { describe, expect, it } from 'vitest';
import { eventStreamParser, readEventStream } from '../src/event-stream.js';
import { StreamServer } from './stream-server.js';

interface Message {
  data: string;
  id: string;
  name: string;
}

const BOM = '\uFEFF';

/** What the client's reader makes of a response that is written in these pieces. */
async function read(...pieces: (string | Uint8Array)[]): Promise<{ messages: Message[]; comments: string[]; retries: number[] }> {
  const server = await StreamServer.start();
  const asking = fetch(server.base);
  const exchange = await server.next();
  const seen = { messages: [] as Message[], comments: [] as string[], retries: [] as number[] };
  const reading = asking.then((response) =>
    readEventStream(
      response.body!,
      {
        onMessage: (data, id, name) => seen.messages.push({ data, id, name }),
        onComment: (text) => seen.comments.push(text),
        onRetry: (ms) => seen.retries.push(ms),
      },
      () => {},
    ),
  );
  (await exchange.stream(...pieces)).end();
  await reading;
  return seen;
}

async function dataOf(...pieces: (string | Uint8Array)[]): Promise<string[]> {
  return (await read(...pieces)).messages.map(({ data }) => data);
}

function bytes(text: string, size: number): Uint8Array[] {
  const all = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.subarray(at * size, (at + 1) * size));
}

describe('messages', () => {
  const cases: [name: string, pieces: string[], data: string[]][] = [
    ['one line in one piece', ['data: Hello\n\n'], ['Hello']],
    ['one line in two pieces', ['data: Hel', 'lo\n\n'], ['Hello']],
    ['two messages in one piece', ['data: Hello\n\ndata: World\n\n'], ['Hello', 'World']],
    ['two lines of one message', ['data: Hello\ndata:World\n\n'], ['Hello\nWorld']],
    ['data that is empty', ['data:\n\n'], ['']],
    ['a field without a colon', ['data\n\ndata\ndata\n\n'], ['', '\n']],
    ['only the first space is taken off', ['data:  Hello\n\n'], [' Hello']],
    ['a tab is kept', ['data:\tHello\n\n'], ['\tHello']],
    ['a colon within the value', ['data: a:b: c\n\n'], ['a:b: c']],
    ['fields that nobody knows', ['color: blue\ndata: Hello\nDATA: x\n data: y\n\n'], ['Hello']],
    ['an id or a name without data is no message', ['id: 1\nevent: x\n\ndata: a\n\n'], ['a']],
    ['a block that the end cuts off is none', ['data: a\n\ndata: b\n'], ['a']],
    ['a NUL in data is kept', ['data: a\0b\n\n'], ['a\0b']],
    ['characters of many bytes', ['data: €豆腐🪤\n\n'], ['€豆腐🪤']],
    ['U+2028, U+2029, U+0085, VT and FF end no line', ['data: a\u2028b\u2029c\u0085d\ve\ff\n\n'], ['a\u2028b\u2029c\u0085d\ve\ff']],
  ];
  it.each(cases)('%s', async (_, pieces, data) => {
    expect(await dataOf(...pieces)).toEqual(data);
  });

  it('characters of many bytes come byte by byte', async () => {
    expect(await dataOf(...bytes('data: €豆腐🪤\n\n', 1))).toEqual(['€豆腐🪤']);
  });

  it('a hundred come in their order', async () => {
    const sent = Array.from({ length: 100 }, (_, at) => `message ${at}`);
    expect(await dataOf(sent.map((data) => `data: ${data}\n\n`).join(''))).toEqual(sent);
  });

  it.each([1, 512, 1023, 1024, 1025, 4094, 4096, 4098, 8189, 8192, 8195, 65_536, 262_144, 1_048_576])('a line of %i bytes', async (size) => {
    const data = 'x'.repeat(size);
    // Compared as a flag: a difference would print megabytes.
    expect((await dataOf(`data: ${data}\n\n`))[0] === data).toBe(true);
  });
});

describe('names and ids', () => {
  it('stand beside the data in any order', async () => {
    const { messages } = await read('event: greeting\nid: abc\ndata: Hello\n\n', 'data: Hello\nid: d\nevent:greeting\n\n');
    expect(messages).toEqual([
      { data: 'Hello', id: 'abc', name: 'greeting' },
      { data: 'Hello', id: 'd', name: 'greeting' },
    ]);
  });

  it('a name is for one message, an id stays', async () => {
    const { messages } = await read('event: x\nid: abc\ndata: first\n\ndata: second\n\n');
    expect(messages[1]).toEqual({ data: 'second', id: 'abc', name: '' });
  });

  it('an empty id takes the last one back', async () => {
    expect((await read('id: abc\ndata: 1\n\nid: \ndata: 2\n\nid: d\ndata: 3\n\nid\ndata: 4\n\n')).messages.map(({ id }) => id)).toEqual(['abc', '', 'd', '']);
  });

  it('an id with a NUL counts for nothing', async () => {
    expect((await read('id: a\ndata: 1\n\nid: b\0c\ndata: 2\n\n')).messages.map(({ id }) => id)).toEqual(['a', 'a']);
  });

  it('an id of a block without data counts for the next message', async () => {
    expect((await read('id: a\n\ndata: 1\n\n')).messages).toEqual([{ data: '1', id: 'a', name: '' }]);
  });
});

describe.each([['LF', '\n'], ['CR LF', '\r\n'], ['CR', '\r']])('lines that end with %s', (_, end) => {
  const cases: [string, string[], string[]][] = [
    ['two lines', ['data: event 1', '', 'data: line 1', 'data: line 2', '', ''], ['event 1', 'line 1\nline 2']],
    ['an empty first line', ['data:', 'data: 2', 'data: 3', '', ''], ['\n2\n3']],
    ['an empty line within', ['data: 1', 'data:', 'data: 3', '', ''], ['1\n\n3']],
    ['empty lines between', ['data: 1', '', '', '', 'data: 2', '', ''], ['1', '2']],
  ];
  describe.each(cases)('%s', (_, lines, data) => {
    it.each([1, 2, 1_000])('in pieces of %i bytes', async (size) => {
      expect(await dataOf(...bytes(lines.join(end), size))).toEqual(data);
    });
  });
});

it('a CR LF that is cut in two is one end', async () => {
  expect(await dataOf('data: Hello\r', '\ndata: World\r', '\n\r\ndata: OK\r', '\n', '\r', '\n')).toEqual(['Hello\nWorld', 'OK']);
});

it('a piece of nothing between the two halves of a CR LF changes nothing', () => {
  const seen: string[] = [];
  const parse = eventStreamParser({ onMessage: (data) => seen.push(data) });
  for (const piece of ['data: Hello\r', '', '\ndata: World\r\n\r\n']) parse(piece);
  expect(seen).toEqual(['Hello\nWorld']);
});

it('ends of all kinds in one stream', async () => {
  expect(await dataOf('data: 1\r\ndata: 2\ndata: 3\r\r\ndata: 4\n\r')).toEqual(['1\n2\n3', '4']);
});

describe('a byte order mark', () => {
  const cases: [string, (string | Uint8Array)[], string[]][] = [
    ['is taken off the start', [`${BOM}data: Hello\n\ndata: World\n\n`], ['Hello', 'World']],
    ['that is cut in pieces, too', [...bytes(BOM, 1), 'data: Hello\n\n'], ['Hello']],
    ['is kept within data', ['data: First\n\n', `data: ${BOM}Second\n\n`], ['First', `${BOM}Second`]],
    ['is taken off once only', [`${BOM}${BOM}data: 1\n\ndata: 2\n\n`], ['2']],
    ['at the start of a later line makes it a field that nobody knows', [`data: 1\n\n${BOM}data: 2\n\ndata: 3\n\n`], ['1', '3']],
  ];
  it.each(cases)('%s', async (_, pieces, data) => {
    expect(await dataOf(...pieces)).toEqual(data);
  });
});

describe('comments and retry', () => {
  it('comments are no messages, before, within and after one', async () => {
    const seen = await read(':Hello\n', `:World\n\ndata: a\n:\ndata: b\n\n: draining\n\n:${'x'.repeat(9000)}\n`);
    expect(seen.messages.map(({ data }) => data)).toEqual(['a\nb']);
    expect(seen.comments.slice(0, 4)).toEqual(['Hello', 'World', '', ' draining']);
  });

  it('a retry of digits counts, and no other', async () => {
    expect((await read('retry: 3000\nretry:1000\nretry: 3s\nretry: -1\nretry: 1e3\nretry\n\n')).retries).toEqual([3000, 1000]);
  });
});

it('bytes that are no UTF-8 become the replacement character', async () => {
  expect(await dataOf(Uint8Array.of(...new TextEncoder().encode('data: a'), 0xff, 0xc3, 0x28, 0x0a, 0x0a))).toEqual(['a\uFFFD\uFFFD(']);
});

it('a line that never ends is given up', async () => {
  const server = await StreamServer.start();
  const asking = fetch(server.base);
  const exchange = await server.next();
  await exchange.stream();
  const reading = asking.then((response) => readEventStream(response.body!, { onMessage: () => {} }, () => {}));
  const piece = 'x'.repeat(1 << 20);
  for (let written = 0; written < 9; written += 1) exchange.response.write(piece);
  await expect(reading).rejects.toThrow('too large');
});
