// The prompt: a first build by it, a later one by it alone, providers that fail, too few credits, and no field without a provider.

import AxeBuilder from '@axe-core/playwright';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { BUILD_MS, expectPreviewReady, startButton } from './demo-page';
import { settingsOf, startProvider, type Provider, type Reply } from './provider';
import { expect, startServer, test as base, type Server } from './server';

const test = base.extend<object, { provider: Provider }>({
  provider: [
    async ({}, use) => {
      const provider = await startProvider();
      await use(provider);
      await provider.close();
    },
    { scope: 'worker' },
  ],
  environment: [async ({ provider }, use) => use(settingsOf(provider)), { scope: 'worker' }],
});

const pageOf = (heading: string) => `<!doctype html><html lang="en"><title>Made</title><h1>${heading}</h1><a href="more.html">More</a>`;

function field(page: Page) {
  return page.getByRole('textbox', { name: /^What to change/ });
}

/** Opens the page of a user who has built nothing in this tab. */
async function open(page: Page, server: Server): Promise<void> {
  await page.goto(server.api);
  await expect(startButton(page)).toBeEnabled();
}

/** Builds a new project, so that there is one to change. */
async function buildFirst(page: Page, provider: Provider, heading: string): Promise<void> {
  provider.replies({ files: { 'index.html': pageOf(heading) } });
  await field(page).fill('Say it in the heading');
  await startButton(page).click();
  await expectPreviewReady(page);
}

/** The provider keeps silent until it is given its reply, so that the build can be seen while it runs. */
function hold(provider: Provider): (reply: Reply) => void {
  let give!: (reply: Reply) => void;
  provider.replies(new Promise<Reply>((resolve) => (give = resolve)));
  return give;
}

async function previewHeading(page: Page): Promise<string> {
  const opened = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Open preview' }).click();
  const preview = await opened;
  const heading = await preview.getByRole('heading', { level: 1 }).innerText();
  await preview.close();
  return heading;
}

