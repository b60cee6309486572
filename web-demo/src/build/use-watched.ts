// All that is followed of one build: its events, its log, its place in the queue, and its cancellation.

import { useLocale } from '../messages/use-locale';
import { isQueued } from './timeline';
import { useBuild, type WatchedBuild } from './use-build';
import { useCancel, type Cancelling } from './use-cancel';
import { useLog, type WatchedLog } from './use-log';
import { useQueuePlace, type QueuePlace } from './use-queue-place';

export interface Watched {
  build: WatchedBuild;
  log: WatchedLog;
  queuePlace: QueuePlace | null;
  /** Null where the page may not ask for it. */
  cancelling: Cancelling | null;
}

/** Follows the build of `buildId`, or none. */
export function useWatched(buildId: string | null, token: string, userId: string | null): Watched {
  const build = useBuild(buildId, token, useLocale());
  const log = useLog(buildId, token);
  const waits = buildId !== null && build.refusal === null && isQueued(build.timeline);
  const queuePlace = useQueuePlace(buildId, userId, waits);
  const cancelling = useCancel(buildId, userId);
  return { build, log, queuePlace, cancelling: userId ? cancelling : null };
}
