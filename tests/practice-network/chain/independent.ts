import type { ChainLog } from './rpc.ts';

/*
 * What a node has earned, worked out from the published rule and the events alone: who was online between which
 * block timestamps, with which stake and tier. It calls nothing of the rewards contract, and follows a timeline
 * instead of an accumulator. Only the rounding rule is shared, because without it no two programs agree to the wei.
 */

/** Multiplier by tier, in tenths [network.md 3.1]. */
const multiplierTenths: Record<number, bigint> = { 1: 10n, 2: 15n, 3: 25n, 4: 30n };

/** Shares per unit of weight are rounded down at 36 decimals. */
const scale = 10n ** 36n;

export interface EarningEvent extends ChainLog {
  timestamp: bigint;
}

/** Wei earned and not claimed by `nodeId` at `atTimestamp`. `events`: those of registry and rewards, up to then. */
export function earnedFromEvents(
  events: readonly EarningEvent[],
  nodeId: bigint,
  atTimestamp: bigint,
): bigint {
  const weights = new Map<bigint, bigint>();
  const online = new Set<bigint>();
  let pool = 0n;
  let rate = 0n;
  let claimed = 0n;
  let earnedScaled = 0n;
  let since = 0n;

  function passTime(until: bigint): void {
    const seconds = until - since;
    since = until;
    let total = 0n;
    for (const id of online) total += weights.get(id) ?? 0n;
    if (total === 0n || seconds === 0n) return;
    const due = seconds * rate;
    const streamed = due < pool ? due : pool;
    pool -= streamed;
    if (online.has(nodeId)) earnedScaled += ((streamed * scale) / total) * (weights.get(nodeId) ?? 0n);
  }

  const inOrder = [...events].sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  for (const { name, args, timestamp } of inOrder) {
    const id = args.nodeId as bigint;
    // Registry events alone do not touch the stream; the rewards contract's own events are its points in time.
    if (name === 'NodeRegistered') {
      weights.set(id, (args.stake as bigint) * (multiplierTenths[Number(args.tier)] ?? 0n));
      continue;
    }
    passTime(timestamp);
    if (name === 'PoolFunded') pool += args.amount as bigint;
    else if (name === 'RateChanged') rate = args.ratePerSecond as bigint;
    else if (name === 'NodeOnline') online.add(id);
    else if (name === 'NodeOffline') online.delete(id);
    else if (name === 'Claimed' && id === nodeId) claimed += args.amount as bigint;
  }
  passTime(atTimestamp);
  return earnedScaled / scale - claimed;
}
