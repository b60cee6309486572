import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    typecheck: { enabled: false },
    // A real server's build takes a while.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
