// The client in a real browser, against a real server of another origin: both transports, cuts, and
// the React hook.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { BuildEvent, TransportName } from '@buildcast/client';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { chatty } from '../client/test/buildcast';
import { CuttingProxy } from '../client/test/cutting-proxy';
import { BUILD_MS } from './demo-page';
import { expect, test as base, type Server } from './server';
import { loadSubscription } from './stream-readers';
import type { Shown } from './hook-page';

declare global {
  var hookPage: { show(shown: Shown | null): void };
}

interface Started {
  buildId: string;
  streamToken: string;
}

const STATIC = { 'index.html': '<!doctype html>' };
const TRANSPORTS: TransportName[] = ['sse', 'websocket', 'auto'];

/** With an empty page of another origin, which the server is told of. */
const test = base.extend<object, { elsewhere: string }>({
  elsewhere: [
    async ({}, use) => {
      const pages = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>client</title>'));
      await once(pages.listen(0, '127.0.0.1'), 'listening');
      await use(`http://127.0.0.1:${(pages.address() as AddressInfo).port}`);
      pages.closeAllConnections();
      pages.close();
    },
    { scope: 'worker' },
  ],
  environment: [async ({ elsewhere }, use) => use({ BUILDCAST_CORS_ORIGINS: elsewhere }), { scope: 'worker' }],
});

async function start(server: Server, templateFiles: Record<string, string>): Promise<Started> {
  const answer = await fetch(`${server.api}/demo/v1/builds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'demo', name: `client ${Math.random()}`, templateFiles }),
  });
  expect(answer.status).toBe(202);
  return (await answer.json()) as Started;
}

async function history(server: Server, { buildId, streamToken }: Started): Promise<{ cursor: string; event: BuildEvent }[]> {
  const headers = { accept: 'application/json', authorization: `Bearer ${streamToken}` };
  const answer = await fetch(`${server.api}/v1/builds/${buildId}/events?limit=1000`, { headers });
  return ((await answer.json()) as { events: { cursor: string; event: BuildEvent }[] }).events;
}

for (const transport of TRANSPORTS) {
  test(`over ${transport}, cut at any byte, a build is whole`, async ({ page, server, elsewhere }) => {
    await loadSubscription(page);
    await page.goto(elsewhere);
    const started = await start(server, chatty(60, 15));
    const proxy = await CuttingProxy.start(Number(new URL(server.api).port), 7, [1_500, 5_000]);
    const read = await page.evaluate(
      ({ buildId, streamToken, baseUrl, transport }) =>
        new Promise<{ events: { cursor: string; event: BuildEvent }[]; problems: string[] }>((done) => {
          const events: { cursor: string; event: BuildEvent }[] = [];
          const problems: string[] = [];
          const subscription = buildcastClient.subscribeBuild(buildId, {
            baseUrl, transport, token: streamToken, random: () => 0,
            onEvent: (event, cursor) => events.push({ cursor, event }),
            onError: ({ kind }) => problems.push(kind),
          });
          void subscription.done.then(() => done({ events, problems }));
        }),
      { ...started, baseUrl: proxy.base, transport },
    );
    proxy.stop();
    expect(read.events).toEqual(await history(server, started));
    expect(read.events.at(-1)?.event.code).toBe('BUILD_COMPLETED');
    expect(proxy.cuts).toBeGreaterThan(0);
    expect(new Set(read.problems)).toEqual(new Set(['interrupted']));
  });
}

test('a refusal is read across origins', async ({ page, server, elsewhere }) => {
  await loadSubscription(page);
  await page.goto(elsewhere);
  const { buildId } = await start(server, STATIC);
  const problem = await page.evaluate(
    ({ buildId, baseUrl }) =>
      new Promise<unknown>((done) => {
        buildcastClient.subscribeBuild(buildId, { baseUrl, transport: 'sse', token: 'none', onEvent: () => {}, onError: done });
      }).then((problem) => JSON.parse(JSON.stringify(problem)) as unknown),
    { buildId, baseUrl: server.api },
  );
  expect(problem).toMatchObject({ kind: 'refused', error: { status: 401, code: 'AUTH_FAILED', params: { reason: 'invalid' } } });
  expect((problem as { error: { requestId: string } }).error.requestId).toBeTruthy();
});

test.describe('useBuildEvents', () => {
  test.beforeEach(async ({ page, elsewhere }) => {
    await page.addInitScript({ content: await hookScript() });
    await page.goto(elsewhere);
  });

  const draw = (page: Page, shown: Shown | null) => page.evaluate((shown) => hookPage.show(shown), shown);
  const of = (server: Server, { buildId, streamToken }: Started, transport: TransportName): Shown => ({
    buildId, transport, baseUrl: server.api, token: streamToken,
  });

  for (const transport of TRANSPORTS) {
    test(`over ${transport}: events, status and the latest, from nothing to the end`, async ({ page, server }) => {
      await draw(page, { buildId: null, baseUrl: server.api, token: '', transport });
      await expect(page.locator('#status')).toHaveText('idle');
      await expect(page.locator('#state')).toHaveText('ended');

      const started = await start(server, chatty(30, 50));
      await draw(page, of(server, started, transport));
      await expect(page.locator('#status')).toHaveText('building');
      await expect(page.locator('#state')).toHaveText('live');
      await draw(page, { ...of(server, started, transport), locale: 'ar' });
      await expect(page.locator('#status')).toHaveText('completed', { timeout: BUILD_MS });
      await expect(page.locator('#state')).toHaveText('ended');
      await expect(page.locator('#latest')).toHaveText('BUILD_COMPLETED');
      const numbers = (await history(server, started)).map(({ event }) => event.seq);
      await expect(page.locator('#numbers')).toHaveText(numbers.join());
      await expect(page.locator('#rest')).toHaveText('{"replaying":false,"missed":0,"error":null}');
    });
  }

  test('another build begins anew, a failed one says so, and a refusal is shown', async ({ page, server }) => {
    const failing = await start(server, { 'package.json': '{"scripts":{"build":"exit 3"}}' });
    const other = await start(server, STATIC);
    await draw(page, of(server, failing, 'auto'));
    await expect(page.locator('#status')).toHaveText('failed', { timeout: BUILD_MS });
    await draw(page, of(server, other, 'auto'));
    await expect(page.locator('#status')).toHaveText('completed', { timeout: BUILD_MS });
    const numbers = (await history(server, other)).map(({ event }) => event.seq);
    await expect(page.locator('#numbers')).toHaveText(numbers.join());
    await draw(page, { ...of(server, other, 'sse'), buildId: failing.buildId });
    await expect(page.locator('#rest')).toContainText('FORBIDDEN');
    await expect(page.locator('#status')).toHaveText('idle');
    await draw(page, null);
    await expect(page.locator('#status')).toHaveCount(0);
  });
});

/** The page's script, with React in it. */
async function hookScript(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: { conditions: ['buildcast:source', 'module', 'browser', 'development'] },
    build: {
      write: false,
      minify: false,
      lib: { entry: resolve(import.meta.dirname, 'hook-page.tsx'), formats: ['iife'], name: 'hookPage' },
    },
  });
  if (!Array.isArray(built) || !built[0]) throw new Error('nothing was built');
  // The script runs before the page has a body.
  return `addEventListener('DOMContentLoaded', () => {\n${built[0].output[0].code}\nglobalThis.hookPage = hookPage;\n});`;
}
