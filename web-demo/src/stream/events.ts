// The events of a build and of a rollback, as they arrive on a stream.
// A discriminated union on `code`: each code has params of its own.
// Times are epoch milliseconds, durations seconds, sizes bytes.

export type Phase =
  | 'setup'
  | 'development'
  | 'dependencies'
  | 'build'
  | 'deploy'
  | 'metadata'
  | 'rollback';

export type EventType = 'started' | 'progress' | 'completed' | 'failed';

/** In the params of every code. */
export interface CommonParams {
  timestamp: number;
  projectId: string;
}

type Empty = Record<never, never>;
interface Attempt {
  isRetry: boolean;
  attemptNumber: number;
}
interface Steps {
  step: number;
  total: number;
}

/** What each code's params hold beyond `CommonParams`. */
export interface EventParams {
  BUILD_QUEUED: { queuePosition: number; estimatedStart?: number };
  BUILD_STARTED: Attempt;
  BUILD_VALIDATING: { count: number; totalBytes: number };
  BUILD_FRAMEWORK_DETECTING: { framework?: string; version?: string; confidence?: number };
  BUILD_DEVELOPMENT_STARTING: Attempt;
  BUILD_CODE_GENERATING: { provider: string } & Partial<Steps>;
  BUILD_CODE_REVIEWING: { count: number };
  BUILD_CODE_APPLYING: Steps;
  BUILD_DEVELOPMENT_COMPLETE: { count: number; duration: number };
  BUILD_DEPENDENCIES_ANALYZING: { packageManager: string; count: number };
  BUILD_DEPENDENCIES_INSTALLING: { packageManager: string; package?: string; version?: string } & Steps;
  BUILD_DEPENDENCIES_CACHED: { packageManager: string; count: number; ageSeconds: number };
  BUILD_DEPENDENCIES_COMPLETE: { packageManager: string; packagesInstalled: number; duration: number };
  BUILD_COMPILING: { framework: string };
  BUILD_BUNDLING: { count: number };
  BUILD_OPTIMIZING: { bytesBefore?: number; bytesAfter?: number } & Steps;
  BUILD_DEPLOYING: { versionId: string };
  BUILD_DEPLOY_PREPARING: { artifactSize: number; count: number };
  /** `step` and `total` are bytes. */
  BUILD_DEPLOY_UPLOADING: Steps;
  BUILD_PREVIEW_PREPARING: Empty;
  BUILD_DEPLOY_ACTIVATING: { url: string; region?: string };
  BUILD_METADATA_GENERATING: Empty;
  BUILD_RECOMMENDATIONS_GENERATED: { count: number };
  BUILD_METADATA_COMPLETE: { duration: number };
  BUILD_COMPLETED: { duration: number; url: string; versionId: string };
  BUILD_FAILED: { reason?: string; exitCode?: number; duration?: number; phase?: string; recoverable?: boolean };
  BUILD_TIMEOUT: { duration: number; phase?: string };
  /** `stopDuration`: from the request to the end of the last process. */
  BUILD_CANCELLED: { duration?: number; phase?: string; stopDuration?: number };
  ROLLBACK_STARTED: { targetVersionId: string; rollbackVersionId: string };
  ROLLBACK_VALIDATING: { targetVersionId: string };
  ROLLBACK_PREVIEW_UPDATING: { url: string; previewUrlUpdated: boolean };
  ROLLBACK_ARTIFACT_DOWNLOADING: { artifactSize: number };
  /** `step` and `total` are files. */
  ROLLBACK_WORKING_DIR_SYNCING: Steps;
  ROLLBACK_COMPLETED: {
    targetVersionId: string;
    rollbackVersionId: string;
    duration: number;
    workingDirSynced: boolean;
    previewUrlUpdated: boolean;
  };
  ROLLBACK_FAILED: {
    reason?: string;
    duration?: number;
    phase?: 'validating' | 'downloading' | 'syncing' | 'updating';
    targetVersionId?: string;
    recoverable?: boolean;
  };
}

export type EventCode = keyof EventParams;

/** One event of the given code. */
export interface EventOf<C extends EventCode> {
  id: string;
  /** Per build, from 1, without gaps. */
  seq: number;
  build_id: string;
  project_id: string;
  project_seq: number;
  event_type: EventType;
  phase: Phase;
  code: C;
  params: CommonParams & EventParams[C];
  /** 0 to 1; never decreases within a build. */
  overall_progress: number;
  /** True on the last event only. */
  finished: boolean;
  preview_url?: string;
  duration_seconds?: number;
}

/** Any event; narrows on `code`. */
export type BuildEvent = { [C in EventCode]: EventOf<C> }[EventCode];

/** Each code's phase; null where it is that of the step that failed. */
export const EVENT_PHASES: Record<EventCode, Phase | null> = {
  BUILD_QUEUED: 'setup',
  BUILD_STARTED: 'setup',
  BUILD_VALIDATING: 'setup',
  BUILD_FRAMEWORK_DETECTING: 'setup',
  BUILD_DEVELOPMENT_STARTING: 'development',
  BUILD_CODE_GENERATING: 'development',
  BUILD_CODE_REVIEWING: 'development',
  BUILD_CODE_APPLYING: 'development',
  BUILD_DEVELOPMENT_COMPLETE: 'development',
  BUILD_DEPENDENCIES_ANALYZING: 'dependencies',
  BUILD_DEPENDENCIES_INSTALLING: 'dependencies',
  BUILD_DEPENDENCIES_CACHED: 'dependencies',
  BUILD_DEPENDENCIES_COMPLETE: 'dependencies',
  BUILD_COMPILING: 'build',
  BUILD_BUNDLING: 'build',
  BUILD_OPTIMIZING: 'build',
  BUILD_DEPLOYING: 'deploy',
  BUILD_DEPLOY_PREPARING: 'deploy',
  BUILD_DEPLOY_UPLOADING: 'deploy',
  BUILD_PREVIEW_PREPARING: 'deploy',
  BUILD_DEPLOY_ACTIVATING: 'deploy',
  BUILD_METADATA_GENERATING: 'metadata',
  BUILD_RECOMMENDATIONS_GENERATED: 'metadata',
  BUILD_METADATA_COMPLETE: 'metadata',
  BUILD_COMPLETED: 'deploy',
  BUILD_FAILED: null,
  BUILD_TIMEOUT: null,
  BUILD_CANCELLED: null,
  ROLLBACK_STARTED: 'rollback',
  ROLLBACK_VALIDATING: 'rollback',
  ROLLBACK_PREVIEW_UPDATING: 'rollback',
  ROLLBACK_ARTIFACT_DOWNLOADING: 'rollback',
  ROLLBACK_WORKING_DIR_SYNCING: 'rollback',
  ROLLBACK_COMPLETED: 'rollback',
  ROLLBACK_FAILED: 'rollback',
};

/** All 35 codes. */
export const EVENT_CODES = Object.keys(EVENT_PHASES) as EventCode[];
