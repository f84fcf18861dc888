import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Parts } from './parts.ts';
import { root } from './places.ts';

/** Packages under the MIT licence that are published without its text, and whose they are. */
const withoutText: Readonly<Record<string, string>> = { 'lazy-val': 'Vladimir Krivosheev' };

/** The words of the MIT licence, which are our own program's too. */
const mitTerms = () => ownLicence().slice(ownLicence().indexOf('Permission is hereby granted'));

interface Manifest {
  name: string;
  version: string;
  license?: string;
  dependencies?: Record<string, string>;
}

/**
 * The licence texts of everything in a package that others wrote: npm packages in the bundle and all that these
 * depend on (some are delivered with their own dependencies inside), Node, and the keyring with what it was built from.
 */
export function thirdPartyNotices(packages: readonly string[], parts: Parts): string {
  const bundled = [...withDependencies(packages)].map(packageNotice);
  const keyring = join(parts.keyringPackage, 'LICENSE.third-party.md');
  const sections = [
    ...bundled,
    packageNotice(parts.keyringLoader),
    section(`Node.js ${parts.nodeVersion}`, readFileSync(parts.nodeLicence, 'utf8')),
    section('What the keyring’s binary was built from', readFileSync(keyring, 'utf8')),
  ];
  return `ParalleliX Operator contains the work of others, under the licences that follow.\n\n${sections.join('\n')}`;
}

/** The licence of this program itself. */
export function ownLicence(): string {
  return readFileSync(join(root, 'LICENSE'), 'utf8');
}

function withDependencies(packages: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (folder: string): void => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const name of Object.keys(manifestIn(folder).dependencies ?? {})) {
      // Types are not in any bundle.
      const dependency = name.startsWith('@types/') ? null : resolveFrom(folder, name);
      if (dependency) add(dependency);
    }
  };
  packages.forEach(add);
  return new Set([...found].sort());
}

function resolveFrom(folder: string, name: string): string | null {
  for (let place = folder; place.startsWith(root); place = dirname(place)) {
    const candidate = join(place, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return null;
}

function packageNotice(folder: string): string {
  const { name, version, license } = manifestIn(folder);
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
  const holder = withoutText[name];
  if (files.length === 0 && holder !== undefined && license === 'MIT')
    return section(`${name} ${version} (MIT)`, `Copyright (c) ${holder}\n\n${mitTerms()}`);
  if (files.length === 0)
    throw new Error(`${name} ${version} (${license ?? 'no licence'}) comes without its licence text`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
  return section(`${name} ${version} (${license ?? 'see below'})`, texts.join('\n'));
}

function section(title: string, words: string): string {
  return `${'-'.repeat(80)}\n${title}\n${'-'.repeat(80)}\n\n${words.trim()}\n`;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
