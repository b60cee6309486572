import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LEAST_PARAMS } from './event-examples';
import type { BuildEvent, EventCode } from './events';
import type { Verdict } from './probe';
import { subscribeBuild, type StreamError, type StreamState, type SubscribeOptions } from './subscribe';

/** An EventSource that the test drives. */
class FakeEventSource {
  static opened: FakeEventSource[] = [];
  readyState = 0;
  onmessage: ((message: { data: string; lastEventId: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: URL;

  constructor(url: string) {
    this.url = new URL(url);
    FakeEventSource.opened.push(this);
  }
  close() {
    this.readyState = 2;
  }
  send(frame: unknown, lastEventId = '') {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame), lastEventId });
  }
  /** The connection was cut and the browser is reconnecting. */
  cut() {
    this.readyState = 0;
    this.onerror?.();
  }
  /** The browser gave up: an answer other than 200. */
  giveUp() {
    this.readyState = 2;
    this.onerror?.();
  }
}

function event(seq: number, code: EventCode = 'BUILD_BUNDLING', finished = false): BuildEvent {
  return {
    id: `e-${seq}`, seq, build_id: 'b-1', project_id: 'p-1', project_seq: seq,
    event_type: 'progress', phase: 'build', code, overall_progress: seq / 10, finished,
    params: { timestamp: 1_000 + seq, projectId: 'p-1', ...LEAST_PARAMS[code] },
  } as BuildEvent;
}

function follow(extra: Partial<SubscribeOptions> = {}, verdict: Verdict = { kind: 'retry' }) {
  const seen = { events: [] as number[], states: [] as StreamState[], errors: [] as StreamError[], controls: [] as string[] };
  const probe = vi.fn(async () => verdict);
  const subscription = subscribeBuild({
    url: 'http://server.test/v1/builds/b-1/events',
    token: 't.o.k',
    onEvent: (received) => seen.events.push(received.seq),
    onControl: (frame) => seen.controls.push(frame.type),
    onState: (state) => seen.states.push(state),
    onError: (error) => seen.errors.push(error),
    surroundings: {
      openEventSource: (url) => new FakeEventSource(url) as unknown as EventSource,
      probe,
      random: () => 1,
    },
    ...extra,
  });
  return { seen, probe, subscription };
}

const opened = (index: number): FakeEventSource => {
  const source = FakeEventSource.opened[index];
  if (!source) throw new Error(`connection ${index} was not opened`);
  return source;
};

beforeEach(() => {
  FakeEventSource.opened = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('a subscription', () => {
  it('shows its token and the cursor it starts after', () => {
    follow({ lastEventId: 'c-4' });
    expect(opened(0).url.searchParams.get('token')).toBe('t.o.k');
    expect(opened(0).url.searchParams.get('lastEventId')).toBe('c-4');
  });

  it('is connecting until the live frame, and ends with the finished event', () => {
    const { seen } = follow();
    opened(0).send({ type: 'connection', status: 'connected', locale: 'en' });
    opened(0).send(event(1), 'c-1');
    opened(0).send({ type: 'live' }, 'c-1');
    opened(0).send(event(2, 'BUILD_COMPLETED', true), 'c-2');
    expect(seen).toEqual({
      events: [1, 2], states: ['connecting', 'live', 'ended'], errors: [], controls: ['connection', 'live'],
    });
    expect(opened(0).readyState).toBe(2);
  });

  it('delivers an event that comes twice once', () => {
    const { seen } = follow();
    opened(0).send(event(1), 'c-1');
    opened(0).send(event(1), 'c-1');
    opened(0).send(event(2), 'c-2');
    expect(seen.events).toEqual([1, 2]);
    expect(seen.errors).toEqual([]);
  });

  it('reports a jump of the numbers and goes on', () => {
    const { seen } = follow();
    opened(0).send(event(5), 'c-5');
    opened(0).send(event(7), 'c-7');
    expect(seen.events).toEqual([5, 7]);
    expect(seen.errors).toEqual([{ kind: 'gap', expected: 6, received: 7 }]);
  });

  it('takes the whole history again after a reset', () => {
    const { seen } = follow();
    opened(0).send(event(1), 'c-1');
    opened(0).send(event(2), 'c-2');
    opened(0).send({ type: 'reset', reason: 'diverged' }, 'c-2');
    opened(0).send(event(1), 'c-1');
    expect(seen.events).toEqual([1, 2, 1]);
    expect(seen.errors).toEqual([]);
  });

  it('leaves a cut connection to the browser', async () => {
    const { seen, probe } = follow();
    opened(0).send({ type: 'live' });
    opened(0).cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.states).toEqual(['connecting', 'live', 'reconnecting']);
    expect(probe).not.toHaveBeenCalled();
    expect(FakeEventSource.opened).toHaveLength(1);
    opened(0).send({ type: 'live' });
    expect(seen.states.at(-1)).toBe('live');
  });

  it('resumes after the last cursor when the browser gave up, waiting longer each time', async () => {
    const { seen } = follow();
    opened(0).send(event(1), 'c-1');
    opened(0).giveUp();
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeEventSource.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(opened(1).url.searchParams.get('lastEventId')).toBe('c-1');

    opened(1).giveUp();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(FakeEventSource.opened).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    opened(2).send(event(1), 'c-1');
    opened(2).send(event(2), 'c-2');
    expect(seen.events).toEqual([1, 2]);

    // What was received counts as success: the wait begins at its least again.
    opened(2).giveUp();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeEventSource.opened).toHaveLength(4);
  });

  it('ends where the server has nothing more', async () => {
    const { seen, probe } = follow({ lastEventId: 'c-9' }, { kind: 'ended' });
    opened(0).giveUp();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).toHaveBeenCalledWith('http://server.test/v1/builds/b-1/events', 't.o.k', 'c-9');
    expect(seen.states).toEqual(['connecting', 'reconnecting', 'ended']);
    expect(FakeEventSource.opened).toHaveLength(1);
  });

  it('ends with the reason where the server refuses', async () => {
    const envelope = { error: 'AUTH_EXPIRED', code: 'AUTH_EXPIRED', message: 'expired', params: {} };
    const { seen } = follow({}, { kind: 'refused', envelope });
    opened(0).giveUp();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.errors).toEqual([{ kind: 'refused', envelope }]);
    expect(seen.states.at(-1)).toBe('ended');
  });

  it('ends on a final error frame, and stays open on a passing one', () => {
    const { seen } = follow();
    opened(0).send({ type: 'error', error: 'SERVICE_UNAVAILABLE', code: 'SERVICE_UNAVAILABLE', message: '', params: {} });
    expect(seen.states).toEqual(['connecting']);
    opened(0).send({ type: 'error', error: 'AUTH_EXPIRED', code: 'AUTH_EXPIRED', message: '', params: {} });
    expect(seen.states.at(-1)).toBe('ended');
    expect(seen.errors.map((error) => error.kind)).toEqual(['refused']);
  });

  it('skips what it cannot read and says so', () => {
    const { seen } = follow();
    opened(0).send('{"seq":');
    opened(0).send(event(1), 'c-1');
    expect(seen.events).toEqual([1]);
    expect(seen.errors).toEqual([{ kind: 'malformed', data: '{"seq":' }]);
  });

  it('does nothing after close', async () => {
    const { seen, subscription } = follow();
    opened(0).giveUp();
    subscription.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(seen.states.at(-1)).toBe('ended');
  });
});
