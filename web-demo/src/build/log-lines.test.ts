import type { LogLine } from '@buildcast/client';
import { describe, expect, it } from 'vitest';
import { droppedBefore, KEPT_LINES, plainText, rowsWithin, withLines } from './log-lines';

const lines = (from: number, count: number): LogLine[] =>
  Array.from({ length: count }, (_, at) => ({ seq: from + at, step: 'build', stream: 'stdout', text: `${from + at}`, timestamp: 0 }));

describe('the log', () => {
  it('keeps its end, and counts what went', () => {
    const before = withLines([], lines(1, KEPT_LINES));
    expect(droppedBefore(before)).toBe(0);
    const after = withLines(before, lines(KEPT_LINES + 1, 250));
    expect(after.length).toBe(KEPT_LINES);
    expect(after.at(-1)?.seq).toBe(KEPT_LINES + 250);
    expect(droppedBefore(after)).toBe(250);
  });

  it('is of plain text', () => {
    expect(plainText('\u001b[1;32m✓\u001b[0m built in \u001b]8;;http://x\u00072 s')).toBe('✓ built in 2 s');
    expect(plainText('a [32m b')).toBe('a [32m b');
  });

  it('draws the rows of its window and a few beside', () => {
    expect(rowsWithin(0, 200, 20, 1000)).toEqual([0, 20]);
    expect(rowsWithin(10_000, 200, 20, 1000)).toEqual([490, 520]);
    expect(rowsWithin(19_800, 200, 20, 1000)).toEqual([980, 1000]);
    expect(rowsWithin(500, 200, 20, 3)).toEqual([3, 3]);
  });
});
