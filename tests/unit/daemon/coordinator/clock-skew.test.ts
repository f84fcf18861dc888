import { describe, expect, it } from 'vitest';
import { createClockSkew } from '../../../../electron/daemon/coordinator/clock-skew.ts';

const trueMs = Date.UTC(2026, 5, 10, 12, 0, 0);
const bootedMs = trueMs - 3_600_000;

/** What a coordinator says whose clock is right, half way through a round trip that ends at `endMs`. */
function sample(endMs: number, aheadMs: number, roundTripMs = 0) {
  const dateHeader = new Date(endMs - roundTripMs / 2).toUTCString();
  return { dateHeader, roundTripMs, receivedAtMs: endMs + aheadMs, receivedSinceBootMs: endMs - bootedMs };
}

describe('clock skew', () => {
  it('is unknown before three samples', () => {
    const skew = createClockSkew();
    skew.add(sample(trueMs, 60_000));
    skew.add(sample(trueMs, 60_000));
    expect(skew.skewMs).toBeNull();
    expect(skew.warned).toBe(false);
    skew.add(sample(trueMs, 60_000));
    expect(skew.skewMs).toBe(59_500);
    expect(skew.warned).toBe(true);
  });

  it('is positive when this computer is ahead, negative when it is behind', () => {
    for (const aheadMs of [45_000, -45_000]) {
      const skew = createClockSkew();
      for (let i = 0; i < 5; i++) skew.add(sample(trueMs + i * 1_300, aheadMs, 400));
      expect(Math.abs((skew.skewMs ?? 0) - aheadMs)).toBeLessThanOrEqual(500);
      expect(skew.warned).toBe(true);
    }
  });

  it('gives the coordinator’s time at once after this computer’s clock was set', () => {
    const skew = createClockSkew();
    skew.add(sample(trueMs, -3_600_000));
    skew.add(sample(trueMs, -3_600_000));
    expect(skew.coordinatorTimeAt(3_600_000)).toBeNull();
    skew.add(sample(trueMs, -3_600_000));
    skew.add(sample(trueMs + 2000, 20_000));
    const found = skew.coordinatorTimeAt(trueMs + 4000 - bootedMs) ?? 0;
    expect(Math.abs(found - trueMs - 4000)).toBeLessThanOrEqual(500);
  });

  it('of a right clock is within half a second, whenever in the second the answers come', () => {
    for (let offsetMs = 0; offsetMs < 1000; offsetMs += 50) {
      const skew = createClockSkew();
      for (let i = 0; i < 5; i++) skew.add(sample(trueMs + offsetMs + i * 10_000, 0));
      expect(Math.abs(skew.skewMs ?? Number.NaN)).toBeLessThanOrEqual(500);
    }
  });

  it('does not count the way there as skew', () => {
    const skew = createClockSkew();
    for (let i = 0; i < 3; i++) skew.add(sample(trueMs, 0, 6_000));
    expect(skew.skewMs).toBe(-500);
  });

  it('bears two wild samples among five', () => {
    const skew = createClockSkew();
    for (const aheadMs of [0, 3_600_000, 0, -3_600_000, 0]) skew.add(sample(trueMs, aheadMs));
    expect(skew.skewMs).toBe(-500);
    expect(skew.warned).toBe(false);
  });

  it('forgets: three right samples after a correction clear the warning', () => {
    const skew = createClockSkew();
    for (let i = 0; i < 5; i++) skew.add(sample(trueMs, 120_000));
    expect(skew.warned).toBe(true);
    for (let i = 0; i < 2; i++) skew.add(sample(trueMs, 0));
    expect(skew.warned).toBe(true);
    skew.add(sample(trueMs, 0));
    expect(skew.warned).toBe(false);
  });

  it('warns above 30 s and is quiet again only below 10 s', () => {
    const skew = createClockSkew();
    const settleAt = (aheadMs: number) => {
      for (let i = 0; i < 5; i++) skew.add(sample(trueMs, aheadMs + 500));
      return skew.warned;
    };
    expect(settleAt(30_000)).toBe(false);
    expect(settleAt(30_001)).toBe(true);
    expect(settleAt(20_000)).toBe(true);
    expect(settleAt(10_000)).toBe(true);
    expect(settleAt(9_999)).toBe(false);
    expect(settleAt(-20_000)).toBe(false);
    expect(settleAt(-31_000)).toBe(true);
  });

  it('ignores absurd and missing dates and impossible round trips', () => {
    const skew = createClockSkew();
    const dates = [
      '',
      'now',
      '0',
      '2026-06-10T12:00:00Z',
      'Wed, 10 Jun 1970 12:00:00 GMT',
      'Wed, 10 Jun 2137 12:00:00 GMT',
      'Wed, 99 Jun 2026 12:00:00 GMT',
      'Wed, 10 Jun 2026 12:00:00 +0200',
      'Wed, 10 Jun 2026 12:00:00 GMT'.repeat(1000),
    ];
    for (const dateHeader of dates) skew.add({ ...sample(trueMs, 0, 1), dateHeader });
    for (const roundTripMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, 60_000]) {
      skew.add({ ...sample(trueMs, 0), roundTripMs });
    }
    skew.add({ ...sample(trueMs, 0), receivedAtMs: Number.NaN });
    expect(skew.skewMs).toBeNull();
  });

  it('believes the server when this computer thinks it is 1970', () => {
    const skew = createClockSkew();
    for (let i = 0; i < 3; i++) {
      skew.add({ ...sample(trueMs, 0), receivedAtMs: 1_000 });
    }
    expect(skew.skewMs).toBe(1_000 - trueMs - 500);
    expect(skew.warned).toBe(true);
  });
});
