// What the connection's loss means for what is shown; its place is kept, so that nothing moves.

import type { StreamState } from '@buildcast/client';
import { useEffect, useRef, useState } from 'react';
import { message } from '../messages/catalogue';

/** How long it says that the connection is back. */
const BACK_MS = 8_000;

export function StreamNote({ state }: { state: StreamState }) {
  const wasLost = useRef(false);
  const [back, setBack] = useState(false);

  useEffect(() => {
    if (state === 'reconnecting') wasLost.current = true;
    if (state !== 'live' || !wasLost.current) return setBack(false);
    wasLost.current = false;
    setBack(true);
    const fading = setTimeout(() => setBack(false), BACK_MS);
    return () => clearTimeout(fading);
  }, [state]);

  const tone = state === 'reconnecting' ? 'lost' : back ? 'back' : undefined;
  return (
    <p className="stream-note" data-tone={tone} role="status">{tone && message(`page-stream-${tone}`)}</p>
  );
}
