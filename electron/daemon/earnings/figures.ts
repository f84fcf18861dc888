import type { NotKnown } from '../../../shared/contract/chain.ts';
import type { EarnedReport } from '../../../shared/contract/earnings.ts';
import { ethereum } from '../chain/ethereum.ts';
import { notKnown } from '../chain/unknown.ts';
import { dayMs, earnedBetween, hourMs, longestStepMs, type Payment, type Sample } from './roll-up.ts';
import type { EarningsStore } from './store.ts';

/** What the record says of spans of time, and the rate. All amounts are wei. */

type Derived<Value> = { known: true; value: Value; basis: string; asOfMs: number } | NotKnown;
type Earned = EarnedReport['today'];

const rateOverMs = hourMs;
const shortestRateMs = 30_000;
const weiPerToken = 10n ** 18n;

/** Earned since `fromMs`; null before there are samples. */
export function earnedSince(store: EarningsStore, nodeId: string, fromMs: number, nowMs: number): Earned {
  const { firstMs, lastMs } = store.counts(nodeId);
  if (firstMs === null || lastMs === null) return null;
  const unit = nowMs - fromMs > 90 * dayMs ? 'days' : 'hours';
  const lengthMs = unit === 'days' ? dayMs : hourMs;
  let wei = 0n;
  for (const row of store.rows(unit, nodeId, fromMs - lengthMs + 1)) {
    const insideMs = Math.min(lengthMs, row.startMs + lengthMs - fromMs);
    wei += (row.earnedWei * BigInt(Math.round(insideMs))) / BigInt(lengthMs);
  }
  let complete = firstMs <= fromMs && nowMs - lastMs <= longestStepMs;
  for (const gap of store.gaps(nodeId, fromMs)) {
    if (gap.fromMs >= fromMs && gap.earnedWei !== null) wei += gap.earnedWei;
    else complete = false;
  }
  return { wei: String(wei), complete, sinceMs: Math.max(fromMs, firstMs) };
}

/** A day's earnings at the pace of the newest samples that belong together: an hour of them at most. */
export function ratePerDay(samples: readonly Sample[], payments: readonly Payment[]): Derived<bigint> {
  const [newest] = samples;
  if (newest === undefined) return notKnown('too-few-samples');
  let wei = 0n;
  let passedMs = 0;
  for (const [index, to] of samples.entries()) {
    const from = samples[index + 1];
    if (
      from === undefined ||
      to.blockMs - from.blockMs > longestStepMs ||
      newest.blockMs - from.blockMs > rateOverMs
    )
      break;
    const step = earnedBetween(from, to, payments);
    if (step === null) break;
    wei += step;
    passedMs += to.blockMs - from.blockMs;
  }
  if (passedMs < shortestRateMs) return notKnown('too-few-samples');
  const value = (wei * BigInt(dayMs)) / BigInt(passedMs);
  return { known: true, value, basis: 'samples', asOfMs: newest.blockMs };
}

/** Of the stream as the guide gives it, 0 to 1. */
export function shareOf(perDayWei: bigint): number {
  return (
    Number(perDayWei / 10n ** 9n) / Number((BigInt(ethereum.stream.prlxPerDay) * weiPerToken) / 10n ** 9n)
  );
}

/** Earned on the last whole day that is at least a week ago and was nearly all sampled. */
export function dayWeekAgo(store: EarningsStore, nodeId: string, nowMs: number): bigint | null {
  const row = store
    .rows('days', nodeId, nowMs - 9 * dayMs)
    .findLast(({ startMs, coveredMs }) => startMs <= nowMs - 7 * dayMs && coveredMs >= dayMs / 2);
  return row ? (row.earnedWei * BigInt(dayMs)) / BigInt(row.coveredMs) : null;
}
