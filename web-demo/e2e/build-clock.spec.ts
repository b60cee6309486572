// How long a build takes is counted on over a look at another view and a reload, and by a browser whose clock is wrong.

import type { Page } from '@playwright/test';
import { BUILD_MS, startScript, watchBuild } from './demo-page';
import { expect, test } from './server';

const HOUR = 3_600_000;
const LONG = 'sleep 60';

/** What the running build's two counts show. */
async function shownSeconds(page: Page): Promise<{ whole: number; phase: number }> {
  const inSeconds = (text: string) => Number(/([\d.]+) s$/.exec(text)?.[1] ?? NaN);
  const whole = page.locator('.progress-numbers span').last();
  const phase = page.locator('.phase[data-phase="build"][data-state="active"] .phase-detail');
  await expect(phase).toContainText(' s', { timeout: BUILD_MS });
  return { whole: inSeconds(await whole.innerText()), phase: inSeconds(await phase.innerText()) };
}

async function reach(page: Page, seconds: number): Promise<void> {
  await expect(async () => expect((await shownSeconds(page)).phase).toBeGreaterThanOrEqual(seconds)).toPass({ timeout: BUILD_MS });
}

for (const ahead of [0, 3 * HOUR, -3 * HOUR]) {
  test(`a clock that is ${ahead / HOUR} hours ahead counts on after another view and a reload`, async ({ page, server }) => {
    await page.addInitScript((ahead) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ahead;
    }, ahead);
    await page.goto(server.api);
    const build = await startScript(page, LONG);
    await watchBuild(page, build);
    await reach(page, 4);
    await page.getByRole('link', { name: 'Projects', exact: true }).click();
    await page.getByRole('heading', { name: 'Projects', exact: true }).waitFor();
    await page.goBack();
    const seen = [await shownSeconds(page)];
    await page.reload();
    seen.push(await shownSeconds(page));
    for (const { whole, phase } of seen) {
      // A wrong clock is known to the second, which is the server's answers' unit.
      expect(phase).toBeGreaterThanOrEqual(3);
      expect(phase).toBeLessThan(60);
      expect(whole).toBeGreaterThanOrEqual(phase);
      expect(whole).toBeLessThan(60);
    }
    // The next one is not to wait for it.
    await page.request.post(`${server.api}/demo/v1/builds/${build.buildId}/cancel`, { data: { userId: 'demo' } });
  });
}
