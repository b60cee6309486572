// Nothing jumps where the answers are late: the balance over a slow network, and the form with its prompt.

import type { Page } from '@playwright/test';
import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { noteShifts, sumOf, takeShifts } from './layout-shifts';
import { settingsOf, startProvider, type Provider } from './provider';
import { expect, test as base } from './server';

const test = base.extend<object, { provider: Provider }>({
  provider: [
    async ({}, use) => {
      const provider = await startProvider();
      await use(provider);
      await provider.close();
    },
    { scope: 'worker' },
  ],
  environment: [async ({ provider }, use) => use({ ...settingsOf(provider), BUILDCAST_LOG: 'error' }), { scope: 'worker' }],
});

/** What nobody sees: a fifth of what Core Web Vitals calls good. Other buttons stand in another place at the end. */
const NOTHING = 0.02;

/** 400 ms to an answer's first byte, 50 kB in a second. */
async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
}

async function expectNothingMoved(page: Page): Promise<void> {
  const shifts = await takeShifts(page);
  expect(sumOf(shifts), JSON.stringify(shifts, null, 2)).toBeLessThan(NOTHING);
}

for (const look of [
  { locale: 'en', viewport: { width: 1280, height: 900 } },
  { locale: 'de', viewport: { width: 1280, height: 900 } },
  { locale: 'de', viewport: { width: 768, height: 900 } },
  { locale: 'ar', viewport: { width: 390, height: 844 } },
]) {
  test.describe(`${look.locale}, ${look.viewport.width} px`, () => {
    test.use(look);

    test('the balance over a slow network', async ({ page, server }) => {
      await slowDown(page);
      await noteShifts(page);
      await page.goto(`${server.api}/#/account`);
      await page.locator('.ledger tbody tr').first().waitFor();
      await page.locator('.usage .plot').first().waitFor();
      await expectNothingMoved(page);
    });

    test('the form with its prompt and a build that was watched before a reload, over a slow network and to its end', async ({ page, server }) => {
      await page.goto(server.api);
      await page.locator('.project button.primary:enabled').waitFor();
      const build = await startScript(page, 'sleep 6; mkdir dist && echo done > dist/index.html');
      await noteShifts(page);
      await slowDown(page);
      await watchBuild(page, build);
      await page.locator('#prompt').waitFor();
      await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
      await page.locator('#prompt-cost a').waitFor();
      await expectNothingMoved(page);
    });
  });
}
