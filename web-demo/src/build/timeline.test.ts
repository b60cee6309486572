import type { BuildEvent, EventCode } from '@buildcast/client';
import { describe, expect, it } from 'vitest';
import { EVENT_PHASES, LEAST_PARAMS } from '../contract/event-examples';
import { emptyTimeline, phaseSeconds, withEvents, type Timeline } from './timeline';

/** Plays codes one second apart, from second 1. */
function play(codes: EventCode[], change: (event: BuildEvent, at: number) => Partial<BuildEvent> = () => ({})): Timeline {
  return codes.reduce((timeline, code, at) => {
    const completed = /_COMPLETE(D)?$/.test(code);
    const failed = /_(FAILED|TIMEOUT|CANCELLED)$/.test(code);
    const event = {
      id: `e-${at}`, seq: at + 1, build_id: 'b', project_id: 'p', project_seq: at + 1, code,
      phase: EVENT_PHASES[code] ?? 'build',
      event_type: completed ? 'completed' : failed ? 'failed' : 'progress',
      overall_progress: (at + 1) / 10,
      finished: code === 'BUILD_COMPLETED' || failed,
      params: { timestamp: (at + 1) * 1000, projectId: 'p', ...LEAST_PARAMS[code] },
    } as BuildEvent;
    return withEvents(timeline, [{ event: { ...event, ...change(event, at) } as BuildEvent, receivedAt: (at + 1) * 1000 + 50, live: true }]);
  }, emptyTimeline());
}

const STATIC: EventCode[] = [
  'BUILD_QUEUED', 'BUILD_STARTED', 'BUILD_VALIDATING', 'BUILD_FRAMEWORK_DETECTING',
  'BUILD_DEPLOYING', 'BUILD_DEPLOY_ACTIVATING', 'BUILD_COMPLETED',
];

describe('a timeline', () => {
  it('closes a phase where the next begins and calls the rest not needed', () => {
    const { phases, outcome } = play(STATIC);
    expect(phases.setup).toEqual({ state: 'done', startedAt: 1000, endedAt: 5000 });
    expect(phases.deploy).toEqual({ state: 'done', startedAt: 5000, endedAt: 7000 });
    expect(phases.dependencies.state).toBe('skipped');
    expect(outcome?.succeeded).toBe(true);
  });

  it('keeps deploy done when metadata came before the completed event', () => {
    const { phases } = play(['BUILD_DEPLOYING', 'BUILD_METADATA_GENERATING', 'BUILD_METADATA_COMPLETE', 'BUILD_COMPLETED']);
    expect(phases.deploy).toEqual({ state: 'done', startedAt: 1000, endedAt: 2000 });
    expect(phases.metadata).toEqual({ state: 'done', startedAt: 2000, endedAt: 3000 });
  });

  it('marks the failing phase and what was not reached', () => {
    const { phases, outcome, previewUrl } = play(['BUILD_STARTED', 'BUILD_COMPILING', 'BUILD_FAILED']);
    expect(phases.build.state).toBe('failed');
    expect(phases.setup.state).toBe('done');
    expect(phases.development.state).toBe('skipped');
    expect(phases.deploy.state).toBe('unreached');
    expect(outcome?.succeeded).toBe(false);
    expect(previewUrl).toBeNull();
  });

  it('never lets the progress go back', () => {
    const { progress } = play(STATIC, (_, at) => ({ overall_progress: at === 3 ? 0.9 : 0.1 }));
    expect(progress).toBe(0.9);
  });

  it('begins its phases again with another attempt', () => {
    const { phases } = play(['BUILD_STARTED', 'BUILD_COMPILING', 'BUILD_STARTED'], (event, at) =>
      (at === 2 ? { params: { ...event.params, isRetry: true, attemptNumber: 2 } as never } : {}));
    expect(phases.build.state).toBe('pending');
    expect(phases.setup).toEqual({ state: 'active', startedAt: 3000 });
  });

  it('makes one line of the same progress code in a row', () => {
    const { lines, eventCount } = play([
      'BUILD_STARTED', 'BUILD_DEPENDENCIES_INSTALLING', 'BUILD_DEPENDENCIES_INSTALLING', 'BUILD_COMPILING',
    ]);
    expect(eventCount).toBe(4);
    expect(lines.map((line) => line.events.length)).toEqual([1, 2, 1]);
  });

  it('is the same whether its events come one by one or at once, and leaves what was drawn as it is', () => {
    const codes: EventCode[] = ['BUILD_STARTED', 'BUILD_COMPILING', 'BUILD_COMPILING', 'BUILD_COMPILING', 'BUILD_COMPLETED'];
    const alone = play(codes);
    const arrivals = alone.lines.flatMap((line) => line.events).map((event, at) => ({ event, receivedAt: (at + 1) * 1000 + 50, live: true }));
    const half = withEvents(emptyTimeline(), arrivals.slice(0, 2));
    expect(withEvents(half, arrivals.slice(2))).toEqual(alone);
    expect(half.lines.map((line) => line.events.length)).toEqual([1, 1]);
  });

  it('offers the preview of the completed event', () => {
    expect(play(STATIC).previewUrl).toBe('http://127.0.0.1:8081/p/p-1/');
    expect(play(STATIC, () => ({ preview_url: 'http://preview.test/' })).previewUrl).toBe('http://preview.test/');
  });

  it('counts a running phase by the server\'s clock', () => {
    const timeline = play(['BUILD_STARTED', 'BUILD_COMPILING']);
    expect(timeline.clockAheadMs).toBe(50);
    expect(phaseSeconds(timeline.phases.build, 3500)).toBe(1.5);
    expect(phaseSeconds(timeline.phases.deploy, 3500)).toBeNull();
  });

  it('takes the age of history for no clock that is wrong', () => {
    const [line] = play(['BUILD_STARTED']).lines;
    const [event] = line!.events;
    const replayed = withEvents(emptyTimeline(), [{ event, receivedAt: 9_000, live: false }]);
    expect(replayed.clockAheadMs).toBeNull();
    expect(withEvents(replayed, [{ event, receivedAt: 1_050, live: true }]).clockAheadMs).toBe(50);
  });
});
