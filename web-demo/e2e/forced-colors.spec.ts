// In the colours that a reader has chosen for all pages, what only a ground or a shadow tells is told otherwise.

import { BUILD_MS, startScript, styleOf, watchBuild } from './demo-page';
import { expect, test } from './server';

test.use({ environment: { BUILDCAST_LOG: 'error' } });

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a build's progress, the view and the period are told apart, in ${colorScheme}`, async ({ page, server }) => {
    await page.emulateMedia({ forcedColors: 'active', colorScheme });
    await page.goto(server.api);
    await watchBuild(page, await startScript(page, 'mkdir dist && echo done > dist/index.html'));
    await page.locator('.build[data-tone="succeeded"]').waitFor({ timeout: BUILD_MS });
    const ground = await styleOf(page, 'html', 'background-color');
    expect(await styleOf(page, '.progress-bar', 'background-color')).not.toBe(ground);
    expect(await styleOf(page, '.progress-track', 'border-top-style')).toBe('solid');
    await page.locator('.progress-track').screenshot({ path: `test-results/forced-colors-progress-${colorScheme}.png` });
    const chosen = await styleOf(page, '.views a[aria-current]', 'border-bottom-color');
    expect(chosen).not.toBe(ground);
    expect(await styleOf(page, '.views a:not([aria-current])', 'border-bottom-color')).toBe(ground);

    await page.goto(`${server.api}/#/account`);
    await page.locator('.plot-frame svg').first().waitFor();
    const period = '.range input:checked + span';
    expect(await styleOf(page, period, 'background-color')).not.toBe(await styleOf(page, '.range input:not(:checked) + span', 'background-color'));
    expect(await styleOf(page, period, 'color')).not.toBe(await styleOf(page, period, 'background-color'));
    await page.screenshot({ path: `test-results/forced-colors-${colorScheme}.png`, fullPage: true });
  });
}
