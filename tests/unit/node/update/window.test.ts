import { describe, expect, it } from 'vitest';
import {
  formatWindow,
  parseWindow,
  waitInWindow,
} from '../../../../electron/node/operations/update/window.ts';

const at = (hour: number, minute = 0) => new Date(2026, 10, 27, hour, minute).getTime();
const minuteMs = 60_000;
const night = { fromMinute: 180, toMinute: 300 };

describe('the window of automatic updates', () => {
  it('is read from two times of the day', () => {
    expect(parseWindow('03:00-05:00')).toEqual(night);
    expect(parseWindow('3:00-5:00')).toEqual(night);
    expect(parseWindow('22:30-24:00')).toEqual({ fromMinute: 1350, toMinute: 1440 });
    expect(formatWindow(night)).toBe('03:00-05:00');
  });

  it.each(['', '03:00', '3-5', '03:00-03:05', '24:00-25:00', '03:60-05:00', '03:00 - 05:00', '-03:00-05:00'])(
    'is not %j',
    (text) => expect(parseWindow(text)).toBe(null),
  );

  it('gives every moment of what is left of it the same chance', () => {
    expect(waitInWindow(night, at(3), 0)).toBe(0);
    expect(waitInWindow(night, at(3), 0.5)).toBe(60 * minuteMs);
    expect(waitInWindow(night, at(4), 0.5)).toBe(30 * minuteMs);
    expect(waitInWindow(night, at(3), 0.999_999)).toBeLessThan(120 * minuteMs);
  });

  it.each([at(2, 59), at(5), at(12), at(23, 59)])('is over at %d', (nowMs) =>
    expect(waitInWindow(night, nowMs, 0.5)).toBe(null),
  );

  it('may lead over midnight, and may be the whole day', () => {
    const late = parseWindow('23:00-01:00') ?? night;
    expect(waitInWindow(late, at(23, 30), 0)).toBe(0);
    expect(waitInWindow(late, at(0, 30), 0.5)).toBe(15 * minuteMs);
    expect(waitInWindow(late, at(1, 30), 0)).toBe(null);
    const always = parseWindow('00:00-24:00') ?? night;
    expect([at(0), at(12), at(23, 59)].map((nowMs) => waitInWindow(always, nowMs, 0))).toEqual([0, 0, 0]);
  });
});
