// Watches one replay, and does to its connection what the visitor asks for.

import { subscribeReplay, type components, type StreamState, type Subscription, type TransportName } from '@buildcast/client';
import { useEffect, useReducer, useRef, useState } from 'react';
import { emptyRecord, withArrivals, type Arrival, type Note, type StreamRecord } from './stream-record';

export type WatchedTransport = Exclude<TransportName, 'auto'>;

export interface StartedReplay {
  replay: components['schemas']['ReplayView'];
  fromSeq: number;
  step: boolean;
}

/** `cut`: by the visitor, and not come back yet. */
export type WatchState = StreamState | 'cut';

export interface WatchedReplay {
  record: StreamRecord;
  state: WatchState;
  cursor: string | null;
  cut: () => void;
  /** Opens the stream again, after the last event that came or from its beginning. */
  open: (from: 'cursor' | 'beginning') => void;
  note: (note: Note) => void;
}

/** Arrivals are drawn together, so often, in milliseconds. */
const DRAW_MS = 50;

type Action = { begin: number } | { arrivals: Arrival[] };

function next(record: StreamRecord, action: Action): StreamRecord {
  return 'begin' in action ? emptyRecord(action.begin) : withArrivals(record, action.arrivals);
}

export function useReplay(started: StartedReplay | null, transport: WatchedTransport, locale: string): WatchedReplay {
  const [record, dispatch] = useReducer(next, 1, emptyRecord);
  const [state, setState] = useState<WatchState>('connecting');
  const [cursor, setCursor] = useState<string | null>(null);
  const watching = useRef<Subscription | null>(null);
  const reader = useRef<{ open: (cursor: string | null) => void; note: (note: Note) => void } | null>(null);
  const asked = useRef({ transport, locale });
  asked.current = { transport, locale };

  useEffect(() => {
    if (!started) return;
    dispatch({ begin: started.fromSeq });
    setCursor(null);
    let waiting: Arrival[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      dispatch({ arrivals: waiting });
      waiting = [];
      // After a cut, the place to go on from stays.
      if (watching.current) setCursor(watching.current.cursor ?? null);
    };
    const take = (arrival: Arrival) => {
      waiting.push(arrival);
      timer ??= setTimeout(flush, DRAW_MS);
    };
    const note = (note: Note) => take({ note });
    const open = (after: string | null) => {
      watching.current?.close();
      note({ kind: 'opening', transport: asked.current.transport, cursor: after });
      watching.current = subscribeReplay(started.replay.replayId, {
        token: started.replay.streamToken,
        ...asked.current,
        ...(after === null ? {} : { cursor: after }),
        onEvent: (event, at) => take({ event, cursor: at }),
        onControl: (frame) => {
          if (frame.type === 'connection') note({ kind: 'connection', locale: frame.locale, replay: 'replay' in frame && frame.replay === true });
          if (frame.type === 'live') note({ kind: 'live' });
          if (frame.type === 'reset') note({ kind: 'reset', reason: frame.reason });
        },
        onState: setState,
        onError: (problem) => {
          if (problem.kind === 'interrupted') note({ kind: 'reconnecting', seconds: problem.retryInMs / 1000, error: problem.error ?? null });
          if (problem.kind === 'refused') note({ kind: 'refused', error: problem.error });
          if (problem.kind === 'malformed') note({ kind: 'malformed', data: problem.data });
        },
      });
      const opened = watching.current;
      void opened.done.then(() => {
        if (watching.current === opened) note({ kind: 'ended' });
      });
    };
    reader.current = { open, note };
    open(null);
    return () => {
      clearTimeout(timer);
      const last = watching.current;
      watching.current = reader.current = null;
      last?.close();
    };
  }, [started]);

  useEffect(() => watching.current?.setLocale(locale), [locale]);
  useEffect(() => watching.current?.setTransport(transport), [transport]);

  return {
    record,
    state,
    cursor,
    note: (note) => reader.current?.note(note),
    cut: () => {
      const last = watching.current;
      if (!last || last.state === 'ended') return;
      const at = last.cursor;
      watching.current = null;
      last.close();
      setCursor(at ?? null);
      setState('cut');
      reader.current?.note({ kind: 'cut' });
    },
    open: (from) => reader.current?.open(from === 'cursor' ? cursor : null),
  };
}
