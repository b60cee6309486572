// Who the page is, for every view.

import { createContext, useContext } from 'react';
import type { Session } from './session';

export interface SessionHolder {
  /** Null until the server has answered. */
  session: Session | null;
  /** Whom the page may ask for; null where the server does not sign for it. */
  userId: string | null;
  askAgain: () => void;
  /** Somebody else is logged in now. */
  adopt: (session: Session) => void;
}

export const SessionContext = createContext<SessionHolder>({ session: null, userId: null, askAgain: () => {}, adopt: () => {} });

export function useSession(): SessionHolder {
  return useContext(SessionContext);
}
