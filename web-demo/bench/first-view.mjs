// How long the first view takes: from the navigation until a build can be started, in a browser without anything kept.
// Its floor is measured in the same turns: an empty file of HTML from the same machine, until it is painted.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { chromium } from '@playwright/test';
import { BINARY, withServer } from './server.mjs';

const LOADS = Number(process.env.LOADS ?? 20);
const BLANK = '<!doctype html><html lang="en"><meta charset="utf-8"><title>blank</title><p>blank</p></html>';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
const blank = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(BLANK)).listen(0, '127.0.0.1');
await once(blank, 'listening');
try {
  await withServer(async (page) => {
    const floor = `http://127.0.0.1:${blank.address().port}/`;
    const rows = { page: [], floor: [] };
    // The first of each warms the programs up, and is not counted.
    for (let load = 0; load <= LOADS; load += 1) {
      const measured = { floor: await measure(floor, 'p'), page: await measure(`${page}/`, '.project button.primary:not([aria-disabled])') };
      if (load > 0) for (const [name, figures] of Object.entries(measured)) rows[name].push(figures);
    }
    console.log(`${LOADS} loads by turns, ${BINARY.includes('release') ? 'release' : 'debug'} build, Chromium ${browser.version()}`);
    console.table({ 'first view': summary(rows.page), 'blank page': summary(rows.floor) });
    const ratios = rows.page.map(({ usable }, at) => usable / rows.floor[at].usable);
    console.log(`first view to blank page, within each turn: median ${median(ratios).toFixed(2)}, worst ${Math.max(...ratios).toFixed(2)}`);
  });
} finally {
  blank.close();
  await browser.close();
}

/** Milliseconds from the navigation's start until the element is there, and of the largest paint; the sum of what moved. */
async function measure(address, wanted) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript((wanted) => {
      globalThis.figures = { usable: 0, lcp: 0, cls: 0 };
      const look = () => {
        if (!document.querySelector(wanted)) return;
        watching.disconnect();
        // After the frame that shows it: what is not painted can't be used.
        requestAnimationFrame(() => setTimeout(() => (globalThis.figures.usable = performance.now()), 0));
      };
      const watching = new MutationObserver(look);
      watching.observe(document, { childList: true, subtree: true, attributes: true });
      const note = (type, add) => new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type, buffered: true });
      note('largest-contentful-paint', ({ startTime }) => (globalThis.figures.lcp = startTime));
      note('layout-shift', ({ value, hadRecentInput }) => (globalThis.figures.cls += hadRecentInput ? 0 : value));
    }, wanted);
    await page.goto(address);
    await page.waitForFunction(() => globalThis.figures.usable > 0);
    await page.waitForLoadState('networkidle');
    return await page.evaluate(() => globalThis.figures);
  } finally {
    await context.close();
  }
}

function summary(figures) {
  const of = (name) => figures.map((each) => each[name]);
  return {
    'usable, median, ms': Math.round(median(of('usable'))),
    'usable, worst, ms': Math.round(Math.max(...of('usable'))),
    'LCP, median, ms': Math.round(median(of('lcp'))),
    'LCP, worst, ms': Math.round(Math.max(...of('lcp'))),
    'CLS, worst': Number(Math.max(...of('cls')).toFixed(4)),
  };
}

function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}
