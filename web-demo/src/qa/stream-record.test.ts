import type { BuildEvent } from '@buildcast/client';
import { describe, expect, test } from 'vitest';
import { emptyRecord, ROWS_MAX, withArrivals, type Arrival, type StreamRecord } from './stream-record';

const came = (seq: number): Arrival => {
  const event = { seq, code: 'BUILD_VALIDATING', params: { timestamp: 1_000 + seq * 10, projectId: 'p' } };
  return { event: event as unknown as BuildEvent, cursor: `${seq}-c` };
};
const opening = (cursor: string | null): Arrival => ({ note: { kind: 'opening', transport: 'sse', cursor } });
const read = (first: number, ...arrivals: Arrival[]) => withArrivals(emptyRecord(first), arrivals);
const figures = ({ received, doubled, outOfOrder, missing }: StreamRecord) => [received, doubled, outOfOrder, missing.size];

describe('a stream that was read', () => {
  test('whole, over a cut that went on after its cursor, has nothing odd', () => {
    const record = read(1, opening(null), came(1), came(2), { note: { kind: 'cut' } }, opening('2-c'), came(3));
    expect(figures(record)).toEqual([3, 0, 0, 0]);
    expect(record.rows.map((row) => (row.note ? row.note.kind : row.seq))).toEqual(['opening', 1, 2, 'cut', 'opening', 3]);
  });

  test('from a later event on owes nothing before that', () => {
    expect(figures(read(4, came(4), came(5)))).toEqual([2, 0, 0, 0]);
  });

  test('with a hole says which are missing, and takes it back for one that comes late', () => {
    const holed = read(1, came(1), came(4));
    expect(figures(holed)).toEqual([2, 0, 0, 2]);
    expect(holed.rows[1]).toMatchObject({ note: { kind: 'missed', first: 2, last: 3 } });
    expect(figures(withArrivals(holed, [came(3)]))).toEqual([3, 0, 1, 1]);
  });

  test('counts what a resumed connection tells again', () => {
    expect(figures(read(1, came(1), came(2), opening('2-c'), came(2), came(3)))).toEqual([4, 1, 0, 0]);
  });

  test('begun again, or reset, is owed from its first event', () => {
    expect(figures(read(1, came(1), came(2), opening(null), came(1), came(2)))).toEqual([4, 0, 0, 0]);
    expect(figures(read(1, came(1), came(2), { note: { kind: 'reset', reason: 'expired' } }, came(1), came(2)))).toEqual([4, 0, 0, 0]);
    expect(figures(read(1, came(1), came(2), opening(null), came(2)))).toEqual([3, 0, 0, 1]);
  });

  test('keeps the newest rows, each under a key of its own, and when each happened after the first', () => {
    const many = Array.from({ length: ROWS_MAX + 5 }, (_, index) => came(index + 1));
    const record = withArrivals(read(1, ...many), [came(ROWS_MAX + 6)]);
    expect([record.rows.length, record.dropped, record.received]).toEqual([ROWS_MAX, 6, ROWS_MAX + 6]);
    expect(new Set(record.rows.map(({ key }) => key)).size).toBe(ROWS_MAX);
    expect(record.rows.at(-1)).toMatchObject({ key: ROWS_MAX + 5, seq: ROWS_MAX + 6, offsetMs: (ROWS_MAX + 5) * 10 });
  });

  test('leaves the record that it was made from as it was', () => {
    const before = read(1, came(1));
    withArrivals(before, [came(3)]);
    expect([before.rows.length, before.missing.size]).toEqual([1, 0]);
  });
});
