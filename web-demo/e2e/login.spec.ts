// The page of a server in production: a backend's token logs its user in, and the page shows what is theirs.

import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';
import { BUILD_MS, expectPreviewReady, startButton } from './demo-page';
import { expect, test, type Server } from './server';

const SECRET = 'a secret of a test alone';

test.use({
  environment: {
    BUILDCAST_ENV: 'production',
    BUILDCAST_PAGE: 'login',
    BUILDCAST_PAGE_SESSION_SECONDS: '60',
    BUILDCAST_SANDBOX: 'none',
    BUILDCAST_LOG: 'error',
    WORKER_SHARED_SECRET: SECRET,
  },
});

/** Asks as the backend does, and answers with the address that it would send its user's browser to. */
async function pageUrlFor(server: Server, userId: string): Promise<string> {
  const [path, body, timestamp, nonce] = ['/v1/page-tokens', JSON.stringify({ userId }), String(Date.now()), randomUUID()];
  const digest = createHash('sha256').update(body).digest('hex');
  const signed = ['v2', 'POST', path, timestamp, nonce, digest].join('\n');
  const headers = {
    'content-type': 'application/json',
    'x-sheen-timestamp': timestamp,
    'x-sheen-nonce': nonce,
    'x-sheen-sig-v2': createHmac('sha256', SECRET).update(signed).digest('hex'),
  };
  const answer = await fetch(`${server.api}${path}`, { method: 'POST', headers, body });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return ((await answer.json()) as { pageUrl: string }).pageUrl;
}

function heading(page: Page) {
  return page.getByRole('heading', { name: 'Log in', exact: true });
}

async function logIn(page: Page, server: Server, userId: string): Promise<void> {
  await page.goto(await pageUrlFor(server, userId));
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(startButton(page)).toBeEnabled();
}

test('nobody sees anything but the way in and the reference without a login', async ({ page, server }) => {
  await page.goto(`${server.api}/#/projects`);
  await expect(page.getByRole('textbox', { name: 'Token, or the address with it' })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Log in' })).toBeDisabled();
  await page.getByRole('link', { name: 'Events' }).click();
  await expect(page.locator('main details').first()).toBeVisible();
  await page.getByRole('link', { name: 'Balance' }).click();
  await expect(heading(page)).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('an address of the backend logs in after a question, once, and leaves no token behind', async ({ page, server }) => {
  const address = await pageUrlFor(server, 'ann');
  await page.goto(address);
  await expect(page.getByText('Log in as ann?')).toBeVisible();
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page).toHaveURL(`${server.api}/#/`);
  await expect(page.locator('.who')).toContainText('ann');
  await startButton(page).click();
  await expectPreviewReady(page);
  await page.reload();
  await expect(page.locator('.who')).toContainText('ann');
  await page.goBack();
  expect(page.url()).not.toContain('login');

  await page.goto(address);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('The login failed');
  await expect(page.getByRole('alert')).toContainText('AUTH_FAILED');
});

test('a pasted token logs in by keyboard; every view is the user’s', async ({ page, server }) => {
  await page.goto(server.api);
  await page.getByRole('textbox', { name: 'Token, or the address with it' }).fill('no token');
  await expect(page.getByText('This is no token that logs in.')).toBeVisible();
  await page.getByRole('textbox').fill(await pageUrlFor(server, 'bob'));
  await page.keyboard.press('Enter');
  await expect(startButton(page)).toBeEnabled();
  await page.getByRole('link', { name: 'Projects' }).click();
  await expect(page.getByRole('link', { name: 'Go to the build' })).toBeVisible();
  await page.getByRole('link', { name: 'Balance' }).click();
  await expect(page.getByText('3,900 credits')).toBeVisible();
  await page.getByRole('link', { name: 'Build', exact: true }).click();
  await startButton(page).click();
  await expectPreviewReady(page);
  await page.getByRole('link', { name: 'QA' }).click();
  await page.getByRole('radio', { name: /step/i }).or(page.getByRole('checkbox', { name: /step/i })).first().check();
  await page.locator('main button.primary').click();
  await page.getByRole('button', { name: /^(Next|Step)/ }).first().click();
  await expect(page.locator('main table tbody tr').first()).toBeVisible();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: /recording/i }).click();
  expect((await saved).suggestedFilename()).toMatch(/\.ndjson$/);
  await page.getByRole('link', { name: 'Projects' }).click();
  await page.locator('main a[href^="#/projects/"]').first().click();
  await expect(page.locator('.version').first()).toBeVisible();
});

