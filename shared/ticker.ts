import type { Ticker } from './contract/earnings.ts';

/** The estimated claimable amount at `nowMs`, wei. Never less than what was read. */
export function tickerWei({ fromWei, fromMs, weiPerSecond }: Ticker, nowMs: number): bigint {
  const passedMs = BigInt(Math.max(0, Math.trunc(nowMs - fromMs)));
  return BigInt(fromWei) + (BigInt(weiPerSecond) * passedMs) / 1000n;
}
