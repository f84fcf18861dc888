import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import type * as z from 'zod';
import type { installSection } from '../../../../shared/contract/ollama.ts';
import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { HttpClient } from '../../http/client.ts';
import { syncDirectory } from '../../storage/atomic-file.ts';
import type { Clock } from '../../system/clock.ts';
import { createPullProgress } from '../models/pull-progress.ts';
import { programIn } from '../server/binary.ts';
import { discardDownload, download } from './download.ts';
import { type InstallerOptions, installPlaces, planInstall } from './plan.ts';
import { archivesFor, type ReleaseArchive } from './release.ts';

export type InstallReport = NonNullable<z.infer<typeof installSection>>;

export interface InstallStepModules {
  http: HttpClient;
  clock: Clock;
  signal: AbortSignal;
  freeBytes: (path: string) => Promise<number | null>;
  /** What is done now, and how far it is. */
  report: (change: Partial<InstallReport>) => void;
}

/**
 * Gets, checks and unpacks the release of a plan; nothing where it is installed already. Resolves with the program.
 *
 * @throws NodeError `ollama-install-unavailable`, `no-room`, `download-stalled`, `download-failed`,
 *   `download-mismatch`, `archive-unusable`, `state-dir-unusable`; what the file system says
 */
export async function installRelease(
  options: InstallerOptions,
  modules: InstallStepModules,
): Promise<string> {
  const { release, folder } = options;
  const { report, freeBytes, signal } = modules;
  const { target, unpacking, downloads, partOf } = installPlaces(options);
  const archives = archivesFor(release, options);
  const { installed, neededBytes, freeBytes: free } = await planInstall(options, { freeBytes });
  if (installed !== null) return installed;
  if (free !== null && free < neededBytes) {
    throw new NodeError('no-room', { path: folder, neededBytes, freeBytes: free });
  }
  await mkdir(downloads, { recursive: true, mode: 0o755 });
  await getAll(options, archives, modules);
  report({ state: 'checking', bytesPerSecond: null, leftMs: null });
  for (const archive of archives) await check(options, archive, signal);
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
      reason: 'no-program-in-it',
    });
  }
  await syncTree(unpacking);
  await rename(unpacking, target);
  await syncDirectory(folder);
  for (const archive of archives) await discardDownload(partOf(archive));
  const program = await programIn(target);
  if (program === null)
    throw new NodeError('state-dir-unusable', { path: target, reason: 'program-missing' });
  return program;
}

async function getAll(
  options: InstallerOptions,
  archives: readonly ReleaseArchive[],
  { http, clock, signal, report }: InstallStepModules,
): Promise<void> {
  const { urlOf, partOf } = installPlaces(options);
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
async function check(options: InstallerOptions, archive: ReleaseArchive, signal: AbortSignal): Promise<void> {
  const { urlOf, partOf } = installPlaces(options);
  const file = partOf(archive);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  if (found === archive.sha256) return;
  await discardDownload(file);
  throw new NodeError('download-mismatch', { url: urlOf(archive), expected: archive.sha256, found });
}

/**
 * Leaves nothing half unpacked. What has been got stays for the next time, unless it is not what was published, or
 * fills the disk: then it is given back.
 */
export async function cleanUp(options: InstallerOptions, cause: NodeError): Promise<void> {
  const { unpacking, downloads, partOf } = installPlaces(options);
  await rm(unpacking, { recursive: true, force: true }).catch(() => undefined);
  const full = isNodeError(cause, 'disk-full');
  const wrong = isNodeError(cause, 'archive-unusable') || isNodeError(cause, 'download-mismatch');
  if (full || wrong)
    for (const archive of archivesFor(options.release, options))
      await discardDownload(partOf(archive)).catch(() => undefined);
  await removeEmpty(downloads);
  await removeEmpty(options.folder);
}

const timing = ({ silentMs }: InstallerOptions) => (silentMs === undefined ? {} : { silentMs });

export async function removeEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => null);
  if (names?.length === 0) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
