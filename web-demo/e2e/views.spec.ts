// Every view in every language, on a desktop and a phone: its own words, its direction, nothing raw, nothing cut off.

import type { Page } from '@playwright/test';
import { LOCALES, type Locale } from '../src/messages/locales';
import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { keepScreenshot } from './screenshot';
import { expect, test, type Server } from './server';
import { textsOf } from './texts';

// A server of its own: what the views list is what is built here.
test.use({ environment: { BUILDCAST_LOG: 'error' } });

const WIDTHS = [1280, 360];
/** Goes on for as long as it is looked at. */
const LONG = 'echo begun; sleep 300';
const SHORT = 'echo begun; mkdir dist && echo done > dist/index.html';
/** What no reader may see: an id for a text, a variable or function that Fluent has not filled, a mark, a value of a program. */
const RAW = /\bpage-[a-z]+-|\{ ?(?:\$|[A-Z]+\()|[\u2068\u2069]|\bundefined\b|\bNaN\b|\[object |Invalid Date/;

for (const { locale, direction, name } of LOCALES) {
  test.describe(name, () => {
    test.use({ locale, viewport: { width: 1280, height: 900 } });

    test(`every view speaks ${name}`, async ({ page, server }) => {
      const text = textsOf(locale);
      const wrong: string[] = [];
      page.on('console', (line) => line.type() === 'error' && wrong.push(line.text()));
      page.on('pageerror', (error) => wrong.push(String(error)));
      const judge = (view: string, ...words: string[]) => judgeView(page, { view, locale, direction, words });

      await page.goto(server.api);
      await page.locator('.project button.primary:not([aria-disabled])').waitFor();
      await judge('build-before', text('page-project-heading'), text('page-build-heading'), text('page-build-empty'), text('page-start'));

      await watchBuild(page, await startScript(page, LONG));
      await page.locator('.log-text').getByText('begun', { exact: true }).waitFor({ timeout: BUILD_MS });
      await judge('build-during', text('page-waiting-heading'), text('page-state-live'), text('page-cancel'));
      const watched = await page.locator('.build-ids a').getAttribute('href') ?? '';
      await go(page, server, watched);
      await page.locator('.log-text').getByText('begun', { exact: true }).waitFor({ timeout: BUILD_MS });
      await judge('watch', text('page-waiting-heading'), text('page-state-live'), text('page-cancel'), text('page-watch-project'));
      await page.locator('.view-back').click();
      await page.locator('.job .quiet').waitFor();
      await judge('versions-during', text('page-watch'), text('page-versions-busy'));
      await go(page, server, '#/projects');
      await page.locator('.project-card [href^="#/builds/"]').waitFor();
      await judge('projects-during', text('page-watch'), text('page-projects-state-building'));
      await go(page, server, '#/builds/none');
      await page.locator('[role="alert"]').waitFor();
      await judge('watch-none', text('page-watch-none'), text('page-watch-none-hint'));
      // The browser tells of the answer too.
      expect(wrong.splice(0)).toEqual([expect.stringContaining('404')]);
      await go(page, server, '');
      await page.getByRole('button', { name: text('page-cancel'), exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: text('page-cancel-confirm'), exact: true }).click();
      await page.locator('.build[data-tone="failed"]').waitFor({ timeout: BUILD_MS });
      await judge('build-cancelled', text('page-cancelled-heading'), text('page-state-ended'));

      await watchBuild(page, await startScript(page, SHORT));
      await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
      await judge('build-after', text('page-success-heading'), text('page-open-preview'), text('page-state-ended'));

      await go(page, server, '#/projects');
      const project = page.locator('.project-card:has([data-state="deployed"]) h3 a').first();
      await project.waitFor();
      await judge('projects', text('page-projects-heading'), text('page-projects-state-deployed'));

      await project.click();
      await page.locator('.version').first().waitFor();
      await judge('versions', text('page-versions-back'), text('page-versions-previewed'), text('page-versions-rollback'));

      await go(page, server, '#/account');
      await page.locator('.ledger tbody tr').first().waitFor();
      await judge('account', text('page-account-heading'), text('page-account-available'));

      await go(page, server, '#/qa');
      await page.locator('input[type="checkbox"]').check();
      await page.locator('main button.primary').click();
      await page.getByRole('button', { name: text('page-qa-step', { count: 10 }), exact: true }).click();
      await page.locator('tr[data-seq]').nth(5).waitFor();
      await judge('qa', text('page-qa-heading'), text('page-qa-record-heading'), text('page-state-live'));

      await go(page, server, '#/events');
      await page.locator('main details').first().waitFor();
      await page.locator('main summary').first().click();
      await judge('events', text('page-reference-heading'), text('page-reference-filter'));
      expect(wrong).toEqual([]);
    });
  });
}

interface Look {
  view: string;
  locale: Locale;
  direction: string;
  /** What the view says in this language. */
  words: string[];
}

async function judgeView(page: Page, { view, locale, direction, words }: Look): Promise<void> {
  for (const width of WIDTHS) {
    const what = `${view}-${locale}-${width}`;
    await page.setViewportSize({ width, height: 900 });
    await expect(page.locator('html'), what).toHaveAttribute('lang', locale);
    await expect(page.locator('html'), what).toHaveAttribute('dir', direction);
    expect(await page.evaluate(() => getComputedStyle(document.body).direction), what).toBe(direction);
    for (const word of words) await expect(page.locator('main').getByText(word, { exact: true }).first(), `${what}: ${word}`).toBeVisible();
    expect((await seenTexts(page)).filter((text) => RAW.test(text)), what).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), what).toBe(width);
    await keepScreenshot(page, what);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** What is read and what is read out. */
function seenTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const lines = document.body.innerText.split('\n');
    const names = ['aria-label', 'aria-valuetext', 'alt', 'placeholder', 'title'];
    const spoken = [...document.querySelectorAll('*')].flatMap((element) => names.flatMap((name) => element.getAttribute(name) ?? []));
    return [document.title, ...lines, ...spoken].filter((line) => line !== '');
  });
}

async function go(page: Page, server: Server, hash: string): Promise<void> {
  await page.goto(`${server.api}/${hash}`);
  await page.locator('main h2').first().waitFor();
}
