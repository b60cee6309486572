// What came over a stream, in its order, and what was odd about it. Pure: it is counted here from the numbers alone, across
// every connection, and the client's own word is not taken for it.

import type { ApiError, BuildEvent } from '@buildcast/client';

/** Something that happened to the stream, and is no event of it. */
export type Note =
  | { kind: 'opening'; transport: string; cursor: string | null }
  | { kind: 'connection'; locale: string; replay: boolean }
  | { kind: 'live' }
  | { kind: 'reset'; reason: string }
  | { kind: 'reconnecting'; seconds: number; error: ApiError | null }
  | { kind: 'refused'; error: ApiError }
  | { kind: 'malformed'; data: string }
  | { kind: 'cut' }
  | { kind: 'ended' }
  | { kind: 'stepped'; seq: number }
  | { kind: 'missed'; first: number; last: number }
  | { kind: 'late'; seq: number }
  | { kind: 'doubled'; seq: number };

export type Arrival = { event: BuildEvent; cursor: string } | { note: Note };

export type Row = { key: number } & (
  | { note: Note }
  | { note?: undefined; seq: number; cursor: string; code: string; offsetMs: number }
);

export interface StreamRecord {
  rows: Row[];
  /** Rows that are not kept any more. */
  dropped: number;
  received: number;
  doubled: number;
  outOfOrder: number;
  /** Numbers that were passed over, and have not come since. */
  missing: ReadonlySet<number>;
  /** The event that begins the stream. */
  first: number;
  next: number;
  /** When the first event happened that came. */
  startedAt: number | null;
}

/** Rows that are kept, the newest; what is counted is counted of all. */
export const ROWS_MAX = 1_000;

export function emptyRecord(first: number): StreamRecord {
  return { rows: [], dropped: 0, received: 0, doubled: 0, outOfOrder: 0, missing: new Set(), first, next: first, startedAt: null };
}

export function withArrivals(record: StreamRecord, arrivals: readonly Arrival[]): StreamRecord {
  const next = { ...record, rows: [...record.rows], missing: new Set(record.missing) };
  for (const arrival of arrivals) {
    if ('note' in arrival) takeNote(next, arrival.note);
    else takeEvent(next, arrival.event, arrival.cursor);
  }
  const over = Math.max(0, next.rows.length - ROWS_MAX);
  next.dropped += over;
  next.rows = next.rows.slice(over);
  return next;
}

type Changing = StreamRecord & { missing: Set<number> };

function takeNote(record: Changing, note: Note): void {
  push(record, { note });
  // From here the whole stream is owed once more: the server begins again, or was asked to.
  if (note.kind === 'reset' || (note.kind === 'opening' && note.cursor === null)) {
    record.next = record.first;
    record.missing.clear();
  }
}

function takeEvent(record: Changing, event: BuildEvent, cursor: string): void {
  const { seq } = event;
  record.received += 1;
  record.startedAt ??= event.params.timestamp;
  if (seq >= record.next) {
    for (let passed = record.next; passed < seq; passed += 1) record.missing.add(passed);
    if (seq > record.next) push(record, { note: { kind: 'missed', first: record.next, last: seq - 1 } });
    record.next = seq + 1;
  } else if (record.missing.delete(seq)) {
    record.outOfOrder += 1;
    push(record, { note: { kind: 'late', seq } });
  } else {
    record.doubled += 1;
    push(record, { note: { kind: 'doubled', seq } });
  }
  push(record, { seq, cursor, code: event.code, offsetMs: event.params.timestamp - record.startedAt });
}

type Unkeyed = { note: Note } | { seq: number; cursor: string; code: string; offsetMs: number };

function push(record: StreamRecord, row: Unkeyed): void {
  record.rows.push({ ...row, key: record.dropped + record.rows.length });
}
