// How long to wait before the next attempt: doubling, capped, and with full jitter, so that the
// readers of a restarted server don't all come back at once.

const LONGEST_MS = 30_000;
/** A server that says `retry: 0` is still not asked without a pause. */
const SHORTEST_MS = 250;

/** The longest that a timer takes; beyond it, it fires at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** Milliseconds before attempt `attempt` (from 0): anything up to the doubled base. */
export function backoffMs(attempt: number, baseMs: number, random: () => number): number {
  return random() * Math.min(LONGEST_MS, Math.max(SHORTEST_MS, baseMs) * 2 ** attempt);
}