/** Does it on a server of its own. */
async function withServer(environment: Record<string, string>, use: (server: Server) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'buildcast-prompt-'));
  const server = await startServer(folder, environment);
  try {
    await use(server);
  } finally {
    await server.stop('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
}

test('a first build is changed by a prompt, and says so while it is', async ({ page, server, provider }) => {
  await open(page, server);
  await expect(page.getByText(/^A build with a prompt sets aside 120 credits.+Available: [\d,]+ credits\./)).toBeVisible();
  const reply = hold(provider);
  await field(page).fill('  Greet the visitor.\nKindly.  ');
  await expect(page.getByText('26 of 32,000')).toBeVisible();
  await startButton(page).click();
  await expect(page.locator('.outcome-detail')).toHaveText('Writing code with anthropic.');
  await expect(page.locator('.phase[data-phase="development"]')).toHaveAttribute('data-state', 'active');
  await expect(field(page)).toHaveValue('  Greet the visitor.\nKindly.  ');
  reply({ files: { 'index.html': pageOf('Kindly greeted') } });
  await expectPreviewReady(page);
  expect(provider.asked.at(-1)?.request).toBe('Greet the visitor.\nKindly.');
  expect(provider.asked.at(-1)?.files.map(({ path }) => path)).toContain('index.html');
  await expect(page.locator('.phase[data-phase="development"]')).toContainText('Done');
  await expect(page.locator('[data-code="BUILD_DEVELOPMENT_COMPLETE"] .event-message')).toContainText('Code is ready: 1 file');
  await expect(field(page), 'what was done is not asked for again').toHaveValue('');
  expect(await previewHeading(page)).toBe('Kindly greeted');
});

test('a later build needs a prompt alone, and changes the last files', async ({ page, server, provider }) => {
  await open(page, server);
  const last = page.getByRole('radio', { name: /^Last project/ });
  await expect(last).toBeDisabled();
  await buildFirst(page, provider, 'As it was');

  await last.check();
  await expect(page.getByLabel('Project name')).toHaveValue('static-site');
  await expect(page.getByLabel('Project name')).not.toBeEditable();
  await expect(startButton(page)).toHaveAccessibleDescription('Write what to change first.');
  const posts: string[] = [];
  page.on('request', (request) => request.url().endsWith('/demo/v1/builds') && posts.push(request.postData() ?? ''));
  await startButton(page).click({ force: true });
  await expect(field(page)).toBeFocused();
  const reply = hold(provider);
  await field(page).fill('Add more');
  await startButton(page).click();
  await expect(startButton(page)).toHaveAccessibleDescription('The project has a build or a rollback under way.');
  reply({ files: { 'more.html': pageOf('More') } });
  await expectPreviewReady(page);

  const [body, ...others] = posts.map((post) => JSON.parse(post) as Record<string, unknown>);
  expect(others).toEqual([]);
  expect(Object.keys(body ?? {}).sort()).toEqual(['projectId', 'prompt', 'userId']);
  expect(provider.asked.at(-1)?.files.find(({ path }) => path === 'index.html')?.content).toContain('As it was');
  expect(await previewHeading(page)).toBe('As it was');
  const more = (await page.getByRole('link', { name: 'Open preview' }).getAttribute('href')) ?? '';
  expect(await (await page.request.get(new URL('more.html', more).href)).text()).toContain('<h1>More</h1>');
  await expect(page.getByRole('button', { name: 'Build again' })).toBeDisabled();
  await expect(page.getByText('To change it further, choose the last project and write what to change.')).toBeVisible();
  // The tab goes on where it was.
  await page.reload();
  await expect(last).toBeChecked();
});

const FAILURES: { name: string; reply: Reply; reason: string; code: string }[] = [
  { name: 'an error of the provider', reply: { status: 500 }, reason: 'The AI provider is not available.', code: 'provider_unavailable' },
  { name: 'a reply that is held back', reply: { stops: 'refusal' }, reason: 'The AI provider held its reply back.', code: 'generation_filtered' },
  { name: 'a reply that is none', reply: { says: 'Sure, I will!' }, reason: 'The AI provider’s reply could not be read.', code: 'generation_unreadable' },
  { name: 'a file that cannot be', reply: { files: { '../out.html': 'x' } }, reason: 'The AI provider’s reply holds a file that the project cannot have.', code: 'generated_files_invalid' },
];

for (const { name, reply, reason, code } of FAILURES) {
  test(`${name} ends the build, and the prompt stays for another try`, async ({ page, server, provider }) => {
    await open(page, server);
    provider.replies(reply);
    await field(page).fill('Try this');
    await startButton(page).click();
    await expect(page.getByText('The build failed', { exact: true })).toBeVisible({ timeout: BUILD_MS });
    await expect(page.locator('.outcome-status')).toContainText(reason);
    await expect(page.locator('.outcome-detail')).toContainText('Development');
    await expect(page.locator('.outcome-detail code')).toHaveText(code);
    await expect(page.locator('.phase[data-phase="development"]')).toHaveAttribute('data-state', 'failed');
    await expect(field(page)).toHaveValue('Try this');
    await page.reload();
    await expect(field(page)).toHaveValue('Try this');
    const again = hold(provider);
    await page.getByRole('button', { name: 'Build again' }).click();
    await expect(page.locator('.build[data-tone="running"]')).toBeVisible();
    again({ files: { 'index.html': pageOf('At last') } });
    await expectPreviewReady(page);
    expect(provider.asked.at(-1)?.request).toBe('Try this');
    expect(await previewHeading(page)).toBe('At last');
  });
}

test('a prompt that is too long, or cannot be sent, is told before it is', async ({ page, server }) => {
  await open(page, server);
  let posts = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/demo/v1/builds')) posts += 1;
  });
  await field(page).fill('🙂'.repeat(32_000));
  await expect(page.getByText('32,000 of 32,000')).toBeVisible();
  await expect(field(page)).not.toHaveAttribute('aria-invalid');
  await field(page).fill('x'.repeat(33_500));
  await expect(startButton(page)).toHaveAccessibleDescription('1,500 characters too many.');
  await startButton(page).click({ force: true });
  await expect(field(page)).toBeFocused();
  await field(page).fill('a\u0007bell');
  await expect(startButton(page)).toHaveAccessibleDescription('There is a control character in it, which cannot be sent.');
  await startButton(page).click({ force: true });
  expect(posts).toBe(0);
});

