// A build at an address of its own: from the project's card, from its versions, in another tab; none that is not there.

import { BUILD_MS, expectPreviewReady, logTexts, startScript, watchBuild } from './demo-page';
import { expect, test } from './server';

// A server of its own, on which nobody has built.
test.use({ environment: { BUILDCAST_LOG: 'error' } });

const SITE = 'mkdir dist && echo done > dist/index.html';

test('the card of a project that is built leads to its build, which goes on to its end there', async ({ page, server }) => {
  await page.goto(server.api);
  const { buildId } = await startScript(page, `echo begun && sleep 6 && ${SITE}`);
  await page.goto(`${server.api}/#/projects`);
  await page.getByRole('link', { name: /^Watch the build of Slow/ }).click();
  await expect(page).toHaveURL(`${server.api}/#/builds/${buildId}`);
  await expect(page.getByRole('heading', { level: 2, name: /^Build Slow/ })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Build' })).toHaveAttribute('aria-current', 'page');
  await expect(logTexts(page).getByText('begun', { exact: true })).toBeVisible({ timeout: BUILD_MS });
  await expect(page.getByRole('button', { name: 'Cancel build' })).toBeVisible();
  // Nothing of the build that the tab had started itself, which is none.
  expect(await page.evaluate(() => sessionStorage.getItem('buildcast.build'))).toBeNull();
  await expectPreviewReady(page);
  await expect(page.getByRole('link', { name: 'Open preview' })).toBeVisible();
  await page.reload();
  await expectPreviewReady(page);
  await page.getByRole('link', { name: 'The project’s versions' }).click();
  await expect(page.getByRole('heading', { name: '1.0.0', exact: true })).toBeVisible();
});

test('the build view gives the address of its build', async ({ page, server }) => {
  await page.goto(server.api);
  const build = await startScript(page, SITE);
  await watchBuild(page, build);
  await expect(page.getByRole('link', { name: build.buildId })).toHaveAttribute('href', `#/builds/${build.buildId}`);
});

test('the versions of a project show its build, and read themselves anew when it ends', async ({ page, server }) => {
  await page.goto(server.api);
  const { buildId, projectId } = await startScript(page, `sleep 6 && ${SITE}`);
  await page.goto(`${server.api}/#/projects/${projectId}`);
  await expect(page.getByRole('progressbar', { name: 'Build progress' })).toHaveAttribute('aria-valuenow', /^[1-9]/);
  await expect(page.getByText('The project has a build or a rollback under way.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Watch the build' })).toHaveAttribute('href', `#/builds/${buildId}`);
  await expect(page.getByRole('heading', { name: '1.0.0', exact: true })).toBeVisible({ timeout: BUILD_MS });
  await expect(page.getByText('The project has a build or a rollback under way.')).toHaveCount(0);
  await expect(page.getByRole('progressbar', { name: 'Build progress' })).toHaveAttribute('aria-valuenow', '100');
});

test('and say why it failed', async ({ page, server }) => {
  await page.goto(server.api);
  const { projectId } = await startScript(page, 'sleep 3; exit 7');
  await page.goto(`${server.api}/#/projects/${projectId}`);
  await expect(page.getByText('A command of the build ended with an error.')).toBeVisible({ timeout: BUILD_MS });
  await expect(page.getByText('The project has a build or a rollback under way.')).toHaveCount(0);
});

test('a build that there is not, or not for this user, is said not to be there', async ({ page, server }) => {
  for (const id of ['01980c5e-7b60-7cc3-9f0e-000000000002', 'no%20id']) {
    await page.goto(`${server.api}/#/builds/${id}`);
    await expect(page.getByRole('alert')).toContainText('There is no such build');
    await expect(page.getByText('or the build is another user’s')).toBeVisible();
    await expect(page.getByRole('link', { name: 'All projects' })).toBeVisible();
  }
});
