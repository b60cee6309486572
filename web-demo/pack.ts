// Beside each file of the page its packed copies, which the server hands to browsers that take them: packed once, and better
// than there is time for at each answer.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is text, and not so short that a packed copy is no shorter. */
const TEXT = /\.(?:html|js|css|svg)$/;
const BYTES_MIN = 512;

export function packed(): Plugin {
  let folder = '';
  return {
    name: 'packed',
    apply: 'build',
    configResolved: ({ build }) => {
      folder = build.outDir;
    },
    closeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const bytes = TEXT.test(name) ? readFileSync(join(folder, name)) : Buffer.alloc(0);
        if (bytes.length < BYTES_MIN) continue;
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
        writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, brotli));
        writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
