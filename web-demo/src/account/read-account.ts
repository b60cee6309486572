// An account and its newest lines, of one moment where that can be had: a ledger only grows, so that when its newest line
// was the same before the balance was read and after, that balance is what the line left.

import type { components } from '@buildcast/client';
import { ask } from '../api/ask';
import type { Entry } from './ledger';

export type Account = components['schemas']['AccountView'];
export type LedgerPage = components['schemas']['LedgerPage'];

export interface AccountRead {
  account: Account;
  entries: Entry[];
  nextCursor: string | null;
  /** Whether the balance is what the newest line left; not where the account changed each time while it was read. */
  settled: boolean;
}

/** What is asked of the server; apart, so that the order of its answers can be tested. */
export interface AccountSource {
  account: () => Promise<Account>;
  page: (limit: number) => Promise<LedgerPage>;
}

export const PAGE = 50;
const ATTEMPTS = 3;

export async function readAccount(source: AccountSource): Promise<AccountRead> {
  let newest = (await source.page(1)).entries[0]?.id;
  for (let attempt = 1; ; attempt += 1) {
    // A look may itself bring the day's gift, and its line.
    const account = await source.account();
    const { entries, nextCursor } = await source.page(PAGE);
    const settled = entries[0]?.id === newest;
    if (settled || attempt === ATTEMPTS) return { account, entries, nextCursor, settled };
    newest = entries[0]?.id;
  }
}

export function accountOf(userId: string, signal: AbortSignal): AccountSource {
  return {
    account: () => ask('get', '/v1/billing/balance/{userId}', { path: { userId }, signal }),
    page: (limit) => readLines(userId, { limit }, signal),
  };
}

export function readLines(userId: string, query: { limit: number; cursor?: string }, signal: AbortSignal): Promise<LedgerPage> {
  return ask('get', '/v1/credits/{userId}/ledger', { path: { userId }, query, signal });
}
