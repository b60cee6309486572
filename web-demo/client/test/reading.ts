// What a subscription told, in the order in which it came, and waiting for it without sleeps.

import { afterEach } from 'vitest';
import { subscribeBuild, subscribeLogs, subscribeProject, subscribeReplay } from '../src/index.js';
import type { BuildEvent, LogLine, StreamFrame, StreamProblem, StreamState, SubscribeOptions, Subscription } from '../src/index.js';

const open = new Set<Subscription>();

afterEach(() => {
  for (const subscription of open) subscription.close();
  open.clear();
});

export class Reading<Item extends { seq: number }> {
  readonly items: Item[] = [];
  readonly cursors: string[] = [];
  readonly states: StreamState[] = [];
  readonly frames: StreamFrame[] = [];
  readonly problems: StreamProblem[] = [];
  subscription!: Subscription;
  #checks = new Set<() => void>();

  get numbers(): number[] {
    return this.items.map((item) => item.seq);
  }

  /** Waits until something that was told makes this true. */
  until(holds: (reading: this) => boolean): Promise<this> {
    return new Promise((done) => {
      const check = () => {
        if (!holds(this)) return;
        this.#checks.delete(check);
        done(this);
      };
      this.#checks.add(check);
      check();
    });
  }

  /** Waits for the end of the stream. */
  async ended(): Promise<this> {
    await this.subscription.done;
    return this;
  }

  /** The options that note everything, over these. */
  noting(options: Partial<SubscribeOptions<Item>>): SubscribeOptions<Item> {
    const note = <Args extends unknown[]>(own: (...args: Args) => void, also?: (...args: Args) => void) => (...args: Args) => {
      own(...args);
      also?.(...args);
      for (const check of this.#checks) check();
    };
    return {
      // At once: a test waits for what happens, not for the clock.
      random: () => 0,
      ...options,
      onEvent: note((event: Item, cursor: string) => {
        this.items.push(event);
        this.cursors.push(cursor);
      }, options.onEvent),
      onControl: note((frame: StreamFrame) => this.frames.push(frame), options.onControl),
      onState: note((state: StreamState) => this.states.push(state), options.onState),
      onError: note((problem: StreamProblem) => this.problems.push(problem), options.onError),
    };
  }

  keep(subscription: Subscription): this {
    open.add(subscription);
    this.subscription = subscription;
    return this;
  }
}

export function readBuild(id: string, options: Partial<SubscribeOptions<BuildEvent>>): Reading<BuildEvent> {
  const reading = new Reading<BuildEvent>();
  return reading.keep(subscribeBuild(id, reading.noting(options)));
}

export function readProject(id: string, options: Partial<SubscribeOptions<BuildEvent>>): Reading<BuildEvent> {
  const reading = new Reading<BuildEvent>();
  return reading.keep(subscribeProject(id, reading.noting(options)));
}

export function readLogs(id: string, options: Partial<SubscribeOptions<LogLine>>): Reading<LogLine> {
  const reading = new Reading<LogLine>();
  return reading.keep(subscribeLogs(id, reading.noting(options)));
}

export function readReplay(id: string, options: Partial<SubscribeOptions<BuildEvent>>): Reading<BuildEvent> {
  const reading = new Reading<BuildEvent>();
  return reading.keep(subscribeReplay(id, reading.noting(options)));
}
