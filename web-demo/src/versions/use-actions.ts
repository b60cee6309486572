// One action at a time on a project's versions, and what came of it.

import { useEffect, useRef, useState } from 'react';
import { ask } from '../api/ask';
import { message } from '../messages/catalogue';
import type { Action, VersionView } from './permission';

export interface RollbackJob {
  jobId: string;
  streamToken: string;
}

interface ActionsOptions {
  projectId: string;
  userId: string | null;
  onRollback: (job: RollbackJob) => void;
  /** The list is to be read again. */
  onChange: () => void;
}

type Done = { action: Action; version: string } | null;

export function useActions({ projectId, userId, onRollback, onChange }: ActionsOptions) {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [done, setDone] = useState<Done>(null);
  const asking = useRef<AbortController | null>(null);
  // The server does what was asked for; nobody is there any more to be told.
  useEffect(() => () => asking.current?.abort(), []);

  const run = async (action: Action, version: VersionView) => {
    if (pending || !userId) return;
    const mine = new AbortController();
    asking.current = mine;
    setPending(true);
    setProblem(null);
    setDone(null);
    try {
      const job = await act(action, version, { projectId, userId, signal: mine.signal });
      if (mine.signal.aborted) return;
      if (job) onRollback(job);
      else setDone({ action, version: version.semver });
    } catch (error) {
      if (mine.signal.aborted) return;
      setProblem(error);
    }
    setPending(false);
    // After a refusal, too: what was shown was not how it is.
    onChange();
  };

  return { pending, problem, doneText: done ? message(`page-versions-done-${done.action}`, { version: done.version }) : '', run };
}

interface Asker {
  projectId: string;
  userId: string;
  signal: AbortSignal;
}

async function act(action: Action, version: VersionView, { projectId, userId, signal }: Asker): Promise<RollbackJob | null> {
  switch (action) {
    case 'publish':
      await ask('post', '/v1/projects/{id}/publish/{versionId}', { path: { id: projectId, versionId: version.id }, body: { userId }, signal });
      return null;
    case 'unpublish':
      await ask('post', '/v1/projects/{id}/unpublish', { path: { id: projectId }, body: { userId }, signal });
      return null;
    case 'rollback':
      return ask('post', '/v1/versions/rollback', { body: { userId, projectId, targetVersionId: version.id }, signal });
    case 'download': {
      const { downloadUrl } = await ask('get', '/v1/versions/{id}/download', { path: { id: version.id }, query: { userId }, signal });
      if (!signal.aborted) save(downloadUrl);
      return null;
    }
    case 'preview':
      return null;
  }
}

/** The address answers with a file to save, so the page stays. */
function save(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.rel = 'noopener';
  link.click();
}
