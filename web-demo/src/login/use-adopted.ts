// The session that the page goes by, until it is over.

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Session } from '../api/session';
import { tellHere } from '../api/session-end';
import { forgetOthers } from './owner';

/** The longest that a timer of a browser can wait, in milliseconds. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export function useAdopted() {
  const [session, setSession] = useState<Session | null>(null);
  const before = useRef<string | null>(null);
  const [visitor, setVisitor] = useState(0);
  const adopt = useCallback((next: Session) => {
    forgetOthers(next);
    // A server that says nothing has logged nobody out.
    if (next.kind === 'open' || next.kind === 'login') {
      const user = next.kind === 'open' ? next.userId : null;
      if (before.current !== null && before.current !== user) setVisitor((count) => count + 1);
      before.current = user;
    }
    setSession(next);
  }, []);
  const expiresAt = session?.kind === 'open' ? session.facts.expiresAt : null;
  useEffect(() => {
    if (expiresAt === null) return;
    const left = Date.parse(expiresAt) - Date.now();
    const timer = setTimeout(tellHere, Math.min(Math.max(left, 0) + 1_000, TIMER_MAX_MS));
    return () => clearTimeout(timer);
  }, [expiresAt]);
  // A page that a browser has kept whole is shown again as it was: to whoever sits there now.
  useEffect(() => {
    const again = ({ persisted }: PageTransitionEvent) => persisted && tellHere();
    addEventListener('pageshow', again);
    return () => removeEventListener('pageshow', again);
  }, []);
  /** `visitor` is another number for each user, so that no view of one is another's. */
  return { session, userId: session?.kind === 'open' ? session.userId : null, visitor, adopt };
}
