import { describe, expect, it } from 'vitest';
import { createUptimeRecord, type UptimeRecord } from '../../../../electron/daemon/coordinator/uptime.ts';
import { clock, database, journalForEachTest } from '../../../fixtures/serving/journal-rows.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Noon, local time: half a day away from the midnight that "today" begins at. */
const noonMs = new Date(2026, 10, 23, 12).getTime();

journalForEachTest({ startAtMs: noonMs });

const recordOf = (nodeId = '7'): UptimeRecord =>
  createUptimeRecord({ nodeId, nodeAddress: `0x${'11'.repeat(20)}` }, { database, clock, log: silentLog });

async function beat(record: UptimeRecord, times: number, everyMs = 10_000): Promise<void> {
  for (let n = 0; n < times; n++) {
    record.accepted();
    await clock.advance(everyMs);
  }
}

describe('uptime, measured here', () => {
  it('is not known before the first accepted heartbeat', () => {
    expect(recordOf().report()).toMatchObject({ today: null, last30Days: null, sinceMs: null });
  });

  it('is all of the time while a beat is accepted every 10 s', async () => {
    const record = recordOf();
    await beat(record, 360);
    expect(record.report()).toMatchObject({ today: 1, last30Days: 1, sinceMs: noonMs });
  });

  it('counts 20 s and no more for a beat that nothing follows', async () => {
    const record = recordOf();
    record.accepted();
    await clock.advance(100_000);
    expect(record.report().today).toBeCloseTo(0.2, 6);
  });

  it('counts a gap as offline, and what came before and after it', async () => {
    const record = recordOf();
    await beat(record, 6);
    await clock.advance(60_000);
    await beat(record, 6);
    // 60 s of beats and 20 s that the last one covers, of which 10 s had passed; 60 s of silence; 60 s of beats.
    expect(record.report().today).toBeCloseTo((70 + 60) / 180, 6);
  });

  it('begins anew at midnight for today, and goes on for the 30 days', async () => {
    const record = recordOf();
    await beat(record, 360);
    await clock.advance(23 * hourMs);
    const { today, last30Days } = record.report();
    expect(today).toBeCloseTo(0, 6);
    expect(last30Days).toBeCloseTo(1 / 24, 3);
  });

  it('leaves out what is older than 30 days', async () => {
    const record = recordOf();
    await beat(record, 6);
    await clock.advance(31 * dayMs);
    expect(record.report().last30Days).toBe(0);
  });

  it('survives a restart, and loses less than a minute and a half to a crash', async () => {
    const record = recordOf();
    await beat(record, 354);
    record.keep();
    await beat(record, 6);
    // Nothing more is kept: the process is killed.
    const after = recordOf();
    const share = after.report().last30Days ?? 0;
    expect(share).toBeGreaterThan(1 - 90_000 / hourMs);
    expect(share).toBeLessThan(1);
    record.keep();
    expect(recordOf().report().last30Days).toBe(1);
  });

  it('counts no second twice when the clock is set back', async () => {
    const record = recordOf();
    await beat(record, 360);
    clock.setWallClock(-hourMs / 2);
    await beat(record, 180);
    await beat(record, 360);
    record.keep();
    const spans = database.prepare('SELECT start_ms, end_ms FROM online_spans ORDER BY start_ms').all() as {
      start_ms: number;
      end_ms: number;
    }[];
    for (const [index, span] of spans.entries()) {
      expect(span.end_ms).toBeGreaterThan(span.start_ms);
      expect(span.start_ms).toBeGreaterThanOrEqual(spans[index - 1]?.end_ms ?? 0);
    }
    expect(recordOf().report().last30Days).toBeLessThanOrEqual(1);
  });

  it('of one node says nothing of another', async () => {
    await beat(recordOf('7'), 60);
    expect(recordOf('8').report()).toMatchObject({ today: null, sinceMs: null });
  });

  it('that cannot be written costs no beat', async () => {
    const record = recordOf();
    database.exec('DROP TABLE online_spans');
    await beat(record, 60);
    expect(() => record.report()).not.toThrow();
    expect(() => record.keep()).not.toThrow();
  });
});
