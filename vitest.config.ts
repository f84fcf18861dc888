import { defineConfig } from 'vitest/config';

const alike = {
  pool: 'forks',
  // Nothing waits for time: these end only what would hang, however slow the computer is.
  testTimeout: 150_000,
  hookTimeout: 150_000,
  expect: { poll: { timeout: 60_000 } },
} as const;

export default defineConfig({
  define: { __PRODUCT_VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    reporters: ['default', './.tasks/summary-reporter.mjs'],
    projects: [
      {
        extends: true,
        test: {
          ...alike,
          name: 'node',
          maxWorkers: 2,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...alike,
          name: 'ui',
          maxWorkers: 2,
          include: ['tests/e2e/**/*.test.ts'],
          // A browser on a busy computer takes its time; nothing that is asserted depends on it.
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Afterwards: browsers take all of the processor, and tests of other programs would wait for them.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
