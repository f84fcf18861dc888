import type { KeyObject } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { plainVersion } from '../../electron/node/operations/update/installation.ts';
import { root } from '../package/places.ts';
import { releasedFiles, sumOf } from './files.ts';
import { type ReleaseKeys, signManifest } from './signing.ts';

const longestNotes = 4000;

export interface ReleaseOptions {
  version: string;
  packagesDir: string;
  /** Appears whole or not at all; must not exist. */
  outDir: string;
  notes: string;
  publishedAt: Date;
  /** Where the folder will be published; written into its install.sh. */
  releaseUrl: string | null;
  privateKey: KeyObject;
  trusted: ReleaseKeys;
}

/**
 * Makes the folder of a release: packages, manifest, signature, sums and install.sh. [docs/release.md]
 *
 * @returns the names of its files and the id of the key that signed
 * @throws Error that says what is missing or does not fit; nothing is left then
 */
export function makeRelease(options: ReleaseOptions): { names: string[]; keyId: string } {
  const { version, packagesDir, outDir, notes, publishedAt, releaseUrl, privateKey, trusted } = options;
  if (!plainVersion.test(version)) throw new Error(`a release has a version X.Y.Z, not ${version}`);
  if (notes.length > longestNotes)
    throw new Error(`the notes have ${notes.length} characters, and ${longestNotes} is the most`);
  if (releaseUrl === null) throw new Error('there is no address to publish it at; give --url https://…');
  if (!isReleaseUrl(releaseUrl)) throw new Error(`releases are published over https, not at ${releaseUrl}`);
  if (existsSync(outDir)) throw new Error(`${outDir} exists already; a release is never changed`);
  const files = releasedFiles(version, packagesDir);
  const temporary = `${outDir}.unfinished`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    for (const { name } of files) copyFileSync(join(packagesDir, name), join(temporary, name));
    const manifest = {
      schemaVersion: 1,
      product: 'parallelix-operator',
      version,
      publishedAt: publishedAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      notes,
      files,
    };
    const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    const { text, keyId } = signManifest(bytes, privateKey, trusted);
    writeFileSync(join(temporary, 'manifest.json'), bytes);
    writeFileSync(join(temporary, 'manifest.json.sig'), text);
    // What a release is made of, for whoever audits it; no program reads it.
    const boms = readdirSync(packagesDir).filter((name) => name.endsWith(`-${version}.cdx.json`));
    for (const name of boms) copyFileSync(join(packagesDir, name), join(temporary, name));
    const sums = [...files, ...boms.map((name) => ({ name, sha256: sumOf(join(packagesDir, name)) }))];
    writeFileSync(
      join(temporary, 'SHA256SUMS'),
      sums.map(({ sha256, name }) => `${sha256}  ${name}\n`).join(''),
    );
    writeFileSync(join(temporary, 'install.sh'), installScript(releaseUrl));
    chmodSync(join(temporary, 'install.sh'), 0o755);
    renameSync(temporary, outDir);
    return { names: readdirSync(outDir).sort(), keyId };
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** install.sh with the address of its release in it. */
function installScript(releaseUrl: string): string {
  const text = readFileSync(join(root, 'resources', 'install.sh'), 'utf8');
  const filled = text.replace("release_url='@RELEASE_URL@'", `release_url='${releaseUrl}'`);
  if (filled === text) throw new Error('resources/install.sh has no place for the address');
  return filled;
}

/** Letters that mean nothing to a shell, and https. */
function isReleaseUrl(text: string): boolean {
  return /^https:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[A-Za-z0-9._~/-]*)?$/.test(text);
}
