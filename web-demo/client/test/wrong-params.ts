// For the type check alone: each line below the mark is wrong, and has to stay an error.

import { request, type BuildEvent, type ErrorBody, type EventCode, type EventOf, type ParamsOf } from '../src/index.js';

declare const event: BuildEvent;
declare const params: { [C in EventCode]: ParamsOf<C> };

// @ts-expect-error before it is narrowed, only what all have is there
event.params.queuePosition;
// @ts-expect-error no such code
event.code === 'BUILD_EXPLODED';
// @ts-expect-error no such code
export type None = EventOf<'BUILD_EXPLODED'>;
// @ts-expect-error no sentences on the wire
event.params.message;
// @ts-expect-error not a phase
event.phase === 'testing';
// @ts-expect-error a number, not a string
event.seq.toUpperCase();

export function narrowed(): void {
  if (event.code === 'BUILD_COMPLETED') {
    // @ts-expect-error a failure's
    event.params.reason;
    // @ts-expect-error it is there always
    const maybe: undefined = event.params.url;
    void maybe;
  }
  if (event.code === 'ROLLBACK_FAILED') {
    // @ts-expect-error a build's words, not a rollback's
    event.params.phase === 'dependencies';
  }
}

export async function asked(): Promise<void> {
  const build = await request('get', '/v1/builds/{id}', { path: { id: 'b' }, query: { userId: 'u' } });
  const progress: number = build.progress;
  void progress;
  // @ts-expect-error no such field
  build.percent;
  // @ts-expect-error a path needs its id
  await request('get', '/v1/builds/{id}', {});
  // @ts-expect-error a start needs its user
  await request('post', '/v1/builds', { body: { name: 'site' } });
  // @ts-expect-error not with this method
  await request('delete', '/v1/builds', {});
}

type Common = 'timestamp' | 'projectId';
/** Without those that all have, unless there are no others. */
type Own<C extends EventCode> = Exclude<keyof ParamsOf<C>, Common> extends never ? ParamsOf<C> : Omit<ParamsOf<C>, Common>;

/** One wrong thing of each code: another type, one too few, one too many. */
export const WRONG: { [C in EventCode]: Own<C> } = {
  // @ts-expect-error
  BUILD_QUEUED: { queuePosition: '1' },
  // @ts-expect-error
  BUILD_STARTED: { isRetry: 0, attemptNumber: 1 },
  // @ts-expect-error
  BUILD_VALIDATING: { count: 1 },
  // @ts-expect-error
  BUILD_FRAMEWORK_DETECTING: { confidence: 'high' },
  // @ts-expect-error
  BUILD_DEVELOPMENT_STARTING: { isRetry: true },
  // @ts-expect-error
  BUILD_CODE_GENERATING: { step: 1, total: 2 },
  // @ts-expect-error
  BUILD_CODE_REVIEWING: { count: [1] },
  // @ts-expect-error
  BUILD_CODE_APPLYING: { step: 1 },
  // @ts-expect-error
  BUILD_DEVELOPMENT_COMPLETE: { count: 1, duration: '12 s' },
  // @ts-expect-error
  BUILD_DEPENDENCIES_ANALYZING: { packageManager: 'npm' },
  // @ts-expect-error
  BUILD_DEPENDENCIES_INSTALLING: { packageManager: 'npm', step: 1, total: 2, package: { name: 'vite' } },
  // @ts-expect-error
  BUILD_DEPENDENCIES_CACHED: { packageManager: 'npm', count: 1, ageSeconds: null },
  // @ts-expect-error
  BUILD_DEPENDENCIES_COMPLETE: { packageManager: 'npm', packagesInstalled: 1, seconds: 2 },
  // @ts-expect-error
  BUILD_COMPILING: {},
  // @ts-expect-error
  BUILD_BUNDLING: { files: 1 },
  // @ts-expect-error
  BUILD_OPTIMIZING: { step: 1, total: 2, bytesBefore: '1 kB' },
  // @ts-expect-error
  BUILD_DEPLOYING: { versionId: 7 },
  // @ts-expect-error
  BUILD_DEPLOY_PREPARING: { count: 1 },
  // @ts-expect-error
  BUILD_DEPLOY_UPLOADING: { step: 1, total: true },
  // @ts-expect-error
  BUILD_PREVIEW_PREPARING: { timestamp: 1, projectId: 'p', url: 'http://preview.test/' },
  // @ts-expect-error
  BUILD_DEPLOY_ACTIVATING: { region: 'eu' },
  // @ts-expect-error
  BUILD_METADATA_GENERATING: { timestamp: 1, projectId: 'p', count: 1 },
  // @ts-expect-error
  BUILD_RECOMMENDATIONS_GENERATED: { count: '3' },
  // @ts-expect-error
  BUILD_METADATA_COMPLETE: {},
  // @ts-expect-error
  BUILD_COMPLETED: { duration: 1, url: 'http://preview.test/' },
  // @ts-expect-error
  BUILD_FAILED: { phase: 'testing' },
  // @ts-expect-error
  BUILD_TIMEOUT: { phase: 'build' },
  // @ts-expect-error
  BUILD_CANCELLED: { stopDuration: '1' },
  // @ts-expect-error
  ROLLBACK_STARTED: { targetVersionId: 'v-1' },
  // @ts-expect-error
  ROLLBACK_VALIDATING: { versionId: 'v-1' },
  // @ts-expect-error
  ROLLBACK_PREVIEW_UPDATING: { url: 'http://preview.test/', previewUrlUpdated: 'yes' },
  // @ts-expect-error
  ROLLBACK_ARTIFACT_DOWNLOADING: { artifactSize: '20 kB' },
  // @ts-expect-error
  ROLLBACK_WORKING_DIR_SYNCING: { total: 2 },
  // @ts-expect-error
  ROLLBACK_COMPLETED: { targetVersionId: 'v-1', rollbackVersionId: 'v-3', duration: 1, workingDirSynced: true },
  // @ts-expect-error
  ROLLBACK_FAILED: { phase: 'build' },
};

declare const error: ErrorBody;

export function refused(): void {
  if (error.code === 'NOT_FOUND') {
    // @ts-expect-error another error's
    error.params.retryAfter;
  }
  if (error.code === 'RATE_LIMITED') {
    // @ts-expect-error a number, not a string
    error.params.retryAfter.trim();
  }
}
