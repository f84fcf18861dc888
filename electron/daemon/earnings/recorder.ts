import type { UnknownReason } from '../../../shared/contract/chain.ts';
import { weightTenths } from '../../../shared/earnings/stream.ts';
import { isTier } from '../../../shared/hardware/tiers.ts';
import type { ChainRead, ChainReader } from '../chain/reader.ts';
import type { OwnFacts, ReadFollower } from '../chain/reading.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../system/clock.ts';
import { createBlockRange } from './block-range.ts';
import { readClaims } from './claims.ts';
import { type ClaimsScan, createClaimsProgress } from './claims-progress.ts';
import { createDepositsWatch, type DepositsWatch } from './deposits.ts';
import { createHistory, type History } from './history.ts';
import { createReorganisations, timesToBelieve } from './reorganisations.ts';
import { dayMs } from './roll-up.ts';
import type { ActivityRow, EarningsStore } from './store.ts';

/** Writes down what every read of the chain says, and looks for claims, a bounded range of blocks at a time. */
export interface Recorder extends ReadFollower {
  /** Blocks looked through for claims, whole and without holes. */
  readonly scanned: { fromBlock: number; toBlock: number; complete: boolean } | null;
  readonly claimsFailure: UnknownReason | null;
  readonly streamPerDay: DepositsWatch['perDay'];
  /** The balance of our node fell and no claim explains it. */
  readonly fell: boolean;
  readonly failure: string | null;
}

/** Between two samples of one node at least; while somebody watches there is a read with every block. */
const sampleEveryMs = 60_000;
/** In one read, so that the next is not late. */
const rangesPerRead = 8;
/** 400 days of 12 s. */
const lookBackBlocks = 2_880_000;
const pruneEveryMs = dayMs / 4;

