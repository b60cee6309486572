// What the page knows of a build: one pure step per event. Draws nothing, asks no clock.

import type { BuildEvent, Phase } from '@buildcast/client';

/** The phases of a build in their order. */
export const BUILD_PHASES = ['setup', 'development', 'dependencies', 'build', 'deploy', 'metadata'] as const;

export type PhaseState = 'pending' | 'active' | 'done' | 'failed' | 'skipped' | 'unreached';

export interface PhaseTimes {
  state: PhaseState;
  /** Epoch milliseconds, by the server's clock. */
  startedAt?: number;
  endedAt?: number;
}

export interface Outcome {
  code: BuildEvent['code'];
  succeeded: boolean;
  event: BuildEvent;
}

/** Events of one code in a row make one line of the log. */
export interface LogLine {
  /** Of the first event; stays the same while the line grows. */
  key: string;
  events: [BuildEvent, ...BuildEvent[]];
}

export interface Timeline {
  /** 0 to 1; never decreases. */
  progress: number;
  phases: Record<Phase, PhaseTimes>;
  lines: LogLine[];
  eventCount: number;
  outcome: Outcome | null;
  previewUrl: string | null;
  /** How far this machine's clock is ahead of the server's, at most; null before the first event. */
  clockAheadMs: number | null;
}

export function emptyTimeline(): Timeline {
  const phases = Object.fromEntries(
    [...BUILD_PHASES, 'rollback'].map((phase) => [phase, { state: 'pending' }]),
  ) as Record<Phase, PhaseTimes>;
  return { progress: 0, phases, lines: [], eventCount: 0, outcome: null, previewUrl: null, clockAheadMs: null };
}

/** The timeline after one more event, which arrived at `receivedAt` by this machine's clock. */
export function withEvent(timeline: Timeline, event: BuildEvent, receivedAt: number): Timeline {
  const ahead = receivedAt - event.params.timestamp;
  return {
    progress: Math.max(timeline.progress, Math.min(1, event.overall_progress)),
    phases: nextPhases(timeline.phases, event),
    lines: nextLines(timeline.lines, event),
    eventCount: timeline.eventCount + 1,
    outcome: event.finished ? outcomeOf(event) : timeline.outcome,
    previewUrl: previewOf(event) ?? timeline.previewUrl,
    // The least difference is the one with the least delay in it.
    clockAheadMs: timeline.clockAheadMs === null ? ahead : Math.min(timeline.clockAheadMs, ahead),
  };
}

/** Seconds that a phase has taken, or takes until `now` (epoch milliseconds, the server's clock). */
export function phaseSeconds(phase: PhaseTimes, now: number): number | null {
  if (phase.startedAt === undefined) return null;
  return Math.max(0, ((phase.endedAt ?? now) - phase.startedAt) / 1000);
}

/** When the build's first event was made, by the server's clock. */
export function startedAt(timeline: Timeline): number | null {
  return timeline.lines[0]?.events[0].params.timestamp ?? null;
}

function nextLines(lines: LogLine[], event: BuildEvent): LogLine[] {
  const last = lines.at(-1);
  if (last && last.events[0].code === event.code && event.event_type === 'progress') {
    return [...lines.slice(0, -1), { ...last, events: [...last.events, event] }];
  }
  return [...lines, { key: event.id, events: [event] }];
}

function nextPhases(before: Timeline['phases'], event: BuildEvent): Timeline['phases'] {
  const at = event.params.timestamp;
  const phases = { ...before };
  const names = Object.keys(phases) as Phase[];

  // A build that was taken over begins again, and so do its phases.
  const startsAgain = event.code === 'BUILD_STARTED' && event.params.isRetry;
  if (startsAgain) for (const name of names) phases[name] = { state: 'pending' };

  // A phase ends where the next begins, whether or not it said so itself.
  for (const name of names) {
    if (name !== event.phase && phases[name].state === 'active') {
      phases[name] = { ...phases[name], state: 'done', endedAt: at };
    }
  }
  // What lies before a phase that has begun will not come any more.
  for (const name of phasesBefore(event.phase)) {
    if (phases[name].state === 'pending') phases[name] = { state: 'skipped' };
  }
  const own = phases[event.phase];
  if (own.state === 'pending' || own.state === 'skipped') phases[event.phase] = { state: 'active', startedAt: at };
  if (own.state !== 'done' && event.event_type === 'completed') {
    phases[event.phase] = { ...phases[event.phase], state: 'done', endedAt: at };
  }

  if (event.finished) {
    const failed = event.event_type === 'failed';
    if (failed) phases[event.phase] = { ...phases[event.phase], state: 'failed', endedAt: at };
    for (const name of names) {
      if (phases[name].state === 'pending') phases[name] = { state: failed ? 'unreached' : 'skipped' };
    }
  }
  return phases;
}

function phasesBefore(phase: Phase): readonly Phase[] {
  const order: readonly Phase[] = BUILD_PHASES;
  return order.slice(0, Math.max(0, order.indexOf(phase)));
}

function outcomeOf(event: BuildEvent): Outcome {
  return { code: event.code, succeeded: event.event_type === 'completed', event };
}

function previewOf(event: BuildEvent): string | undefined {
  if (event.code === 'BUILD_COMPLETED') return event.preview_url ?? event.params.url;
  return undefined;
}
