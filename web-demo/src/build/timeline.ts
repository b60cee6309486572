// What the page knows of a build: one pure step per event. Draws nothing, asks no clock.

import type { BuildEvent, Phase } from '@buildcast/client';

/** The phases of a build in their order. */
export const BUILD_PHASES = ['setup', 'development', 'dependencies', 'build', 'deploy', 'metadata'] as const;

export type PhaseState = 'pending' | 'active' | 'done' | 'failed' | 'cancelled' | 'skipped' | 'unreached';

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
  /** How far this machine's clock is ahead of the server's, at most; null before the first event that came live. */
  clockAheadMs: number | null;
}

export function emptyTimeline(): Timeline {
  const phases = Object.fromEntries(
    [...BUILD_PHASES, 'rollback'].map((phase) => [phase, { state: 'pending' }]),
  ) as Record<Phase, PhaseTimes>;
  return { progress: 0, phases, lines: [], eventCount: 0, outcome: null, previewUrl: null, clockAheadMs: null };
}

/** An event, and when it arrived by this machine's clock. */
export interface Arrival {
  event: BuildEvent;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** False for history: its age tells nothing of the clocks. */
  live: boolean;
}

/** The timeline after more events. What it held is copied once a call, not once an event. */
export function withEvents(before: Timeline, arrivals: readonly Arrival[]): Timeline {
  const timeline = { ...before, lines: [...before.lines] };
  const own = new Set<LogLine>();
  for (const { event, receivedAt, live } of arrivals) {
    timeline.progress = Math.max(timeline.progress, Math.min(1, event.overall_progress));
    timeline.phases = nextPhases(timeline.phases, event);
    addTo(timeline.lines, event, own);
    timeline.eventCount += 1;
    if (event.finished) timeline.outcome = outcomeOf(event);
    timeline.previewUrl = previewOf(event) ?? timeline.previewUrl;
    // The least difference is the one with the least delay in it.
    if (live) timeline.clockAheadMs = Math.min(timeline.clockAheadMs ?? Infinity, receivedAt - event.params.timestamp);
  }
  return timeline;
}

/** Seconds that a phase has taken, or takes until `now` (epoch milliseconds, the server's clock). */
export function phaseSeconds(phase: PhaseTimes, now: number): number | null {
  if (phase.startedAt === undefined) return null;
  return Math.max(0, ((phase.endedAt ?? now) - phase.startedAt) / 1000);
}

/** Whether no worker has taken the build yet, as far as its events tell. */
export function isQueued(timeline: Timeline): boolean {
  return timeline.outcome === null && timeline.lines.every(({ events: [{ code }] }) => code === 'BUILD_QUEUED');
}

/** When the build's first event was made, by the server's clock. */
export function startedAt(timeline: Timeline): number | null {
  return timeline.lines[0]?.events[0].params.timestamp ?? null;
}

/** Puts an event at the end of `lines`; a line that is not among one's `own` is drawn somewhere, and copied first. */
function addTo(lines: LogLine[], event: BuildEvent, own: Set<LogLine>): void {
  const last = lines.at(-1);
  if (!last || last.events[0].code !== event.code || event.event_type !== 'progress') {
    const line: LogLine = { key: event.id, events: [event] };
    own.add(line);
    lines.push(line);
  } else if (own.has(last)) {
    last.events.push(event);
  } else {
    const line: LogLine = { ...last, events: [...last.events, event] };
    own.add(line);
    lines[lines.length - 1] = line;
  }
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
    const end = event.code === 'BUILD_CANCELLED' ? 'cancelled' : 'failed';
    if (failed) phases[event.phase] = { ...phases[event.phase], state: end, endedAt: at };
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