export function createRecorder(modules: {
  store: EarningsStore;
  own: () => OwnFacts;
  activity: (nodeId: string, day: number) => Omit<ActivityRow, 'dayMs'>;
  clock: Clock;
  log: Logger;
}): Recorder {
  const { store, own, activity, clock, log } = modules;
  let claimsFailure: UnknownReason | null = null;
  let failure: string | null = null;
  let falls = 0;
  const deposits = createDepositsWatch({ store });
  const progress = createClaimsProgress({ store });
  const reorganisations = createReorganisations({ store, own, progress, deposits, log });
  const size = createBlockRange();
  let prunedAtMs = Number.NEGATIVE_INFINITY;

  async function findClaims(read: ChainRead, history: History, reader: ChainReader): Promise<void> {
    const { owner } = own();
    if (owner === null) return;
    const head = read.block.number;
    const before = progress.current();
    let at: ClaimsScan =
      before?.owner === owner
        ? before
        : { owner, from: head + 1, to: head, end: Math.max(0, head - lookBackBlocks), toHash: null };
    for (let count = 0; count < rangesPerRead; count++) {
      const forward = at.to < head;
      if (!forward && at.from <= at.end) break;
      const range = forward
        ? { fromBlock: at.to + 1, toBlock: Math.min(head, at.to + size.blocks) }
        : { fromBlock: Math.max(at.end, at.from - size.blocks), toBlock: at.from - 1 };
      const found = await history.ask(range, (answering) =>
        readClaims(range, { answering, read, reader, contracts: reader.contracts, owner }),
      );
      if ('failed' in found) {
        claimsFailure = found.failed;
        if (size.failed(found.failed, range.toBlock - range.fromBlock + 1)) continue;
        return;
      }
      claimsFailure = null;
      size.succeeded();
      store.addClaims(found);
      const toHash = range.toBlock === head ? read.block.hash : at.toHash;
      at = forward ? { ...at, to: range.toBlock, toHash } : { ...at, from: range.fromBlock, toHash };
      progress.keep(at);
    }
  }

  function addSamples(read: ChainRead): void {
    for (const [nodeId, { claimableWei }] of read.nodes) {
      if (!claimableWei.known) continue;
      const [last] = store.lastSamples(nodeId, 1);
      const earnedWei = BigInt(claimableWei.value);
      const block = read.block;
      // An older block than the newest on record says nothing new; whether that one has vanished shows later.
      if (last && block.number < last.block) continue;
      const isOwn = nodeId === own().nodeId;
      const fallWei = last ? last.earnedWei - earnedWei : 0n;
      const fell = isOwn && last && fallWei > 0n && isUnexplained(last.block, block.number, fallWei);
      if (fell) {
        falls += 1;
        if (falls < timesToBelieve) {
          read.distrust('contradicted', 'earned fell without a claim');
          continue;
        }
        log.warn('earned-fell', { nodeId, block: block.number });
      }
      if (isOwn) falls = 0;
      const passedMs = last ? block.timeMs - last.blockMs : sampleEveryMs;
      if (!fell && passedMs >= 0 && passedMs < sampleEveryMs) continue;
      store.addSample(nodeId, {
        ...{ block: block.number, blockHash: block.hash, blockMs: block.timeMs, earnedWei },
        ...{ source: read.origin.source, readMs: read.origin.readAtMs },
      });
    }
  }

  function addWeights(read: ChainRead): void {
    const day = read.block.timeMs - (read.block.timeMs % dayMs);
    for (const [nodeId, { stakeWei, tier }] of read.nodes) {
      if (stakeWei.known && tier.known && isTier(tier.value))
        store.setWeight(nodeId, day, weightTenths(BigInt(stakeWei.value), tier.value));
    }
  }

  /** Only where the blocks between were looked through can it be said that there was no claim. */
  function isUnexplained(fromBlock: number, toBlock: number, byWei: bigint): boolean {
    const known = progress.current();
    if (known === null || known.to < toBlock || known.from > fromBlock + 1) return false;
    const claimed = store
      .claims({ block: toBlock + 1, logIndex: 0 }, 200)
      .filter(({ block }) => block > fromBlock);
    return claimed.reduce((sum, { amountWei }) => sum + amountWei, 0n) < byWei;
  }

  function recordActivity(nodeId: string): void {
    const today = clock.now() - (clock.now() % dayMs);
    for (const day of [today - dayMs, today]) {
      const seen = activity(nodeId, day);
      if (seen.online !== null || seen.served !== null) store.setActivity(nodeId, { dayMs: day, ...seen });
    }
  }

  return {
    get scanned() {
      const at = progress.current();
      return at === null || at.from > at.to
        ? null
        : { fromBlock: at.from, toBlock: at.to, complete: at.from <= at.end };
    },
    get claimsFailure() {
      return claimsFailure;
    },
    streamPerDay: deposits.perDay,
    get fell() {
      return falls > 0;
    },
    get failure() {
      return failure;
    },
    blocks() {
      const { nodeId } = own();
      if (nodeId === null) return [];
      const scannedTo = progress.current()?.to;
      const sampled = store.lastSamples(nodeId, 4).map(({ block }) => block);
      return [...new Set([...sampled, ...(scannedTo === undefined ? [] : [scannedTo])])];
    },
    async follow(read, answering, reader) {
      try {
        if (reorganisations.dropVanished(read) === 'not-believed') return;
        const history = createHistory(answering);
        await findClaims(read, history, reader);
        addSamples(read);
        addWeights(read);
        await deposits.follow(read, history, reader.contracts);
        const { nodeId } = own();
        if (nodeId !== null) recordActivity(nodeId);
        if (clock.sinceBootMs() - prunedAtMs > pruneEveryMs) {
          store.prune(read.block.timeMs);
          prunedAtMs = clock.sinceBootMs();
        }
        failure = null;
      } catch (error) {
        // A full disk, or a file that broke: figures go on from memory, the node goes on anyway.
        const reason = error instanceof Error ? error.message : String(error);
        if (failure !== reason) log.error('earnings-not-recorded', { reason });
        failure = reason;
      }
    },
  };
}
