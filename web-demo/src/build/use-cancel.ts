// Asks for a build's end, once.

import { useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';

export interface Cancelling {
  /** `asked`: the server has taken it; the build's last event says how it ended. */
  state: 'idle' | 'asking' | 'asked' | 'refused';
  problem: unknown;
  cancel: () => void;
}

export function useCancel(buildId: string | null, userId: string | null): Cancelling {
  const [known, setKnown] = useState<{ state: Cancelling['state']; problem: unknown }>({ state: 'idle', problem: null });
  const asking = useRef<AbortController | null>(null);

  // What was asked for another build is nothing of this one.
  useEffect(() => {
    setKnown({ state: 'idle', problem: null });
    return () => {
      asking.current?.abort();
      asking.current = null;
    };
  }, [buildId]);

  const cancel = async () => {
    if (!buildId || !userId || asking.current) return;
    const controller = new AbortController();
    asking.current = controller;
    setKnown({ state: 'asking', problem: null });
    try {
      await ask('post', '/v1/builds/{id}/cancel', { path: { id: buildId }, body: { userId }, signal: controller.signal });
      if (!controller.signal.aborted) setKnown({ state: 'asked', problem: null });
    } catch (problem) {
      if (!controller.signal.aborted) setKnown({ state: 'refused', problem });
    } finally {
      if (asking.current === controller) asking.current = null;
    }
  };

  return { ...known, cancel: () => void cancel() };
}
