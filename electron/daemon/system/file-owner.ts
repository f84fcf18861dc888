import { lchownSync, lstatSync, statSync } from 'node:fs';
import { lchown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Whoever owns a folder owns what is in it. Root, who may write everywhere, would otherwise leave files that the node
 * cannot read, and a node that cannot read its settings runs without them.
 */
export async function keepOwner(path: string, place = path): Promise<void> {
  const owner = process.geteuid?.() === 0 ? await stat(dirname(place)) : null;
  if (owner !== null && owner.uid !== 0) await lchown(path, owner.uid, owner.gid);
}

/** The same at once, for files that may not be there. */
export function keepOwnerSync(paths: readonly string[]): void {
  if (process.geteuid?.() !== 0) return;
  for (const path of paths) {
    const { uid, gid } = statSync(dirname(path));
    if (uid !== 0 && lstatSync(path, { throwIfNoEntry: false }) !== undefined) lchownSync(path, uid, gid);
  }
}
