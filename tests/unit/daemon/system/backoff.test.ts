import { describe, expect, it } from 'vitest';
import { backoffMs, retryDelayMs } from '../../../../electron/daemon/system/backoff.ts';

const waits = { minMs: 2000, maxMs: 30_000, jitter: 0.2 };

describe('the wait after failures', () => {
  it('doubles from the shortest to the longest', () => {
    const waited = [1, 2, 3, 4, 5, 6, 1000].map((failures) => backoffMs(waits, failures, () => 0.5));
    expect(waited).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is varied within its jitter, and not at all without one', () => {
    expect(backoffMs(waits, 1, () => 0)).toBe(1600);
    expect(backoffMs(waits, 1, () => 1)).toBe(2400);
    expect(backoffMs({ minMs: 1000, maxMs: 60_000 }, 3, () => 0)).toBe(4000);
  });

  it('is at least what the server asked for, up to a limit', () => {
    const asked = (askedMs: number | null) =>
      retryDelayMs(waits, { failures: 1, askedMs, mostAskedMs: 60_000 }, () => 0.5);
    expect(asked(null)).toBe(2000);
    expect(asked(500)).toBe(2000);
    expect(asked(45_000)).toBe(45_000);
    expect(asked(600_000)).toBe(60_000);
  });
});
