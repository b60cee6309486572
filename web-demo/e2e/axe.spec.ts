// axe over every view, in a language from each side, in light and dark, on a desktop and a phone: no findings.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { expect, test, type Server } from './server';

// A server of its own: what the views list is what is built here.
test.use({ environment: { BUILDCAST_LOG: 'warn' } });

const LOOKS = [
  { locale: 'en', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { locale: 'ar', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

async function judge(page: Page, what: string): Promise<void> {
  // What fades in has another contrast until it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished)));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  expect(told, what).toEqual([]);
}

for (const look of LOOKS) {
  test.describe(`${look.locale}, ${look.colorScheme}, ${look.viewport.width} px`, () => {
    test.use(look);

    test('a build before, during and after it, one that was cancelled and one that failed', async ({ page, server }) => {
      await page.goto(server.api);
      await page.locator('.project button.primary:not([aria-disabled])').waitFor();
      await judge(page, 'before');
      // Goes on for as long as axe looks at it.
      await watchBuild(page, await startScript(page, 'sleep 300', {}));
      await page.locator('.build[data-tone="running"] .phase[data-state="active"]').first().waitFor();
      await judge(page, 'during');
      await show(page, server, await page.locator('.build-ids a').getAttribute('href') ?? '');
      await page.locator('.build[data-tone="running"] .phase[data-state="active"]').first().waitFor();
      await judge(page, 'at its own address');
      await page.locator('.view-back').click();
      await page.locator('.job .quiet').waitFor();
      await judge(page, 'versions during');
      await show(page, server, '#/builds/none');
      await page.locator('[role="alert"]').waitFor();
      await judge(page, 'a build that there is not');
      await show(page, server, '');
      await page.locator('.build button').filter({ hasText: /Cancel|إلغاء/ }).first().click();
      await page.getByRole('dialog').waitFor();
      await judge(page, 'the question before a cancellation');
      await page.getByRole('dialog').locator('.danger').click();
      await page.locator('.build[data-tone="failed"]').waitFor({ timeout: BUILD_MS });
      await judge(page, 'cancelled');
      await watchBuild(page, await startScript(page, 'mkdir dist && echo done > dist/index.html', {}));
      await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
      await judge(page, 'after');
      await watchBuild(page, await startScript(page, 'echo no >&2; exit 3', {}));
      await page.locator('.build[data-tone="failed"]').waitFor({ timeout: BUILD_MS });
      await judge(page, 'failed');
    });

    test('projects, versions, balance, QA and events', async ({ page, server }) => {
      await page.goto(server.api);
      await watchBuild(page, await startScript(page, 'mkdir dist && echo done > dist/index.html', {}));
      await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
      await show(page, server, '#/projects');
      const project = page.locator('main a[href^="#/projects/"]').first();
      await project.waitFor();
      await judge(page, 'projects');
      await project.click();
      await page.locator('.version').first().waitFor();
      await judge(page, 'versions');
      await show(page, server, '#/account');
      await page.locator('.ledger tbody tr').first().waitFor();
      await page.locator('main summary').first().click();
      await judge(page, 'balance');
      await show(page, server, '#/qa');
      await page.locator('main button.primary').click();
      await page.locator('main table tbody tr').first().waitFor();
      await judge(page, 'QA');
      await show(page, server, '#/events');
      await page.locator('main details').first().waitFor();
      await page.locator('main summary').first().click();
      await judge(page, 'events');
    });
  });
}

async function show(page: Page, server: Server, hash: string): Promise<void> {
  await page.goto(`${server.api}/${hash}`);
  await page.locator('main h2').first().waitFor();
}
