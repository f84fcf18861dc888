import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPiece } from '../../electron/daemon/earnings/export.ts';
import { earnedSince } from '../../electron/daemon/earnings/figures.ts';
import { openEarningsFile } from '../../electron/daemon/earnings/file.ts';
import { dayMs } from '../../electron/daemon/earnings/roll-up.ts';
import { earningsSeries } from '../../electron/daemon/earnings/series.ts';
import { createEarningsStore } from '../../electron/daemon/earnings/store.ts';
import { silentLog } from '../../electron/daemon/logging/silent-log.ts';
import { systemClock } from '../../electron/daemon/system/clock.ts';
import { fillYear } from '../fixtures/storage/earnings-year.ts';
import type { Bench } from './bench.ts';
import type { Line, Measured } from './report.ts';
import { spreadOf } from './statistics.ts';

const days = 365;
const startMs = Date.UTC(2026, 0, 1);
const nowMs = startMs + days * dayMs;
const budgetMs = 50;

/** In this process: what the earnings window asks of a record of a year, and how large that record is. */
export async function measureEarningsYear(bench: Bench): Promise<Measured> {
  const rounds = bench.quick ? 10 : 50;
  bench.say(`row 8: a year of earnings samples, ${rounds} times each question`);
  const folder = mkdtempSync(join(tmpdir(), 'plx-bench-earned-'));
  const path = join(folder, 'earnings.db');
  const file = openEarningsFile(path, { clock: systemClock, log: silentLog });
  try {
    const store = createEarningsStore({ database: file.database });
    fillYear(path, { startMs, days });
    const timed = (work: () => unknown) =>
      spreadOf(
        Array.from({ length: rounds }, () => {
          const beganMs = performance.now();
          work();
          return performance.now() - beganMs;
        }),
      );
    const question = (figure: string, work: () => unknown): Line => ({
      ...{ figure, unit: 'ms', value: timed(work) },
      budget: { limit: budgetMs, of: 'median' },
    });
    const series = (range: 'day' | 'week' | 'month' | 'year') =>
      question(`chart of a ${range}`, () => earningsSeries({ range, nodeId: '7', nowMs }, { store }));
    const bytes = ['', '-wal'].reduce(
      (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    return {
      lines: [
        { figure: 'file', unit: 'MB', value: bytes / 1e6, budget: { limit: 20, of: 'median' } },
        ...[series('day'), series('week'), series('month'), series('year')],
        question('earned in 365 days', () => earnedSince(store, '7', nowMs - 365 * dayMs, nowMs)),
        question('newest 50 claims', () => store.claims(null, 50)),
        question('first piece of an export', () =>
          exportPiece({ format: 'csv', nodeId: null, cursor: null }, { store }),
        ),
      ],
      notes: [
        `a claim a day, 100 days by the hour, 8 days by the minute as while somebody watches; ${rounds} rounds`,
      ],
    };
  } finally {
    file.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
