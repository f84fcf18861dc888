import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __PRODUCT_VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './.tasks/summary-reporter.mjs'],
  },
});
