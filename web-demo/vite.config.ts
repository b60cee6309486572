import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { packed } from './pack.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The server that `npm run dev` passes API calls on to. */
const server = process.env.BUILDCAST_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // Relative addresses, so that the page works below a sub-path too.
  base: './',
  plugins: [react(), packed()],
  // The client as it stands in client/src, without a build of its own.
  resolve: { conditions: ['buildcast:source', ...defaultClientConditions] },
  ssr: { resolve: { conditions: ['buildcast:source', ...defaultServerConditions] } },
  build: {
    // Everything but the two pages lies under assets/, with a hash in its name.
    assetsInlineLimit: 0,
    // Every browser that runs this page preloads modules by itself.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: here('index.html'), docs: here('docs.html') },
    },
    // RapiDoc alone is larger than the default; the first page does not load it.
    chunkSizeWarningLimit: 1200,
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    fs: { allow: [here('.'), here('../locales')] },
    // The server signs for a page under its own host only, so that of /demo stays as the browser said it.
    proxy: {
      '/demo': { target: server },
      '/v1': { target: server, ws: true },
      '/openapi.json': server,
      '/docs': { target: server, bypass: ({ url }) => (url === '/docs' ? '/docs.html' : url) },
    },
  },
  test: { include: ['src/**/*.test.ts'] },
});
