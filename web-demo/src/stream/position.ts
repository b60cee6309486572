// Where a reader stands in a stream: which events it has, and which should come next.
// Pure; it decides what is new, what is a repetition and what was missed.

import type { BuildEvent } from './events';

export interface Gap {
  expected: number;
  received: number;
}

export type Arrival = { fresh: false } | { fresh: true; gap: Gap | null };

export class StreamPosition {
  #seen = new Set<string>();
  #lastSeq = new Map<string, number>();
  #cursor: string | undefined;

  constructor(cursor?: string) {
    this.#cursor = cursor;
  }

  /** The last event's cursor, to resume after. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Takes note of an event; `cursor` is empty where the frame had no id. */
  accept(event: BuildEvent, cursor: string): Arrival {
    // The event's own id is as unique as its cursor, and stands in for it.
    const key = cursor || event.id;
    if (this.#seen.has(key)) return { fresh: false };
    this.#seen.add(key);
    if (cursor) this.#cursor = cursor;

    // `seq` counts per build, and a project's stream holds several.
    const last = this.#lastSeq.get(event.build_id);
    this.#lastSeq.set(event.build_id, event.seq);
    const gap = last !== undefined && event.seq > last + 1
      ? { expected: last + 1, received: event.seq }
      : null;
    return { fresh: true, gap };
  }

  /** The server begins again from the first event it has. */
  reset(): void {
    this.#seen.clear();
    this.#lastSeq.clear();
    this.#cursor = undefined;
  }
}
