// Where a reader stands in a stream: what it has, and what should come next. Pure.

export interface Gap {
  expected: number;
  received: number;
}

export class Position {
  #last: number | undefined;
  #cursor: string | undefined;

  /** With `first`, a stream that is read from its beginning has to begin with that number. */
  constructor(cursor?: string, first?: number) {
    this.#cursor = cursor || undefined;
    if (!cursor && first !== undefined) this.#last = first - 1;
  }

  /** The last event's cursor, to resume after. */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Takes note of the event with this number. False: it was here before. A gap: some are missing before it. */
  accept(number: number, cursor: string): boolean | Gap {
    const last = this.#last;
    if (last !== undefined && number <= last) return false;
    this.#last = number;
    if (cursor) this.#cursor = cursor;
    return last === undefined || number === last + 1 || { expected: last + 1, received: number };
  }

  /** The server begins again from the first event it has. */
  reset(): void {
    this.#last = this.#cursor = undefined;
  }
}
