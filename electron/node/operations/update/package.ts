import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { HttpClient } from '../../../daemon/http/client.ts';
import { discardDownload, download, sizeOf } from '../../../daemon/ollama/install/download.ts';
import { syncTree, unpackTar } from '../../../daemon/ollama/install/unpack.ts';
import { errorCode, fileError } from '../../../daemon/storage/atomic-file.ts';
import type { Clock } from '../../../daemon/system/clock.ts';
import { type Installation, nameVersion } from './installation.ts';
import type { ReleaseFile } from './manifest.ts';

/** What stays free beside a new version, bytes. */
const reserveBytes = 20_000_000;
/** A Node and a bundle, xz'd, grow to about four times their size. */
const growth = 6;
const largestUnpackedBytes = 1024 ** 3;
const mostEntries = 5000;
const xzMemoryBytes = 256 * 1024 * 1024;

export type PackageStep = 'downloading' | 'checking' | 'unpacking';

export interface PackageModules {
  /** One that does not leave the origin. */
  http: HttpClient;
  clock: Clock;
  signal: AbortSignal;
  onStep: (step: PackageStep) => void;
  onProgress: (completedBytes: number, totalBytes: number | null) => void;
  freeBytes?: ((path: string) => Promise<number | null>) | undefined;
}

/** What a package needs on the disk of the installation, and what is there. */
async function roomFor(
  { root, downloadDir }: Installation,
  file: ReleaseFile,
  freeBytes: (path: string) => Promise<number | null> = freeBytesAt,
): Promise<{ neededBytes: number; freeBytes: number | null }> {
  const here = await sizeOf(downloadOf(downloadDir, file));
  const unpacked = file.unpackedSize ?? file.size * growth;
  return {
    neededBytes: Math.max(0, file.size - here) + unpacked + reserveBytes,
    freeBytes: await freeBytes(root),
  };
}

/**
 * Brings a version to its folder, whole and durable: room, download (resumed), checksum, unpacking of the
 * very bytes whose checksum is right. Nothing that runs is touched.
 *
 * @throws NodeError `no-room`, `download-failed`, `download-stalled`, `download-mismatch`, `archive-unusable`,
 *   `update-tool-missing`, `state-dir-unusable`, `cancelled`
 */
export async function bringVersion(
  options: {
    installation: Installation;
    folder: URL;
    version: string;
    file: ReleaseFile;
    /** In which `xz` is found. */
    env: NodeJS.ProcessEnv;
    silentMs?: number | undefined;
    tries?: number | undefined;
  },
  modules: PackageModules,
): Promise<void> {
  const { installation, folder, version, file, env, silentMs = 30_000, tries = 3 } = options;
  const { http, clock, signal, onStep, onProgress, freeBytes } = modules;
  const { root, downloadDir } = installation;
  const archive = downloadOf(downloadDir, file);
  const unpacked = join(root, `.unpacking-${version}`);
  const url = new URL(file.name, folder).href;
  const room = await roomFor(installation, file, freeBytes);
  const noRoom = (cause?: unknown) => new NodeError('no-room', { path: root, ...room }, { cause });
  if (room.freeBytes !== null && room.freeBytes < room.neededBytes) throw noRoom();
  try {
    await mkdir(downloadDir, { recursive: true, mode: 0o755 });
    await removeOthers(downloadDir, file);
    onStep('downloading');
    await download(
      { url, file: archive, sizeBytes: file.size, silentMs, tries },
      { http, clock, signal, onProgress },
    );
    onStep('checking');
    const found = await hashOf(archive, signal);
    if (found !== file.sha256) throw mismatch(url, file, found);
    onStep('unpacking');
    await rm(unpacked, { recursive: true, force: true });
    await unpackChecked({ archive, file, url, into: unpacked, env }, { signal });
    await requireLauncher(unpacked, file.name);
    await writeFile(join(unpacked, 'installed-by'), 'install.sh\n', { mode: 0o644 });
    await syncTree(unpacked);
    await nameVersion(installation, unpacked, version);
    await discardDownload(archive);
  } catch (error) {
    await rm(unpacked, { recursive: true, force: true }).catch(() => undefined);
    const known = isNodeError(error) ? error : fileError(error, root, 'update');
    const full = isNodeError(known, 'disk-full');
    // What is wrong is not resumed, and a full disk is given back what was taken from it.
    if (full || isNodeError(known, 'download-mismatch') || isNodeError(known, 'archive-unusable'))
      await discardDownload(archive).catch(() => undefined);
    throw full ? noRoom(error) : known;
  }
}

/** By its sum: what came of another file of that name is never continued with this one. */
function downloadOf(downloadDir: string, { name, sha256 }: ReleaseFile): string {
  return join(downloadDir, `${sha256.slice(0, 16)}-${name}`);
}

/** What came of earlier releases is of no use any more. */
async function removeOthers(downloadDir: string, file: ReleaseFile): Promise<void> {
  const own = basename(downloadOf(downloadDir, file));
  for (const name of await readdir(downloadDir)) {
    if (!name.startsWith(own)) await rm(join(downloadDir, name), { recursive: true, force: true });
  }
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }))
      hash.update(chunk as Buffer);
  } catch (error) {
    if (signal.aborted) throw new NodeError('cancelled', { reason: 'aborted' }, { cause: error });
    throw error;
  }
  return hash.digest('hex');
}

/**
 * Unpacks a tar.xz with the system's `xz`, for neither Node nor npm's tar can. The bytes that are unpacked are
 * hashed on their way: a file that was changed after the download is never given a name.
 */
async function unpackChecked(
  options: { archive: string; file: ReleaseFile; url: string; into: string; env: NodeJS.ProcessEnv },
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const { archive, file, url, into, env } = options;
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const xz = spawn('xz', ['--decompress', '--stdout', `--memlimit-decompress=${xzMemoryBytes}`], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<number | string>((resolve) => {
    xz.once('error', (error) => resolve(errorCode(error) ?? error.message));
    xz.once('close', (code, killedBy) => resolve(code ?? killedBy ?? 'killed'));
  });
  // What makes this end early is reported by xz, by tar, or by the checksum.
  const fed = pipeline(createReadStream(archive, { highWaterMark: 1024 * 1024 }), hashing, xz.stdin).catch(
    (error: unknown) => error,
  );
  try {
    await unpackTar(
      { name: file.name, into, maxEntries: mostEntries, maxBytes: largestUnpackedBytes, oneFolder: true },
      { source: xz.stdout, signal },
    );
  } catch (error) {
    xz.kill('SIGKILL');
    if ((await ended) === 'ENOENT') throw new NodeError('update-tool-missing', { tool: 'xz' });
    throw error;
  }
  const exit = await ended;
  const fault = await fed;
  if (exit === 'ENOENT') throw new NodeError('update-tool-missing', { tool: 'xz' });
  const found = hash.digest('hex');
  if (fault !== undefined || found !== file.sha256) throw mismatch(url, file, found);
  if (exit !== 0)
    throw new NodeError('archive-unusable', {
      name: file.name,
      reason: typeof exit === 'number' ? `exit-code(${exit})` : `signal(${exit})`,
    });
}

async function requireLauncher(folder: string, name: string): Promise<void> {
  try {
    await access(join(folder, 'bin', 'parallelix-operator'), constants.X_OK);
  } catch (error) {
    throw new NodeError('archive-unusable', { name, reason: 'no-program-in-it' }, { cause: error });
  }
}

function mismatch(url: string, { sha256 }: ReleaseFile, found: string): NodeError {
  return new NodeError('download-mismatch', { url, expected: sha256, found });
}

async function freeBytesAt(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
