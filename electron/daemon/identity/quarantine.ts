import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { NodeError } from '../../../shared/errors.ts';
import { fileError, readSmallFile, syncDirectory, writeFileAtomic } from '../storage/atomic-file.ts';
import type { StatePaths } from '../storage/paths.ts';

/**
 * A key that came from another machine may still be in use there. While it is quarantined nothing is sent
 * with it; only a person can know that the old machine is off.
 */
const quarantineSchema = z.object({
  schemaVersion: z.literal(1),
  nodeKeyHash: z.string(),
  sinceMs: z.number(),
});

export interface Quarantine {
  /** Null when the marker cannot be read; then it applies to whatever key there is. */
  nodeKeyHash: string | null;
  sinceMs: number | null;
}

/** The quarantine of this state directory's key; null when there is none. */
export async function readQuarantine(paths: StatePaths): Promise<Quarantine | null> {
  try {
    const text = await readSmallFile(paths.quarantineFile, 65_536);
    return text === null ? null : quarantineSchema.parse(JSON.parse(text));
  } catch {
    return { nodeKeyHash: null, sinceMs: null };
  }
}

/** @throws NodeError `disk-full`, `state-dir-unusable` */
export async function quarantineKey(paths: StatePaths, nodeKeyHash: string, nowMs: number): Promise<void> {
  const quarantine = { schemaVersion: 1, nodeKeyHash, sinceMs: nowMs };
  await writeFileAtomic(paths.quarantineFile, `${JSON.stringify(quarantine, null, 2)}\n`);
}

/** A person has said that the old machine is off. */
export async function endQuarantine(paths: StatePaths): Promise<void> {
  try {
    await rm(paths.quarantineFile, { force: true });
    await syncDirectory(paths.stateDir);
  } catch (error) {
    throw fileError(error, paths.quarantineFile, 'note');
  }
}

/** @throws NodeError `node-held` while the key must not be used */
export async function refuseWhileQuarantined(paths: StatePaths, nodeKeyHash: string): Promise<void> {
  const quarantine = await readQuarantine(paths);
  if (quarantine === null || (quarantine.nodeKeyHash !== null && quarantine.nodeKeyHash !== nodeKeyHash))
    return;
  throw new NodeError('node-held', { nodeKeyHash, stateDir: paths.stateDir });
}
