import { defineConfig } from 'vitest/config';
import { LongestFirst } from './.tasks/longest-first.ts';

const alike = {
  pool: 'forks',
  // Nothing waits for time: these end only what would hang, however slow the computer is.
  testTimeout: 150_000,
  hookTimeout: 150_000,
  expect: { poll: { timeout: 120_000 } },
} as const;

// Two more than the two cores this is measured on: a test of processes waits for them a good part of its time.
const maxWorkers = 4;

export default defineConfig({
  define: { __PRODUCT_VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    reporters: ['default', './.tasks/summary-reporter.mjs'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...alike,
          name: 'node',
          maxWorkers,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/unit/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...alike,
          name: 'unit',
          maxWorkers,
          include: ['tests/unit/**/*.test.ts'],
          // One process runs many files: starting one, and loading the product into it, takes longer than most of
          // them. A fixture of theirs holds nothing of a test, and registers its hooks when it is asked to.
          isolate: false,
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
