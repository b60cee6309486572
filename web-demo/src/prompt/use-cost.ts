// The cost of what is chosen, asked again when something else is chosen and when a build begins or ends.

import { useEffect, useState } from 'react';
import { costOf, type Cost, type CostTarget } from './cost';

/** Null while it is not known, and where nobody is to be asked; `moment` changes whenever the balance may have. */
export function useCost(userId: string | null, target: CostTarget | null, moment: string): Cost | null {
  const [cost, setCost] = useState<Cost | null>(null);
  const projectId = target && 'projectId' in target ? target.projectId : null;
  const size = target && 'size' in target ? target.size : null;
  const wanted = target !== null;

  useEffect(() => {
    if (!userId || !wanted) return;
    const leaving = new AbortController();
    // Without an answer nothing is said of it: the start itself says what is missing.
    costOf(userId, projectId ? { projectId } : { size }, leaving.signal).then(
      (known) => !leaving.signal.aborted && setCost(known),
      () => {},
    );
    return () => {
      leaving.abort();
      setCost(null);
    };
  }, [userId, wanted, projectId, size, moment]);

  return cost;
}
