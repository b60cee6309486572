// The server's time, once a second, while something is running.

import { useEffect, useState } from 'react';
import { toldBounds } from '../api/server-date';
import { clockAheadOf } from './clock-skew';

/** Epoch milliseconds by the server's clock; stands still while `running` is false. `liveAtMost`: `Timeline.clockAheadMs`. */
export function useServerClock(running: boolean, liveAtMost: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, [running]);
  return now - clockAheadOf(liveAtMost, toldBounds());
}
