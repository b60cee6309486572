// In place of a view, while it is not known whether what this tab keeps is of who is there.

import type { Session } from '../api/session';
import { message } from '../messages/catalogue';
import { isOwned } from './owner';

export function mustWait(session: Session | null): boolean {
  return (session === null || session.kind === 'silent') && isOwned();
}

export function Waiting({ session, onAskAgain }: { session: Session | null; onAskAgain: () => void }) {
  return (
    <main className="view-coming" aria-busy={session === null}>
      {session && (
        <p className="notice" role="status">
          {message('page-server-silent')}{' '}
          <button type="button" className="plain" onClick={onAskAgain}>{message('page-retry')}</button>
        </p>
      )}
    </main>
  );
}
