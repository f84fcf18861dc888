import { describe, expect, it } from 'vitest';
import { accepted, startHeartbeat } from '../../../fixtures/coordinator/timed-heartbeat.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

describe('the time that a heartbeat carries', () => {
  it('is this computer’s, and is kept through a clock that is set by an hour', async () => {
    const { clock, sent } = startHeartbeat();
    const startedAtMs = clock.now();
    await clock.advance(10_000);
    clock.setWallClock(3_600_000);
    await clock.advance(10_000);
    clock.setWallClock(-7_200_000);
    await clock.advance(10_000);
    expect(sent.map(({ timestampMs }) => timestampMs - startedAtMs)).toEqual([
      0, 10_000, 3_620_000, -3_570_000,
    ]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 10_000, 20_000, 30_000]);
  });

  it('is the coordinator’s once this computer’s wrong one was refused, from a second later on', async () => {
    const aheadMs = 26 * 3_600_000;
    const stale = { kind: 'retry', reason: 'stale_timestamp', status: 401, retryAfterMs: null } as const;
    const startedAtMs = createSimulatedClock().now();
    const { clock, sent } = startHeartbeat(
      (index, atMs) => {
        const offMs = (sent[index]?.timestampMs ?? 0) - startedAtMs - atMs;
        return Math.abs(offMs) > 300_000 ? stale : accepted;
      },
      undefined,
      undefined,
      () => aheadMs,
    );
    clock.setWallClock(aheadMs);
    await clock.advance(30_000);
    expect(sent.map(({ atMs, timestampMs }) => [atMs, timestampMs - startedAtMs - atMs])).toEqual([
      [0, aheadMs],
      [1000, 0],
      [11_000, 0],
      [21_000, 0],
    ]);
  });

  it('is tried in turns where neither is taken, and never more often than the interval after the second', async () => {
    const stale = { kind: 'retry', reason: 'stale_timestamp', status: 401, retryAfterMs: null } as const;
    const { clock, sent } = startHeartbeat(
      () => stale,
      undefined,
      undefined,
      () => 3_600_000,
    );
    const startedAtMs = clock.now();
    await clock.advance(25_000);
    expect(sent.map(({ atMs, timestampMs }) => [atMs, timestampMs - startedAtMs - atMs])).toEqual([
      [0, 0],
      [1000, -3_600_000],
      [11_000, 0],
      [12_000, -3_600_000],
      [22_000, 0],
      [23_000, -3_600_000],
    ]);
  });

  it('stays this computer’s while its clock is right, or a refusal is about something else', async () => {
    const limited = { kind: 'retry', reason: 'http_429', status: 429, retryAfterMs: null } as const;
    const refused = { kind: 'retry', reason: 'bad_signature', status: 401, retryAfterMs: null } as const;
    for (const [answer, wrongByMs] of [
      [limited, 3_600_000],
      [refused, null],
    ] as const) {
      const { clock, sent } = startHeartbeat(
        () => answer,
        undefined,
        undefined,
        () => wrongByMs,
      );
      const startedAtMs = clock.now();
      await clock.advance(20_000);
      expect(sent.map(({ timestampMs }) => timestampMs - startedAtMs)).toEqual([0, 10_000, 20_000]);
    }
  });

  it('never repeats, even for two beats in one millisecond or a clock nudged back', async () => {
    const { clock, heartbeat, sent } = startHeartbeat();
    await clock.advance(10_000);
    heartbeat.beatAfterSleep();
    await clock.settle();
    heartbeat.beatAfterSleep();
    await clock.settle();
    clock.setWallClock(-500);
    heartbeat.beatAfterSleep();
    await clock.settle();
    const stamps = sent.map(({ timestampMs }) => timestampMs);
    expect(stamps).toHaveLength(5);
    expect(stamps.every((stamp, index) => index === 0 || stamp > (stamps[index - 1] ?? 0))).toBe(true);
  });
});
