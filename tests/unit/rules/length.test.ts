import { describe, expect, it } from 'vitest';
import { lintFindings } from '../../fixtures/rules/probe.ts';

/** A function with so many lines of code in its body. */
const functionOf = (lines: number) =>
  `export function probe(take: () => void): void {\n${'  take();\n'.repeat(lines)}}\n`;

/** A file with so many lines. */
const fileOf = (lines: number) =>
  Array.from({ length: lines }, (_, index) => `export const v${index} = ${index};\n`).join('');

const tooLong = (path: string, code: string) =>
  lintFindings(path, code).then((found) => found.filter((rule) => rule.startsWith('noExcessiveLines')));

describe('the linter refuses what has grown too long', () => {
  it.each(['electron/daemon/probe.ts', 'shared/probe.ts', 'renderer/probe.tsx'])(
    'a function of more than 125 lines of code, about 150 with what stands between them: %s',
    async (path) => {
      expect(await tooLong(path, functionOf(126))).toEqual(['noExcessiveLinesPerFunction']);
      expect(await tooLong(path, functionOf(124))).toEqual([]);
    },
  );

  it.each(['electron/daemon/probe.ts', 'renderer/probe.tsx', 'tests/unit/probe.test.ts', '.tasks/probe.mjs'])(
    'a file of more than 400 lines: %s',
    async (path) => {
      expect(await tooLong(path, fileOf(401))).toEqual(['noExcessiveLinesPerFile']);
      expect(await tooLong(path, fileOf(399))).toEqual([]);
    },
  );
});
