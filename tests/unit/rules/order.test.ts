import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { longest } from '../../../.tasks/longest-first.ts';

const root = join(import.meta.dirname, '..', '..', '..');

it.each(longest)('the order of test files names one that is there: %s', (name) => {
  expect(existsSync(join(root, name))).toBe(true);
});
