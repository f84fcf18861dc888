import { describe, expect, it } from 'vitest';
import { linesWanted } from '../../../electron/cli/args/lines-wanted.ts';
import { systemClock } from '../../../electron/daemon/system/clock.ts';

const nowMs = Date.parse('2026-11-27T12:00');
const clock = { ...systemClock, now: () => nowMs };
const wanted = (flags: Parameters<typeof linesWanted>[0]['flags']) => linesWanted({ flags, clock });
const line = (agoMs: number, level = 'info') => ({ tMs: nowMs - agoMs, level, event: 'e', facts: {} });
const hour = 3_600_000;

describe('the lines of the log that are asked for', () => {
  it('are all of them where nothing narrows them down', () => {
    expect(wanted({}).some).toBe(false);
    expect(wanted({}).takes(line(1), 'x') && wanted({}).takes(null, 'torn')).toBe(true);
  });

  it.each([
    ['2h', hour, 3 * hour],
    ['2026-11-27', 11 * hour, 13 * hour],
    ['2026-11-27T11:00', hour, 2 * hour],
    ['2026-11-27 11:00', hour, 2 * hour],
  ])('since %s are newer than that', (since, within, before) => {
    expect(wanted({ since }).takes(line(within), '')).toBe(true);
    expect(wanted({ since }).takes(line(before), '')).toBe(false);
    expect(wanted({ since }).takes(null, 'torn')).toBe(false);
  });

  it('of a level are those above it too, and those of levels that only a newer version knows', () => {
    const of = wanted({ level: 'warn' });
    expect(
      ['debug', 'info', 'warn', 'error', 'fatal'].filter((level) => of.takes(line(0, level), '')),
    ).toEqual(['warn', 'error', 'fatal']);
  });

  it('with a text hold it in any case', () => {
    expect(wanted({ grep: 'HeartBeat' }).takes(line(0), 'First heartbeat accepted')).toBe(true);
    expect(wanted({ grep: 'heartbeat' }).takes(line(0), 'Served')).toBe(false);
  });

  it.each([
    [{ since: 'yesterday' }, /--since yesterday.*2h/],
    [{ since: '2026-99-99' }, /--since/],
    [{ level: 'loud' }, /--level loud.*debug, info, warn, error/],
  ])('are refused with the remedy: %j', (flags, remedy) => {
    expect(() => wanted(flags)).toThrow(expect.objectContaining({ code: 'usage' }));
    try {
      wanted(flags);
    } catch (error) {
      const { input, remedy: said } = (error as { details: { input: string; remedy: string } }).details;
      expect(`${input} ${said}`).toMatch(remedy);
    }
  });
});
