import type { Page } from '@playwright/test';
import { BUILD_MS, startSlowBuild, watchBuild } from './demo-page';
import { expect, test, type Server } from './server';

/** What the page says in each language, where it says it. */
const LANGUAGES = [
  { locale: 'en', name: 'English', dir: 'ltr', start: 'Start build', ready: 'Your preview is ready', done: 'Build finished in' },
  { locale: 'ar', name: 'العربية', dir: 'rtl', start: 'بدء البناء', ready: 'معاينتك جاهزة', done: 'اكتمل البناء خلال' },
  { locale: 'fr', name: 'Français', dir: 'ltr', start: 'Lancer le build', ready: 'Votre aperçu est prêt', done: 'Build terminé en' },
  { locale: 'es', name: 'Español', dir: 'ltr', start: 'Iniciar compilación', ready: 'Su vista previa está lista', done: 'Compilación finalizada en' },
  { locale: 'de', name: 'Deutsch', dir: 'ltr', start: 'Build starten', ready: 'Ihre Vorschau ist bereit', done: 'abgeschlossen.' },
] as const;

type Locale = (typeof LANGUAGES)[number]['locale'];

function language(page: Page) {
  return page.locator('select[name="language"]');
}

async function choose(page: Page, locale: Locale): Promise<void> {
  await language(page).selectOption(locale);
  await expect(page.locator('html')).toHaveAttribute('lang', locale);
}

/** The ids of all events that the page shows, in their order. */
function shownEvents(page: Page): Promise<(string | null)[]> {
  return page.locator('.event .params-title dd').evaluateAll((cells) => cells.map((cell) => cell.textContent));
}

/** The ids of all events that the log has. */
async function loggedEvents(page: Page, server: Server, build: { buildId: string; streamToken: string }): Promise<string[]> {
  const address = `${server.api}/v1/builds/${build.buildId}/events?limit=1000&token=${build.streamToken}`;
  const answer = await page.request.get(address, { headers: { accept: 'application/json' } });
  const { events } = (await answer.json()) as { events: { event: { id: string } }[] };
  return events.map(({ event }) => event.id);
}

