import { expectPreviewReady, startButton } from './demo-page';
import { expect, test } from './server';

test('the keyboard alone chooses, starts and opens', async ({ page, server }) => {
  await page.goto(server.api);
  await expect(startButton(page)).toBeEnabled();
  const static_ = page.getByRole('radio', { name: /Static site/ });
  for (let presses = 0; presses < 10 && !(await isFocused(static_)); presses += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: /Vite project/ })).toBeChecked();
  await page.keyboard.press('ArrowUp');
  await expect(static_).toBeChecked();

  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Project name')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(startButton(page)).toBeFocused();
  await page.keyboard.press('Enter');

  await expect(page.getByRole('heading', { name: /^Build/ })).toBeFocused();
  await expectPreviewReady(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Open preview' })).toBeFocused();
});

test.describe('on a phone, in the dark', () => {
  test.use({ viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' });

  test('nothing is cut off', async ({ page, server }) => {
    await page.goto(server.api);
    await startButton(page).click();
    await expectPreviewReady(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    const cut = await page.locator('button, a, h1, h2, h3, .phase span, .event-message').evaluateAll((elements) =>
      elements
        .filter((element) => !element.matches('.skip') && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
        .map((element) => element.textContent));
    expect(cut).toEqual([]);
    await page.screenshot({ path: 'test-results/phone-dark.png', fullPage: true });
  });
});

test('the reference shows the server\'s own document and loads nothing from elsewhere', async ({ page, server }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== server.api) elsewhere.push(request.url());
  });
  await page.goto(`${server.api}/docs`);
  await expect(page.getByText('buildcast', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('POST', { exact: false }).first()).toBeVisible();
  expect(elsewhere).toEqual([]);
});

function isFocused(locator: ReturnType<typeof startButton>): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}
