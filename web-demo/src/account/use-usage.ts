// What the user used and built in the last days; an answer that came too late counts for nothing.

import type { components } from '@buildcast/client';
import { useEffect, useState } from 'react';
import { ask } from '../api/ask';
import { firstDay } from './days';

export type UsageAnalytics = components['schemas']['UsageAnalytics'];
export type BuildAnalytics = components['schemas']['BuildAnalytics'];

export interface UsageState {
  /** Null until the first answer; each says which days it is of. */
  read: { usage: UsageAnalytics; builds: BuildAnalytics } | null;
  loading: boolean;
  problem: unknown;
  refresh: () => void;
}

export function useUsage(userId: string | null, days: number): UsageState {
  const [read, setRead] = useState<UsageState['read']>(null);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (!userId) return;
    const leaving = new AbortController();
    const { signal } = leaving;
    const load = async () => {
      setLoading(true);
      setProblem(null);
      try {
        // The last day is the server's today.
        const query = { userId, from: firstDay(days, Date.now()) };
        const [usage, builds] = await Promise.all([
          ask('get', '/v1/analytics/usage', { query, signal }),
          ask('get', '/v1/analytics/builds', { query, signal }),
        ]);
        if (signal.aborted) return;
        setRead({ usage, builds });
      } catch (error) {
        if (signal.aborted) return;
        setProblem(error);
      }
      setLoading(false);
    };
    void load();
    return () => leaving.abort();
  }, [userId, days, turn]);

  return { read, loading, problem, refresh: () => setTurn((before) => before + 1) };
}
