// `useBuildEvents`: a build's events as React state.

import { useEffect, useReducer, useRef } from 'react';
import type { BuildEvent } from './contract.js';
import type { ApiError } from './error.js';
import type { StreamState, SubscribeOptions, Subscription } from './options.js';
import { subscribeBuild } from './subscribe.js';

export type BuildStatus = 'idle' | 'building' | 'completed' | 'failed';

export interface BuildEvents {
  /** All so far, in order, each once. */
  events: readonly BuildEvent[];
  /** `idle` before the first event; `failed` for a build that failed, took too long or was cancelled. */
  status: BuildStatus;
  latestEvent: BuildEvent | null;
  /** What the stream does; `ended` also without a build. */
  state: StreamState;
  /** What arrives is history, not news. */
  replaying: boolean;
  /** Events that are known to be missing. */
  missed: number;
  /** Set when the server will not serve the stream. */
  error: ApiError | null;
}

/** The options of `subscribeBuild`; a callback may be another function each time. */
export type UseBuildEventsOptions = Partial<SubscribeOptions<BuildEvent>>;

type Step =
  | { kind: 'begin'; state: StreamState }
  | { kind: 'events'; events: BuildEvent[] }
  | { kind: 'change'; change: Partial<BuildEvents> }
  | { kind: 'missed'; count: number };

function beginning(state: StreamState): BuildEvents {
  return { events: [], status: 'idle', latestEvent: null, state, replaying: true, missed: 0, error: null };
}

function next(before: BuildEvents, step: Step): BuildEvents {
  switch (step.kind) {
    case 'begin':
      return beginning(step.state);
    case 'events': {
      const latestEvent = step.events.at(-1) ?? before.latestEvent;
      return { ...before, events: [...before.events, ...step.events], latestEvent, status: statusAfter(latestEvent) };
    }
    case 'change':
      return { ...before, ...step.change };
    case 'missed':
      return { ...before, missed: before.missed + step.count };
  }
}

function statusAfter(event: BuildEvent | null): BuildStatus {
  if (!event) return 'idle';
  if (!event.finished) return 'building';
  return event.event_type === 'completed' ? 'completed' : 'failed';
}

/** Follows a build while the component is there; begins anew with another build, server, token or transport. */
export function useBuildEvents(buildId: string | null | undefined, options: UseBuildEventsOptions = {}): BuildEvents {
  const [build, dispatch] = useReducer(next, buildId ? 'connecting' : 'ended', beginning);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const subscription = useRef<Subscription | null>(null);
  const { baseUrl, token, transport, locale } = options;

  useEffect(() => {
    dispatch({ kind: 'begin', state: buildId ? 'connecting' : 'ended' });
    if (!buildId) return;
    const opened = follow(buildId, latest, dispatch);
    subscription.current = opened;
    return () => opened.close();
  }, [buildId, baseUrl, token, transport]);

  useEffect(() => {
    if (locale) subscription.current?.setLocale(locale);
  }, [locale]);

  return build;
}

function follow(buildId: string, latest: { current: UseBuildEventsOptions }, dispatch: (step: Step) => void): Subscription {
  const { getToken, onControl, onState, onError, onEvent, ...fixed } = latest.current;
  // A burst, such as the history, becomes one step, not one an event.
  let arrived: BuildEvent[] = [];
  const flush = () => {
    if (arrived.length > 0) dispatch({ kind: 'events', events: arrived });
    arrived = [];
  };
  return subscribeBuild(buildId, {
    ...fixed,
    getToken: getToken && ((reason) => (latest.current.getToken ?? getToken)(reason)),
    onEvent(event, cursor) {
      if (arrived.push(event) === 1) queueMicrotask(flush);
      latest.current.onEvent?.(event, cursor);
    },
    onControl(frame) {
      flush();
      if (frame.type === 'live') dispatch({ kind: 'change', change: { replaying: false } });
      // What was shown is no longer what the log holds.
      if (frame.type === 'reset') dispatch({ kind: 'begin', state: 'connecting' });
      latest.current.onControl?.(frame);
    },
    onState(state) {
      flush();
      dispatch({ kind: 'change', change: { state } });
      latest.current.onState?.(state);
    },
    onError(problem) {
      if (problem.kind === 'gap') dispatch({ kind: 'missed', count: problem.received - problem.expected });
      if (problem.kind === 'refused') dispatch({ kind: 'change', change: { error: problem.error } });
      latest.current.onError?.(problem);
    },
  });
}
