import { buildToTheEnd, expectPreviewReady, openPreview, startButton, styleOf } from './demo-page';
import { expect, test } from './server';

test('a static site is built, watched to its end and shown', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Static site/ }).check();
  await buildToTheEnd(page);

  const log = page.getByRole('log', { name: 'Events' });
  for (const code of ['BUILD_QUEUED', 'BUILD_STARTED', 'BUILD_VALIDATING', 'BUILD_DEPLOYING', 'BUILD_COMPLETED']) {
    await expect(log.getByText(code, { exact: true })).toHaveCount(1);
  }
  await expect(page.locator('[data-phase="setup"]')).toHaveAttribute('data-state', 'done');
  await expect(page.locator('[data-phase="dependencies"]')).toHaveAttribute('data-state', 'skipped');
  await page.screenshot({ path: 'test-results/static-light.png', fullPage: true });

  const preview = await openPreview(page);
  await expect(preview.getByRole('heading', { level: 1 })).toHaveText('A garden that follows the weather');
  expect(await styleOf(preview, '.beds', 'display')).toBe('grid');
  await expect(preview.locator('html')).toHaveAttribute('data-script', 'ran');
  await preview.getByRole('link', { name: 'Visit' }).click();
  await expect(preview.getByRole('heading', { level: 1 })).toHaveText('Visit');
});

test('a Vite project is installed, built and shown, its lazy chunk too', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('radio', { name: /Vite project/ }).check();
  await buildToTheEnd(page);
  await expect(page.locator('[data-phase="dependencies"]')).toHaveAttribute('data-state', 'done');
  await expect(page.locator('[data-phase="build"]')).toHaveAttribute('data-state', 'done');

  const preview = await openPreview(page);
  await expect(preview.getByRole('heading', { level: 1 })).toHaveText('Tide clock');
  expect(await styleOf(preview, 'main', 'text-align')).toBe('center');
  expect(await preview.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);

  const chunk = preview.waitForResponse((response) => /tides-.*\.js/.test(response.url()) && response.status() !== 307);
  await preview.getByRole('button', { name: /tides/ }).click();
  expect((await chunk).status()).toBe(200);
  await expect(preview.locator('#tides li')).toHaveCount(4);
});

test('a reload goes on watching, and the project can be built again', async ({ page, server }) => {
  await page.goto(server.api);
  await startButton(page).click();
  await expect(page.locator('.build-ids')).not.toBeEmpty();
  const first = await page.locator('.build-ids').innerText();
  await page.reload();
  await expectPreviewReady(page);
  await expect(page.locator('.build-ids')).toHaveText(first);
  expect(page.url()).not.toContain('token');

  const request = page.waitForRequest((sent) => sent.method() === 'POST');
  await page.getByRole('button', { name: 'Build again' }).click();
  expect((await request).postDataJSON()).toHaveProperty('projectId');
  await expect(page.locator('.build-ids')).not.toHaveText(first);
  await expectPreviewReady(page);
});
