// What the answers' dates say of this machine's clock.

import { boundsOfDate, type ClockBounds } from '../build/clock-skew';

let told: ClockBounds | null = null;

/** Notes an answer; `sentAt` is when it was asked for, epoch milliseconds by this machine's clock. */
export function noteDate(response: Response, sentAt: number): void {
  told = boundsOfDate(response.headers.get('date'), sentAt, Date.now()) ?? told;
}

/** Of the last answer that was noted; null before it. */
export function toldBounds(): ClockBounds | null {
  return told;
}
