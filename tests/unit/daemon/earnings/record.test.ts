import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { earnedSince, ratePerDay } from '../../../../electron/daemon/earnings/figures.ts';
import { openEarningsFile } from '../../../../electron/daemon/earnings/file.ts';
import { dayMs, hourMs } from '../../../../electron/daemon/earnings/roll-up.ts';
import { earningsSeries } from '../../../../electron/daemon/earnings/series.ts';
import { createEarningsStore, type EarningsStore } from '../../../../electron/daemon/earnings/store.ts';
import { silentLog } from '../../../../electron/daemon/logging/silent-log.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { fillYear } from '../../../fixtures/storage/earnings-year.ts';

const folders: string[] = [];
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function opened(before?: (path: string) => void): {
  store: EarningsStore;
  path: string;
  putAside: string | null;
} {
  const folder = mkdtempSync(join(tmpdir(), 'plx-earned-'));
  folders.push(folder);
  const path = join(folder, 'earnings.db');
  before?.(path);
  const file = openEarningsFile(path, { clock: systemClock, log: silentLog });
  closing.push(file.close);
  return { store: createEarningsStore({ database: file.database }), path, putAside: file.putAside };
}

const startMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const hash = (block: number) => `0x${block.toString(16).padStart(64, '0')}`;

function sample(store: EarningsStore, minute: number, earnedWei: bigint): void {
  const block = 1000 + minute * 5;
  store.addSample('7', {
    ...{ block, blockHash: hash(block), blockMs: startMs + minute * minuteMs, earnedWei },
    ...{ source: 'https://rpc.example', readMs: startMs },
  });
}

function claim(block: number, amountWei: bigint, nodeId: string | null) {
  return {
    ...{
      block,
      logIndex: 0,
      blockHash: hash(block),
      blockMs: startMs,
      transactionHash: hash(block),
      amountWei,
    },
    ...{ owner: `0x${'ab'.repeat(20)}`, nodeId, unknownNode: null },
  };
}

describe('samples of a balance that grows', () => {
  it('become hours, shared by time where they lie in two', () => {
    const { store } = opened();
    for (const minute of [50, 55, 65, 70]) sample(store, minute, BigInt(minute) * 100n);
    expect(store.rows('hours', '7', 0)).toEqual([
      { startMs, earnedWei: 1000n, coveredMs: 10 * minuteMs },
      { startMs: startMs + hourMs, earnedWei: 1000n, coveredMs: 10 * minuteMs },
    ]);
    expect(store.rows('days', '7', 0)).toEqual([{ startMs, earnedWei: 2000n, coveredMs: 20 * minuteMs }]);
  });

  it('with a claim between them count what was claimed', () => {
    const { store } = opened();
    sample(store, 0, 5000n);
    sample(store, 5, 100n);
    expect(store.rows('hours', '7', 0)).toEqual([]);
    store.addClaims([claim(1010, 5400n, '7')]);
    expect(store.rows('hours', '7', 0)).toEqual([{ startMs, earnedWei: 500n, coveredMs: 5 * minuteMs }]);
  });

  it('are explained by a claim of an unknown node only where it pays all there was', () => {
    for (const [amount, hours] of [
      [4000n, 0],
      [5400n, 1],
    ] as const) {
      const { store } = opened();
      sample(store, 0, 5000n);
      sample(store, 5, 100n);
      store.addClaims([claim(1010, amount, null)]);
      expect(store.rows('hours', '7', 0)).toHaveLength(hours);
    }
  });

  it('far apart are a gap: no hour is made up, the sum is known', () => {
    const { store } = opened();
    sample(store, 0, 0n);
    sample(store, 5, 500n);
    sample(store, 300, 30_000n);
    expect(store.rows('hours', '7', 0)).toHaveLength(1);
    expect(store.gaps('7', 0)).toEqual([
      { fromMs: startMs + 5 * minuteMs, toMs: startMs + 300 * minuteMs, earnedWei: 29_500n },
    ]);
    const nowMs = startMs + 301 * minuteMs;
    expect(earnedSince(store, '7', startMs, nowMs)).toEqual({
      wei: '30000',
      complete: true,
      sinceMs: startMs,
    });
    expect(earnedSince(store, '7', startMs + hourMs, nowMs)).toMatchObject({ wei: '0', complete: false });
    const points = earningsSeries({ range: 'day', nodeId: '7', nowMs }, { store });
    expect(points.map(({ earnedWei }) => earnedWei).filter((wei) => wei !== null)).toEqual(['500']);
    expect(points.at(-2)).toMatchObject({ earnedWei: null, complete: false });
  });

  it('that begin within a span are at least what it says, and since when they were made, not since midnight', () => {
    const { store } = opened();
    sample(store, 90, 500n);
    sample(store, 95, 1000n);
    expect(earnedSince(store, '7', startMs, startMs + 96 * minuteMs)).toEqual({
      wei: '500',
      complete: false,
      sinceMs: startMs + 90 * minuteMs,
    });
  });

  it('of blocks that vanished are forgotten, and their hours made anew', () => {
    const { store } = opened();
    for (const minute of [0, 5, 10]) sample(store, minute, BigInt(minute) * 100n);
    store.addClaims([claim(1045, 9n, '7')]);
    store.dropFrom(1040);
    expect(store.rows('hours', '7', 0)).toEqual([{ startMs, earnedWei: 500n, coveredMs: 5 * minuteMs }]);
    expect(store.claims(null, 10)).toEqual([]);
  });

  it('give a rate to the wei, and none before there are enough', () => {
    const { store } = opened();
    sample(store, 0, 0n);
    expect(ratePerDay(store.lastSamples('7', 10), [])).toEqual({ known: false, reason: 'too-few-samples' });
    sample(store, 5, 500n);
    expect(ratePerDay(store.lastSamples('7', 10), [])).toMatchObject({ known: true, value: 144_000n });
  });
});

