// A tab that comes back with a token that the server does not take any more.

import type { Page } from '@playwright/test';
import { expectPreviewReady } from './demo-page';
import { expect, test, type Server } from './server';

/** A build that the tab watched, with a token that is none. */
async function comeBack(page: Page, server: Server): Promise<void> {
  const started = await page.request.post(`${server.api}/demo/v1/builds`, { data: { userId: 'demo', templateFiles: { 'index.html': 'x' } } });
  const { buildId, projectId } = (await started.json()) as { buildId: string; projectId: string };
  const kept = JSON.stringify({ buildId, projectId, streamToken: 'stale', name: 'kept', source: 'own' });
  await page.addInitScript((kept) => sessionStorage.setItem('buildcast.build', kept), kept);
  await page.goto(server.api);
}

test('it is renewed, and the build is shown', async ({ page, server }) => {
  await comeBack(page, server);
  await expectPreviewReady(page);
});

test('where the server does not sign for the page, it says that the stream is lost', async ({ page, server }) => {
  await page.route('**/demo/session', (route) => route.fulfill({ status: 404 }));
  await comeBack(page, server);
  await expect(page.locator('.stream-state')).toHaveText('Ended');
  await expect(page.locator('.outcome-heading')).toHaveText('This build can no longer be watched');
});
