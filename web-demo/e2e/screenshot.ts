// Pictures of the page for people to look at: in `screenshots/`, and with the test's results.

import { resolve } from 'node:path';
import { test, type Page } from '@playwright/test';

const FOLDER = resolve(import.meta.dirname, '../screenshots');

/** The whole page as it is now, as `NAME.png`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const path = resolve(FOLDER, `${name}.png`);
  await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  await test.info().attach(name, { path, contentType: 'image/png' });
}
