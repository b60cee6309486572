// Frames as the server writes them.

import type { BuildEvent } from '../src/index.js';

/** An event of build `b`; the project's numbers are ten ahead. */
export function event(seq: number, fields: Partial<Record<keyof BuildEvent, unknown>> = {}): BuildEvent {
  return {
    id: `e-${seq}`, seq, build_id: 'b', project_id: 'p', project_seq: seq + 10,
    event_type: 'progress', phase: 'build', code: 'BUILD_BUNDLING', params: { timestamp: 1, projectId: 'p', count: 2 },
    overall_progress: 0.1, finished: false, ...fields,
  } as BuildEvent;
}

export function lastEvent(seq: number): BuildEvent {
  return event(seq, {
    event_type: 'completed', phase: 'deploy', code: 'BUILD_COMPLETED', finished: true,
    params: { timestamp: 2, projectId: 'p', duration: 1, url: 'http://preview.test/', versionId: 'v' },
  });
}

export function line(seq: number, text = `line ${seq}`): object {
  return { seq, text, stream: 'stdout', step: 'build', timestamp: 1 };
}

export function numberOf(item: object): unknown {
  return 'seq' in item ? item.seq : undefined;
}

/** An event's block, with cursor `c-SEQ`. */
export function block(item: object): string {
  return `id: c-${numberOf(item)}\ndata: ${JSON.stringify(item)}\n\n`;
}

export function control(frame: object): string {
  return `data: ${JSON.stringify(frame)}\n\n`;
}

export const CONNECTED = control({ type: 'connection', status: 'connected', locale: 'en' });
export const LIVE = control({ type: 'live' });

export function errorBody(code: string, params: object = {}): object {
  return {
    error: code, code, message: `message of ${code}`, params,
    requestId: 'r-1', correlationId: 'k-1', referenceId: 'f-1', timestamp: '2026-01-15T10:30:00Z',
  };
}
