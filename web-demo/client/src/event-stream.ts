// The text of server-sent events, in whatever pieces it comes, as the HTML standard reads it.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

export interface EventStreamHandlers {
  /** A block with data. `name` is '' without an `event:` field; `id` is the last one so far. */
  onMessage(data: string, id: string, name: string): void;
  /** Milliseconds to wait before coming back. */
  onRetry?(ms: number): void;
  onComment?(text: string): void;
}

/** Characters of a line, and of a block, at most: what is larger is no event of ours. */
const LONGEST = 1 << 23;

/** Gives the function that takes the pieces; it throws on a block that is too large. */
export function eventStreamParser({ onMessage, onRetry, onComment }: EventStreamHandlers): (piece: string) => void {
  let rest = '';
  let afterCr = false;
  let data: string | undefined;
  let name = '';
  let id = '';

  const readLine = (line: string) => {
    if (!line) {
      if (data !== undefined) onMessage(data, id, name);
      data = undefined;
      name = '';
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (!colon) onComment?.(line.slice(1));
    else if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'event') name = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry?.(Number(value));
  };

  return (piece) => {
    if (!piece) return;
    const ends = /\r\n?|\n/g;
    // A CR ended the line already; an LF in the next piece is its second half.
    let from = (ends.lastIndex = afterCr && piece[0] === '\n' ? 1 : 0);
    for (let end; (end = ends.exec(piece)); from = ends.lastIndex) {
      const line = rest + piece.slice(from, end.index);
      rest = '';
      readLine(line);
    }
    afterCr = piece.endsWith('\r');
    rest += piece.slice(from);
    if (rest.length + (data?.length ?? 0) > LONGEST) throw new RangeError('an event is too large');
  };
}

/** Reads a response's body to its end; it rejects where the body breaks off. */
export async function readEventStream(body: ReadableStream<Uint8Array>, handlers: EventStreamHandlers, heard: () => void): Promise<void> {
  const read = eventStreamParser(handlers);
  const reader = body.getReader();
  // It takes a BOM off, and keeps what a piece has of a character that it cuts.
  const decoder = new TextDecoder();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    heard();
    read(decoder.decode(value, { stream: true }));
  }
}
