// One example of the params of every code, with only what the code always has.
// For tests: a message must read well without the optional ones.

import type { EventCode, EventParams } from './events';

const attempt = { isRetry: false, attemptNumber: 1 };

export const LEAST_PARAMS: { [C in EventCode]: EventParams[C] } = {
  BUILD_QUEUED: { queuePosition: 1 },
  BUILD_STARTED: attempt,
  BUILD_VALIDATING: { count: 1, totalBytes: 120 },
  BUILD_FRAMEWORK_DETECTING: {},
  BUILD_DEVELOPMENT_STARTING: attempt,
  BUILD_CODE_GENERATING: { provider: 'anthropic' },
  BUILD_CODE_REVIEWING: { count: 3 },
  BUILD_CODE_APPLYING: { step: 1, total: 3 },
  BUILD_DEVELOPMENT_COMPLETE: { count: 3, duration: 12.345 },
  BUILD_DEPENDENCIES_ANALYZING: { packageManager: 'npm', count: 1 },
  BUILD_DEPENDENCIES_INSTALLING: { packageManager: 'npm', step: 1, total: 17 },
  BUILD_DEPENDENCIES_CACHED: { packageManager: 'npm', count: 17, ageSeconds: 60 },
  BUILD_DEPENDENCIES_COMPLETE: { packageManager: 'npm', packagesInstalled: 17, duration: 2.25 },
  BUILD_COMPILING: { framework: 'vite' },
  BUILD_BUNDLING: { count: 6 },
  BUILD_OPTIMIZING: { step: 2, total: 6 },
  BUILD_DEPLOYING: { versionId: 'v-1' },
  BUILD_DEPLOY_PREPARING: { artifactSize: 20_480, count: 6 },
  BUILD_DEPLOY_UPLOADING: { step: 20_480, total: 20_480 },
  BUILD_PREVIEW_PREPARING: {},
  BUILD_DEPLOY_ACTIVATING: { url: 'http://127.0.0.1:8081/p/p-1/' },
  BUILD_METADATA_GENERATING: {},
  BUILD_RECOMMENDATIONS_GENERATED: { count: 0 },
  BUILD_METADATA_COMPLETE: { duration: 0.1 },
  BUILD_COMPLETED: { duration: 4.2, url: 'http://127.0.0.1:8081/p/p-1/', versionId: 'v-1' },
  BUILD_FAILED: {},
  BUILD_TIMEOUT: { duration: 600 },
  BUILD_CANCELLED: {},
  ROLLBACK_STARTED: { targetVersionId: 'v-1', rollbackVersionId: 'v-3' },
  ROLLBACK_VALIDATING: { targetVersionId: 'v-1' },
  ROLLBACK_PREVIEW_UPDATING: { url: 'http://127.0.0.1:8081/p/p-1/', previewUrlUpdated: true },
  ROLLBACK_ARTIFACT_DOWNLOADING: { artifactSize: 20_480 },
  ROLLBACK_WORKING_DIR_SYNCING: { step: 10, total: 40 },
  ROLLBACK_COMPLETED: {
    targetVersionId: 'v-1',
    rollbackVersionId: 'v-3',
    duration: 0.8,
    workingDirSynced: true,
    previewUrlUpdated: true,
  },
  ROLLBACK_FAILED: {},
};
