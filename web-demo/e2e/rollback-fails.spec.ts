// A rollback to a version whose stored files are damaged, or gone: the page says why, and it can be tried again.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { BUILD_MS } from './demo-page';
import { keepScreenshot } from './screenshot';
import { startServer, type RunningServer } from './server';

interface Shop {
  folder: string;
  server: RunningServer;
}

const test = base.extend<object, { shop: Shop }>({
  // The tests reach into its data folder.
  shop: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'buildcast-rollback-'));
      let server: RunningServer | undefined;
      try {
        server = await startServer(folder, { BUILDCAST_LOG: 'error' });
        await use({ folder, server });
      } finally {
        await server?.stop('SIGTERM');
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker' },
  ],
});

/** A project of two versions; gives where the first one's files are stored. */
async function twoVersions(page: Page, { folder, server }: Shop): Promise<{ projectId: string; artifact: string }> {
  const build = async (text: string, projectId?: string) => {
    const data = { userId: 'demo', name: 'Shop', projectId, templateFiles: { 'index.html': `<title>${text}</title>` } };
    const started = (await (await page.request.post(`${server.api}/demo/v1/builds`, { data })).json()) as { buildId: string; projectId: string };
    const read = async () => (await (await page.request.get(`${server.api}/demo/v1/builds/${started.buildId}`)).json()) as { status: string; versionId: string };
    await expect.poll(async () => (await read()).status, { timeout: BUILD_MS }).toBe('deployed');
    return { projectId: started.projectId, versionId: (await read()).versionId };
  };
  const { projectId, versionId } = await build('one');
  await build('two', projectId);
  return { projectId, artifact: join(folder, 'artifacts/artifacts', projectId, `${versionId}.zip`) };
}

async function rollBack(page: Page, shop: Shop, projectId: string): Promise<void> {
  await page.goto(`${shop.server.api}/#/projects/${projectId}`);
  await version(page, '1.0.0').getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
}

function version(page: Page, semver: string) {
  return page.locator('.version').filter({ has: page.getByRole('heading', { name: semver, exact: true }) });
}

test('with damaged files it fails and says so, the preview is what it was, and once they are whole again it can be tried again', async ({ page, shop }) => {
  const { projectId, artifact } = await twoVersions(page, shop);
  const whole = await readFile(artifact);
  const damaged = Buffer.from(whole);
  damaged.writeUInt8(damaged.readUInt8(40) ^ 1, 40);
  await writeFile(artifact, damaged);

  await rollBack(page, shop, projectId);
  const panel = page.locator('.job');
  await expect(panel.getByText('The rollback failed.')).toBeVisible({ timeout: BUILD_MS });
  await expect(panel.getByText('The version’s files are damaged.')).toBeVisible();
  await expect(version(page, '1.1.0').getByText('In the preview', { exact: true })).toBeVisible();
  await expect(version(page, '1.1.1').getByText('Not deployed', { exact: true })).toBeVisible();
  await keepScreenshot(page, 'rollback-failed-en-1280');

  await writeFile(artifact, whole);
  await panel.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('dialog', { name: 'Roll back to 1.0.0?' }).getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByText(/^Rollback finished in/)).toBeVisible({ timeout: BUILD_MS });
  await expect(version(page, '1.1.2').getByText('In the preview', { exact: true })).toBeVisible();
});

test('with files that are gone it is refused with the reason, and the button says why from then on', async ({ page, shop }) => {
  const { projectId, artifact } = await twoVersions(page, shop);
  await page.goto(`${shop.server.api}/#/projects/${projectId}`);
  await expect(version(page, '1.0.0')).toBeVisible();
  await rm(artifact);
  await rollBack(page, shop, projectId);
  await expect(page.getByRole('alert')).toContainText('VERSION_NOT_ELIGIBLE');
  await expect(page.getByRole('alert')).toContainText('Its files are no longer stored.');
  const button = version(page, '1.0.0').getByRole('button', { name: 'Roll back' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription(/Its files are no longer stored\./);
});
