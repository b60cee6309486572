// The account: a balance, plots of its use, and every line that led there, as they are after builds and charges.

import type { Page } from '@playwright/test';
import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { expect, test, type Server } from './server';

// A server of its own: nothing is used but what is used here.
test.use({ environment: { BUILDCAST_LOG: 'error,sqlx=error' } });

const BUILT = 'mkdir dist && echo done > dist/index.html';

async function post(page: Page, server: Server, path: string, data: object): Promise<Record<string, unknown>> {
  const answer = await page.request.post(`${server.api}/demo/v1${path}`, { data: { userId: 'demo', ...data } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()) as Record<string, unknown>;
}

/** Sets 9 credits aside and uses 7 of them. */
async function useSeven(page: Page, server: Server, buildId: string): Promise<void> {
  const { reservationId } = await post(page, server, '/credits/reserve', { buildId, estimatedCredits: 9 });
  await post(page, server, '/credits/commit', { buildId, reservationId, actualCredits: 7 });
}

async function build(page: Page, server: Server, script: string, outcome: string): Promise<void> {
  await page.goto(server.api);
  await watchBuild(page, await startScript(page, script));
  await page.locator(`.build[data-tone="${outcome}"]`).waitFor({ timeout: BUILD_MS });
}

test('what was used is in the balance, the plots, their tables and the ledger', async ({ page, server }) => {
  await build(page, server, BUILT, 'succeeded');
  await build(page, server, 'exit 3', 'failed');
  await useSeven(page, server, 'bld_outside');
  await post(page, server, '/credits/reserve', { buildId: 'bld_held', estimatedCredits: 5 });
  await page.goto(`${server.api}/#/account`);
  const balance = page.getByRole('region', { name: 'Available' });
  // 3,000 at the start and 900 a day; 7 are used and 5 set aside.
  await expect(balance.getByText('3,888 credits')).toBeVisible();
  await expect(balance.locator('div', { has: page.getByText('Set aside', { exact: true }) }).locator('dd').first()).toHaveText('5');
  await expect(page.getByRole('img', { name: /^Credits used by day, bar chart, .* 7 credits in all\./ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Builds by day and outcome, bar chart, .* 2 builds in all\./ })).toBeVisible();

  const credits = page.getByRole('region', { name: 'Credits used by day' });
  await credits.getByText('Figures as a table').click();
  await expect(credits.getByRole('row').last()).toContainText('7');
  await expect(page.getByRole('group', { name: 'Where builds failed' }).getByRole('row')).toHaveCount(2);

  const ledger = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: 'Available after it' }) });
  const newest = ledger.getByRole('row').nth(1);
  await expect(newest).toContainText('Set aside');
  await expect(newest).toContainText('still set aside');
  await expect(newest).toContainText('-5');
  await expect(newest).toContainText('3,888');
  await expect(ledger.getByRole('row').last()).toContainText('+3,000');
});

test('a refresh brings what was used since, another period is chosen by keyboard', async ({ page, server }) => {
  await page.goto(`${server.api}/#/account`);
  const sum = page.locator('.available-sum');
  await expect(sum).toHaveText(/^[\d,]+ credits$/);
  const before = await sum.innerText();
  await useSeven(page, server, 'bld_later');
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(sum).not.toHaveText(before);
  await page.getByRole('radio', { name: '30 days' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: '7 days' })).toBeChecked();
  const plot = page.getByRole('region', { name: 'Builds by day and outcome' });
  await plot.getByText('Figures as a table').click();
  await expect(plot.getByRole('row')).toHaveCount(8);
});

test('a long ledger is read page by page, and no line twice', async ({ page, server }) => {
  for (let at = 0; at < 25; at += 1) await useSeven(page, server, `bld_many_${at}`);
  await page.goto(`${server.api}/#/account`);
  const lines = page.locator('.ledger tbody tr');
  await expect(lines).toHaveCount(50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('button', { name: 'Show more' })).toBeHidden();
  const cells = await page.locator('.ledger tbody tr').evaluateAll((rows) => rows.map((row) => row.querySelector('td:last-child')!.textContent!));
  expect(cells.length).toBeGreaterThan(75);
  // Each line leaves another sum, down to the first.
  expect(cells.at(-1)).toBe('3,000');
});

test('a server that does not answer is told of, and asked again', async ({ page, server }) => {
  let silent = true;
  await page.route('**/demo/v1/billing/balance/**', (route) => (silent ? route.abort() : route.fallback()));
  await page.goto(`${server.api}/#/account`);
  const refusal = page.getByRole('alert').filter({ hasText: 'The balance could not be read' });
  await expect(refusal).toBeVisible();
  silent = false;
  await refusal.getByRole('button').click();
  await expect(page.locator('.available-sum')).toBeVisible();
  await expect(refusal).toBeHidden();
});

test.describe('from right to left', () => {
  test.use({ locale: 'ar' });

  test('the days go from right to left, and nothing is broader than a phone', async ({ page, server }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await useSeven(page, server, 'bld_arabic');
    await page.goto(`${server.api}/#/account`);
    const bar = page.locator('svg .plot-bar').first();
    await bar.waitFor();
    const [today, frame] = [await bar.boundingBox(), await page.locator('.plot-frame').first().boundingBox()];
    // Today is the last of the days.
    expect(today!.x - frame!.x).toBeLessThan(frame!.width / 4);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
