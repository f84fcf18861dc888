import { open, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The few questions that the readers put to /sys, /proc and the like. Paths are relative to the root and have no
 * slash in front; what is not there, may not be read or fails is null or empty, never an error.
 */
export interface FileTree {
  /** Content without surrounding white space, cut to `limitBytes` (8 KiB, twice what a file of /sys holds). */
  read(path: string, limitBytes?: number): Promise<string | null>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<string[]>;
  /** Where a symbolic link points, as it is written. */
  link(path: string): Promise<string | null>;
  exists(path: string): Promise<boolean>;
}

/** A folder that stands for `/`, or a tree made of something else. */
export type Root = string | FileTree;

const usualLimitBytes = 8 * 1024;

export function openTree(root: Root): FileTree {
  if (typeof root !== 'string') return root;
  return {
    read: (path, limitBytes = usualLimitBytes) => readText(join(root, path), limitBytes).catch(() => null),
    list: (path) =>
      readdir(join(root, path)).then(
        (names) => names.toSorted(),
        () => [],
      ),
    link: (path) => readlink(join(root, path)).catch(() => null),
    exists: (path) =>
      stat(join(root, path)).then(
        () => true,
        () => false,
      ),
  };
}

/** Reads until there is no more: files of the kernel have no size that could be trusted. */
async function readText(path: string, limitBytes: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(limitBytes);
    let filled = 0;
    while (filled < limitBytes) {
      const { bytesRead } = await file.read(buffer, filled, limitBytes - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.toString('utf8', 0, filled).trim();
  } finally {
    await file.close();
  }
}

/** A figure of the kernel in bytes; null where there is none. */
export async function readBytes(tree: FileTree, path: string): Promise<number | null> {
  const text = (await tree.read(path)) ?? '';
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return bytes > 0 ? bytes : null;
}
