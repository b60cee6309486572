// Asks, over plain HTTP, why a stream was closed. An EventSource does not tell: it closes
// alike on a 204 (nothing more will come), a 401, a 404 and a 503.

import { readFailure, type ErrorEnvelope } from '../api/envelope';

export type Verdict =
  | { kind: 'ended' }
  | { kind: 'refused'; envelope: ErrorEnvelope }
  | { kind: 'retry' };

export interface Probe {
  (url: string, token: string, cursor: string | undefined): Promise<Verdict>;
}

/** Another attempt would be refused in the same way. */
const FINAL_STATUSES = new Set([400, 401, 403, 404, 410]);

/** Reads one event of the JSON history after `cursor`: the same address, another `Accept`. */
export const probeHistory: Probe = async (url, token, cursor) => {
  const address = new URL(url);
  address.searchParams.set('limit', '1');
  if (cursor) address.searchParams.set('after', cursor);
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      cache: 'no-store',
    });
    if (response.status === 204) return { kind: 'ended' };
    if (FINAL_STATUSES.has(response.status)) {
      return { kind: 'refused', envelope: (await readFailure(response)).envelope };
    }
    if (!response.ok || !response.headers.get('content-type')?.includes('json')) {
      void response.body?.cancel();
      return { kind: 'retry' };
    }
    const page = (await response.json()) as { events?: unknown[]; finished?: boolean };
    return page.finished === true && page.events?.length === 0 ? { kind: 'ended' } : { kind: 'retry' };
  } catch {
    return { kind: 'retry' };
  }
};
