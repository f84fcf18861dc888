import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { readSmallFile, writeFileAtomic } from '../../../daemon/storage/atomic-file.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';

const recordSchema = z.object({
  schemaVersion: z.literal(1),
  nodeKeyHash: z.string(),
  service: z.enum(['systemd-unit', 'launchd-agent']),
  /** Whether it started by itself with the computer. */
  enabled: z.boolean(),
  stoppedAtMs: z.number().nullable(),
  /** A heartbeat of ours was accepted; before that the cutover is under way, or was cut off. */
  kept: z.boolean(),
});

/** What a cutover found and did, on disk before each step: one that is cut off can be taken back. */
export type SwitchRecord = z.infer<typeof recordSchema>;

/** Null when there was no cutover, or what is written of it cannot be read. */
export async function readSwitchRecord({ switchFile }: StatePaths): Promise<SwitchRecord | null> {
  try {
    return recordSchema.parse(JSON.parse((await readSmallFile(switchFile, 65_536)) ?? 'null'));
  } catch {
    return null;
  }
}

/** @throws NodeError `disk-full`, `state-dir-unusable` */
export async function writeSwitchRecord({ switchFile }: StatePaths, record: SwitchRecord): Promise<void> {
  await writeFileAtomic(switchFile, `${JSON.stringify(record, null, 2)}\n`);
}

export async function removeSwitchRecord({ switchFile }: StatePaths): Promise<void> {
  await rm(switchFile, { force: true });
}
