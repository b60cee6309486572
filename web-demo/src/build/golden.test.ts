// Recordings of real builds, as the page understands them: outcome, phases, progress, and words for every event in every language.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BuildEvent } from '@buildcast/client';
import { describe, expect, it } from 'vitest';
import { makeBundle, messageArgs, renderMessage } from '../messages/bundle';
import { LOCALES } from '../messages/locales';
import { emptyTimeline, withEvents, type Timeline } from './timeline';

const ROOT = resolve(import.meta.dirname, '../../..');

/** How each recording ends: its last code, the phase that says so, and what becomes of that phase. */
const ENDS = {
  'arabic.ndjson': ['BUILD_COMPLETED', 'deploy', 'done'],
  'cancel.ndjson': ['BUILD_CANCELLED', 'build', 'cancelled'],
  'failure.ndjson': ['BUILD_FAILED', 'build', 'failed'],
  'retry.ndjson': ['BUILD_COMPLETED', 'deploy', 'done'],
  'rollback.ndjson': ['ROLLBACK_COMPLETED', 'rollback', 'done'],
  'success.ndjson': ['BUILD_COMPLETED', 'deploy', 'done'],
  'timeout.ndjson': ['BUILD_TIMEOUT', 'build', 'failed'],
} as const;

const bundles = LOCALES.map(({ locale }) => makeBundle(locale, readFileSync(resolve(ROOT, `locales/${locale}.ftl`), 'utf8')));

function eventsOf(name: string): BuildEvent[] {
  const lines = readFileSync(resolve(ROOT, 'tests/golden', name), 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => (JSON.parse(line) as { event: BuildEvent }).event);
}

it('every golden recording is among these', () => {
  expect(readdirSync(resolve(ROOT, 'tests/golden')).filter((name) => name.endsWith('.ndjson')).sort()).toEqual(Object.keys(ENDS));
});

describe.each(Object.entries(ENDS))('%s', (name, [code, phase, state]) => {
  const events = eventsOf(name);
  const steps: Timeline[] = [];
  for (const event of events) steps.push(withEvents(steps.at(-1) ?? emptyTimeline(), [{ event, receivedAt: event.params.timestamp, live: true }]));
  const last = steps.at(-1)!;

  it('has its outcome with the last event and not before', () => {
    expect(steps.slice(0, -1).map(({ outcome }) => outcome)).toEqual(steps.slice(0, -1).map(() => null));
    expect(last.outcome).toMatchObject({ code, succeeded: /_COMPLETED$/.test(code) });
    expect(last.previewUrl === null).toBe(code !== 'BUILD_COMPLETED');
  });

  it('leaves no phase open', () => {
    expect(last.phases[phase].state).toBe(state);
    expect(Object.values(last.phases).filter(({ state }) => state === 'active' || state === 'pending')).toEqual([]);
  });

  it('counts every event and never lets the progress go back', () => {
    expect(last.eventCount).toBe(events.length);
    expect(last.lines.flatMap((line) => line.events)).toEqual(events);
    const progress = steps.map((step) => step.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    if (state === 'done') expect(last.progress).toBe(1);
  });

  it.each(bundles.map((bundle) => [bundle.locales[0], bundle] as const))('has words for every event in %s', (_, bundle) => {
    for (const event of events) {
      const text = renderMessage([bundle], event.code, messageArgs(event.params));
      expect(text, event.code).toBeTruthy();
      expect(text, event.code).not.toMatch(/[{}]/);
    }
  });
});
