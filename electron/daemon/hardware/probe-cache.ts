import { open } from 'node:fs/promises';
import * as z from 'zod';
import { isTier } from '../../../shared/tiers.ts';
import { writeFileAtomic } from '../storage/atomic-file.ts';
import type { HardwareProbe } from './probe.ts';

/** A machine has a handful of cards; a larger file is not ours. */
const largestFileBytes = 256 * 1024;

const card = z.object({
  vendor: z.enum(['nvidia', 'apple', 'amd']),
  name: z.string(),
  vramGb: z.number().nonnegative().nullable(),
  vramBytes: z.number().nonnegative().nullable(),
});
const finding = z.object({
  code: z.enum([
    'tool-failed',
    'tool-timed-out',
    'tool-output-too-large',
    'tool-output-unreadable',
    'memory-not-reported',
  ]),
  tool: z.string(),
  detail: z.string(),
});
const cacheSchema = z.object({
  formatVersion: z.literal(1),
  probe: z.object({
    tier: z.custom<HardwareProbe['tier']>(isTier),
    gpu: z.string().nullable(),
    vramGb: z.number().nonnegative().nullable(),
    cores: z.number().int().nonnegative(),
    ramGb: z.number().nonnegative(),
    cards: z.array(card),
    findings: z.array(finding),
    probedAtMs: z.number(),
  }),
});

/**
 * The last probe, so that the first heartbeat does not wait for vendor tools. Null when there is none that can be
 * read: it is a cache, a fresh probe replaces it.
 */
export async function readCachedProbe(path: string): Promise<HardwareProbe | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(largestFileBytes), 0, largestFileBytes, 0);
      const cached = cacheSchema.safeParse(JSON.parse(buffer.toString('utf8', 0, bytesRead)));
      return cached.success ? cached.data.probe : null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** Replaces the cached probe in one step, readable by this user only. */
export async function writeCachedProbe(path: string, probe: HardwareProbe): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify({ formatVersion: 1, probe }, null, 2)}\n`, { mode: 0o600 });
}
