// Chromium's own EventSource over recordings of real builds, through every fault at every position: it ends with the recorded
// bytes and cursors, or as the fault deserves.

import type { Page } from '@playwright/test';
import { goldens, replay, type Golden, type Item } from './golden-replay';
import { expect, test } from './server';

interface Reading {
  items: Item[];
  /** The types of the control frames, of errors the code; but for `connection` and `live`. */
  controls: string[];
}

interface Case {
  golden: Golden;
  fault: string;
  expected: Reading;
  /** By chance an event comes twice. */
  repeats?: boolean;
  /** Silence after which the page opens the stream again by itself, milliseconds. */
  silenceMs?: number;
}

const STATUSES = [204, 400, 401, 402, 403, 404, 429, 500, 503];

/** Each stream to its end: EventSource comes back by itself until it is closed by an answer that is no stream. */
async function readAll(page: Page, asked: { address: string; silenceMs?: number | undefined }[]): Promise<Reading[]> {
  return page.evaluate((asked) => Promise.all(asked.map(({ address, silenceMs }) => new Promise<Reading>((done) => {
    const reading: Reading = { items: [], controls: [] };
    const open = (cursor: string) => {
      const source = new EventSource(`${address}&lastEventId=${cursor}`);
      let silence: ReturnType<typeof setTimeout> | undefined;
      const heard = () => {
        clearTimeout(silence);
        if (silenceMs) silence = setTimeout(again, silenceMs);
      };
      const again = () => {
        source.close();
        open(reading.items.at(-1)?.id ?? '');
      };
      source.onopen = heard;
      source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
        heard();
        const { type, code } = JSON.parse(data) as { type?: string; code: string };
        if (type === undefined) reading.items.push({ id: lastEventId, data });
        else if (type !== 'connection' && type !== 'live') reading.controls.push(type === 'error' ? code : type);
      };
      source.onerror = () => {
        clearTimeout(silence);
        if (source.readyState === EventSource.CLOSED) done(reading);
      };
    };
    open('');
  }))), asked);
}

/** The order that `reorder` makes of what is left, again after each end that was not that of the last event. */
function reordered(items: Item[], nth: number): Item[] {
  const said: Item[] = [];
  for (let from = 0; from < items.length; from = items.indexOf(said.at(-1)!) + 1) {
    const left = items.slice(from);
    for (let at = nth - 1; at + 1 < left.length; at += Math.max(nth, 2)) [left[at], left[at + 1]] = [left[at + 1]!, left[at]!];
    said.push(...left);
  }
  return said;
}

/** Every fault at every position of a recording; a reset has a test of its own. */
function casesOf(golden: Golden): Case[] {
  const { items } = golden;
  const whole: Reading = { items, controls: [] };
  const at = items.map((_, index) => index + 1);
  const refused = (said: number) => STATUSES.map((status): Case => ({
    golden,
    fault: said ? `drop-after=${said}&status=${status}@2` : `status=${status}@1`,
    expected: { items: items.slice(0, said), controls: [] },
  }));
  return [
    ...at.flatMap((n): Case[] => [
      { golden, fault: `drop-after=${n}`, expected: whole },
      { golden, fault: `drop-every=${n}`, expected: whole },
      { golden, fault: `drop-after=${n}&truncate=true`, expected: whole },
      { golden, fault: `drop-every=${n}&truncate=true`, expected: whole },
      { golden, fault: `duplicate=${n}`, expected: { items: items.flatMap((item, index) => ((index + 1) % n ? [item] : [item, item])), controls: [] } },
      { golden, fault: `reorder=${n}`, expected: { items: reordered(items, n), controls: [] } },
      { golden, fault: `expire-after=${n}`, expected: { items, controls: Array(Math.ceil(items.length / n) - 1).fill('AUTH_EXPIRED') } },
      { golden, fault: `stall-after=${n}`, expected: whole, silenceMs: 300 },
      { golden, fault: `delay=${n}&jitter=${n}&slow-start=${n}`, expected: whole },
    ]),
    ...[0, ...at].flatMap(refused),
    { golden, fault: 'chaos=0.2', expected: whole, repeats: true },
    { golden, fault: 'chaos=0.2&truncate=true', expected: whole, repeats: true },
  ];
}

const once = (items: Item[]) => items.filter(({ id }, at) => items[at - 1]?.id !== id);

for (const golden of goldens) {
  test(`${golden.name}: an EventSource passes every fault at every position`, async ({ page }) => {
    const server = await replay(golden);
    try {
      await page.goto(`${server.api}/healthz`);
      const cases = casesOf(golden);
      const address = (fault: string) => `${server.api}/v1/builds/${golden.buildId}/events?${fault}&retry=20`;
      const readings = await readAll(page, cases.map(({ fault, silenceMs }) => ({ address: address(fault), silenceMs })));
      for (const [at, { fault, expected, repeats }] of cases.entries()) {
        const { items, controls } = readings[at]!;
        expect({ items: repeats ? once(items) : items, controls }, fault).toEqual(expected);
      }
    } finally {
      server.stop();
    }
  });

  test(`${golden.name}: an EventSource is told of a reset at every position, and gets all again`, async ({ page }) => {
    const server = await replay(golden);
    try {
      await page.goto(`${server.api}/healthz`);
      const address = (at: number) => `${server.api}/v1/builds/${golden.buildId}/events?reset-after=${at + 1}`;
      const readings = await readAll(page, golden.items.map((_, at) => ({ address: address(at) })));
      for (const [at, reading] of readings.entries()) {
        expect(reading, `after ${at + 1}`).toEqual({ items: [...golden.items.slice(0, at + 1), ...golden.items], controls: ['reset'] });
      }
    } finally {
      server.stop();
    }
  });
}
