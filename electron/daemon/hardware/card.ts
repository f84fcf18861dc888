import type { Tier } from '../../../shared/tiers.ts';

export type Vendor = 'nvidia' | 'amd' | 'intel' | 'apple';

/** One graphics card as its vendor's tool or the kernel names it. */
export interface SeenCard {
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
export interface Card extends SeenCard {
  /** What this card alone makes. */
  tier: Tier;
  /** It may decide the tier: it is among the chosen ones, and the rule counts it. */
  counts: boolean;
}

export const findingCodes = [
  'tool-failed',
  'tool-timed-out',
  'tool-output-too-large',
  'tool-output-unreadable',
  /** The tool may not be run, or may not look at the card. */
  'tool-not-permitted',
  'memory-not-reported',
  /** The tool is there, its driver in the kernel is not. */
  'driver-not-loaded',
  /** The driver was updated and the old one still runs. */
  'driver-mismatch',
  /** Good enough to be probed, too old for Ollama; `detail` is its version. */
  'driver-too-old',
  /** The card fell off the bus or does not answer its driver. */
  'card-lost',
  /** A GPU on the bus that no working driver serves; `tool` is the driver bound to it, else `none`. */
  'gpu-without-driver',
  /** One card, cut into instances by NVIDIA's MIG. */
  'mig-enabled',
  /** One accelerator, cut into partitions by AMD's driver. */
  'partitioned',
  /** A virtual machine's stand-in for a GPU. */
  'virtual-gpu',
  /** Under WSL only NVIDIA cards can be read. */
  'wsl-nvidia-only',
  /** A card was chosen that is not there; `detail` is its UUID. */
  'chosen-card-missing',
] as const;

/** Something worth telling the operator about the probe itself. */
export interface Finding {
  code: (typeof findingCodes)[number];
  tool: string;
  /** First line of what the tool printed, or the card; at most 200 characters, no control characters. */
  detail: string;
}

/** What one vendor's reader saw. No cards and no findings: there is nothing of that vendor. */
export interface Reading {
  cards: SeenCard[];
  findings: Finding[];
}

const longestDetail = 200;

/** The first line with something on it, without control characters, cut to 200 characters. */
export function firstLine(text: string): string {
  for (const line of text.split(/\r?\n|\r/)) {
    // Colour sequences go as a whole: without their escape character they would read as text.
    const clean = line
      // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the point
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .replace(/\p{C}/gu, '')
      .trim();
    if (clean !== '') return [...clean].slice(0, longestDetail).join('');
  }
  return '';
}
