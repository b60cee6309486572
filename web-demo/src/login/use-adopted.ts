// The session that the page goes by. What was kept for one user is not shown to the next.

import { useCallback, useRef, useState } from 'react';
import type { Session } from '../api/session';
import { keepBuild } from '../build/kept-build';
import { keepPrompt } from '../prompt/kept-prompt';

export function useAdopted() {
  const [session, setSession] = useState<Session | null>(null);
  const before = useRef<string | null>(null);
  const [visitor, setVisitor] = useState(0);
  const adopt = useCallback((next: Session) => {
    // A server that says nothing has logged nobody out.
    if (next.kind === 'open' || next.kind === 'login') {
      const user = next.kind === 'open' ? next.userId : null;
      if (before.current !== null && before.current !== user) {
        keepBuild(null);
        keepPrompt('');
        setVisitor((count) => count + 1);
      }
      before.current = user;
    }
    setSession(next);
  }, []);
  /** `visitor` is another number for each user, so that no view of one is another's. */
  return { session, userId: session?.kind === 'open' ? session.userId : null, visitor, adopt };
}
