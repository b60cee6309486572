// What the tests do on the page, in the words of the page.

import { expect, type Page } from '@playwright/test';

/** Long enough for a build that installs packages. */
export const BUILD_MS = 90_000;

/** Starts what is chosen and waits for the end of the build. */
export async function buildToTheEnd(page: Page): Promise<void> {
  await startButton(page).click();
  await expectPreviewReady(page);
}

export function startButton(page: Page) {
  return page.getByRole('button', { name: 'Start build' });
}

export async function expectPreviewReady(page: Page): Promise<void> {
  await expect(page.getByText('Your preview is ready')).toBeVisible({ timeout: BUILD_MS });
  await expect(page.getByRole('progressbar', { name: 'Build progress' })).toHaveAttribute('aria-valuenow', '100');
  await expect(page.locator('.stream-state')).toHaveText('Ended');
}

/** Opens the preview and fails on every answer that is not a success. */
export async function openPreview(page: Page): Promise<Page> {
  const answers: string[] = [];
  page.context().on('response', (response) => {
    // 304 is an answer from the browser's own cache, and a success; 307 leads an address from the root (`/assets/…`)
    // to the preview that it was asked from, whose own answer counts.
    const good = [200, 304, 307].includes(response.status());
    answers.push(good ? 'good' : `${response.status()} ${response.url()}`);
  });
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Open preview' }).click();
  const preview = await opened;
  await preview.waitForLoadState('networkidle');
  expect(answers.length).toBeGreaterThan(2);
  expect(answers.filter((answer) => answer !== 'good')).toEqual([]);
  return preview;
}

/** A computed style of the first element that matches. */
export function styleOf(page: Page, selector: string, property: string): Promise<string> {
  return page.locator(selector).first().evaluate(
    (element, name) => getComputedStyle(element).getPropertyValue(name),
    property,
  );
}

/** A build of the page's user. */
export interface StartedBuild {
  buildId: string;
  projectId: string;
  streamToken: string;
}

/** Starts a build whose script takes a while, as the page itself starts builds. */
export function startSlowBuild(page: Page): Promise<StartedBuild> {
  return startScript(page, 'sleep 6 && mkdir dist && echo done > dist/index.html');
}

/** Starts a build of a script and of what it needs beside its manifest, as the page itself starts builds. */
export function startScript(page: Page, script: string, files: Record<string, string> = {}): Promise<StartedBuild> {
  return page.evaluate(async ({ script, files }) => {
    const session = (await (await fetch('demo/session')).json()) as { userId: string };
    const manifest = JSON.stringify({ name: 'slow', scripts: { build: script } });
    const body = JSON.stringify({ userId: session.userId, name: `Slow ${Math.random()}`, templateFiles: { ...files, 'package.json': manifest } });
    const answer = await fetch('demo/v1/builds', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await answer.json()) as StartedBuild;
  }, { script, files });
}

/** What the page's log holds that is in view, as one text a line. */
export function logTexts(page: Page) {
  return page.getByRole('log', { name: 'Log' }).locator('.log-text');
}

/** Lets the page watch a build that was started elsewhere, as after a reload of the page that started it. */
export async function watchBuild(page: Page, build: StartedBuild): Promise<void> {
  await page.evaluate(
    (kept) => sessionStorage.setItem('buildcast.build', JSON.stringify(kept)),
    { ...build, name: 'Slow', source: 'own' },
  );
  await page.reload();
}
