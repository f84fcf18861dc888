import type { Finding } from '../../../shared/hardware/findings.ts';
import type { Tier } from '../../../shared/hardware/tiers.ts';

export { type Finding, findingCodes } from '../../../shared/hardware/findings.ts';

export type Vendor = 'nvidia' | 'amd' | 'intel' | 'apple';

/** One graphics card as its vendor's tool or the kernel names it. */
export interface DetectedCard {
  vendor: Vendor;
  name: string;
  /** What `CUDA_VISIBLE_DEVICES` or `ROCR_VISIBLE_DEVICES` takes; null where there is none. */
  uuid: string | null;
  /** `0000:01:00.0`; null where it is not known. */
  pciAddress: string | null;
  /** `unified`: one memory for processor and GPU. `integrated`: a part of the processor with a share of its memory. */
  kind: 'discrete' | 'integrated' | 'unified' | 'unknown';
  /** Memory by the tier rule's own rounding, GB; null when it is not reported. [network.md 3.1] */
  vramGb: number | null;
  /** Memory exactly as reported, bytes; null when not reported. */
  vramBytes: number | null;
  /** The pool that an integrated card shares with the processor, beside its own part; not counted by the rule. */
  sharedBytes: number | null;
  /** Version of the driver; null when not reported. */
  driver: string | null;
}

/** A card with what it means for the tier. */
export interface Card extends DetectedCard {
  /** What this card alone makes. */
  tier: Tier;
  /** It may decide the tier: it is among the chosen ones, and the rule counts it. */
  counts: boolean;
}

/** What one vendor's reader saw. No cards and no findings: there is nothing of that vendor. */
export interface Reading {
  cards: DetectedCard[];
  findings: Finding[];
  /** UUIDs of the cards that MIG cut into instances; null stands for one whose UUID is not reported. */
  inInstances?: readonly (string | null)[];
}
