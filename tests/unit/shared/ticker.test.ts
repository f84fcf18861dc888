import { describe, expect, it } from 'vitest';
import type { Ticker } from '../../../shared/contract/earnings.ts';
import { tickerWei } from '../../../shared/ticker.ts';

const ticker: Ticker = {
  fromWei: '1000000000000000000000',
  fromMs: 10_000,
  weiPerSecond: '7013888888888888',
};

describe('the ticker between two reads', () => {
  it('goes on from what was read, to the wei', () => {
    expect(tickerWei(ticker, 10_000)).toBe(10n ** 21n);
    expect(tickerWei(ticker, 11_000)).toBe(10n ** 21n + 7_013_888_888_888_888n);
    expect(tickerWei(ticker, 10_500)).toBe(10n ** 21n + 3_506_944_444_444_444n);
  });

  it('never shows less than was read, whatever the clock does', () => {
    expect(tickerWei(ticker, 0)).toBe(10n ** 21n);
  });
});