test('too few credits are told before the start, and after it with the way to the balance', async ({ page, provider }) => {
  const poor = { BUILDCAST_WELCOME_CREDITS: '0', BUILDCAST_DAILY_CREDITS: '0' };
  await withServer({ ...settingsOf(provider), ...poor }, async (server) => {
    await open(page, server);
    await expect(page.getByText('Too little for a prompt, which sets aside 120 credits. Available: 0 credits.')).toBeVisible();
    await field(page).fill('Change it');
    await startButton(page).click();
    const problem = page.getByRole('alert');
    await expect(problem).toContainText('Not enough credits: 120 needed, 0 available.');
    await expect(problem).toContainText('INSUFFICIENT_CREDITS');
    await problem.getByRole('link', { name: 'See the balance' }).click();
    await expect(page.getByRole('heading', { name: 'Balance' })).toBeVisible();
    await page.goBack();
    await expect(field(page)).toHaveValue('Change it');
    // Without a prompt nothing is used.
    await field(page).fill('');
    await startButton(page).click();
    await expectPreviewReady(page);
  });
});

test('without a provider there is no field, and nothing moves when that is known', async ({ page }) => {
  await withServer({}, async (server) => {
    let known!: () => void;
    const held = new Promise<void>((resolve) => (known = resolve));
    await page.route('**/demo/session', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(server.api);
    await page.locator('.file-names').waitFor();
    const before = await startButton(page).boundingBox();
    known();
    await expect(startButton(page)).toBeEnabled();
    expect(await startButton(page).boundingBox()).toEqual(before);
    await expect(page.locator('textarea')).toHaveCount(0);
    await expect(page.getByRole('radio')).toHaveCount(3);
  });
});

const LOOKS = [
  { locale: 'en', colorScheme: 'light', viewport: { width: 1280, height: 900 }, label: 'What to change (optional)' },
  { locale: 'ar', colorScheme: 'dark', viewport: { width: 360, height: 740 }, label: 'ما المطلوب تغييره (اختياري)' },
] as const;

for (const { label, ...look } of LOOKS) {
  test.describe(`${look.locale}, ${look.colorScheme}, ${look.viewport.width} px`, () => {
    test.use(look);

    test('the form with a prompt has no findings before, during and after a build', async ({ page, server, provider }) => {
      const judge = async (when: string) => {
        // What fades in has another contrast until it is there.
        await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished)));
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`), when).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), when).toBeLessThanOrEqual(0);
        await page.screenshot({ path: `test-results/prompt-${look.locale}-${when}.png`, fullPage: true });
      };
      await page.goto(server.api);
      await page.getByLabel(label, { exact: true }).fill('x'.repeat(32_001));
      await page.locator('#prompt-cost a').waitFor();
      await judge('before');
      const reply = hold(provider);
      await page.getByLabel(label, { exact: true }).fill('Change it');
      await page.locator('.project button.primary').click();
      await page.locator('.phase[data-phase="development"][data-state="active"]').waitFor();
      await page.locator('input[value="last"]').check();
      await judge('during');
      reply({ status: 500 });
      await page.locator('.build[data-tone="failed"]').waitFor({ timeout: BUILD_MS });
      await judge('failed');
    });
  });
}
