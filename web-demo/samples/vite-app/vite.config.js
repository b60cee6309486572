import { defineConfig } from 'vite';

export default defineConfig({
  // Every asset becomes a file of its own, however small.
  build: { assetsInlineLimit: 0 },
});
