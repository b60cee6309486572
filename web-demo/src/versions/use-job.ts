// The build or rollback that goes on in a project, to be followed: one begun elsewhere, or before a reload, as well.

import type { components } from '@buildcast/client';
import { useEffect, useState } from 'react';
import { renewToken } from '../api/renew-token';
import type { RollbackJob } from './use-actions';

export interface Job extends RollbackJob {
  kind: 'build' | 'rollback';
}

/** The last job that was under way, and what shows one that was started here; stays when it has ended. */
export function useJob(project: components['schemas']['ProjectView'] | null): [Job | null, (started: RollbackJob) => void] {
  const [job, setJob] = useState<Job | null>(null);
  const under = project?.status === 'idle' ? null : project?.activeBuildId ?? null;
  const kind = project?.status === 'rollingBack' ? 'rollback' : 'build';

  useEffect(() => {
    if (under === null) return;
    let gone = false;
    renewToken(under).then(
      (streamToken) => !gone && setJob((shown) => (shown?.jobId === under ? shown : { jobId: under, streamToken, kind })),
      // The list says that it goes on; without a token that is all there is to see.
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [under, kind]);

  return [job, (started) => setJob({ ...started, kind: 'rollback' })];
}
