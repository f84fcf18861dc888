import * as z from 'zod';
import { lazily } from './lazily.ts';

/** What the daemon reports of the machine. Memory is in bytes unless the name says otherwise; null is "not known". */

const timeMs = z.number().int();
const bytes = z.number().nonnegative();

/** Live figures of one card, read only while somebody watches. */
const cardLoad = z.object({
  /** The card's UUID, else its PCI address, else its name. */
  card: z.string(),
  utilisationPercent: z.number().nullable(),
  vramUsedBytes: bytes.nullable(),
  temperatureCelsius: z.number().nullable(),
  powerWatts: z.number().nullable(),
});

export const cardSchema = z.object({
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple']),
  name: z.string(),
  /** What `CUDA_VISIBLE_DEVICES` or `ROCR_VISIBLE_DEVICES` takes; null where there is none. */
  uuid: z.string().nullable(),
  pciAddress: z.string().nullable(),
  kind: z.enum(['discrete', 'integrated', 'unified', 'unknown']),
  /** By the tier rule's own rounding, GB. [network.md 3.1] */
  vramGb: z.number().nullable(),
  vramBytes: bytes.nullable(),
  /** The shared pool beside an integrated card's carve-out. */
  sharedBytes: bytes.nullable(),
  driver: z.string().nullable(),
  /** What this card alone makes. */
  tier: z.number().int(),
  /** Whether it may decide the tier: chosen, and counted by the rule. */
  counts: z.boolean(),
});

export const findingSchema = z.object({ code: z.string(), tool: z.string(), detail: z.string() });

export const tierArithmetic = z.object({
  gpu: z.boolean(),
  vramGb: z.number().nullable(),
  thresholdGb: z.number().nullable(),
  nextThresholdGb: z.number().nullable(),
  uncappedTier: z.number().int(),
});

export const hardwareSection = z.object({
  tier: z.number().int(),
  mode: z.enum(['gpu', 'cpu']),
  /** The card that decides; null without a GPU. */
  gpu: z.string().nullable(),
  vramGb: z.number().nullable(),
  cores: z.number().int(),
  ramGb: z.number(),
  cards: z.array(cardSchema),
  findings: z.array(findingSchema),
  arithmetic: tierArithmetic,
  modelBudget: z.object({ bytes: bytes.nullable(), basis: z.enum(['vram', 'unified-memory', 'ram']) }),
  /** UUIDs the operator chose; null: all. */
  chosenCards: z.array(z.string()).nullable(),
  /** Why registering is blocked until the person accepts tier 1; null when nothing blocks it. */
  registrationHold: z.string().nullable(),
  /** What the chain says against what was probed. */
  declared: z.object({
    tier: z.number().int().nullable(),
    match: z.enum(['same', 'declared-higher', 'declared-lower', 'unknown']),
    /** The operator goes on although the chain says more than this machine shows. */
    accepted: z.boolean(),
  }),
  /** Null while nobody watches. */
  load: z.object({ asOfMs: timeMs, cards: z.array(cardLoad) }).nullable(),
  asOfMs: timeMs,
});

export const hardwareCommands = {
  /** Probes the hardware again. */
  'hardware.probe': lazily(() => ({
    input: z.strictObject({}),
    output: z.object({ tier: z.number().int() }),
  })),
  /** Keeps `hardware.load` filled for `forMs`; asked again while somebody watches. */
  'hardware.watch': lazily(() => ({
    input: z.strictObject({ forMs: z.number().int().min(1000).max(60_000) }),
    output: z.object({ untilMs: timeMs }),
  })),
  /** Serve although the chain says a higher tier than this machine shows; or no longer. */
  'hardware.acceptTierMismatch': lazily(() => ({
    input: z.strictObject({ accept: z.boolean() }),
    output: z.object({ accepted: z.boolean() }),
  })),
};
