import { describe, expect, it } from 'vitest';
import { createActivityPart } from '../../../electron/daemon/activity-part.ts';
import { createUptimeRecord } from '../../../electron/daemon/coordinator/uptime.ts';
import { outageReasons } from '../../../shared/contract/activity.ts';
import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { outageReasonOf } from '../../../shared/outages.ts';
import type { StateCode } from '../../../shared/states/states.ts';
import { states } from '../../../shared/states/table.ts';
import { clock, database, journalForEachTest } from '../../fixtures/serving/journal-rows.ts';
import { silentLog } from '../../fixtures/silent-log.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const noonMs = Date.UTC(2026, 10, 23, 12);
const nodeId = '7';
const nodeAddress = `0x${'11'.repeat(20)}`;

journalForEachTest({ startAtMs: noonMs });

/** One run of a daemon, as far as its record goes. */
function startRun() {
  const uptime = createUptimeRecord({ nodeId, nodeAddress }, { database, clock, log: silentLog });
  const part = createActivityPart(
    { nodeAddress },
    { node: () => ({ nodeId, keepUptime: uptime.keep }), database, clock, log: silentLog },
  );
  part.start?.();
  return {
    part,
    missed: uptime.missed,
    async beatFor(ms: number) {
      for (let at = 0; at < ms; at += 10_000) {
        uptime.accepted();
        await clock.advance(10_000);
      }
    },
    state: (code: StateCode) => part.note({ state: { code, sinceMs: clock.now(), params: {} } }),
    async stop() {
      uptime.keep();
      await part.stop?.();
    },
    /** A crash keeps what was written once a minute. */
    crash: () => uptime.keep(),
    activity: (range: 'day' | 'month' = 'day'): Promise<CommandOutput<'activity'>> =>
      part.handlers.activity({ range }),
  };
}