describe('the file', () => {
  it('that is broken is put aside and begun anew', () => {
    const { store, path, putAside } = opened((file) =>
      writeFileSync(file, 'no database, and long enough to be read'.repeat(50)),
    );
    expect(putAside).toMatch(/earnings\.db\.broken-\d{8}T\d{6}Z$/);
    expect(readdirSync(join(path, '..')).some((name) => name.includes('.broken-'))).toBe(true);
    sample(store, 0, 1n);
    expect(store.counts('7').samples).toBe(1);
  });

  it('that cannot be opened leaves the record in memory, and says so', () => {
    const file = openEarningsFile('/nonexistent/earnings.db', { clock: systemClock, log: silentLog });
    closing.push(file.close);
    expect(file.failure).not.toBeNull();
    const store = createEarningsStore({ database: file.database });
    sample(store, 0, 1n);
    expect(store.counts('7').samples).toBe(1);
  });

  it('of a year stays small, and its queries quick (figures printed, see design.md 9)', () => {
    const { store, path } = opened();
    // The newest eight days sample by sample, what came before as it is left after pruning.
    const days = 365;
    fillYear(path, { startMs, days });
    expect(store.counts('7').samples).toBe(8 * 1440);
    const nowMs = startMs + days * dayMs;
    const timed = (work: () => unknown) => {
      const beganMs = performance.now();
      work();
      return Math.round((performance.now() - beganMs) * 10) / 10;
    };
    const yearMs = timed(() => earningsSeries({ range: 'year', nodeId: '7', nowMs }, { store }));
    const dayRangeMs = timed(() => earningsSeries({ range: 'day', nodeId: '7', nowMs }, { store }));
    const totalsMs = timed(() => earnedSince(store, '7', nowMs - 365 * dayMs, nowMs));
    const claimsMs = timed(() => store.claims(null, 50));
    const mb =
      ['', '-wal'].reduce(
        (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
        0,
      ) / 1e6;
    console.info(
      `a year of samples: ${mb.toFixed(1)} MB; year ${yearMs} ms, day ${dayRangeMs} ms, totals ${totalsMs} ms, claims ${claimsMs} ms`,
    );
    expect(
      earningsSeries({ range: 'year', nodeId: '7', nowMs }, { store }).filter(
        ({ earnedWei }) => earnedWei !== null,
      ).length,
    ).toBeGreaterThan(50);
    expect(mb).toBeLessThan(20);
  });
});

describe('a record that a newer version changed', () => {
  const changed = (sql: string) => (path: string) => {
    openEarningsFile(path, { clock: systemClock, log: silentLog }).close();
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(path);
    database.exec(`${sql}; PRAGMA user_version = 99`);
    database.close();
  };

  it.each([
    ['tables', 'CREATE TABLE more (id INTEGER)'],
    ['columns that may be empty', 'ALTER TABLE samples ADD COLUMN more TEXT'],
    ['columns with a default', "ALTER TABLE samples ADD COLUMN more TEXT NOT NULL DEFAULT ''"],
  ])('by %s is used as it is', (_what, sql) => {
    const { store, putAside } = opened(changed(sql));
    sample(store, 1, 5n);
    expect(putAside).toBe(null);
  });

  it('so that this one cannot use it is put aside', () => {
    const { putAside } = opened(changed('ALTER TABLE samples RENAME COLUMN source TO more'));
    expect(putAside).not.toBe(null);
  });
});
