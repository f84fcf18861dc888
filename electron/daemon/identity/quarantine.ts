import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { NodeError } from '../../../shared/errors.ts';
import { fileError, readSmallFile, syncDirectory, writeFileAtomic } from '../storage/atomic-file.ts';
import type { StatePaths } from '../storage/paths.ts';

/**
 * A key that came from another machine may still be at work there. While it is held nothing is sent
 * with it; only a person can know that the old machine is off.
 */
const holdSchema = z.object({
  schemaVersion: z.literal(1),
  nodeKeyHash: z.string(),
  sinceMs: z.number(),
});

export interface Hold {
  /** Null when the marker cannot be read; then it holds whatever key there is. */
  nodeKeyHash: string | null;
  sinceMs: number | null;
}

/** The hold on this state directory; null when there is none. */
export async function readHold(paths: StatePaths): Promise<Hold | null> {
  try {
    const text = await readSmallFile(paths.holdFile, 65_536);
    return text === null ? null : holdSchema.parse(JSON.parse(text));
  } catch {
    return { nodeKeyHash: null, sinceMs: null };
  }
}

/** @throws NodeError `disk-full`, `state-dir-unusable` */
export async function holdKey(paths: StatePaths, nodeKeyHash: string, nowMs: number): Promise<void> {
  const hold = { schemaVersion: 1, nodeKeyHash, sinceMs: nowMs };
  await writeFileAtomic(paths.holdFile, `${JSON.stringify(hold, null, 2)}\n`);
}

/** A person has said that the old machine is off. */
export async function releaseHold(paths: StatePaths): Promise<void> {
  try {
    await rm(paths.holdFile, { force: true });
    await syncDirectory(paths.stateDir);
  } catch (error) {
    throw fileError(error, paths.holdFile);
  }
}

/** @throws NodeError `node-held` while the key must not be used */
export async function refuseWhileHeld(paths: StatePaths, nodeKeyHash: string): Promise<void> {
  const hold = await readHold(paths);
  if (hold === null || (hold.nodeKeyHash !== null && hold.nodeKeyHash !== nodeKeyHash)) return;
  throw new NodeError('node-held', { nodeKeyHash, stateDir: paths.stateDir });
}
