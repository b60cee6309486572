// Whether the server can ask somebody for code.

import type { Session } from '../api/session';

/** Not before the session has answered, and not for whom it does not sign. */
export function hasGenerator(session: Session | null): boolean {
  return session?.kind === 'open' && session.facts.generator;
}
