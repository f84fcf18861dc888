import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the longest first: `npm test` ends with what takes longest now. A clean checkout has no
 * earlier run to know it from, and the size of a file says little about a test that waits.
 */
export const longest = [
  'tests/integration/faults/kill.test.ts',
  'tests/integration/cli/tier.test.ts',
  'tests/integration/cli/switch.test.ts',
  'tests/integration/daemon/serving/failures.test.ts',
  'tests/integration/cli/key.test.ts',
  'tests/integration/package/app-system-packages.test.ts',
  'tests/integration/service/user-service.test.ts',
  'tests/integration/update/service.test.ts',
  'tests/integration/daemon/chain/earnings.test.ts',
  'tests/integration/update/take-over.test.ts',
  'tests/integration/package/system-packages.test.ts',
  'tests/integration/cli/key-open.test.ts',
  'tests/e2e/product.test.ts',
  'tests/e2e/shell.test.ts',
  'tests/e2e/renderer-pages.test.ts',
  'tests/e2e/security.test.ts',
  'tests/e2e/renderer-actions.test.ts',
  'tests/e2e/lifecycle.test.ts',
  'tests/e2e/desktop.test.ts',
  'tests/e2e/keys.test.ts',
];

/** Files that take long come first, so that no worker is left alone with one at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isNamed = (name: string) => (file: TestSpecification) => file.moduleId.endsWith(`/${name}`);
    const first = longest.flatMap((name) => sorted.filter(isNamed(name)));
    // Groups run one after another whatever stands first in the list.
    return [...first, ...sorted.filter((file) => !first.includes(file))];
  }
}
