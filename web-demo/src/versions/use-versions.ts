// A project and its versions, page by page; an answer that came too late counts for nothing.

import type { components } from '@buildcast/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';
import type { VersionView } from './permission';

const PAGE = 50;

interface Read {
  /** Null until the first answer. */
  project: components['schemas']['ProjectView'] | null;
  versions: VersionView[];
  nextCursor: string | null;
  /** When it was read, epoch milliseconds. */
  readAt: number;
}

export interface Versions extends Read {
  loading: boolean;
  problem: unknown;
  refresh: () => void;
  more: () => void;
}

export function useVersions(projectId: string, userId: string | null): Versions {
  const [read, setRead] = useState<Read>({ project: null, versions: [], nextCursor: null, readAt: 0 });
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
        const query = { userId, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
        const [project, page] = await Promise.all([
          ask('get', '/v1/projects/{id}', { path: { id: projectId }, query: { userId }, signal }),
          ask('get', '/v1/projects/{id}/versions', { path: { id: projectId }, query, signal }),
        ]);
        if (signal.aborted) return;
        setRead((before) => ({
          project,
          versions: cursor === null ? page.versions : [...before.versions, ...page.versions],
          nextCursor: page.nextCursor,
          readAt: Date.now(),
        }));
        setLoading(false);
      } catch (error) {
        if (signal.aborted) return;
        setProblem(error);
        setLoading(false);
      }
    },
    [projectId, userId],
  );

  useEffect(() => {
    void load(null);
    return () => asking.current?.abort();
  }, [load]);

  const refresh = useCallback(() => void load(null), [load]);
  return { ...read, loading, problem, refresh, more: () => void load(read.nextCursor) };
}
