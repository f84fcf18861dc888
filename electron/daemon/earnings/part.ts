import type { UnknownReason } from '../../../shared/contract/chain.ts';
import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { EarnedReport } from '../../../shared/contract/earnings.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { weightTenths } from '../../../shared/earnings/stream.ts';
import { isTier } from '../../../shared/hardware/tiers.ts';
import { ethereum } from '../chain/ethereum.ts';
import type { ChainMemory } from '../chain/functions.ts';
import type { ChainPart } from '../chain/part.ts';
import type { ChainRead } from '../chain/reader.ts';
import type { OwnFacts, ReadFollower } from '../chain/reading.ts';
import { notKnown } from '../chain/unknown.ts';
import type { Logger } from '../logging/logger.ts';
import { type Clock, localMidnight } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import { exportPiece } from './export.ts';
import { dayWeekAgo, earnedSince, ratePerDay, shareOf } from './figures.ts';
import { openEarningsFile } from './file.ts';
import { createRecorder } from './recorder.ts';
import { dayMs } from './roll-up.ts';
import { earningsSeries } from './series.ts';
import { type ActivityRow, createEarningsStore } from './store.ts';

/** The daemon's own record of what its node has earned. */
export interface EarningsPart extends Part {
  readonly memory: ChainMemory;
  readonly follower: ReadFollower;
  readonly handlers: Pick<CommandHandlers, 'earnings.series' | 'earnings.claims' | 'earnings.export'>;
  report(): Pick<Snapshot, 'earned'>;
  stop(): void;
}

/** A read older than this is not the ticker's to go on from. */
const tickerFreshMs = 15 * 60_000;
const sampleCount = 90;

