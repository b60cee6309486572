// For the type check alone: the event narrows on every code, and what a code does not have is an
// error. `npm run check` fails when an expected error is none.

import type { BuildEvent, ControlFrame, ErrorBody, EventOf, ServerFrame, StreamFrame, StreamProblem } from '../src/index.js';

/** A use of each code's own params; a code without its case does not compile. */
export function summary(event: BuildEvent): string | number | boolean | undefined {
  switch (event.code) {
    case 'BUILD_QUEUED': return event.params.estimatedStart ?? event.params.queuePosition;
    case 'BUILD_STARTED': return event.params.isRetry && event.params.attemptNumber;
    case 'BUILD_VALIDATING': return event.params.count + event.params.totalBytes;
    case 'BUILD_FRAMEWORK_DETECTING': return event.params.framework ?? event.params.version ?? event.params.confidence?.toFixed(1);
    case 'BUILD_DEVELOPMENT_STARTING': return event.params.attemptNumber.toFixed();
    case 'BUILD_CODE_GENERATING': return event.params.provider.length + (event.params.step ?? 0) + (event.params.total ?? 0);
    case 'BUILD_CODE_REVIEWING': return event.params.count.toFixed();
    case 'BUILD_CODE_APPLYING': return event.params.step / event.params.total;
    case 'BUILD_DEVELOPMENT_COMPLETE': return event.params.count / event.params.duration;
    case 'BUILD_DEPENDENCIES_ANALYZING': return event.params.packageManager.repeat(event.params.count);
    case 'BUILD_DEPENDENCIES_INSTALLING': return event.params.package?.concat(event.params.version ?? '') ?? event.params.step / event.params.total;
    case 'BUILD_DEPENDENCIES_CACHED': return event.params.packageManager.length + event.params.count + event.params.ageSeconds;
    case 'BUILD_DEPENDENCIES_COMPLETE': return event.params.packagesInstalled / event.params.duration;
    case 'BUILD_COMPILING': return event.params.framework.toUpperCase();
    case 'BUILD_BUNDLING': return event.params.count.toFixed();
    case 'BUILD_OPTIMIZING': return event.params.step / event.params.total + (event.params.bytesBefore ?? 0) - (event.params.bytesAfter ?? 0);
    case 'BUILD_DEPLOYING': return event.params.versionId.length;
    case 'BUILD_DEPLOY_PREPARING': return event.params.artifactSize / event.params.count;
    case 'BUILD_DEPLOY_UPLOADING': return event.params.step / event.params.total;
    case 'BUILD_PREVIEW_PREPARING': return event.params.timestamp;
    case 'BUILD_DEPLOY_ACTIVATING': return new URL(event.params.url).host + (event.params.region ?? '');
    case 'BUILD_METADATA_GENERATING': return event.params.projectId.length;
    case 'BUILD_RECOMMENDATIONS_GENERATED': return event.params.count.toFixed();
    case 'BUILD_METADATA_COMPLETE': return event.params.duration.toFixed();
    case 'BUILD_COMPLETED': return event.params.duration.toFixed() + new URL(event.params.url).host + event.params.versionId.length;
    case 'BUILD_FAILED': return event.params.reason?.length ?? event.params.exitCode ?? event.params.duration ?? event.params.phase ?? event.params.recoverable;
    case 'BUILD_TIMEOUT': return event.params.duration.toFixed() + (event.params.phase ?? '');
    case 'BUILD_CANCELLED': return event.params.stopDuration ?? event.params.duration ?? event.params.phase;
    case 'ROLLBACK_STARTED': return event.params.targetVersionId.concat(event.params.rollbackVersionId);
    case 'ROLLBACK_VALIDATING': return event.params.targetVersionId.length;
    case 'ROLLBACK_PREVIEW_UPDATING': return event.params.previewUrlUpdated && new URL(event.params.url).host;
    case 'ROLLBACK_ARTIFACT_DOWNLOADING': return event.params.artifactSize.toFixed();
    case 'ROLLBACK_WORKING_DIR_SYNCING': return event.params.step / event.params.total;
    case 'ROLLBACK_COMPLETED': return event.params.workingDirSynced && event.params.previewUrlUpdated && event.params.duration + event.params.targetVersionId.length + event.params.rollbackVersionId.length;
    case 'ROLLBACK_FAILED': return event.params.reason ?? event.params.phase ?? event.params.targetVersionId ?? event.params.duration ?? event.params.recoverable;
    default: {
      const none: never = event;
      return none;
    }
  }
}

/** The phases that a code can have are part of it. */
export function phases(queued: EventOf<'BUILD_QUEUED'>, failed: EventOf<'BUILD_FAILED'>): ['setup', string] {
  const last: 'failed' = failed.event_type;
  return [queued.phase, `${failed.phase} ${last}`];
}

/** So do frames, on `type`; an error frame is an error body beside it. */
export function frames(control: ControlFrame, server: ServerFrame, passed: StreamFrame): (string | undefined)[] {
  return [
    control.type === 'connection' ? control.locale : control.type === 'reset' ? control.reason : control.type === 'error' ? control.message : control.type,
    server.type === 'event' ? server.cursor : server.type === 'error' ? server.requestId : server.type === 'pong' ? undefined : server.type,
    passed.type === 'locale' || passed.type === 'connection' ? passed.locale : passed.type === 'reset' ? passed.reason : passed.type,
  ];
}

/** So do errors, on `code`. */
export function advice(error: ErrorBody): string | number | undefined {
  switch (error.code) {
    case 'INSUFFICIENT_CREDITS': return error.data?.recommendation?.package ?? error.params.required - error.params.available;
    case 'RATE_LIMITED': return error.params.retryAfter / error.params.limit;
    case 'INVALID_STATE_TRANSITION': return error.params.validNext.join(error.params.from);
    case 'NOT_FOUND': return error.params.resource.toUpperCase();
    case 'VALIDATION_FAILED': return error.params.errors?.map(({ field, message }) => `${field}: ${message}`).join();
    case 'VERSION_NOT_ELIGIBLE': return error.params.reason;
    case 'AUTH_FAILED': return error.params.reason ?? error.serverTime;
    default: return error.message;
  }
}

/** And problems, on `kind`. */
export function problem(told: StreamProblem): string | number | undefined {
  switch (told.kind) {
    case 'gap': return told.received - told.expected;
    case 'malformed': return told.data;
    case 'interrupted': return told.error?.code ?? told.retryInMs;
    case 'refused': return told.error.body?.code === 'INSUFFICIENT_CREDITS' ? String(told.error.params.required) : told.error.code;
    default: {
      const none: never = told;
      return none;
    }
  }
}
