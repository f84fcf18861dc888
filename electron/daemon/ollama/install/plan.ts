import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { programIn } from '../server/binary.ts';
import { sizeOf } from './download.ts';
import { archivesFor, type OllamaRelease, type ReleaseArchive, type ReleaseTarget } from './release.ts';

export interface InstallerOptions extends ReleaseTarget {
  release: OllamaRelease;
  /** Where the archives come from instead; null: the official releases. */
  baseUrl: string | null;
  /** One folder a version is made in it. */
  folder: string;
  silentMs?: number;
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

/** Where the files of a release lie while it is got and afterwards. */
export interface InstallPlaces {
  /** The folder of the version; it exists once everything in it is on the disk. */
  target: string;
  unpacking: string;
  downloads: string;
  /** What has come of an archive so far. */
  partOf(archive: ReleaseArchive): string;
  urlOf(archive: ReleaseArchive): string;
}

/** What stays free beside the installation. */
const reserveBytes = 1_000_000_000;
/** What is counted for an archive whose size is not known before it comes. */
const unknownArchiveBytes = 1_500_000_000;

export function installPlaces({ release, baseUrl, folder }: InstallerOptions): InstallPlaces {
  const { version } = release;
  const base = (baseUrl ?? release.baseUrl).replace(/\/+$/, '');
  const downloads = join(folder, '.download');
  return {
    target: join(folder, version),
    unpacking: join(folder, `.${version}.unpacking`),
    downloads,
    partOf: ({ name }) => join(downloads, `${version}-${name}`),
    urlOf: ({ name }) => `${base}/${name}`,
  };
}

/**
 * What an installation would bring here; nothing is done.
 *
 * @throws NodeError `ollama-install-unavailable`
 */
export async function planInstall(
  options: InstallerOptions,
  { freeBytes }: { freeBytes: (path: string) => Promise<number | null> },
): Promise<InstallPlan> {
  const { release, folder } = options;
  const { target, partOf, urlOf } = installPlaces(options);
  const archives = archivesFor(release, options);
  const here = await Promise.all(archives.map((archive) => sizeOf(partOf(archive))));
  const left = archives.map(({ sizeBytes }, index) =>
    sizeBytes === null ? null : Math.max(0, sizeBytes - (here[index] ?? 0)),
  );
  const known = left.filter((bytes) => bytes !== null);
  const counted = left.map((bytes, index) => bytes ?? Math.max(0, unknownArchiveBytes - (here[index] ?? 0)));
  const unpackedBytes = archives.reduce((sum, archive) => sum + archive.unpackedEstimateBytes, 0);
  return {
    version: release.version,
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

/** Of the volume that a folder is on, or would be; null when it is not known. */
export async function freeBytesAt(path: string): Promise<number | null> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      if (at === dirname(at)) return null;
    }
  }
}
