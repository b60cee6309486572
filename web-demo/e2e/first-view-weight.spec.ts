// What the first view weighs: everything that the browser asks for until a build can be started, compressed.

import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Response } from '@playwright/test';
import { expect, test } from './server';

/** Bytes, compressed. */
const LIMIT = 150_000;

interface Part {
  path: string;
  /** As the server sent it, which may be compressed or not. */
  sent: number;
  bytes: number;
  gzip: number;
  brotli: number;
}

async function partOf(response: Response): Promise<Part> {
  const body = await response.body();
  const { responseBodySize } = await response.request().sizes();
  const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });
  return {
    path: new URL(response.url()).pathname,
    sent: responseBodySize,
    bytes: body.length,
    gzip: gzipSync(body, { level: 9 }).length,
    brotli: brotli.length,
  };
}

for (const locale of ['en', 'ar']) {
  test.describe(locale, () => {
    test.use({ locale });

    test(`the first view is light in ${locale}`, async ({ page, server }) => {
      const answers: Response[] = [];
      page.on('response', (response) => answers.push(response));
      await page.goto(server.api);
      await page.locator('.project button.primary:not([aria-disabled])').waitFor();
      await page.waitForLoadState('networkidle');
      const parts = await Promise.all(answers.map(partOf));
      const sum = (what: Exclude<keyof Part, 'path'>) => parts.reduce((total, part) => total + part[what], 0);
      const sums = { sent: sum('sent'), bytes: sum('bytes'), gzip: sum('gzip'), brotli: sum('brotli') };
      await test.info().attach('weight', { body: JSON.stringify({ sums, parts }, null, 2), contentType: 'application/json' });
      if (process.env.WEIGHT) console.table([...parts, { path: 'all', ...sums }]);

      const paths = parts.map(({ path }) => path).join(' ');
      expect(paths).toMatch(/\.js( |$)/);
      expect(paths).toMatch(/\.css( |$)/);
      if (locale !== 'en') expect(paths).toContain(`/v1/locales/${locale}/messages.ftl`);
      // What comes over the wire: the page's files come packed, a catalogue as it is.
      expect(sums.sent).toBeLessThan(LIMIT);
      expect(sums.sent).toBeLessThan(sums.bytes / 2);
    });
  });
}
