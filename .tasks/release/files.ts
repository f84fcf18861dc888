import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { packageName, programName } from '../package/places.ts';
import { runTool } from '../package/tools.ts';

/** A file of a release as its manifest has it. [docs/release.md] */
export interface ReleasedFile {
  kind: 'cli' | 'app';
  format: string;
  platform: 'linux' | 'darwin';
  arch: 'x64' | 'arm64';
  name: string;
  size: number;
  sha256: string;
  unpackedSize?: number;
  sha512?: string;
  blockMapSize?: number;
}

type Named = Pick<ReleasedFile, 'kind' | 'format' | 'platform' | 'arch' | 'name'>;

/** What the name of a file says it is; null for one that is no package of this version. */
export function nameOf(name: string, version: string): Named | null {
  const form =
    /^(?<product>[a-z-]+)-(?<version>\d+\.\d+\.\d+)-(?<system>linux|mac)-(?<arch>x64|arm64)\.(?<format>tar\.xz|deb|rpm|AppImage|dmg|zip)$/;
  const { groups } = form.exec(name) ?? {};
  if (groups === undefined || groups.version !== version) return null;
  const { product, system, format = '' } = groups;
  const arch = groups.arch === 'arm64' ? 'arm64' : 'x64';
  const platform = system === 'mac' ? 'darwin' : 'linux';
  if (product === packageName) return { kind: 'cli', format, platform, arch, name };
  return product === programName ? { kind: 'app', format, platform, arch, name } : null;
}

/** Every package of this version in a folder. @throws Error where there is none */
export function releasedFiles(version: string, folder: string): ReleasedFile[] {
  const files = readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const named = nameOf(name, version);
      return named === null ? [] : [describe(named, join(folder, name))];
    });
  if (files.length === 0)
    throw new Error(`${folder} holds no package of ${version}; make them with: npm run package -- --all`);
  return files;
}

function describe(named: Named, path: string): ReleasedFile {
  const size = statSync(path).size;
  const known = { ...named, size, sha256: sumOf(path) };
  if (named.kind === 'app') {
    const sha512 = createHash('sha512').update(readFileSync(path)).digest('base64');
    const blockMapSize = named.format === 'AppImage' ? blockMapIn(path, size) : null;
    return { ...known, sha512, ...(blockMapSize === null ? {} : { blockMapSize }) };
  }
  return named.format === 'tar.xz' ? { ...known, unpackedSize: unpackedSize(path) } : known;
}

export function sumOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The packager ends an AppImage with a block map and its size; null for one that has none. */
function blockMapIn(path: string, size: number): number | null {
  const file = openSync(path, 'r');
  try {
    const read = (length: number, at: number) => {
      const bytes = Buffer.alloc(length);
      readSync(file, bytes, 0, length, at);
      return bytes;
    };
    const length = read(4, size - 4).readUInt32BE();
    if (length === 0 || length > size - 4) return null;
    const map = JSON.parse(inflateRawSync(read(length, size - 4 - length)).toString('utf8')) as {
      files?: unknown;
    };
    return Array.isArray(map.files) ? length : null;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function unpackedSize(archive: string): number {
  const totals = runTool('xz', ['--robot', '--list', archive])
    .split('\n')
    .find((line) => line.startsWith('totals\t'));
  // [xz(1), --robot: name of the line, streams, blocks, compressed, uncompressed]
  const bytes = Number(totals?.split('\t')[4]);
  if (!Number.isSafeInteger(bytes) || bytes <= 0)
    throw new Error(`xz does not say how large ${archive} is unpacked`);
  return bytes;
}
