// Follows what a build's commands print, for as long as the page shows the build.

import { subscribeLogs, type LogLine, type StreamState } from '@buildcast/client';
import { useEffect, useReducer } from 'react';
import { renewToken } from '../api/renew-token';
import { withLines } from './log-lines';

export interface WatchedLog {
  lines: readonly LogLine[];
  state: StreamState;
}

type Step = { kind: 'begin' } | { kind: 'lines'; arrived: LogLine[] } | { kind: 'state'; state: StreamState };

/** Milliseconds between two drawings: eyes read no faster, however many lines come. */
const DRAWING_MS = 100;

const atFirst = (): WatchedLog => ({ lines: [], state: 'connecting' });

function next(log: WatchedLog, step: Step): WatchedLog {
  switch (step.kind) {
    case 'begin':
      return atFirst();
    case 'lines':
      return { ...log, lines: withLines(log.lines, step.arrived) };
    case 'state':
      return { ...log, state: step.state };
  }
}

/** The log from its first line; begins anew with another build or token. */
export function useLog(buildId: string | null, token: string): WatchedLog {
  const [log, dispatch] = useReducer(next, undefined, atFirst);

  useEffect(() => {
    dispatch({ kind: 'begin' });
    if (!buildId) return;
    let arrived: LogLine[] = [];
    let scheduled: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      clearTimeout(scheduled);
      scheduled = undefined;
      if (arrived.length > 0) dispatch({ kind: 'lines', arrived });
      arrived = [];
    };
    const subscription = subscribeLogs(buildId, {
      token,
      getToken: () => renewToken(buildId),
      transport: 'auto',
      onEvent: (line) => {
        arrived.push(line);
        scheduled ??= setTimeout(flush, DRAWING_MS);
      },
      onControl: (frame) => {
        if (frame.type !== 'reset') return;
        // What was shown is no longer what the log holds.
        flush();
        dispatch({ kind: 'begin' });
      },
      onState: (state) => {
        flush();
        dispatch({ kind: 'state', state });
      },
    });
    return () => {
      clearTimeout(scheduled);
      subscription.close();
    };
  }, [buildId, token]);

  return log;
}
