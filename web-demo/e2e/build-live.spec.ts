// A build on the page while it runs: its lines, its place in the queue, its end by itself, by a fault and by its user.

import { BUILD_MS, expectPreviewReady, logTexts, startScript, watchBuild } from './demo-page';
import { expect, test } from './server';

// One build at a time, so that another one waits.
test.use({ environment: { BUILDCAST_ENGINE_CONCURRENCY: '1' } });

const SITE = 'mkdir dist && echo done > dist/index.html';

test('its lines come while it runs, and it ends with a preview', async ({ page, server }) => {
  await page.goto(server.api);
  await watchBuild(page, await startScript(page, `echo first && echo oops >&2 && sleep 4 && echo last && ${SITE}`));
  await expect(logTexts(page).getByText('first', { exact: true })).toBeVisible({ timeout: BUILD_MS });
  await expect(page.locator('.log-row[data-stream="stderr"]').getByText('oops', { exact: true })).toBeVisible();
  await expect(page.locator('.stream-state')).toHaveText('Live');
  await expect(page.getByText('Your preview is ready')).toHaveCount(0);
  await page.screenshot({ path: 'test-results/build-live.png', fullPage: true });
  await expectPreviewReady(page);
  await expect(logTexts(page).getByText('last', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel build' })).toHaveCount(0);
});

test('one that fails says why, and keeps its lines', async ({ page, server }) => {
  await page.goto(server.api);
  await watchBuild(page, await startScript(page, 'echo going && exit 7'));
  await expect(page.locator('.outcome-heading')).toHaveText('The build failed', { timeout: BUILD_MS });
  // Read out together, where a screen reader hears what changes.
  await expect(page.getByRole('status').filter({ hasText: 'The build failed' })).toContainText('A command of the build ended with an error.');
  await expect(page.locator('.outcome .facts')).toContainText('7');
  await expect(page.locator('[data-phase="build"]')).toHaveAttribute('data-state', 'failed');
  await expect(logTexts(page).getByText('going', { exact: true })).toBeVisible();
  await page.screenshot({ path: 'test-results/build-failed.png', fullPage: true });
});

test('it is cancelled after a question, and another one that waits says its place', async ({ page, server }) => {
  await page.goto(server.api);
  const running = await startScript(page, `echo going && sleep 60 && ${SITE}`);
  const waiting = await startScript(page, SITE);

  await watchBuild(page, waiting);
  await expect(page.locator('.outcome-heading')).toHaveText('Waiting for its turn');
  await expect(page.getByText('Place 1 in the queue')).toBeVisible();
  await page.screenshot({ path: 'test-results/build-queued.png', fullPage: true });

  await watchBuild(page, running);
  await expect(logTexts(page).getByText('going', { exact: true })).toBeVisible({ timeout: BUILD_MS });
  await page.getByRole('button', { name: 'Cancel build' }).click();
  const question = page.getByRole('dialog', { name: 'Cancel this build?' });
  await question.getByRole('button', { name: 'Keep building' }).click();
  await expect(question).toBeHidden();
  await expect(page.locator('.stream-state')).toHaveText('Live');

  await page.getByRole('button', { name: 'Cancel build' }).click();
  await page.screenshot({ path: 'test-results/build-cancel.png' });
  await question.getByRole('button', { name: 'Cancel it' }).click();
  await expect(page.locator('.outcome-heading')).toHaveText('The build was cancelled', { timeout: BUILD_MS });

  // And now the other one's turn has come.
  await watchBuild(page, waiting);
  await expectPreviewReady(page);
});

test('a cancellation that is refused says so, with its code, and the build goes on', async ({ page, server }) => {
  await page.goto(server.api);
  await page.route('**/demo/v1/builds/*/cancel', (route) => route.fulfill({
    status: 503, contentType: 'application/json',
    body: JSON.stringify({ code: 'SERVICE_UNAVAILABLE', message: 'Not now.', params: {}, requestId: 'r-1' }),
  }));
  await watchBuild(page, await startScript(page, `echo going && sleep 5 && ${SITE}`));
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click();
  const problem = page.getByRole('alert');
  await expect(problem).toContainText('The build was not cancelled');
  await expect(problem).toContainText('SERVICE_UNAVAILABLE');
  await expect(problem).toContainText('r-1');
  await expectPreviewReady(page);
  await expect(problem).toHaveCount(0);
});
