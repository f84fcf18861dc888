import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { latenessOf } from './grid.ts';
import { tableOf, verdictOf } from './report.ts';
import { spreadOf } from './statistics.ts';

describe('the spread of measurements', () => {
  it('names values that were measured, whatever their order', () => {
    const samples = Array.from({ length: 200 }, (_, index) => ((index * 7) % 200) + 1);
    expect(spreadOf(samples)).toEqual({ count: 200, median: 100, p99: 198, least: 1, greatest: 200 });
  });

  it('of fewer than a hundred has the greatest as p99', () => {
    expect(spreadOf([3, 9, 1])).toMatchObject({ median: 3, p99: 9 });
  });

  it('of nothing is an error', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});

describe('beats against their grid', () => {
  const grid = { anchorMs: 5, intervalMs: 2000, beganAtMs: 1000, endedAtMs: 9000 };
  const onTime = [5, 2005, 4005, 6005, 8005];

  it('that are on time are late by nothing, and none is missed', () => {
    expect(latenessOf(onTime, grid)).toMatchObject({ latenessMs: [0, 0, 0, 0], missed: 0, extra: 0 });
  });

  it('are late by what they came after their time, or before it', () => {
    const arrivals = [5, 2305, 4005, 6001, 8005];
    expect(latenessOf(arrivals, grid).latenessMs).toEqual([300, 0, 4, 0]);
  });

  it('that come besides are counted and excuse no missed one', () => {
    const arrivals = [5, 1010, 2005, 3010, 5010, 6005, 7010, 8005];
    expect(latenessOf(arrivals, grid)).toMatchObject({ latenessMs: [0, 0, 0], missed: 1, extra: 4 });
  });

  it('that are missing make the silence longer', () => {
    expect(latenessOf([5, 2005, 8005], grid)).toMatchObject({ missed: 2, longestSilenceMs: 6000 });
  });
});

describe('the report', () => {
  const line = { figure: 'gap', unit: 'ms', value: spreadOf([9, 10, 40]) } as const;

  it('judges by the figure that the budget names', () => {
    expect(verdictOf({ ...line, budget: { limit: 10, of: 'median' } })).toBe('pass');
    expect(verdictOf({ ...line, budget: { limit: 10, of: 'p99' } })).toBe('over');
    expect(verdictOf(line)).toBeNull();
  });

  it('says what was not measured, and why', () => {
    const table = tableOf([
      { row: 6, figure: 'tray only', official: '–', kind: 'not measured here', reason: 'needs a display' },
    ]);
    expect(table).toMatch(/^6 {2}tray only .*not measured here/m);
    expect(table).toContain('6  needs a display');
  });
});

describe('npm run bench', () => {
  it.each([[['--rwo', '4']], [['--row', '13']], [['--row']], [['4']], [['--cli', '/no/such/file']]])(
    'refuses %j with one line and exit code 2',
    (args) => {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [join(import.meta.dirname, 'main.ts'), ...args],
        { encoding: 'utf8' },
      );
      expect({ status, stdout, lines: stderr.trim().split('\n').length }).toEqual({
        status: 2,
        stdout: '',
        lines: 1,
      });
      expect(stderr).toMatch(/--quick, --row N/);
    },
  );
});
