// The frame around the views: a view that can't be had, the address, the way past the header, the title.

import { BUILD_MS, startButton, startScript, watchBuild } from './demo-page';
import { expect, test } from './server';

test('a view whose file is lost leaves the rest of the page, and is there when it is tried again', async ({ page, server }) => {
  await page.goto(server.api);
  await page.route('**/assets/account-view*', (route) => route.abort());
  await page.getByRole('link', { name: 'Balance' }).click();
  const lost = page.getByRole('alert');
  await expect(lost).toContainText('This view could not be loaded.');
  await expect(page.getByRole('heading', { name: 'buildcast' })).toBeVisible();
  await lost.getByRole('button', { name: 'Try again' }).click();
  await expect(lost.getByRole('button', { name: 'Reload the page' })).toBeVisible();
  // Another view is there nevertheless.
  await page.getByRole('link', { name: 'QA' }).click();
  await expect(page.getByRole('heading', { name: 'Replay a build' })).toBeVisible();
  await page.getByRole('link', { name: 'Balance' }).click();
  await expect(lost).toBeVisible();

  await page.unroute('**/assets/account-view*');
  await lost.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { name: 'Balance' })).toBeVisible();
  await expect(page.locator('#view')).toBeFocused();
  // Its style sheet was lost as well.
  await expect(page.locator('.account-head').first()).toHaveCSS('display', 'flex');
});

test('a page that the server has renewed offers to be loaded anew', async ({ page, server }) => {
  await page.goto(server.api);
  await page.route('**/assets/*-view*', (route) => route.fulfill({ status: 404 }));
  await page.route(`${server.api}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<script type="module" src="./assets/index-new.js"></script>' }));
  await page.getByRole('link', { name: 'QA' }).click();
  await expect(page.getByRole('alert')).toContainText('The page was renewed on the server.');
  await page.unroute('**/assets/*-view*');
  await page.unroute(`${server.api}/`);
  await page.getByRole('button', { name: 'Reload the page' }).click();
  await expect(page.getByRole('heading', { name: 'Replay a build' })).toBeVisible();
});

test('the way past the header leaves the address as it is', async ({ page, server }) => {
  await page.goto(`${server.api}/#/account`);
  const skip = page.getByRole('link', { name: 'Skip to the view' });
  await skip.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#view')).toBeFocused();
  expect(new URL(page.url()).hash).toBe('#/account');
});

test('an address that names no view leads to the build, and no other view stands under it', async ({ page, server }) => {
  await page.goto(`${server.api}/#/account`);
  await expect(page.getByRole('heading', { name: 'Balance' })).toBeVisible();
  await page.evaluate(() => (location.hash = '#/nonsense/x/y'));
  await expect(startButton(page)).toBeVisible();
  await expect(page).toHaveURL(`${server.api}/#/`);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Balance' })).toBeVisible();
});

test('the title names the view, and what a build does', async ({ page, server }) => {
  await page.goto(`${server.api}/#/qa`);
  await expect(page).toHaveTitle('QA · buildcast');
  await page.locator('select[name="language"]').selectOption('de');
  await page.getByRole('link', { name: 'Guthaben' }).click();
  await expect(page).toHaveTitle('Guthaben · buildcast');
  await page.locator('select[name="language"]').selectOption('en');
  await expect(page).toHaveTitle('Balance · buildcast');
  await page.goto(`${server.api}/#/`);
  await expect(page).toHaveTitle('Build · buildcast');
  await watchBuild(page, await startScript(page, 'echo begun; sleep 300'));
  await expect(page).toHaveTitle(/^Building \d+% · buildcast$/);
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click();
  await expect(page).toHaveTitle('The build was cancelled · buildcast', { timeout: BUILD_MS });
  await page.getByRole('link', { name: 'Events' }).click();
  await expect(page).toHaveTitle('Events · buildcast');
});
