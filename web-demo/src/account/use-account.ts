// The user's account and its lines, page by page; an answer that came too late counts for nothing.

import { useCallback, useEffect, useRef, useState } from 'react';
import { withOlder } from './ledger';
import { accountOf, PAGE, readAccount, readLines, type AccountRead } from './read-account';

export interface AccountState {
  /** Null until the first answer. */
  read: (AccountRead & { readAt: number }) | null;
  loading: boolean;
  problem: unknown;
  refresh: () => void;
  more: () => void;
}

export function useAccount(userId: string | null): AccountState {
  const [read, setRead] = useState<AccountState['read']>(null);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const asking = useRef<AbortController | null>(null);

  const load = useCallback(
    async (cursor: string | null) => {
      asking.current?.abort();
      if (!userId) return;
      const mine = new AbortController();
      const { signal } = mine;
      asking.current = mine;
      setLoading(true);
      setProblem(null);
      try {
        if (cursor === null) {
          const fresh = await readAccount(accountOf(userId, signal));
          if (signal.aborted) return;
          setRead({ ...fresh, readAt: Date.now() });
        } else {
          const { entries, nextCursor } = await readLines(userId, { limit: PAGE, cursor }, signal);
          if (signal.aborted) return;
          setRead((before) => before && { ...before, entries: withOlder(before.entries, entries), nextCursor });
        }
      } catch (error) {
        if (signal.aborted) return;
        setProblem(error);
      }
      setLoading(false);
    },
    [userId],
  );

  useEffect(() => {
    void load(null);
    return () => asking.current?.abort();
  }, [load]);

  const cursor = read?.nextCursor ?? null;
  return { read, loading, problem, refresh: () => void load(null), more: () => cursor !== null && void load(cursor) };
}
