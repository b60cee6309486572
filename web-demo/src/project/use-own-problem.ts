// Why a build did not start, for as long as what was to be built is still chosen.

import { useState } from 'react';
import type { Chosen } from './use-choice';

/** The problem of the last start; null once something else is chosen. */
export function useOwnProblem(problem: unknown, starting: boolean, { choice, source }: Pick<Chosen, 'choice' | 'source'>): unknown {
  const [started, setStarted] = useState({ starting, choice, source });
  if (started.starting !== starting) setStarted(starting ? { starting, choice, source } : { ...started, starting });
  return started.choice === choice && started.source === source ? problem : null;
}
