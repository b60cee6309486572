// The four kinds of streams, and what their items are.

import type { BuildEvent, LogLine } from './contract.js';
import { Follower, type ItemShape } from './follower.js';
import type { SubscribeOptions, Subscription } from './options.js';

/** What is read of a frame before it is believed; the rest is the server's word. */
function isBuildEvent(value: unknown): value is BuildEvent {
  const event = (value ?? {}) as Record<string, unknown>;
  return (
    typeof event.code === 'string' &&
    typeof event.seq === 'number' &&
    typeof event.project_seq === 'number' &&
    typeof event.phase === 'string' &&
    typeof event.overall_progress === 'number' &&
    typeof event.finished === 'boolean' &&
    typeof event.params === 'object' &&
    event.params !== null
  );
}

function isLogLine(value: unknown): value is LogLine {
  const line = (value ?? {}) as Record<string, unknown>;
  return typeof line.seq === 'number' && typeof line.text === 'string';
}

const BUILD: ItemShape<BuildEvent> = {
  isItem: isBuildEvent,
  numberOf: (event) => event.seq,
  first: 1,
  isLast: (event) => event.finished,
};

/** A replay begins with whatever event it was asked for. */
const REPLAY: ItemShape<BuildEvent> = {
  isItem: isBuildEvent,
  numberOf: (event) => event.seq,
  isLast: (event) => event.finished,
};

const PROJECT: ItemShape<BuildEvent> = {
  isItem: isBuildEvent,
  numberOf: (event) => event.project_seq,
  isLast: () => false,
};

const LOGS: ItemShape<LogLine> = {
  isItem: isLogLine,
  numberOf: (line) => line.seq,
  isLast: () => false,
};

/** Follows a build, or a rollback's job, to its last event, a refusal, or `close()`. */
export function subscribeBuild(buildId: string, options: SubscribeOptions<BuildEvent>): Subscription {
  return new Follower('build', buildId, BUILD, options);
}

/** Follows every build and rollback of a project; such a stream has no end of its own. */
export function subscribeProject(projectId: string, options: SubscribeOptions<BuildEvent>): Subscription {
  return new Follower('project', projectId, PROJECT, options);
}

/** Follows what a build's commands print. */
export function subscribeLogs(buildId: string, options: SubscribeOptions<LogLine>): Subscription {
  return new Follower('logs', buildId, LOGS, options);
}

/** Follows a replay of a build, or of a rollback's job, to its last event. */
export function subscribeReplay(replayId: string, options: SubscribeOptions<BuildEvent>): Subscription {
  return new Follower('replay', replayId, REPLAY, options);
}