for (const { locale, name, dir, start, ready, done } of LANGUAGES) {
  test(`the page speaks ${name}, from the choice to the end of a build, and after a reload`, async ({ page, server }) => {
    await page.goto(server.api);
    await choose(page, locale);
    await expect(page.locator('html')).toHaveAttribute('dir', dir);
    await expect(language(page).locator(`option[value="${locale}"]`)).toHaveText(name);
    await page.getByRole('button', { name: start, exact: true }).click();
    await expect(page.getByText(ready)).toBeVisible({ timeout: BUILD_MS });
    await expect(page.locator('[data-code="BUILD_COMPLETED"] .event-message')).toContainText(done);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `test-results/page-${locale}.png`, fullPage: true });
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`).toBe(width);
    }
    await page.screenshot({ path: `test-results/phone-${locale}.png`, fullPage: true });
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', locale);
    await expect(page.getByText(ready)).toBeVisible();
  });
}

test('the page lists what the server has', async ({ page, server }) => {
  await page.goto(server.api);
  const listed = await page.request.get(`${server.api}/v1/locales`);
  const { default: first, locales } = (await listed.json()) as { default: string; locales: { locale: string; name: string; direction: string }[] };
  const shown = await language(page).locator('option').evaluateAll((options) =>
    (options as HTMLElement[]).map((option) => ({ locale: option.lang, name: option.textContent, direction: option.dir })));
  expect(shown).toEqual(locales);
  expect(first).toBe(locales[0]?.locale);
});

test.describe('in a browser that is set to French of Canada', () => {
  test.use({ locale: 'fr-CA' });

  test('the page begins in French, and a choice outlasts that', async ({ page, server }) => {
    await page.goto(server.api);
    await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
    await expect(page.getByRole('button', { name: 'Lancer le build' })).toBeVisible();
    await choose(page, 'de');
    await page.reload();
    await expect(page.getByRole('button', { name: 'Build starten' })).toBeVisible();
  });
});

test.describe('in a browser that is set to a language that there is not', () => {
  test.use({ locale: 'ja-JP' });

  test('the page begins in English', async ({ page, server }) => {
    await page.goto(server.api);
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('button', { name: 'Start build' })).toBeVisible();
  });
});

test('no text of the page is in another language than its own', async ({ page, server }) => {
  await page.goto(server.api);
  await choose(page, 'ar');
  await page.getByRole('button', { name: 'بدء البناء', exact: true }).click();
  await expect(page.getByText('معاينتك جاهزة')).toBeVisible({ timeout: BUILD_MS });
  const latin = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    // Names, codes and what the server knows by a word are the same in every language.
    const same = 'code, samp, bdi, dd, dt, option, script, noscript, .environment, .page-title h1';
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      if (!parentElement?.closest(same)) found.push(...(textContent?.match(/[A-Za-z][A-Za-z .]*/g) ?? []));
    }
    return [...new Set(found.map((text) => text.trim()))];
  });
  expect(latin.sort()).toEqual(['API', 'CSS', 'HTML', 'Vite', 'npm install', 'zip']);
});

test('in Arabic the page stands from right to left, codes and values too', async ({ page, server }) => {
  await page.goto(server.api);
  await choose(page, 'ar');
  await page.getByRole('button', { name: 'بدء البناء', exact: true }).click();
  await expect(page.getByText('معاينتك جاهزة')).toBeVisible({ timeout: BUILD_MS });
  const [project, build] = [await page.locator('.project').boundingBox(), await page.locator('.build').boundingBox()];
  expect(project?.x).toBeGreaterThan(build?.x ?? Infinity);
  await page.locator('[data-code="BUILD_COMPLETED"] summary').click();
  const rightEdges = (selector: string) => page.locator(`[data-code="BUILD_COMPLETED"] ${selector}`).evaluateAll((elements) =>
    elements.flatMap((element) => {
      // The text's own, not that of the cell it stands in; one of several lines is as wide as its words.
      const text = document.createRange();
      text.selectNodeContents(element);
      const { right, height } = text.getBoundingClientRect();
      return height < 2 * parseFloat(getComputedStyle(element).fontSize) ? [Math.round(right)] : [];
    }));
  expect(await rightEdges('.event-code')).toEqual(await rightEdges('.event-message'));
  expect(new Set(await rightEdges('dd')).size).toBe(1);
  const bar = page.locator('.progress-bar');
  await expect(bar).toHaveCSS('transform-origin', new RegExp(`^${(await bar.evaluate((element) => element.clientWidth))}px`));
});

test('a language that changes during a build changes the texts, and no event is lost or comes twice', async ({ page, server }) => {
  await page.goto(server.api);
  const build = await startSlowBuild(page);
  await watchBuild(page, build);
  const compiling = page.locator('[data-code="BUILD_COMPILING"] .event-message');
  await expect(compiling).toHaveText('Compiling (node).', { timeout: BUILD_MS });
  await choose(page, 'ar');
  await expect(compiling).toHaveText('جارٍ التحويل البرمجي (node).');
  await expect(page.locator('.stream-state')).toHaveText('مباشر');
  await choose(page, 'es');
  await expect(compiling).toHaveText('Compilando (node).');
  await expect(page.getByText('Su vista previa está lista')).toBeVisible({ timeout: BUILD_MS });
  await expect(page.locator('[data-code="BUILD_STARTED"] .event-message')).toHaveText('Compilación iniciada.');
  const shown = await shownEvents(page);
  expect(shown.length).toBeGreaterThan(5);
  expect(shown).toEqual(await loggedEvents(page, server, build));
});

test('what a catalogue lacks is read in English, and the rest in its language', async ({ page, server }) => {
  await page.route('**/v1/locales/ar/messages.ftl', async (route) => {
    const answer = await route.fetch();
    const lines = (await answer.text()).split('\n');
    await route.fulfill({ response: answer, body: lines.filter((line) => !line.startsWith('page-start =')).join('\n') });
  });
  await page.goto(server.api);
  await choose(page, 'ar');
  await expect(page.getByRole('button', { name: 'Start build', exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'المشروع' })).toBeVisible();
});

test('a catalogue that can not be had leaves the page as it is', async ({ page, server }) => {
  await page.route('**/v1/locales/de/messages.ftl', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(server.api);
  const asked = page.waitForResponse('**/v1/locales/de/messages.ftl');
  await language(page).selectOption('de');
  await asked;
  await expect(language(page)).toHaveValue('en');
  await expect(page.getByRole('button', { name: 'Start build' })).toBeVisible();
  await choose(page, 'fr');
  await expect(page.getByRole('button', { name: 'Lancer le build' })).toBeVisible();
});

test('the server answers in the page\'s language by its cookie, and a header goes before it; streams that come back keep it', async ({ page, server }) => {
  await page.goto(server.api);
  await choose(page, 'ar');
  const language = (headers: Record<string, string>) =>
    page.evaluate(async (headers) => (await fetch('nope', { headers })).headers.get('content-language'), headers);
  await expect.poll(() => language({})).toBe('ar');
  expect(await language({ 'x-sheen-locale': 'de-AT' })).toBe('de');
  expect(await language({ 'x-sheen-locale': 'tlh' })).toBe('ar');

  const build = await startSlowBuild(page);
  const locales = await page.evaluate(async ({ buildId, streamToken }) => {
    const seen: string[] = [];
    // An EventSource can send no header: the cookie goes with it, and with each that comes after.
    for (let times = 0; times < 2; times += 1) {
      const source = new EventSource(`v1/builds/${buildId}/events?token=${streamToken}`);
      const first = await new Promise<MessageEvent<string>>((resolve) => source.addEventListener('message', resolve, { once: true }));
      seen.push((JSON.parse(first.data) as { locale: string }).locale);
      source.close();
    }
    const socket = new WebSocket(`v1/ws?token=${streamToken}`.replace(/^/, location.href.replace(/^http/, 'ws')));
    const first = await new Promise<MessageEvent<string>>((resolve) => socket.addEventListener('message', resolve, { once: true }));
    seen.push((JSON.parse(first.data) as { locale: string }).locale);
    socket.close();
    return seen;
  }, build);
  expect(locales).toEqual(['ar', 'ar', 'ar']);
});