export function createEarningsPart(
  options: { file: string },
  modules: {
    own: () => OwnFacts;
    chain: () => Pick<ChainPart, 'current' | 'failure'>;
    activity: (nodeId: string, day: number) => Omit<ActivityRow, 'dayMs'>;
    clock: Clock;
    log: Logger;
  },
): EarningsPart {
  const { own, chain, activity, clock, log } = modules;
  const file = openEarningsFile(options.file, { clock, log });
  const store = createEarningsStore({ database: file.database });
  const recorder = createRecorder({ store, own, activity, clock, log });
  /** Made once a read: a year is not summed ten times a second. */
  let made: { key: string; report: EarnedReport } | null = null;

  const unknown = () =>
    nothingEarned(own().nodeId === null ? 'not-registered' : (chain().failure ?? 'not-read-yet'), {
      putAside: file.putAside,
      failure: file.failure ?? recorder.failure,
    });

  function earned(): EarnedReport {
    const { nodeId } = own();
    const blank = unknown();
    if (nodeId === null) return blank;
    const read = chain().current;
    const node = read?.nodes.get(nodeId);
    const counts = store.counts(nodeId);
    const nowMs = read?.block.timeMs ?? clock.now();
    const since = (fromMs: number) => earnedSince(store, nodeId, fromMs, nowMs);
    const samples = store.lastSamples(nodeId, sampleCount);
    const payments = store
      .claims(null, 200)
      .filter((one) => one.nodeId === nodeId || one.nodeId === null)
      .map(({ block, amountWei, nodeId: of }) => ({ block, amountWei, certain: of !== null }));
    const rate = ratePerDay(samples, payments);
    const asOfMs = nowMs;
    const pool = read?.poolWei.known ? (read.poolWei.value === '0' ? 'empty' : 'filled') : 'unknown';
    const weight =
      node?.stakeWei.known && node.tier.known && isTier(node.tier.value)
        ? weightTenths(BigInt(node.stakeWei.value), node.tier.value)
        : null;
    const share = rate.known ? shareOf(rate.value) : null;
    const weekAgo = dayWeekAgo(store, nodeId, nowMs);
    const claimable = recorder.fell ? notKnown('contradicted') : (node?.claimableWei ?? blank.claimableWei);
    const derived = <Value>(value: Value, basis: string) => ({ known: true, value, basis, asOfMs }) as const;
    return {
      ...blank,
      claimableWei: claimable,
      ratePerDayWei: rate.known ? { ...rate, value: String(rate.value) } : rate,
      today: since(localMidnight(nowMs)),
      last7Days: since(nowMs - 7 * dayMs),
      last30Days: since(nowMs - 30 * dayMs),
      last365Days: since(nowMs - 365 * dayMs),
      everWei: claimable.known
        ? derived(
            String(BigInt(claimable.value) + store.claimedWei(nodeId)),
            recorder.scanned?.complete ? 'claims' : 'claims-so-far',
          )
        : claimable,
      weight: weight === null ? blank.weight : derived(String(weight), 'stake-and-tier'),
      streamShare: share === null ? notKnown('too-few-samples') : derived(share, 'guide-stream'),
      impliedOnlineWeight:
        share === null || share <= 0 || weight === null
          ? notKnown('too-few-samples')
          : derived(
              String((weight * 10n ** 12n) / BigInt(Math.max(1, Math.round(share * 1e12)))),
              'guide-stream',
            ),
      shareChange7Days:
        share === null || weekAgo === null || weekAgo === 0n
          ? notKnown('too-few-samples')
          : derived(share / shareOf(weekAgo) - 1, 'samples'),
      observedStreamPerDayWei: recorder.streamPerDay(nowMs),
      pool,
      record: {
        ...blank.record,
        firstSampleMs: counts.firstMs,
        lastSampleMs: counts.lastMs,
        samples: counts.samples,
      },
    };
  }

  /** Between two reads, while the node is online and the pool holds something. */
  function estimate(report: EarnedReport): EarnedReport['estimate'] {
    const { claimableWei, ratePerDayWei, pool } = report;
    if (own().coordinator !== 'online' || !claimableWei.known || !ratePerDayWei.known || pool === 'empty')
      return null;
    if (Math.abs(clock.now() - claimableWei.readAtMs) > tickerFreshMs) return null;
    const weiPerSecond = String(BigInt(ratePerDayWei.value) / 86_400n);
    return { fromWei: claimableWei.value, fromMs: claimableWei.readAtMs, weiPerSecond };
  }

  function report(): EarnedReport {
    const read = chain().current;
    const key = JSON.stringify([
      read?.origin,
      own().nodeId,
      chain().failure,
      recorder.failure,
      recorder.fell,
    ]);
    try {
      if (made?.key !== key) made = { key, report: earned() };
      return { ...made.report, estimate: estimate(made.report) };
    } catch (error) {
      return { ...unknown(), record: { ...unknown().record, failure: String(error) } };
    }
  }

  return {
    name: 'earnings',
    memory: safeMemory(store.memory, log),
    follower: recorder,
    report: () => ({ earned: report() }),
    handlers: {
      'earnings.series': async ({ range, nodeId: asked }) => {
        const nodeId = asked ?? own().nodeId;
        const points =
          nodeId === null
            ? []
            : earningsSeries(
                { range, nodeId, nowMs: chainNow(chain().current, store.counts(nodeId).lastMs, clock) },
                { store },
              );
        return { nodeId, points, asOf: chain().current?.origin ?? null };
      },
      'earnings.claims': async ({ before, limit }) => {
        const found = store.claims(before, limit + 1);
        return {
          claims: found.slice(0, limit).map(({ amountWei, blockHash: _hash, blockMs, ...claim }) => ({
            ...claim,
            amountWei: String(amountWei),
            blockTimeMs: blockMs,
          })),
          more: found.length > limit,
          scanned: recorder.scanned,
          reason:
            recorder.claimsFailure ??
            (recorder.scanned === null ? (chain().failure ?? 'not-read-yet') : null),
        };
      },
      'earnings.export': async (input) => exportPiece(input, { store }),
    },
    stop: () => file.close(),
  };
}

/** Samples carry the chain's time; between two reads it goes on with ours. */
function chainNow(read: ChainRead | null, lastSampleMs: number | null, clock: Clock): number {
  if (read === null) return Math.max(clock.now(), lastSampleMs ?? 0);
  return read.origin.blockTimeMs + Math.max(0, clock.now() - read.origin.readAtMs);
}

/** What cannot be remembered is read again after the next start. */
function safeMemory(memory: ChainMemory, log: Logger): ChainMemory {
  return {
    get(name) {
      try {
        const text = memory.get(name);
        JSON.parse(text ?? 'null');
        return text;
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        memory.set(name, value);
      } catch (error) {
        log.warn('earnings-not-recorded', { reason: String(error) });
      }
    },
  };
}

/** Nothing known, and why. */
function nothingEarned(
  reason: UnknownReason,
  { putAside, failure }: { putAside: string | null; failure: string | null },
): EarnedReport {
  const nothing = notKnown(reason);
  return {
    ...{ claimableWei: nothing, estimate: null, ratePerDayWei: nothing, everWei: nothing },
    ...{ today: null, last7Days: null, last30Days: null, last365Days: null },
    ...{ weight: nothing, streamShare: nothing, impliedOnlineWeight: nothing, shareChange7Days: nothing },
    observedStreamPerDayWei: nothing,
    guide: { streamPerDayPrlx: ethereum.stream.prlxPerDay, bucketPrlx: ethereum.stream.bucketPrlx },
    pool: 'unknown',
    record: {
      ...{ firstSampleMs: null, lastSampleMs: null, samples: 0 },
      putAside,
      failure,
    },
  };
}
