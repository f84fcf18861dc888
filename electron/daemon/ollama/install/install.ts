import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import type { installSection } from '../../../../shared/contract/ollama.ts';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import type { Logger } from '../../logging/logger.ts';
import { fileError, syncDirectory } from '../../storage/atomic-file.ts';
import type { Clock } from '../../system/clock.ts';
import { createPullProgress } from '../models/pull-progress.ts';
import { programIn } from '../server/binary.ts';
import { discardDownload, download, sizeOf } from './download.ts';
import { archivesFor, type OllamaRelease, type ReleaseArchive, type ReleaseTarget } from './release.ts';

export type InstallReport = NonNullable<z.infer<typeof installSection>>;

/** Gets the pinned release into a folder of the user's own. Asking for it is the person's consent. */
export interface OllamaInstaller {
  /** Null before the first `install`. */
  readonly status: InstallReport | null;
  /** What it would bring here: the version, bytes to get (null: not known), and the folder. Nothing is done. */
  plan(): Promise<InstallPlan>;
  /**
   * Installs; joins an installation that is under way. Resolves with the program.
   *
   * @throws NodeError `ollama-install-unavailable`, `no-room`, `download-stalled`, `download-failed`,
   *   `download-mismatch`, `archive-unusable`, `state-dir-unusable`, `cancelled`
   */
  install(): Promise<string>;
  /** Ends it; what has been got stays for the next time. False when nothing was under way. */
  cancel(): boolean;
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

export interface InstallPlan {
  version: string;
  /** The program, when this version is installed already. */
  installed: string | null;
  archives: { name: string; url: string; sizeBytes: number | null }[];
  /** Still to get; null: not known before the server says so. */
  downloadBytes: number | null;
  /** Room that has to be there, the unpacked files included; an estimate. */
  neededBytes: number;
  freeBytes: number | null;
  folder: string;
}

export interface InstallerOptions extends ReleaseTarget {
  release: OllamaRelease;
  /** Where the archives come from instead; null: the official releases. */
  baseUrl: string | null;
  /** One folder a version is made in it. */
  folder: string;
  silentMs?: number;
}

/** What stays free beside the installation. */
const reserveBytes = 1_000_000_000;
/** What is counted for an archive whose size is not known before it comes. */
const unknownArchiveBytes = 1_500_000_000;
const betweenReportsMs = 200;

export function createOllamaInstaller(
  options: InstallerOptions,
  modules: {
    /** One that follows redirects to other hosts, over https only. */
    http: HttpClient;
    clock: Clock;
    log: Logger;
    /** The program is there; the state is `starting` until this resolves. */
    onInstalled?: (program: string) => Promise<void>;
    freeBytes?: (path: string) => Promise<number | null>;
  },
): OllamaInstaller {
  const { release, folder } = options;
  const { http, clock, log, onInstalled, freeBytes = freeBytesAt } = modules;
  const { version } = release;
  const baseUrl = (options.baseUrl ?? release.baseUrl).replace(/\/+$/, '');
  const listeners = new Set<() => void>();
  const target = join(folder, version);
  const unpacking = join(folder, `.${version}.unpacking`);
  const partOf = ({ name }: ReleaseArchive) => join(folder, '.download', `${version}-${name}`);
  const urlOf = ({ name }: ReleaseArchive) => `${baseUrl}/${name}`;
  let status: InstallReport | null = null;
  let underWay: { done: Promise<string>; cancel: AbortController } | null = null;
  let lastReportMs = Number.NEGATIVE_INFINITY;

  function report(change: Partial<InstallReport>): void {
    const before = status;
    const nowMs = clock.monotonicMs();
    const fresh = {
      state: 'downloading',
      version,
      folder: target,
      ...nothingYet,
      sinceMs: clock.now(),
    } as const;
    const next = { ...(before ?? fresh), ...change };
    if (next.state !== before?.state) next.sinceMs = clock.now();
    status = next;
    if (next.state === before?.state && nowMs - lastReportMs < betweenReportsMs) return;
    lastReportMs = nowMs;
    for (const listener of [...listeners]) listener();
  }

  async function plan(): Promise<InstallPlan> {
    const archives = archivesFor(release, options);
    const here = await Promise.all(archives.map((archive) => sizeOf(partOf(archive))));
    const left = archives.map(({ sizeBytes }, index) =>
      sizeBytes === null ? null : Math.max(0, sizeBytes - (here[index] ?? 0)),
    );
    const known = left.filter((bytes) => bytes !== null);
    const counted = left.map(
      (bytes, index) => bytes ?? Math.max(0, unknownArchiveBytes - (here[index] ?? 0)),
    );
    const unpackedBytes = archives.reduce((sum, archive) => sum + archive.unpackedEstimateBytes, 0);
    return {
      version,
      installed: await programIn(target),
      archives: archives.map((archive) => ({
        name: archive.name,
        url: urlOf(archive),
        sizeBytes: archive.sizeBytes,
      })),
      downloadBytes: known.length === left.length ? known.reduce((sum, bytes) => sum + bytes, 0) : null,
      neededBytes: counted.reduce((sum, bytes) => sum + bytes, 0) + unpackedBytes + reserveBytes,
      freeBytes: await freeBytes(folder),
      folder: target,
    };
  }

  async function run(signal: AbortSignal): Promise<string> {
    const archives = archivesFor(release, options);
    const { installed, neededBytes, freeBytes: free } = await plan();
    if (installed !== null) return installed;
    if (free !== null && free < neededBytes) {
      throw new NodeError('no-room', { path: folder, neededBytes, freeBytes: free });
    }
    await mkdir(join(folder, '.download'), { recursive: true, mode: 0o755 });
    await getAll(archives, signal);
    report({ state: 'checking', bytesPerSecond: null, leftMs: null });
    for (const archive of archives) await check(archive, signal);
    report({ state: 'unpacking' });
    // Its library takes time and memory that a node which installs nothing need not spend.
    const { syncTree, unpackArchive } = await import('./unpack.ts');
    await rm(unpacking, { recursive: true, force: true });
    for (const archive of archives) {
      await unpackArchive({ archive: partOf(archive), name: archive.name, into: unpacking }, { signal });
    }
    if ((await programIn(unpacking)) === null) {
      throw new NodeError('archive-unusable', {
        name: archives[0]?.name ?? '',
        reason: 'there is no program in it',
      });
    }
    await syncTree(unpacking);
    await rename(unpacking, target);
    await syncDirectory(folder);
    for (const archive of archives) await discardDownload(partOf(archive));
    const program = await programIn(target);
    if (program === null)
      throw new NodeError('state-dir-unusable', { path: target, reason: 'the program is not there' });
    return program;
  }

  async function getAll(archives: readonly ReleaseArchive[], signal: AbortSignal): Promise<void> {
    const progress = createPullProgress({ clock });
    const sizes = new Map(archives.map(({ name, sizeBytes }) => [name, sizeBytes]));
    for (const archive of archives) {
      await download(
        { url: urlOf(archive), file: partOf(archive), sizeBytes: archive.sizeBytes, ...timing(options) },
        {
          http,
          clock,
          signal,
          onProgress(completedBytes, totalBytes) {
            sizes.set(archive.name, totalBytes);
            const all = [...sizes.values()];
            if (all.every((size) => size !== null)) progress.expect(all.reduce((sum, size) => sum + size, 0));
            progress.note({ digest: archive.name, totalBytes: totalBytes ?? 0, completedBytes });
            const { layers: _layers, ...figures } = progress.figures();
            report({ state: 'downloading', ...figures });
          },
        },
      );
    }
  }

  /** What is not the published file is gone before anybody could take it for it. */
  async function check(archive: ReleaseArchive, signal: AbortSignal): Promise<void> {
    const file = partOf(archive);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
      hash.update(chunk as Buffer);
    const found = hash.digest('hex');
    if (found === archive.sha256) return;
    await discardDownload(file);
    throw new NodeError('download-mismatch', { url: urlOf(archive), expected: archive.sha256, found });
  }

  async function clean(error: unknown): Promise<NodeError> {
    await rm(unpacking, { recursive: true, force: true }).catch(() => undefined);
    const known = underWay?.cancel.signal.aborted
      ? new NodeError('cancelled', { reason: 'aborted' }, { cause: error })
      : isNodeError(error)
        ? error
        : fileError(error, folder);
    const full = isNodeError(known, 'disk-full');
    const wrong = isNodeError(known, 'archive-unusable') || isNodeError(known, 'download-mismatch');
    // A full disk is given back what was taken from it.
    if (full || wrong)
      for (const archive of archivesFor(release, options))
        await discardDownload(partOf(archive)).catch(() => undefined);
    await removeEmpty(join(folder, '.download'));
    await removeEmpty(folder);
    if (!full) return known;
    const { neededBytes } = await plan();
    return new NodeError(
      'no-room',
      { path: folder, neededBytes, freeBytes: await freeBytes(folder) },
      { cause: error },
    );
  }

  async function installOnce(signal: AbortSignal): Promise<string> {
    status = null;
    report({ state: 'downloading' });
    log.info('ollama-install-started', { version });
    try {
      const program = await run(signal);
      await removeEmpty(join(folder, '.download'));
      if (onInstalled) {
        report({ state: 'starting' });
        // It is installed whether it starts or not; what keeps it from starting is reported with its server.
        await onInstalled(program).catch((error: unknown) =>
          log.warn('ollama-installed-not-started', { code: isNodeError(error) ? error.code : String(error) }),
        );
      }
      report({ state: 'done', bytesPerSecond: null, leftMs: null });
      log.info('ollama-installed', { version });
      return program;
    } catch (error) {
      const known = await clean(error);
      const { code, details } = known;
      const state = code === 'cancelled' ? 'cancelled' : 'failed';
      log.warn('ollama-install-ended', { state, code });
      report({ state, error: { code, details: { ...details } }, bytesPerSecond: null, leftMs: null });
      throw known;
    }
  }

  return {
    get status() {
      return status;
    },
    plan,
    install() {
      if (underWay) return underWay.done;
      const cancel = new AbortController();
      const done = installOnce(cancel.signal).finally(() => {
        underWay = null;
      });
      underWay = { done, cancel };
      return done;
    },
    cancel() {
      if (underWay === null) return false;
      underWay.cancel.abort('cancelled');
      return true;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      underWay?.cancel.abort('stopping');
      await underWay?.done.catch(() => undefined);
      listeners.clear();
    },
  };
}

const nothingYet = { totalBytes: null, completedBytes: 0, bytesPerSecond: null, leftMs: null, error: null };
const timing = ({ silentMs }: InstallerOptions) => (silentMs === undefined ? {} : { silentMs });

async function removeEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => null);
  if (names?.length === 0) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Of the volume that a folder is on, or would be; null when it is not known. */
async function freeBytesAt(path: string): Promise<number | null> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      if (at === dirname(at)) return null;
    }
  }
}
