// What one frame of a stream is: an event (has `code`, no `type`), a control frame
// (has `type`), or neither. Pure; the connection lives in subscribe.ts.

import type { ErrorEnvelope } from '../api/envelope';
import type { BuildEvent } from './events';

export type ControlFrame =
  | { type: 'connection'; status: string; locale: string; replay?: boolean }
  | { type: 'live' }
  | { type: 'reset'; reason: 'diverged' | 'expired' | 'ahead' }
  | ({ type: 'error' } & ErrorEnvelope);

export type Frame =
  | { kind: 'event'; event: BuildEvent }
  | { kind: 'control'; control: ControlFrame }
  | { kind: 'unknown' };

const CONTROL_TYPES = new Set(['connection', 'live', 'reset', 'error']);

/** Reads one frame's data. A code or a type of a newer server is passed on or skipped, never fatal. */
export function readFrame(data: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { kind: 'unknown' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'unknown' };

  const fields = value as Record<string, unknown>;
  // An error frame has both `type` and `code`, so `type` is asked first.
  if (typeof fields.type === 'string') {
    return CONTROL_TYPES.has(fields.type)
      ? { kind: 'control', control: value as ControlFrame }
      : { kind: 'unknown' };
  }
  return isEvent(fields) ? { kind: 'event', event: value as BuildEvent } : { kind: 'unknown' };
}

function isEvent(fields: Record<string, unknown>): boolean {
  return (
    typeof fields.code === 'string' &&
    typeof fields.seq === 'number' &&
    typeof fields.phase === 'string' &&
    typeof fields.overall_progress === 'number' &&
    typeof fields.finished === 'boolean' &&
    typeof fields.params === 'object' &&
    fields.params !== null
  );
}
