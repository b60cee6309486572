// Whose it is what this tab keeps in sessionStorage, where one logs in: the next user of the tab is not to see it.

import type { Session } from '../api/session';
import { keepBuild } from '../build/kept-build';
import { keepPrompt } from '../prompt/kept-prompt';

const KEY = 'buildcast.owner';

/** Whether what is kept is somebody's, so that it is shown to nobody before it is known who is there. */
export function isOwned(): boolean {
  return owner() !== null;
}

/** Forgets what is not of who is there now. */
export function forgetOthers(session: Session): void {
  // A server that says nothing has logged nobody out.
  if (session.kind !== 'open' && session.kind !== 'login') return;
  const now = session.kind === 'open' && session.facts.login ? session.userId : null;
  if (session.kind === 'login' || owner() !== now) forget();
  try {
    if (now === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, now);
  } catch {
    // Storage is switched off: nothing is kept, of nobody.
  }
}

function forget(): void {
  keepBuild(null);
  keepPrompt('');
}

function owner(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
