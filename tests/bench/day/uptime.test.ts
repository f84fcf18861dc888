import { describe, expect, it } from 'vitest';
import { lengthMs, lostSpans, within } from './uptime.ts';

const whole = { fromMs: 0, toMs: 60_000 };
const beatsUntil = (fromMs: number, toMs: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / 10_000) + 1 }, (_, index) => fromMs + index * 10_000);

describe('uptime that was lost', () => {
  it('is nothing where every beat came, also a little late', () => {
    expect(lostSpans(beatsUntil(0, 60_000), whole, [], 10_000)).toEqual([]);
    expect(lostSpans([0, 10_900, 20_000, 30_500, 40_000, 50_000, 60_000], whole, [], 10_000)).toEqual([]);
  });

  it('begins when a beat has become too old, and ends with the next one', () => {
    const lost = lostSpans([0, 10_000, 40_000, 50_000], whole, [], 10_000);
    expect(lost).toEqual([{ fromMs: 21_000, toMs: 40_000 }]);
    expect(lengthMs(lost)).toBe(19_000);
  });

  it('is not what nobody could have kept, but what comes after it until the first beat', () => {
    const excused = [{ fromMs: 15_000, toMs: 35_000 }];
    const lost = lostSpans([0, 10_000, 38_000, 48_000, 58_000], whole, excused, 10_000);
    expect(lost).toEqual([{ fromMs: 35_000, toMs: 38_000 }]);
  });

  it('is everything where nothing ever beat, and the end where it stopped', () => {
    expect(lengthMs(lostSpans([], whole, [], 10_000))).toBe(60_000);
    expect(lostSpans([0, 10_000], whole, [], 10_000)).toEqual([{ fromMs: 21_000, toMs: 60_000 }]);
  });

  it('is shared out among the events that it lies within', () => {
    const lost = [{ fromMs: 21_000, toMs: 40_000 }];
    expect(lengthMs(within(lost, { fromMs: 0, toMs: 30_000 }))).toBe(9000);
    expect(lengthMs(within(lost, { fromMs: 30_000, toMs: 60_000 }))).toBe(10_000);
    expect(within(lost, { fromMs: 40_000, toMs: 60_000 })).toEqual([]);
  });
});
