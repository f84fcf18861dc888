import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, readdir, symlink } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { type ReadEntry, Unpack } from 'tar';
import { NodeError } from '../../../../shared/errors.ts';
import { type Reason, said } from '../../../../shared/reasons/reason-text.ts';
import { errorCode, fileError } from '../../storage/atomic-file.ts';

export interface UnpackOptions {
  /** What errors call it: its name, without the folder. */
  name: string;
  /** Made when it is missing. */
  into: string;
  /** More than that is no release. */
  maxEntries?: number;
  maxBytes?: number;
  /** The archive holds exactly one folder at its top, whose contents are what is unpacked. */
  oneFolder?: boolean;
}

const kinds = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'SymbolicLink']);

/**
 * Unpacks a `.tar.zst` or `.tgz` as `unpackTar` does.
 *
 * @throws NodeError `archive-unusable`, `disk-full`, `cancelled`
 */
export async function unpackArchive(
  options: UnpackOptions & { archive: string },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const zlib = await import('node:zlib');
  await unpackTar(options, { source: decompressed(options.archive, zlib), signal });
}

/**
 * Unpacks files, folders and links that stay inside of `into`; any other entry ends it. Links are made last, so that
 * no file is ever written through one. Owners and special permissions are not kept. What is there when it fails
 * is the caller's to remove.
 *
 * @param modules.source the bytes of the tar, decompressed; destroyed in the end
 * @throws NodeError `archive-unusable`, `disk-full`, `cancelled`
 */
export async function unpackTar(
  options: UnpackOptions,
  modules: { source: Readable; signal: AbortSignal },
): Promise<void> {
  const { name, into, maxEntries = 50_000, maxBytes = 32 * 1024 ** 3, oneFolder = false } = options;
  const { signal } = modules;
  // It may break before it is read, and says so again then.
  modules.source.on('error', () => undefined);
  await mkdir(into, { recursive: true });
  let refused: Reason | null = null;
  let entries = 0;
  const links: { path: string; target: string }[] = [];
  let bytes = 0;
  let top: string | null = null;
  const allow = (entry: ReadEntry): boolean => {
    entries += 1;
    bytes += entry.size ?? 0;
    if (entries > maxEntries) refused ??= `more-files-than(${maxEntries})`;
    if (bytes > maxBytes) refused ??= `more-bytes-than(${maxBytes})`;
    if (oneFolder) {
      const path = posix.normalize(entry.path);
      top ??= path.split('/')[0] ?? '';
      const isTop = path === top || path === `${top}/`;
      if (top === '.' || (isTop ? entry.type !== 'Directory' : !path.startsWith(`${top}/`)))
        refused ??= 'several-folders';
    }
    const within = oneFolder ? `${top}/` : '';
    refused ??= whyNot(entry, within);
    if (entry.mode !== undefined) entry.mode = (entry.mode & 0o755) | 0o600;
    if (refused !== null) return false;
    if (entry.type !== 'SymbolicLink') return true;
    links.push({ path: posix.normalize(entry.path).slice(within.length), target: entry.linkpath ?? '' });
    return false;
  };
  const tar = new Unpack({
    cwd: into,
    // What it would only warn of, or quietly put right, ends it.
    strict: true,
    preserveOwner: false,
    noMtime: true,
    strip: oneFolder ? 1 : 0,
    filter: (_path, entry) => allow(entry as ReadEntry),
    // Already unpacked here, off the thread that beats: its own way would block it.
    zstd: false,
    gzip: false,
  });
  const ended = new Promise<void>((resolve, reject) => tar.on('close', () => resolve()).on('error', reject));
  ended.catch(() => undefined);
  const source = addAbortSignal(signal, modules.source);
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (!tar.write(chunk))
        await Promise.race([new Promise((resolve) => tar.once('drain', resolve)), ended]);
      if (refused !== null) break;
    }
    if (refused === null) {
      tar.end();
      await ended;
      for (const link of links) refused ??= await makeLink(into, link);
    }
  } catch (error) {
    if (signal.aborted) throw new NodeError('cancelled', { reason: 'aborted' }, { cause: error });
    if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') {
      throw fileError(error, into, 'ollama');
    }
    refused ??= errorCode(error) ?? said(error instanceof Error ? error.message : String(error));
  } finally {
    source.destroy();
  }
  if (refused !== null) throw new NodeError('archive-unusable', { name, reason: refused });
}

function decompressed(archive: string, zlib: typeof import('node:zlib')): Readable {
  const file = createReadStream(archive, { highWaterMark: 1024 * 1024 });
  const unzip = archive.endsWith('.tgz') ? zlib.createGunzip() : zlib.createZstdDecompress();
  file.on('error', (error) => unzip.destroy(error));
  return file.pipe(unzip);
}

/** Why an entry is no part of a release; null: it may be one. */
function whyNot({ path, type, linkpath }: ReadEntry, within: string): Reason | null {
  const outside = (target: string) =>
    target === '..' || target.startsWith('../') || !`${target}/`.startsWith(within);
  if (!kinds.has(type)) return `entry-of-kind(${type})`;
  if (isAbsolute(path) || path.includes('\0') || path.split(/[\\/]/).includes('..')) return 'file-outside';
  if (type !== 'SymbolicLink') return null;
  const target = linkpath ?? '';
  const lands = posix.normalize(posix.join(posix.dirname(path), target));
  // Behind a name, `..` is not what it reads like where that name is a link.
  const climbsLater = /[^/.][^/]*\/(.*\/)?\.\.(\/|$)/.test(target);
  return target === '' || isAbsolute(target) || outside(lands) || climbsLater ? 'link-outside' : null;
}

/** Makes a link whose text was checked, in a folder that is one; returns why it could not be made, or null. */
async function makeLink(
  into: string,
  { path, target }: { path: string; target: string },
): Promise<Reason | null> {
  let folder = into;
  for (const part of posix
    .dirname(path)
    .split('/')
    .filter((name) => name !== '.')) {
    folder = join(folder, part);
    await mkdir(folder).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    if (!(await lstat(folder)).isDirectory()) return 'link-in-link';
  }
  await symlink(target, join(into, path));
  return null;
}

/** Makes everything below a folder durable, so that it is whole once it has its name. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const handle = await open(join(entry.parentPath, entry.name), 'r');
    await handle.sync().finally(() => handle.close());
  }
}
