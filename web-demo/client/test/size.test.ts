// What a page pays for the client: the whole core entry, minified by the bundler, gzipped.

import { resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { build } from 'vite';

const BYTES_MAX = 6_000;

/** The code of a page that uses everything, without React's own. */
async function bundled(entry: string): Promise<string> {
  const name = '\0everything';
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'everything',
        resolveId: (id) => (id === 'everything' ? name : undefined),
        load: (id) => (id === name ? `import * as all from ${JSON.stringify(resolve(import.meta.dirname, '../src', entry))}; globalThis.all = all;` : undefined),
      },
    ],
    build: { write: false, modulePreload: false, rolldownOptions: { input: 'everything', external: ['react'] } },
  });
  if (!('output' in built)) throw new Error('nothing was built');
  return built.output.map((part) => ('code' in part ? part.code : '')).join('');
}

it.each(['index.ts', 'react.ts'])('%s is below 6 kB compressed', async (entry) => {
  const code = await bundled(entry);
  // It holds what it should: a bundle that is empty would be small, too.
  for (const word of ['text/event-stream', 'set_locale', 'INSUFFICIENT_CREDITS', 'AUTH_EXPIRED']) expect(code).toContain(word);
  const bytes = { gzip: gzipSync(code, { level: 9 }).length, brotli: brotliCompressSync(code).length };
  console.info(`${entry}: ${code.length} bytes, ${bytes.gzip} with gzip, ${bytes.brotli} with brotli`);
  expect(bytes.gzip).toBeLessThan(BYTES_MAX);
});
