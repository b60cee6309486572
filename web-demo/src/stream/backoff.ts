// How long to wait before the next attempt: doubling, capped, and spread out,
// so that the readers of a restarted server don't all come back at once.

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** Milliseconds before attempt `attempt` (from 0): between half and all of the doubled wait. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return Math.round(ceiling * (0.5 + random() / 2));
}
