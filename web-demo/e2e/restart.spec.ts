// A page that loses its server in the middle of a build, and one that loses its network.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { BUILD_MS, expectPreviewReady, logTexts, startScript, watchBuild } from './demo-page';
import { expect, startServer, test, type RunningServer } from './server';

const SCRIPT = 'echo begun && sleep 5 && mkdir -p dist && echo done > dist/index.html && echo over';

base('a server that is killed and comes back goes on with the build, and the page with it', async ({ page }) => {
  base.setTimeout(2 * BUILD_MS);
  const folder = await mkdtemp(join(tmpdir(), 'buildcast-restart-'));
  let server: RunningServer | undefined;
  try {
    server = await startServer(folder, {});
    await page.goto(server.api);
    await watchBuild(page, await startScript(page, SCRIPT));
    await expect(logTexts(page).getByText('begun', { exact: true }).first()).toBeVisible({ timeout: BUILD_MS });
    const top = await page.locator('.outcome').evaluate((element) => element.getBoundingClientRect().top);

    await server.stop('SIGKILL');
    await expect(page.locator('.stream-state')).toHaveText('Reconnecting');
    await expect(page.getByText(/^The connection is lost/)).toBeVisible();
    expect(await page.locator('.outcome').evaluate((element) => element.getBoundingClientRect().top)).toBe(top);
    await page.screenshot({ path: 'test-results/build-reconnecting.png', fullPage: true });

    server = await startServer(folder, {}, server);
    await expect(page.getByText(/^The connection is back/)).toBeVisible({ timeout: BUILD_MS });
    await expectPreviewReady(page);
    await expect(logTexts(page).getByText('over', { exact: true })).toBeVisible();
    await expect(page.getByText(/events? (was|were) missed/)).toHaveCount(0);
  } finally {
    await server?.stop('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
});

test('a network that is cut ends nothing: the page goes on where it was', async ({ page, server }) => {
  // The browser's own switch cuts no WebSocket that is open: here they are cut by hand.
  let cut = false;
  const open = new Set<() => void>();
  await page.routeWebSocket(/\/v1\//, (socket) => {
    if (cut) return void socket.close({ code: 1011 });
    socket.connectToServer();
    open.add(() => void socket.close({ code: 1011 }));
  });
  await page.goto(server.api);
  await watchBuild(page, await startScript(page, SCRIPT));
  await expect(logTexts(page).getByText('begun', { exact: true })).toBeVisible({ timeout: BUILD_MS });

  cut = true;
  await page.context().setOffline(true);
  for (const close of open) close();
  await expect(page.locator('.stream-state')).toHaveText('Reconnecting');
  cut = false;
  await page.context().setOffline(false);
  await expectPreviewReady(page);
  await expect(logTexts(page).getByText('begun', { exact: true })).toHaveCount(1);
  await expect(logTexts(page).getByText('over', { exact: true })).toHaveCount(1);
});
