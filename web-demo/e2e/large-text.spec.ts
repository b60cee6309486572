// A phone whose owner reads large letters: every view fits, in the language with the longest words.

import config from '../playwright.config';
import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { expect, test, type Server } from './server';
import type { Page } from '@playwright/test';

const { launchOptions } = config.use ?? {};

test.use({
  environment: { BUILDCAST_LOG: 'error' },
  locale: 'de',
  viewport: { width: 320, height: 640 },
  launchOptions: { ...launchOptions, args: [...(launchOptions?.args ?? []), '--blink-settings=defaultFontSize=24'] },
});

test('no view is wider than the screen', async ({ page, server }) => {
  const wide: Record<string, string[]> = {};
  const judge = async (what: string) => {
    const found = await tooWide(page);
    if (found.length > 0) wide[what] = found;
  };
  await page.goto(server.api);
  await page.locator('.build').waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('24px');
  await judge('before a build');
  await page.getByRole('radio').nth(2).check();
  await judge('own files');
  await watchBuild(page, await startScript(page, 'echo no >&2; exit 3'));
  await page.locator('.build[data-tone="failed"]').waitFor({ timeout: BUILD_MS });
  await judge('failed');
  await watchBuild(page, await startScript(page, 'mkdir dist && echo done > dist/index.html'));
  await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
  await judge('built');
  await show(page, server, '#/projects');
  await page.locator('main a[href^="#/projects/"]').first().waitFor();
  await judge('projects');
  await page.locator('main a[href^="#/projects/"]').first().click();
  await page.locator('.version').first().waitFor();
  await page.locator('main summary').first().click();
  await judge('versions');
  await show(page, server, '#/account');
  await page.locator('.ledger tbody tr').first().waitFor();
  await judge('balance');
  await show(page, server, '#/qa');
  await page.locator('main button.primary').click();
  await page.locator('main table tbody tr').first().waitFor();
  await judge('QA');
  await show(page, server, '#/events');
  await page.locator('main details').first().waitFor();
  await judge('events');
  expect(wide).toEqual({});
});

/** What reaches beyond the screen, unless it is in a box that scrolls. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const inBox = (element: Element): boolean => {
      const parent = element.parentElement;
      return parent !== null && (getComputedStyle(parent).overflowX !== 'visible' || inBox(parent));
    };
    const beyond = [...document.querySelectorAll('body *')].filter((element) => {
      if (inBox(element)) return false;
      // With its text, which may reach out of it.
      const range = document.createRange();
      range.selectNodeContents(element);
      const rects = [element, range].map((each) => each.getBoundingClientRect());
      const [left, right, width] = [Math.min(...rects.map((r) => r.left)), Math.max(...rects.map((r) => r.right)), Math.max(...rects.map((r) => r.width))];
      return width > 1 && (right > innerWidth + 0.5 || left < -0.5);
    });
    return [`${document.documentElement.scrollWidth} px`, ...beyond.map((element) => `${element.tagName}.${element.getAttribute('class')}`)];
  });
}

async function show(page: Page, server: Server, hash: string): Promise<void> {
  await page.goto(`${server.api}/${hash}`);
  await page.locator('main h2').first().waitFor();
}