test('a logout ends it in every tab, and the next user sees nothing of it', async ({ page, context, server }) => {
  await logIn(page, server, 'ann');
  await page.getByLabel('Project name').fill('A plan of Ann’s');
  await startButton(page).click();
  await expectPreviewReady(page);
  const hers = await page.locator('.build-ids a').getAttribute('href');
  const other = await context.newPage();
  await other.goto(`${server.api}/#/projects`);
  await expect(other.locator('main a[href^="#/projects/"]').first()).toBeVisible();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(heading(page)).toBeVisible();
  await expect(heading(other)).toBeVisible();
  expect(await context.cookies()).toEqual([]);

  await logIn(page, server, 'carl');
  await expect(page.getByText('Your preview is ready')).toBeHidden();
  await expect(page.getByLabel('Project name')).not.toHaveValue('A plan of Ann’s');
  await expect(other.getByRole('link', { name: 'Go to the build' })).toBeVisible({ timeout: BUILD_MS });
  await page.goto(`${server.api}/${hers}`);
  await expect(page.getByRole('alert')).toContainText('There is no such build');
  await page.goto(await pageUrlFor(server, 'dora'));
  await expect(page.getByText('You are logged in as carl. Log in as dora instead?')).toBeVisible();
});

test('a session that is over leads to the way in', async ({ page, context, server }) => {
  await logIn(page, server, 'ann');
  await page.getByRole('link', { name: 'Balance' }).click();
  await expect(page.getByText('3,900 credits')).toBeVisible();
  // As when its time is up: the browser has it no more.
  await context.clearCookies();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(heading(page)).toBeVisible();
});

test('what one user’s tab keeps is not shown to the next, though it was reloaded in between', async ({ page, context, server }) => {
  await logIn(page, server, 'eve');
  await startButton(page).click();
  await expectPreviewReady(page);
  await context.clearCookies();
  await page.reload();
  await expect(heading(page)).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.getItem('buildcast.build'))).toBeNull();
  await logIn(page, server, 'fay');
  await expect(page.getByText('No build yet')).toBeVisible();
});

test('a page that a browser kept whole is not shown again after its session', async ({ page, context, server }) => {
  await logIn(page, server, 'gil');
  await page.goto(`${server.preview}/`);
  await context.clearCookies();
  await page.goBack();
  await expect(heading(page)).toBeVisible();
});

test('a cookie that another site set makes nobody another user', async ({ page, context, browser, server }) => {
  // The other one's session, as his browser has it.
  const theirs = await browser.newContext();
  const other = await theirs.newPage();
  await logIn(other, server, 'mallory');
  const { value } = (await theirs.cookies()).find(({ name }) => name === 'buildcast_page')!;
  await theirs.close();

  await logIn(page, server, 'hal');
  const { hostname } = new URL(server.api);
  // Ports don't part cookies: what stands at the previews' can set these, and longer paths go first.
  const paths = ['/demo/session', '/demo/v1', '/'];
  await context.addCookies(paths.map((path) => ({ name: 'buildcast_page', value, domain: hostname, path })));
  await page.reload();
  await expect(page.locator('.who')).toContainText('hal');
  await page.getByRole('link', { name: 'Balance' }).click();
  await expect(page.getByText('3,900 credits')).toBeVisible();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(heading(page)).toBeVisible();
  await logIn(page, server, 'ida');
  await expect(page.locator('.who')).toContainText('ida');
});
