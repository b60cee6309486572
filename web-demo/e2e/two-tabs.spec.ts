// One build in two tabs: both see it, and what the one does to it the other is told.

import { BUILD_MS, logTexts, startScript, watchBuild } from './demo-page';
import { expect, test } from './server';

test('both show its lines, and the end that one of them asks for', async ({ context, page, server }) => {
  await page.goto(server.api);
  const build = await startScript(page, 'echo begun && sleep 60');
  const other = await context.newPage();
  await other.goto(server.api);
  for (const tab of [page, other]) {
    await watchBuild(tab, build);
    await expect(logTexts(tab).getByText('begun', { exact: true })).toBeVisible({ timeout: BUILD_MS });
  }
  await page.getByRole('button', { name: 'Cancel build' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click();
  for (const tab of [page, other]) {
    await expect(tab.locator('.outcome-heading')).toHaveText('The build was cancelled', { timeout: BUILD_MS });
    await expect(tab.getByRole('button', { name: 'Cancel build' })).toHaveCount(0);
  }
  const events = (tab: typeof page) => tab.locator('.event-code').allTextContents();
  expect(await events(other)).toEqual(await events(page));
});

test('the other needs its address alone, and may cancel it', async ({ context, page, server }) => {
  await page.goto(server.api);
  const build = await startScript(page, 'echo begun && sleep 60');
  await watchBuild(page, build);
  const address = await page.getByRole('link', { name: build.buildId }).getAttribute('href');
  const other = await context.newPage();
  await other.goto(`${server.api}/${address}`);
  for (const tab of [page, other]) await expect(logTexts(tab).getByText('begun', { exact: true })).toBeVisible({ timeout: BUILD_MS });
  await other.getByRole('button', { name: 'Cancel build' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click();
  for (const tab of [page, other]) await expect(tab.locator('.outcome-heading')).toHaveText('The build was cancelled', { timeout: BUILD_MS });
  const events = (tab: typeof page) => tab.locator('.event-code').allTextContents();
  expect(await events(other)).toEqual(await events(page));
});
