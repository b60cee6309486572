// A build by its id alone: its project's name, and a token for its streams.

import { useCallback, useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';
import { renewToken } from '../api/renew-token';

export interface NamedBuild {
  buildId: string;
  projectId: string;
  streamToken: string;
  /** Empty for a project that is gone. */
  name: string;
}

export interface NamedBuildRead {
  /** Null until the server has answered. */
  named: NamedBuild | null;
  problem: unknown;
  again: () => void;
}

/** Another user's build is none; so is the id of none. */
export function useNamedBuild(buildId: string, userId: string | null): NamedBuildRead {
  const [named, setNamed] = useState<NamedBuild | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const asking = useRef<AbortController | null>(null);

  const read = useCallback(async () => {
    asking.current?.abort();
    if (!userId) return;
    const mine = new AbortController();
    asking.current = mine;
    setProblem(null);
    try {
      const found = await readNamed(buildId, userId, mine.signal);
      if (!mine.signal.aborted) setNamed(found);
    } catch (error) {
      if (!mine.signal.aborted) setProblem(error);
    }
  }, [buildId, userId]);

  useEffect(() => {
    void read();
    return () => asking.current?.abort();
  }, [read]);

  return { named, problem, again: () => void read() };
}

async function readNamed(buildId: string, userId: string, signal: AbortSignal): Promise<NamedBuild> {
  const query = { userId };
  const { projectId } = await ask('get', '/v1/builds/{id}', { path: { id: buildId }, query, signal });
  const [streamToken, name] = await Promise.all([
    renewToken(buildId),
    ask('get', '/v1/projects/{id}', { path: { id: projectId }, query, signal }).then((project) => project.name, () => ''),
  ]);
  return { buildId, projectId, streamToken, name };
}
