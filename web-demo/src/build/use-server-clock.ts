// The server's time, once a second, while something is running.

import { useEffect, useState } from 'react';

/** Epoch milliseconds by the server's clock; stands still while `running` is false. */
export function useServerClock(running: boolean, clockAheadMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, [running]);
  return now - (clockAheadMs ?? 0);
}
