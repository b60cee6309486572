// The user's builds that have ended, newest first, a page at a time: those that can be shown once more.

import { ApiError, type components } from '@buildcast/client';
import { useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';

export type EndedBuild = components['schemas']['BuildView'];

export interface EndedBuilds {
  /** Null until the server has answered. */
  builds: EndedBuild[] | null;
  problem: ApiError | 'silent' | null;
  more: boolean;
  readMore: () => void;
}

const ENDED: readonly string[] = ['deployed', 'failed', 'cancelled'];

export function useEndedBuilds(userId: string | null): EndedBuilds {
  const [builds, setBuilds] = useState<EndedBuild[] | null>(null);
  const [problem, setProblem] = useState<ApiError | 'silent' | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const reading = useRef<AbortController | null>(null);

  const read = (user: string, after: string | null) => {
    reading.current?.abort();
    const asked = new AbortController();
    reading.current = asked;
    setProblem(null);
    ask('get', '/v1/builds', { query: { userId: user, limit: 100, ...(after ? { cursor: after } : {}) }, signal: asked.signal }).then(
      (page) => {
        if (asked.signal.aborted) return;
        const ended = page.builds.filter(({ status }) => ENDED.includes(status));
        setBuilds((before) => [...(after ? (before ?? []) : []), ...ended]);
        setCursor(page.nextCursor);
      },
      (cause: unknown) => {
        if (!asked.signal.aborted) setProblem(problemOf(cause));
      },
    );
  };

  useEffect(() => {
    if (userId) read(userId, null);
    return () => reading.current?.abort();
  }, [userId]);

  return { builds, problem, more: cursor !== null || problem !== null, readMore: () => userId && read(userId, builds ? cursor : null) };
}

/** What was refused, or that nothing answered. */
export function problemOf(cause: unknown): ApiError | 'silent' {
  return cause instanceof ApiError ? cause : 'silent';
}
