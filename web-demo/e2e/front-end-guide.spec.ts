// The samples of docs/front-end.md: the plain page with its backend in Chromium, and of the Next.js sample the client
// component there too, and the route handlers as the functions that they are.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { build, type Rolldown } from 'vite';
import { POST as start } from '../../docs/samples/front-end/next/app/api/builds/route';
import { POST as renew } from '../../docs/samples/front-end/next/app/api/builds/[id]/token/route';
import { expect, test as base } from './server';

const SECRET = 'a secret that only this test knows';
const SAMPLE = resolve(import.meta.dirname, '../../docs/samples/front-end/plain/server.mjs');

/** A port that nobody listens on just now: buildcast has to know the page's origin before the page is there. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The plain sample's backend, for as long as a test file's worker. */
const test = base.extend<object, { site: string }>({
  environment: [
    async ({}, use) => {
      const origin = `http://127.0.0.1:${await freePort()}`;
      await use({ BUILDCAST_CORS_ORIGINS: origin, WORKER_SHARED_SECRET: SECRET });
    },
    { scope: 'worker' },
  ],
  site: [
    async ({ environment, server }, use) => {
      const { port } = new URL(environment.BUILDCAST_CORS_ORIGINS!);
      const env = { ...process.env, PORT: port, BUILDCAST_URL: server.api, WORKER_SHARED_SECRET: SECRET };
      const child: ChildProcess = spawn(process.execPath, [SAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
        await use(line);
      } finally {
        child.kill();
      }
    },
    { scope: 'worker' },
  ],
});

const lines = (page: Page) => page.getByRole('list', { name: 'Events' }).getByRole('listitem');

async function buildToTheEnd(page: Page, heading: string) {
  await page.getByLabel('Heading').fill(heading);
  await page.getByRole('button', { name: 'Build' }).click();
  await expect(page.getByRole('status')).toHaveText('Done', { timeout: 60_000 });
}

test('the plain page follows a build to its end and leads to the preview', async ({ page, site }) => {
  const refused: string[] = [];
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
  await page.goto(site);
  await buildToTheEnd(page, 'Snow & <ice>');
  const codes = await lines(page).allTextContents();
  expect([codes[0], codes.at(-1)]).toEqual(['BUILD_QUEUED', 'BUILD_COMPLETED']);
  expect(new Set(codes).size).toBe(codes.length);
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('1');
  await page.getByRole('link', { name: 'Open the preview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Snow & <ice>');
  // a favicon is all that may be missing
  expect(refused.filter((text) => !text.includes('404'))).toEqual([]);
});

test('the plain backend tells a browser that its body is of no use', async ({ site }) => {
  for (const body of ['null', '{"heading":', '[]', '{"heading":5}', '', 'x'.repeat(2 << 20)]) {
    const answer = await fetch(`${site}/api/builds`, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ message: expect.any(String) });
  }
});

test('a reload of the plain page shows the build again, each event once', async ({ page, site }) => {
  await page.goto(site);
  await buildToTheEnd(page, 'Again');
  const codes = await lines(page).allTextContents();
  await page.reload();
  await expect(page.getByRole('status')).toHaveText('Done');
  expect(await lines(page).allTextContents()).toEqual(codes);
});

test('a connection that is lost goes on after the last event, also where its token has ended', async ({ page, site }) => {
  await page.goto(site);
  // the first stream ends after two events, and the server then refuses the token, as it would an hour later
  const streams: string[] = [];
  await page.route(/\/v1\/builds\/[^/]+\/events/, async (route) => {
    const { href, searchParams } = new URL(route.request().url());
    streams.push(searchParams.get('lastEventId') ?? '');
    if (streams.length > 2) return route.continue();
    if (streams.length === 2) return route.fulfill({ status: 401, body: '' });
    const whole = await (await fetch(href)).text();
    const frames = whole.split('\n\n');
    const cut = frames.findIndex((_, at) => frames.slice(0, at).filter((frame) => frame.startsWith('id:')).length === 2);
    return route.fulfill({
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'access-control-allow-origin': new URL(site).origin },
      body: `${frames.slice(0, cut).join('\n\n')}\n\n`,
    });
  });
  await buildToTheEnd(page, 'Lost');
  const codes = await lines(page).allTextContents();
  expect([codes[0], codes.at(-1)]).toEqual(['BUILD_QUEUED', 'BUILD_COMPLETED']);
  expect(new Set(codes).size).toBe(codes.length);
  expect(streams.length).toBe(3);
  expect(streams[2]).not.toBe('');
});

test("the Next.js sample's component follows a build to its end", async ({ page, site }) => {
  const made = (await build({
    root: resolve(import.meta.dirname, '..'),
    configFile: false,
    logLevel: 'error',
    // the sample has no packages of its own here
    resolve: { dedupe: ['react', 'react-dom'] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, rolldownOptions: { input: resolve(import.meta.dirname, 'next-panel.tsx') } },
  })) as Rolldown.RolldownOutput;
  const body = made.output[0].code;
  // the page itself comes from its server: a browser asks before one that does not may reach this machine
  await page.route(`${site}/build.js`, (route) => route.fulfill({ contentType: 'text/javascript', body }));
  await page.goto(site);
  await buildToTheEnd(page, 'A component');
  const codes = await lines(page).allTextContents();
  expect([codes[0], codes.at(-1)]).toEqual(['BUILD_QUEUED', 'BUILD_COMPLETED']);
  expect(new Set(codes).size).toBe(codes.length);
  await page.getByRole('link', { name: 'Open the preview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A component');
});

test('the route handlers start a build and renew its token, and say what the server says', async ({ server }) => {
  Object.assign(process.env, { BUILDCAST_URL: server.api, WORKER_SHARED_SECRET: SECRET });
  const post = (body: object) => new Request('http://127.0.0.1/api/builds', { method: 'POST', body: JSON.stringify(body) });
  const begun = await start(post({ heading: 'From a handler' }));
  expect(begun.status).toBe(202);
  const { buildId, eventsUrl, streamToken } = (await begun.json()) as Record<string, string>;
  expect(streamToken).toBeTruthy();

  const params = (id: string) => ({ params: Promise.resolve({ id }) });
  const renewed = await renew(new Request('http://127.0.0.1/', { method: 'POST' }), params(buildId!));
  expect(renewed.status).toBe(201);
  const { streamToken: fresh } = (await renewed.json()) as Record<string, string>;
  const stream = await fetch(eventsUrl!, { headers: { authorization: `Bearer ${fresh}` } });
  expect(await stream.text()).toContain('BUILD_COMPLETED');

  const missing = await renew(new Request('http://127.0.0.1/', { method: 'POST' }), params('not-there'));
  expect([missing.status, ((await missing.json()) as { code: string }).code]).toEqual([404, 'NOT_FOUND']);
});
