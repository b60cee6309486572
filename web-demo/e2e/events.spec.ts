import { expect, test } from './server';

test('the reference has every code of the document, opens one, and finds by code, param and message', async ({ page, server }) => {
  await page.goto(`${server.api}/#/events`);
  await expect(page.locator('.code-entry')).toHaveCount(35 + 28);
  await page.getByLabel('Filter').fill('exitcode');
  await expect(page.locator('.code-entry').first()).toHaveAttribute('data-code', 'BUILD_FAILED');
  await page.locator('.code-entry summary').first().click();
  await expect(page.locator('.code-entry').first()).toContainText('Exit code of the command that failed.');
  await page.getByLabel('Filter').fill('nothing has such words');
  await expect(page.getByText('No code matches.')).toBeVisible();
  await page.getByLabel('Filter').fill('');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.screenshot({ path: 'test-results/events-phone.png' });
});

test('the reference says what the page says, in the language of the page', async ({ page, server }) => {
  await page.goto(`${server.api}/#/events`);
  const entry = page.locator('[data-code="BUILD_COMPLETED"] summary');
  await expect(entry).toContainText('Build finished in 4.2 s.');
  await page.locator('select[name="language"]').selectOption('ar');
  await expect(entry).toContainText('اكتمل البناء خلال');
});

test('a document that cannot be had can be asked for again', async ({ page, server }) => {
  await page.route('**/openapi.json', (route) => route.abort(), { times: 1 });
  await page.goto(`${server.api}/#/events`);
  await expect(page.getByText('The document cannot be read.')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.code-entry')).toHaveCount(35 + 28);
});
