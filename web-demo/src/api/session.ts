// Whether this server lets the page start builds: only in development does it sign for it.

export interface DevelopmentSession {
  environment: string;
  userId: string;
  version: string;
  /** Whether a prompt is given to a provider of code. */
  generator: boolean;
}

export type Session =
  | { kind: 'development'; session: DevelopmentSession }
  /** The server answers, but does not sign for the page. */
  | { kind: 'closed' }
  | { kind: 'silent' };

/** Asks once; a network failure is `silent`. */
export async function readSession(): Promise<Session> {
  try {
    const response = await fetch('demo/session', { headers: { accept: 'application/json' } });
    const json = response.headers.get('content-type')?.includes('json');
    if (response.status !== 200 || !json) return { kind: 'closed' };
    return { kind: 'development', session: (await response.json()) as DevelopmentSession };
  } catch {
    return { kind: 'silent' };
  }
}
