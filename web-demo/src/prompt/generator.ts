// Whether the server can ask somebody for code.

import type { Session } from '../api/session';

/** Not before the session has answered; a server that does not say so has none. */
export function hasGenerator(session: Session | null): boolean {
  return session !== null && 'session' in session && session.session.generator === true;
}
