// The page below a path of another host: all of it works, and nothing is asked from outside of that path.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { expectPreviewReady, startButton } from './demo-page';
import { startServer, type RunningServer } from './server';
import { serveBelow, type SubPath } from './sub-path';

const PATH = '/tools/buildcast';

const test = base.extend<{ asked: string[] }, { below: SubPath }>({
  below: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'buildcast-sub-path-'));
      const below = await serveBelow(PATH);
      let server: RunningServer | undefined;
      try {
        server = await startServer(folder, { BUILDCAST_LOG: 'error', BUILDCAST_PUBLIC_URL: below.address });
        below.passTo(server.api);
        await use(below);
      } finally {
        await below.close();
        await server?.stop('SIGTERM');
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker' },
  ],
  /** The address of everything that the page asks for, and of each socket that it opens. */
  asked: async ({ page }, use) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('websocket', (socket) => asked.push(socket.url()));
    await use(asked);
  },
});

/** What is not below the path; `data:` and `blob:` go to nobody. */
function outside(asked: string[], below: SubPath): string[] {
  const address = below.address.replace(/^http/, '');
  return asked.filter((url) => /^(http|ws)/.test(url) && !url.replace(/^(http|ws)/, '').startsWith(`${address}/`));
}

async function open(page: Page, below: SubPath, hash: string, heading: string): Promise<void> {
  await page.goto(`${below.address}/${hash}`);
  await expect(page.getByRole('heading', { name: heading, exact: true }).first()).toBeVisible();
}

test('a build is started, followed live to its end, and found again in the views', async ({ page, below, asked }) => {
  const failed: string[] = [];
  page.on('response', (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`));
  await page.goto(`${below.address}/`);
  await startButton(page).click();
  await expectPreviewReady(page);
  expect(asked.filter((url) => url.startsWith('ws:')).length, 'it is followed over a socket').toBeGreaterThan(0);

  await page.locator('select[name="language"]').selectOption('fr');
  await expect(page.getByRole('button', { name: 'Lancer le build', exact: true })).toBeVisible();
  await page.locator('select[name="language"]').selectOption('en');

  await open(page, below, '#/projects', 'Projects');
  await page.locator('.project-card h3 a').first().click();
  const coming = page.waitForEvent('download');
  await page.locator('.version').first().getByRole('button', { name: 'Download' }).click();
  expect((await coming).url()).toContain(`${below.address}/`);
  expect(await (await coming).failure()).toBeNull();
  await open(page, below, '#/account', 'Balance');
  await expect(page.locator('.ledger tbody tr').first()).toBeVisible();
  await open(page, below, '#/events', 'Events reference');
  await expect(page.locator('main details').first()).toBeVisible();
  expect(outside(asked, below)).toEqual([]);
  expect(failed).toEqual([]);
});

test('an event stream comes through as it is sent', async ({ page, below, asked }) => {
  await page.goto(`${below.address}/`);
  await startButton(page).click();
  await expectPreviewReady(page);
  await open(page, below, '#/qa', 'Replay a build');
  await page.getByLabel('Server-sent events').check();
  await page.getByLabel('One step at a time').check();
  await page.getByRole('button', { name: 'Start replay' }).click();
  // The stream stays open: a proxy that gathers would show nothing.
  await page.getByRole('button', { name: 'Next event', exact: true }).click();
  await expect(page.locator('tr[data-seq]')).toHaveCount(1);
  expect(outside(asked, below)).toEqual([]);
});

test('the API reference is read from below the path', async ({ page, below, asked }) => {
  await page.goto(`${below.address}/`);
  await page.getByRole('link', { name: 'API reference' }).click();
  await expect(page).toHaveURL(`${below.address}/docs`);
  // The document is long, and the reader takes its time over it.
  await expect(page.getByText('POST', { exact: false }).first()).toBeVisible({ timeout: 60_000 });
  expect(asked).toContain(`${below.address}/openapi.json`);
  expect(outside(asked, below)).toEqual([]);
});
