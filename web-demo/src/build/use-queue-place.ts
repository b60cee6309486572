// Where a build stands in the queue: asked again every few seconds, while it waits and somebody looks.

import { useEffect, useState } from 'react';
import { ask } from '../api/ask';

export interface QueuePlace {
  /** From 1. */
  position: number;
  /** When the build is expected to end, ISO 8601. */
  expectedEnd: string | null;
}

const AGAIN_MS = 3_000;

/** Null while nothing is known, and as soon as the build no longer waits. */
export function useQueuePlace(buildId: string | null, userId: string | null, waits: boolean): QueuePlace | null {
  const [place, setPlace] = useState<QueuePlace | null>(null);

  useEffect(() => {
    if (!buildId || !userId || !waits) return;
    const leaving = new AbortController();
    let scheduled: ReturnType<typeof setTimeout> | undefined;
    let asking = false;

    const look = async () => {
      clearTimeout(scheduled);
      if (document.hidden || asking) return;
      asking = true;
      try {
        const build = await ask('get', '/v1/builds/{id}', { path: { id: buildId }, query: { userId }, signal: leaving.signal });
        if (leaving.signal.aborted) return;
        setPlace(build.queuePosition === null ? null : { position: build.queuePosition, expectedEnd: build.estimatedCompletionTime });
      } catch {
        // The stream says that the server is away; an old place is not shown as a new one.
        if (!leaving.signal.aborted) setPlace(null);
      } finally {
        asking = false;
      }
      if (!leaving.signal.aborted) scheduled = setTimeout(() => void look(), AGAIN_MS);
    };
    const onVisible = () => void look();

    void look();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      leaving.abort();
      clearTimeout(scheduled);
      document.removeEventListener('visibilitychange', onVisible);
      setPlace(null);
    };
  }, [buildId, userId, waits]);

  return place;
}
