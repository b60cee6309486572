// The user's projects, page by page; an answer that came too late counts for nothing.

import { useCallback, useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';
import { listProjects, newestBuilds, withOlder, type ListedProject } from './project-list';

const PAGE = 200;
/** As many names as one request may ask for. */
const NAMES = 100;

export interface Projects {
  /** Null until the first answer. */
  projects: ListedProject[] | null;
  nextCursor: string | null;
  /** When the list was read, epoch milliseconds. */
  readAt: number;
  loading: boolean;
  problem: unknown;
  refresh: () => void;
  more: () => void;
}

interface Read {
  projects: ListedProject[] | null;
  nextCursor: string | null;
  readAt: number;
}

export function useProjects(userId: string | null): Projects {
  const [read, setRead] = useState<Read>({ projects: null, nextCursor: null, readAt: 0 });
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const asking = useRef<AbortController | null>(null);

  const load = useCallback(
    async (cursor: string | null) => {
      asking.current?.abort();
      if (!userId) return;
      const mine = new AbortController();
      asking.current = mine;
      setLoading(true);
      setProblem(null);
      try {
        const page = await readPage(userId, cursor, mine.signal);
        if (mine.signal.aborted) return;
        setRead((before) => ({
          projects: cursor === null ? page.projects : withOlder(before.projects ?? [], page.projects),
          nextCursor: page.nextCursor,
          readAt: Date.now(),
        }));
        setLoading(false);
      } catch (error) {
        if (mine.signal.aborted) return;
        setProblem(error);
        setLoading(false);
      }
    },
    [userId],
  );

  useEffect(() => {
    void load(null);
    return () => asking.current?.abort();
  }, [load]);

  return { ...read, loading, problem, refresh: () => void load(null), more: () => void load(read.nextCursor) };
}

async function readPage(userId: string, cursor: string | null, signal: AbortSignal) {
  const query = { userId, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
  const { builds, nextCursor } = await ask('get', '/v1/builds', { query, signal });
  const ids = newestBuilds(builds).map(({ projectId }) => projectId);
  const batches = [];
  for (let from = 0; from < ids.length; from += NAMES) {
    const some = ids.slice(from, from + NAMES).join(',');
    batches.push(ask('get', '/v1/projects/batch', { query: { userId, ids: some }, signal }));
  }
  const projects = (await Promise.all(batches)).flatMap((batch) => batch.projects);
  return { projects: listProjects(builds, projects), nextCursor };
}
