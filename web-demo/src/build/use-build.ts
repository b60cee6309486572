// Follows one build for as long as the page shows it.

import { subscribeBuild, type ApiError, type StreamState, type Subscription } from '@buildcast/client';
import { useEffect, useReducer, useRef } from 'react';
import { renewToken } from '../api/renew-token';
import { emptyTimeline, withEvents, type Arrival, type Timeline } from './timeline';

export interface WatchedBuild {
  timeline: Timeline;
  state: StreamState;
  /** Before the first `live` frame, what arrives is history. */
  replaying: boolean;
  missedEvents: number;
  /** Set when the server will not serve the stream. */
  refusal: ApiError | null;
}

type Step =
  | { kind: 'begin' }
  | { kind: 'events'; arrived: Arrival[] }
  | { kind: 'state'; state: StreamState }
  | { kind: 'live' }
  | { kind: 'gap'; missed: number }
  | { kind: 'refused'; error: ApiError };

const atFirst = (): WatchedBuild => ({
  timeline: emptyTimeline(),
  state: 'connecting',
  replaying: true,
  missedEvents: 0,
  refusal: null,
});

function next(build: WatchedBuild, step: Step): WatchedBuild {
  switch (step.kind) {
    case 'begin':
      return atFirst();
    case 'events':
      return { ...build, timeline: withEvents(build.timeline, step.arrived) };
    case 'state':
      return { ...build, state: step.state };
    case 'live':
      return { ...build, replaying: false };
    case 'gap':
      return { ...build, missedEvents: build.missedEvents + step.missed };
    case 'refused':
      return { ...build, refusal: step.error };
  }
}

/** Watches the build from its first event; starts over when the id or the token changes, and goes on when the locale does. */
export function useBuild(buildId: string | null, token: string, locale: string): WatchedBuild {
  const [build, dispatch] = useReducer(next, undefined, atFirst);
  const watching = useRef<Subscription | null>(null);

  useEffect(() => {
    dispatch({ kind: 'begin' });
    if (!buildId) return;

    // A burst (the history after a reload) becomes one drawing a frame, not one an event.
    let arrived: Arrival[] = [];
    // What comes after a connection broke is history again, until the next `live`.
    let live = false;
    let scheduled: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      clearTimeout(scheduled);
      scheduled = undefined;
      if (arrived.length > 0) dispatch({ kind: 'events', arrived });
      arrived = [];
    };

    const subscription = subscribeBuild(buildId, {
      token,
      locale,
      getToken: () => renewToken(buildId),
      // Events and log lines share one WebSocket: over HTTP/1.1 a browser has six connections to a host, for all its tabs.
      transport: 'auto',
      onEvent: (event) => {
        arrived.push({ event, receivedAt: Date.now(), live });
        scheduled ??= setTimeout(flush, 16);
      },
      onControl: (frame) => {
        flush();
        if (frame.type !== 'locale') live = frame.type === 'live';
        if (frame.type === 'live') dispatch({ kind: 'live' });
        // What was shown is no longer what the log holds.
        if (frame.type === 'reset') dispatch({ kind: 'begin' });
      },
      onState: (state) => {
        flush();
        if (state !== 'live') live = false;
        dispatch({ kind: 'state', state });
      },
      onError: (problem) => {
        if (problem.kind === 'gap') dispatch({ kind: 'gap', missed: problem.received - problem.expected });
        if (problem.kind === 'refused') dispatch({ kind: 'refused', error: problem.error });
      },
    });
    watching.current = subscription;
    return () => {
      clearTimeout(scheduled);
      subscription.close();
    };
  }, [buildId, token]);

  useEffect(() => watching.current?.setLocale(locale), [locale]);

  return build;
}
