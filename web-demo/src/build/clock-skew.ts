// How far this machine's clock is ahead of the server's: bounds from an answer's date, and from events that came live. Pure.

/** Milliseconds, between which this machine's clock is ahead of the server's; negative where it is behind. */
export interface ClockBounds {
  atLeast: number;
  atMost: number;
}

/** HTTP's dates are whole seconds, cut off. */
const DATE_UNIT_MS = 1000;

/** From an answer's `date`; null where there is none. Both times are epoch milliseconds by this machine's clock. */
export function boundsOfDate(date: string | null, sentAt: number, receivedAt: number): ClockBounds | null {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? null : { atLeast: sentAt - at - DATE_UNIT_MS, atMost: receivedAt - at };
}

/** The skew to go by; `liveAtMost` is that of the fastest live event, null before the first one. */
export function clockAheadOf(liveAtMost: number | null, told: ClockBounds | null): number {
  // Without a word of the server's this machine's clock is as good as any.
  if (!told) return liveAtMost ?? 0;
  // A clock that may be right is taken for right: nothing jumps by what an answer took on its way.
  if (told.atLeast <= 0 && told.atMost >= 0) return 0;
  if (liveAtMost === null) return (told.atLeast + told.atMost) / 2;
  return Math.min(Math.max(liveAtMost, told.atLeast), told.atMost);
}
