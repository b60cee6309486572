import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { BUILD_MS } from './demo-page';
import { expect, test } from './server';

/** Builds a small site to its end, and gives its id. */
async function endedBuild(page: Page): Promise<string> {
  const id = await page.evaluate(async () => {
    const { userId } = (await (await fetch('demo/session')).json()) as { userId: string };
    const body = JSON.stringify({ userId, name: `QA ${Math.random()}`, templateFiles: { 'index.html': '<title>QA</title>' } });
    const answer = await fetch('demo/v1/builds', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return ((await answer.json()) as { buildId: string }).buildId;
  });
  const status = () => page.evaluate(async (build) => ((await (await fetch(`demo/v1/builds/${build}`)).json()) as { status: string }).status, id);
  await expect.poll(status, { timeout: BUILD_MS }).toBe('deployed');
  return id;
}

function figure(page: Page, name: string) {
  return page.locator(`[data-figure="${name}"] dd`);
}

async function expectNothingOdd(page: Page): Promise<void> {
  for (const name of ['doubled', 'out-of-order', 'missed']) await expect(figure(page, name), name).toHaveText('0');
}

for (const transport of ['Server-sent events', 'WebSocket']) {
  test(`a replay by steps over ${transport} goes on after its cursor when it was cut, and begins again without one`, async ({ page, server }) => {
    await page.goto(server.api);
    const id = await endedBuild(page);
    await page.goto(`${server.api}/#/qa/${id}`);
    await page.getByLabel(transport).check();
    await page.getByLabel('One step at a time').check();
    await page.getByRole('button', { name: 'Start replay' }).click();
    await page.getByRole('button', { name: 'Next event', exact: true }).click();
    await expect(page.locator('tr[data-seq]')).toHaveCount(1);
    // As seconds are written in a build.
    await expect(page.locator('tr[data-seq] td').last()).toHaveText(/^\d+\.\d{3} s$/);
    // A socket's first frame is the socket's, and not the replay's.
    await expect(page.locator('[data-note="connection"]')).toContainText(transport === 'WebSocket' ? 'Connected' : 'Connected to a replay');
    await page.getByRole('button', { name: 'Cut the connection' }).click();
    await expect(page.locator('.qa-state')).toHaveText('Cut');
    await page.getByRole('button', { name: 'Next 10 events' }).click();
    await expect(page.locator('[data-note="stepped"]').last()).toContainText('11');
    await expect(figure(page, 'received')).toHaveText('1');
    await page.getByRole('button', { name: 'Resume after the cursor' }).click();
    await expect(figure(page, 'received')).toHaveText('11');
    await expect(page.locator('[data-note="opening"]').last()).toContainText('after cursor 1-');
    await expectNothingOdd(page);
    await page.getByRole('button', { name: 'Begin again without a cursor' }).click();
    await expect(figure(page, 'received')).toHaveText('22');
    await expectNothingOdd(page);
  });
}

test('a replay from a later event owes nothing before it, and ends with the build', async ({ page, server }) => {
  await page.goto(server.api);
  await page.goto(`${server.api}/#/qa/${await endedBuild(page)}`);
  await page.getByLabel('From event').fill('3');
  await page.getByLabel('Speed').selectOption('All at once');
  await page.getByRole('button', { name: 'Start replay' }).click();
  await expect(page.locator('.qa-state')).toHaveText('Ended');
  await expect(page.locator('tr[data-seq]').first()).toHaveAttribute('data-seq', '3');
  await expect(page.locator('tr[data-seq]').last()).toContainText('BUILD_COMPLETED');
  await expectNothingOdd(page);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.screenshot({ path: 'test-results/qa-phone.png', fullPage: true });
});

test('the recording is saved as the server has it, with its checksum looked at', async ({ page, server }) => {
  await page.goto(server.api);
  const id = await endedBuild(page);
  await page.goto(`${server.api}/#/qa/${id}`);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the recording' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`${id}.ndjson`);
  const text = await readFile(await download.path(), 'utf8');
  expect(text).toBe(await page.evaluate(async (build) => (await fetch(`demo/v1/builds/${build}/recording`)).text(), id));
  await expect(page.locator('.qa-recording')).toContainText('The checksum is that of the bytes that came.');
});

test('a build that is none is refused in words, with a code and a request', async ({ page, server }) => {
  await page.goto(`${server.api}/#/qa/nobody-has-this`);
  await page.getByRole('button', { name: 'Start replay' }).click();
  await expect(page.getByRole('alert')).toContainText('NOT_FOUND');
  await expect(page.getByRole('alert')).toContainText('Request');
});
