import * as z from 'zod';
import { cardSchema, findingSchema, tierArithmetic } from '../../../shared/contract/hardware.ts';
import { isTier } from '../../../shared/hardware/tiers.ts';
import { readSmallFile, writeFileAtomic } from '../storage/atomic-file.ts';
import { findingCodes } from './card.ts';
import type { HardwareProbe } from './probe.ts';

/** A machine has a handful of cards; a larger file is not ours. */
const largestFileBytes = 256 * 1024;
const formatVersion = 2;

const figure = z.number().nonnegative().nullable();
const tier = z.custom<HardwareProbe['tier']>(isTier);
const card = z.object({
  ...cardSchema.shape,
  vramGb: figure,
  tier,
});
const finding = z.object({ ...findingSchema.shape, code: z.enum(findingCodes) });
const decision = z.object({
  tier,
  label: z.string(),
  multiplierTenths: z.number(),
  arithmetic: z.object({ ...tierArithmetic.shape, uncappedTier: tier }),
});
const cacheSchema = z.object({
  formatVersion: z.literal(formatVersion),
  probe: z.object({
    tier,
    gpu: z.string().nullable(),
    vramGb: figure,
    cores: z.number().int().nonnegative(),
    ramGb: z.number().nonnegative(),
    cards: z.array(card),
    decision,
    modelBudget: z.object({ bytes: figure, basis: z.enum(['vram', 'unified-memory', 'ram']) }),
    ramLimitBytes: figure,
    cpuLimit: figure,
    driverStamp: z.string().nullable(),
    chosenCards: z.array(z.string()).nullable(),
    findings: z.array(finding),
    probedAtMs: z.number(),
  }),
});

/**
 * The last probe, so that the first heartbeat does not wait for vendor tools. Null when there is none that can be
 * read, or only one of another format: it is a cache, a fresh probe replaces it.
 */
export async function readCachedProbe(path: string): Promise<HardwareProbe | null> {
  try {
    const text = await readSmallFile(path, largestFileBytes);
    const cached = cacheSchema.safeParse(JSON.parse(text ?? 'null'));
    return cached.success ? cached.data.probe : null;
  } catch {
    return null;
  }
}

/** Replaces the cached probe in one step, readable by this user only. */
export async function writeCachedProbe(path: string, probe: HardwareProbe): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ formatVersion, probe }, null, 2)}\n`, { mode: 0o600 });
}
