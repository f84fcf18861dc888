import type { CommandOutput } from '../contract/commands.ts';
import { dexFeePercent } from '../earnings/stream.ts';

type Look = CommandOutput<'wallet.look'>;

/** What an address still lacks for a stake; null is "not known". */
export interface MissingFunds {
  prlxWei: bigint | null;
  /** To buy on a DEX, so that what arrives is enough after the token's fee. [network.md 9.3] */
  toBuyWei: bigint | null;
  /** The approval that is missing: the whole stake, because an approval replaces the last one. */
  approveWei: bigint | null;
  /** There is no ether at all, so nothing can be sent. */
  noEther: boolean | null;
}

export function missingFunds(look: Look, stakeWei: bigint): MissingFunds {
  const known = (reading: Look[keyof Look]) => (reading.known ? BigInt(reading.value) : null);
  const [held, allowed, ether] = [known(look.prlxWei), known(look.allowanceWei), known(look.ethWei)];
  const prlxWei = held === null ? null : held >= stakeWei ? 0n : stakeWei - held;
  return {
    prlxWei,
    toBuyWei: prlxWei === null ? null : purchaseFor(prlxWei),
    approveWei: allowed === null ? null : allowed >= stakeWei ? 0n : stakeWei,
    noEther: ether === null ? null : ether === 0n,
  };
}

/** The least purchase of which, after the fee, so much arrives. */
export function purchaseFor(arrivingWei: bigint): bigint {
  const kept = 100n - dexFeePercent;
  return (arrivingWei * 100n + kept - 1n) / kept;
}
