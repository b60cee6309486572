import { execFileSync } from 'node:child_process';
import { runCatalogue } from './catalogue-module';
import { BINARY, expect, test } from './server';

interface Case {
  locale: string;
  id: string;
  params: object | null;
  text: string;
}

test('every message in every locale reads in the browser as the server has it', async ({ page, server }) => {
  const lines = execFileSync(BINARY, ['messages'], { encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd().split('\n');
  const cases = lines.map((line) => JSON.parse(line) as Case);
  expect(cases.length).toBeGreaterThan(5_000);
  await page.goto(server.api);
  await runCatalogue(page);
  for (const locale of ['en', 'ar', 'fr', 'es', 'de']) {
    const own = cases.filter((each) => each.locale === locale);
    expect(own.length).toBeGreaterThan(1_000);
    const texts = await page.evaluate(
      async ({ locale, told }) => {
        const { speak, message, messageArgs } = window.catalogue;
        await speak(locale);
        return told.map(({ id, params }) => message(id, messageArgs(params ?? {})));
      },
      { locale, told: own.map(({ id, params }) => ({ id, params })) },
    );
    const different = own.flatMap((each, at) => (texts[at] === each.text ? [] : [{ ...each, browser: texts[at] }]));
    expect(different).toEqual([]);
  }
});
