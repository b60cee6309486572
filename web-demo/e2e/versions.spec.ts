import type { Page } from '@playwright/test';
import { BUILD_MS } from './demo-page';
import { expect, test, type Server } from './server';

// A server of its own, on which nobody has built.
test.use({ environment: { BUILDCAST_LOG: 'error' } });

const HEAD = '<!doctype html><html lang="en"><title>Bakery</title><meta name="viewport" content="width=device-width">';

/** Builds the files to the end, as a new project or as the next version of one. */
async function build(page: Page, server: Server, text: string, projectId?: string): Promise<string> {
  const data = { userId: 'demo', name: 'Bakery', projectId, templateFiles: { 'index.html': `${HEAD}<p>${text}</p>` } };
  const started = await page.request.post(`${server.api}/demo/v1/builds`, { data });
  expect(started.status()).toBe(202);
  const build = (await started.json()) as { buildId: string; projectId: string };
  await expect(async () => {
    const view = await page.request.get(`${server.api}/demo/v1/builds/${build.buildId}`);
    expect(((await view.json()) as { status: string }).status).toBe('deployed');
  }).toPass({ timeout: BUILD_MS });
  return build.projectId;
}

function version(page: Page, semver: string) {
  return page.locator('.version').filter({ has: page.getByRole('heading', { name: semver, exact: true }) });
}

test('without a project the view leads to the build; afterwards it leads to the project', async ({ page, server }) => {
  await page.goto(`${server.api}/#/projects`);
  await expect(page.getByRole('heading', { name: 'Projects', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go to the build' })).toBeVisible();
  await build(page, server, 'one');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByText('1 project', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Bakery', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Bakery', exact: true })).toBeVisible();
  await expect(version(page, '1.0.0').getByText('In the preview', { exact: true })).toBeVisible();
});

test('a rollback is asked for, shows its progress to the end, and makes a version', async ({ page, server }) => {
  const projectId = await build(page, server, 'one');
  await build(page, server, 'two', projectId);
  await page.goto(`${server.api}/#/projects/${projectId}`);
  const rollBack = version(page, '1.0.0').getByRole('button', { name: 'Roll back' });
  await rollBack.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Roll back to 1.0.0?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(rollBack).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByText(/^Rollback finished in/)).toBeVisible({ timeout: BUILD_MS });
  await expect(page.getByRole('progressbar', { name: 'Rollback progress' })).toHaveAttribute('aria-valuenow', '100');
  await expect(version(page, '1.1.1').getByText('In the preview', { exact: true })).toBeVisible();
  await expect(version(page, '1.1.0').getByText('In the preview', { exact: true })).toBeHidden();
});

test('what is published can be taken back, and says why it can not be gone back to', async ({ page, server }) => {
  const projectId = await build(page, server, 'one');
  await page.goto(`${server.api}/#/projects/${projectId}`);
  const card = version(page, '1.0.0');
  await card.getByRole('button', { name: 'Publish', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(card.getByText('Published', { exact: true })).toBeVisible();
  await expect(card.getByRole('button', { name: 'Unpublish' })).toBeFocused();
  const rollBack = card.getByRole('button', { name: 'Roll back' });
  await expect(rollBack).toHaveAttribute('aria-disabled', 'true');
  await expect(rollBack).toHaveAccessibleDescription(/It is published\./);
  await card.getByRole('button', { name: 'Unpublish' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unpublish' }).click();
  await expect(page.getByText('1.0.0 is no longer published.')).toBeVisible();
  await expect(card.getByText('Published', { exact: true })).toBeHidden();
  await expect(card.getByRole('button', { name: 'Publish', exact: true })).toBeFocused();
});

test('a question that is asked again as soon as it was left is there', async ({ page, server }) => {
  const projectId = await build(page, server, 'one');
  await page.goto(`${server.api}/#/projects/${projectId}`);
  await version(page, '1.0.0').getByRole('button', { name: 'Publish', exact: true }).click();
  const unpublish = version(page, '1.0.0').getByRole('button', { name: 'Unpublish' });
  await unpublish.click();
  const question = page.getByRole('dialog');
  await expect(question).toBeVisible();
  // Both before the browser has told that the dialog was closed.
  await unpublish.evaluate((button: HTMLButtonElement) => {
    document.querySelector('dialog')?.close();
    button.click();
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  await expect(question.getByRole('button', { name: 'Unpublish' })).toBeVisible();
});

test('what would make a version better is said in words, with its code and place', async ({ page, server }) => {
  const projectId = await build(page, server, '<img src="bread.png">');
  await page.goto(`${server.api}/#/projects/${projectId}`);
  await version(page, '1.0.0').getByText('What would make it better').click();
  await expect(version(page, '1.0.0').getByRole('listitem').filter({ hasText: 'index.html' })).toHaveText(/^A picture has no text in its place.* missing_alt index\.html$/);
});

test('a download is the version\'s zip', async ({ page, server }) => {
  const projectId = await build(page, server, 'one');
  await page.goto(`${server.api}/#/projects/${projectId}`);
  const coming = page.waitForEvent('download');
  await version(page, '1.0.0').getByRole('button', { name: 'Download' }).click();
  expect((await coming).suggestedFilename()).toMatch(/1\.0\.0\.zip$/);
});

test('a refusal is said in words, with its code, and the list is read again', async ({ page, server }) => {
  const projectId = await build(page, server, 'one');
  await page.goto(`${server.api}/#/projects/${projectId}`);
  const card = version(page, '1.0.0');
  await expect(card).toBeVisible();
  const { versions } = (await (await page.request.get(`${server.api}/demo/v1/projects/${projectId}/versions?userId=demo`)).json()) as { versions: { id: string }[] };
  // In another tab it is published meanwhile.
  await page.request.post(`${server.api}/demo/v1/projects/${projectId}/publish/${versions[0]?.id}`, { data: { userId: 'demo' } });
  await card.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByRole('alert')).toContainText('VERSION_NOT_ELIGIBLE');
  await expect(page.getByRole('alert')).toContainText('It is published.');
  await expect(card.getByText('Published', { exact: true })).toBeVisible();
});

test('in Arabic on a phone both views fit', async ({ page, server }) => {
  const projectId = await build(page, server, 'one');
  await page.setViewportSize({ width: 320, height: 640 });
  for (const [name, address] of [['projects', '#/projects'], ['versions', `#/projects/${projectId}`]]) {
    await page.goto(`${server.api}/${address}`);
    await page.locator('select[name="language"]').selectOption('ar');
    await expect(page.getByText('Bakery').first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.screenshot({ path: `test-results/${name}-ar.png`, fullPage: true });
  }
});
