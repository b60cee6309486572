// Nothing jumps: over a load, over each change of view, over a build from its start to its end, in what Core Web Vitals calls good.

import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { noteShifts, sumOf, takeShifts, type Shift } from './layout-shifts';
import { expect, test } from './server';

// A server of its own: what the views list is what is built here.
test.use({ environment: { BUILDCAST_LOG: 'error' } });

const GOOD = 0.1;
const LOOKS = [
  { locale: 'en', viewport: { width: 1280, height: 900 } },
  { locale: 'ar', viewport: { width: 1280, height: 900 } },
  { locale: 'en', viewport: { width: 360, height: 740 } },
  { locale: 'ar', viewport: { width: 360, height: 740 } },
];
const SCRIPT = 'for at in 1 2 3; do echo "step $at"; sleep 1; done; mkdir dist && echo done > dist/index.html';

for (const look of LOOKS) {
  test.describe(`${look.locale}, ${look.viewport.width} px`, () => {
    test.use(look);

    test('a load, a build and each change of view move nothing that was there', async ({ page, server }) => {
      const measured: Record<string, Shift[]> = {};
      const measure = async (what: string) => {
        measured[what] = await takeShifts(page);
      };
      await noteShifts(page);
      await page.goto(server.api);
      await page.locator('.project button.primary:not([aria-disabled])').waitFor();
      await measure('load');

      // No click of a person, which would excuse what moves after it.
      await page.locator('.project button.primary').evaluate((button: HTMLButtonElement) => button.click());
      await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
      await measure('a build of a sample');
      await watchBuild(page, await startScript(page, SCRIPT));
      await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
      await measure('a reload, and a build with a log');
      await watchBuild(page, await startScript(page, 'echo no >&2; exit 3'));
      await page.locator('.build[data-tone="failed"]').waitFor({ timeout: BUILD_MS });
      await measure('a reload, and a build that fails');

      const change = async (hash: string, there: string) => {
        await page.evaluate((hash) => (location.hash = hash), hash);
        await page.locator(there).first().waitFor();
        await page.waitForLoadState('networkidle');
        await measure(hash.replace(/(projects)\/.*/, '$1/…'));
      };
      await change('#/projects', '.project-card');
      const built = page.locator('.project-card:has([data-state="deployed"]) h3 a').first();
      await change((await built.getAttribute('href')) ?? '', '.version');
      await change('#/account', '.ledger tbody tr');
      await change('#/qa', 'main button.primary');
      await change('#/events', 'main details');
      await change('#/', '.build[data-tone="failed"]');
      await page.goto(`${server.api}/#/account`);
      await page.reload();
      await page.locator('.ledger tbody tr').first().waitFor();
      await measure('load of the balance');

      const sums = Object.fromEntries(Object.entries(measured).map(([what, shifts]) => [what, Number(sumOf(shifts).toFixed(4))]));
      await test.info().attach('layout-shifts', { body: JSON.stringify({ sums, measured }, null, 2), contentType: 'application/json' });
      if (process.env.LAYOUT_SHIFTS) console.log(look, sums);
      const bad = Object.entries(measured).filter(([, shifts]) => sumOf(shifts) >= GOOD);
      expect(bad).toEqual([]);
    });
  });
}