describe('the record of time online', () => {
  it('knows nothing before the first accepted heartbeat, and claims nothing of it', async () => {
    const run = startRun();
    expect(await run.activity()).toMatchObject({
      ...{ sinceMs: null, online: null, outages: [], longestOutageMs: null },
      requests: { delivered: 0, measured: 0, p50Ms: null, tokensPerSecond: null },
    });
    expect((await run.activity()).slots.every(({ online }) => online === null)).toBe(true);
  });

  it('has no outage in an hour of heartbeats, and nothing of the time before them', async () => {
    const run = startRun();
    await run.beatFor(hourMs);
    const { slots, outages, online, longestOutageMs } = await run.activity();
    expect([online, outages, longestOutageMs]).toEqual([1, [], 0]);
    expect(slots).toHaveLength(96);
    expect(slots.filter(({ online: one }) => one !== null).map(({ online: one }) => one)).toEqual(
      Array.from({ length: 4 }, () => 1),
    );
  });

  it.each([
    ['parallelix-down', 'coordinator-down'],
    ['no-internet', 'no-network'],
    ['rejected', 'refused'],
    ['not-staked', 'cooling'],
  ] as const)('tells an outage by what kept the node offline: %s', async (reason, code) => {
    const run = startRun();
    await run.beatFor(10 * minuteMs);
    const lastBeatMs = clock.now() - 10_000;
    await clock.advance(40_000);
    run.state(code);
    await clock.advance(5 * minuteMs);
    run.state('ready');
    await run.beatFor(minuteMs);
    const { outages, longestOutageMs } = await run.activity();
    // The last accepted heartbeat covers 20 s.
    const lengthMs = 5 * minuteMs + 50_000 - 20_000;
    expect(outages).toEqual([
      { startMs: lastBeatMs + 20_000, endMs: lastBeatMs + 20_000 + lengthMs, lengthMs, reason },
    ]);
    expect(longestOutageMs).toBe(lengthMs);
  });

  it('distinguishes a stop, a crash and a sleep, the newest first', async () => {
    const first = startRun();
    await first.beatFor(10 * minuteMs);
    await first.stop();
    await clock.advance(hourMs);
    const second = startRun();
    await second.beatFor(10 * minuteMs);
    second.crash();
    await clock.advance(hourMs);
    const third = startRun();
    await third.beatFor(10 * minuteMs);
    await clock.advance(hourMs);
    third.part.onTime?.({ kind: 'woke', durationMs: hourMs });
    third.state('no-network');
    await third.beatFor(10 * minuteMs);
    const { outages } = await third.activity();
    expect(outages.map(({ reason }) => reason)).toEqual(['asleep', 'crashed', 'stopped']);
  });

  it('says that nothing was noted where nothing was, and that an outage goes on', async () => {
    const run = startRun();
    await run.beatFor(10 * minuteMs);
    await clock.advance(10 * minuteMs);
    expect((await run.activity()).outages).toMatchObject([{ endMs: null, reason: null }]);
  });

  it('takes no clock that was set forward for an outage, and a single missed heartbeat for none', async () => {
    const run = startRun();
    await run.beatFor(10 * minuteMs);
    await clock.advance(15_000);
    await run.beatFor(10 * minuteMs);
    clock.setWallClock(26 * hourMs);
    run.part.onTime?.({ kind: 'clock-set', byMs: 26 * hourMs });
    await run.beatFor(10 * minuteMs);
    const { outages, slots } = await run.activity('month');
    expect(outages).toEqual([]);
    // Of the time that never was nothing is said.
    expect(slots.filter(({ online }) => online !== null && online < 0.99)).toEqual([]);
  });

  it('has the heartbeats that were not accepted, by time, over a restart, and nothing of the time before', async () => {
    await clock.advance(2 * hourMs);
    const first = startRun();
    await first.beatFor(10 * minuteMs);
    for (let n = 0; n < 3; n += 1) first.missed();
    await clock.advance(15 * minuteMs);
    first.missed();
    await first.stop();
    const second = startRun();
    second.missed();
    const { slots, missed, missedSinceMs } = await second.activity();
    expect([missed, missedSinceMs]).toEqual([5, noonMs + 2 * hourMs]);
    expect(slots.flatMap(({ missed: count }) => count ?? [])).toEqual([3, 2]);
    const month = await second.activity('month');
    expect(month.slots.at(-1)?.missed).toBe(5);
  });

  it('keeps no more than 500 notes', async () => {
    const run = startRun();
    // Written at once, for the test's sake.
    database.exec('BEGIN');
    for (let n = 0; n < 400; n += 1) {
      run.state('no-network');
      run.state('coordinator-down');
    }
    database.exec('COMMIT');
    expect(database.prepare('SELECT COUNT(*) AS n FROM outage_notes').get()?.n).toBe(500);
  });

  it('counts requests, failures, missed deadlines, durations and tokens', async () => {
    const run = startRun();
    await run.beatFor(hourMs);
    const add = database.prepare(
      `INSERT INTO requests (node_id, node_address, node_key_hash, request_id, attempt, state, accepted_ms,
         generation_ms, output_tokens, error_code) VALUES (?, ?, 'h', ?, 1, ?, ?, ?, ?, ?)`,
    );
    for (let n = 1; n <= 100; n += 1)
      add.run(nodeId, nodeAddress, `r${n}`, 'delivered', clock.now() - minuteMs, n * 100, n * 5, null);
    add.run(nodeId, nodeAddress, 'late', 'reported', clock.now(), null, null, 'deadline-exceeded');
    add.run(nodeId, nodeAddress, 'open', 'accepted', clock.now(), null, null, null);
    add.run('8', nodeAddress, 'of another node', 'delivered', clock.now(), 1, 1, null);
    const { requests, slots } = await run.activity();
    expect(requests).toEqual({
      ...{ delivered: 100, failed: 1, deadlineMissed: 1, measured: 100 },
      ...{ p50Ms: 5000, p95Ms: 9500, tokensPerSecond: 50 },
    });
    const of = (name: 'requests' | 'failed' | 'outputTokens') =>
      slots.reduce((sum, slot) => sum + (slot[name] ?? 0), 0);
    expect([of('requests'), of('failed'), of('outputTokens')]).toEqual([102, 1, 25_250]);
  });
});

it('every state has an explanation or needs none, and no explanation is of a state that earns', () => {
  for (const { code, earns } of states) {
    const reason = outageReasonOf(code);
    expect(reason === null || outageReasons.includes(reason), code).toBe(true);
    if (earns === 'yes') expect(reason, code).toBeNull();
  }
});
