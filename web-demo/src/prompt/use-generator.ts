// Whether the server can ask somebody for code; until it has answered, as it was the last time, so that the form keeps its room.

import { useEffect } from 'react';
import type { Session } from '../api/session';
import { hasGenerator } from './generator';

const KEY = 'buildcast.generator';

export function useGenerator(session: Session | null): boolean {
  const known = session?.kind === 'open';
  const has = hasGenerator(session);
  useEffect(() => {
    if (known) keep(has);
  }, [known, has]);
  return session === null ? wasThere() : has;
}

function wasThere(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function keep(has: boolean): void {
  try {
    if (has) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is switched off: the field comes when the server has answered.
  }
}
