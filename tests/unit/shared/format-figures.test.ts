import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDate,
  formatDuration,
  formatMomentSeen,
  formatPrlx,
  formatSecond,
  formatTime,
  parsePrlx,
} from '../../../shared/format.ts';

const s = 1000;
const min = 60 * s;
const h = 60 * min;
const d = 24 * h;

describe('lengths of time', () => {
  it.each([
    [0, '0 s'],
    [-5 * s, '0 s'],
    [499, '0 s'],
    [500, '1 s'],
    [59.4 * s, '59 s'],
    [59.6 * s, '1 min'],
    [min, '1 min'],
    [59 * min + 59 * s, '59 min'],
    [h - 400, '1 h'],
    [h, '1 h'],
    [h + min, '1 h 1 min'],
    [23 * h + 59 * min, '23 h 59 min'],
    [d, '1 d'],
    [d + 59 * min, '1 d'],
    [2 * d + 4 * h + 30 * min, '2 d 4 h'],
    [400 * d, '400 d'],
  ])('%d ms is written %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('points in time', () => {
  const at = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).getTime();
  it.each([
    ['today', at(23, 18, 42), at(23, 18, 54), '18:42 (12 min ago)'],
    ['now', at(23, 18, 42), at(23, 18, 42), '18:42 (0 s ago)'],
    ['later today', at(23, 20, 0), at(23, 18, 0), '20:00 (in 2 h)'],
    ['yesterday', at(22, 23, 50), at(23, 0, 10), '2026-11-22 23:50 (20 min ago)'],
    ['in some days', at(30, 9, 5), at(23, 9, 5), '2026-11-30 09:05 (in 7 d)'],
  ])('%s are given both absolutely and relatively', (_, timeMs, nowMs, text) =>
    expect(formatTime(timeMs, nowMs)).toBe(text),
  );

  it('in a window, have an age from a minute on, and are exact to the second beside it', () => {
    const nowMs = at(23, 18, 42);
    expect(formatMomentSeen(nowMs - 59 * s, nowMs)).toBe('18:41');
    expect(formatMomentSeen(nowMs - min, nowMs)).toBe('18:41 (1 min ago)');
    expect(formatMomentSeen(nowMs + h, nowMs)).toBe('19:42 (in 1 h)');
    expect(formatSecond(nowMs + 7 * s)).toBe('2026-11-23 18:42:07');
  });

  it('as a date only, are local days', () => {
    expect(formatDate(new Date(2026, 0, 5, 0, 0).getTime())).toBe('2026-01-05');
    expect(formatDate(new Date(2026, 11, 31, 23, 59).getTime())).toBe('2026-12-31');
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1234, '1.23 kB'],
    [45_600, '45.6 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [4_683_087_332, '4.68 GB'],
    [47_000_000_000, '47 GB'],
    [1_000_000_000_000, '1 TB'],
    [5_000_000_000_000_000, '5000 TB'],
  ])('%d bytes are written %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('counts', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [12_345.9, '12,345'],
    [-1234, '-1,234'],
    [1e9, '1,000,000,000'],
  ])('%d is written %s', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('amounts of $PRLX', () => {
  const wei = 10n ** 18n;
  it.each<[bigint, number | undefined, string]>([
    [0n, undefined, '0.0000'],
    [1n, 18, '0.000000000000000001'],
    [1n, undefined, '0.0000'],
    [wei - 1n, undefined, '0.9999'],
    [wei - 1n, 18, '0.999999999999999999'],
    [50_000n * wei, undefined, '50,000.0000'],
    [50_000n * wei, 0, '50,000'],
    [220_970n * wei + 123_456_789n * 10n ** 9n, 18, '220,970.123456789000000000'],
    [-(5n * wei) / 2n, undefined, '-2.5000'],
    [25_000_000n * wei - 1n, 2, '24,999,999.99'],
  ])('%d wei to %s decimals are cut, never rounded up: %s', (amount, decimals, text) =>
    expect(formatPrlx(amount, decimals)).toBe(text),
  );

  it('are read exactly, to the last wei', () => {
    expect(parsePrlx('0')).toBe(0n);
    expect(parsePrlx('1.5')).toBe(1_500_000_000_000_000_000n);
    expect(parsePrlx('0.000000000000000001')).toBe(1n);
    expect(parsePrlx('123456789.012345678901234567')).toBe(123_456_789_012_345_678_901_234_567n);
  });

  it.each(['', '.', '1.', '.5', '-1', '1e18', '1,000', ' 1', '1.0000000000000000001', '0x10', 'NaN'])(
    'are not read from %j',
    (text) => expect(parsePrlx(text)).toBeNull(),
  );

  it('survive being written and read', () => {
    let amount = 7n;
    for (let step = 0; step < 60; step += 1) {
      amount = (amount * 31n + BigInt(step)) % 10n ** 30n;
      expect(parsePrlx(formatPrlx(amount, 18).replaceAll(',', ''))).toBe(amount);
    }
  });
});
