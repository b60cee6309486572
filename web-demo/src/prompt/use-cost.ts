// The cost of what is chosen, asked again when something else is chosen and when a build begins or ends.

import { useEffect, useState } from 'react';
import { costOf, type Cost, type CostTarget } from './cost';

export interface KnownCost {
  cost: Cost;
  /** Whether it is that of something chosen before: it keeps its room, and is not shown. */
  stale: boolean;
}

/** Null before the first answer; `moment` changes whenever the balance may have. */
export function useCost(userId: string | null, target: CostTarget | null, moment: string): KnownCost | null {
  const [known, setKnown] = useState<KnownCost | null>(null);
  const projectId = target && 'projectId' in target ? target.projectId : null;
  const size = target && 'size' in target ? target.size : null;
  const wanted = target !== null;

  useEffect(() => {
    if (!userId || !wanted) return;
    const leaving = new AbortController();
    // Without an answer nothing is said of it: the start itself says what is missing.
    costOf(userId, projectId ? { projectId } : { size }, leaving.signal).then(
      (cost) => !leaving.signal.aborted && setKnown({ cost, stale: false }),
      () => {},
    );
    return () => {
      leaving.abort();
      setKnown((before) => before && { ...before, stale: true });
    };
  }, [userId, wanted, projectId, size, moment]);

  return known;
}
