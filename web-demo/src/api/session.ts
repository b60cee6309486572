// Who the page is to this server, which signs what it asks: in development as a user of its own, elsewhere for whom a backend
// has let in.

import { readError } from '@buildcast/client';
import { freshKey, keepPageKey, keyHeader } from '../login/page-key';
import { noteDate } from './server-date';

export interface SessionFacts {
  environment: string;
  version: string;
  /** Whether a build may have a prompt. */
  generator: boolean;
  /** Whether one logs in here. */
  login: boolean;
  /** When a login is over, ISO 8601. */
  expiresAt: string | null;
}

export type Session =
  | { kind: 'open'; facts: SessionFacts; userId: string }
  /** Nobody is logged in. */
  | { kind: 'login'; facts: SessionFacts }
  /** The server answers, but does not sign for the page. */
  | { kind: 'closed' }
  | { kind: 'silent' };

const ADDRESS = 'demo/session';
const ACCEPT = { accept: 'application/json' };

/** Asks once; a network failure is `silent`. */
export async function readSession(): Promise<Session> {
  try {
    const sentAt = Date.now();
    const response = await fetch(ADDRESS, { headers: { ...ACCEPT, ...keyHeader() } });
    noteDate(response, sentAt);
    const json = response.headers.get('content-type')?.includes('json');
    if (response.status !== 200 || !json) return { kind: 'closed' };
    return sessionOf(await response.json());
  } catch {
    return { kind: 'silent' };
  }
}

/** Begins a session with a page token. Rejects with `ApiError`, or the network's error. */
export async function logIn(token: string): Promise<Session> {
  const key = freshKey();
  const headers = { ...ACCEPT, ...keyHeader(key), 'content-type': 'application/json' };
  const response = await fetch(ADDRESS, { method: 'POST', headers, body: JSON.stringify({ token }) });
  if (!response.ok) throw await readError(response);
  keepPageKey(key);
  return sessionOf(await response.json());
}

/** Ends the session. Rejects as `logIn` does. */
export async function logOut(): Promise<void> {
  const response = await fetch(ADDRESS, { method: 'DELETE', headers: { ...ACCEPT, ...keyHeader() } });
  if (!response.ok) throw await readError(response);
  keepPageKey(freshKey());
}

function sessionOf(answer: SessionFacts & { userId: string | null }): Session {
  const { userId, ...facts } = answer;
  return userId === null ? { kind: 'login', facts } : { kind: 'open', facts, userId };
}
