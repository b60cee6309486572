// What the page keeps of a build's log: its end. Pure.

import type { LogLine } from '@buildcast/client';

/** Lines that are kept; older ones go. */
export const KEPT_LINES = 10_000;

/** The log after more lines. */
export function withLines(lines: readonly LogLine[], arrived: readonly LogLine[]): readonly LogLine[] {
  return lines.concat(arrived).slice(-KEPT_LINES);
}

/** How many lines the log has before the ones that are kept; a log's lines are numbered from 1 without gaps. */
export function droppedBefore(lines: readonly LogLine[]): number {
  return lines[0] ? lines[0].seq - 1 : 0;
}

/** A line without what only a terminal understands: colours, and what moves its cursor. */
export function plainText(text: string): string {
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '');
}

/** The rows that a window of `height` at `top` shows, with some beside it: first, and the one after the last. */
export function rowsWithin(top: number, height: number, rowHeight: number, count: number): [first: number, end: number] {
  const spare = 10;
  const first = Math.min(count, Math.max(0, Math.floor(top / rowHeight) - spare));
  return [first, Math.min(count, Math.ceil((top + height) / rowHeight) + spare)];
}
