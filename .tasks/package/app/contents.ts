import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { listPackage, statFile } from '@electron/asar';
import { contentsOf, type Entry } from '../contents.ts';
import { machineOf } from '../machine-code.ts';

/** One line of a content list of the app: a mode, and a path that may hold `*` and `**`. */
export interface Line {
  mode: string;
  pattern: string;
}

/** The list that is in the repository for one system and processor. */
export function appContents(platform: 'linux' | 'darwin', arch: 'x64' | 'arm64'): Line[] {
  const text = readFileSync(join(import.meta.dirname, `contents-${platform}.txt`), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const found = /^([0-7]{4}|link|asar|any) (\S.*)$/.exec(line.replaceAll('ARCH', arch));
      if (!found?.[1] || !found[2])
        throw new Error(`contents-${platform}.txt: this line cannot be read: ${line}`);
      return { mode: found[1], pattern: found[2] };
    });
}

/** What an app's folder holds, with what its archives hold as if they were folders. */
export function appFolderContents(folder: string): Entry[] {
  return contentsOf(folder).flatMap((entry) =>
    entry.path.endsWith('.asar') ? [entry, ...asarContents(folder, entry.path)] : [entry],
  );
}

function asarContents(folder: string, path: string): Entry[] {
  const archive = join(folder, path);
  return listPackage(archive, { isPack: false }).flatMap((inside) => {
    const name = inside.replace(/^\//, '');
    return 'files' in statFile(archive, name)
      ? []
      : [{ path: `${path}/${name}`, mode: 'asar', target: null }];
  });
}

/** @throws Error that names every path that no line allows, and every line that nothing matches */
export function checkAppContents(found: readonly Entry[], lines: readonly Line[], name: string): void {
  const used = new Set<Line>();
  const extra = found.filter((entry) => {
    const line = lines.find(
      ({ mode, pattern }) => (mode === 'any' || mode === entry.mode) && matchesGlob(entry.path, pattern),
    );
    if (line) used.add(line);
    return line === undefined;
  });
  const faults = [
    ...extra.map(({ mode, path }) => `  not in the list: ${mode} ${path}`),
    ...lines.filter((line) => !used.has(line)).map(({ mode, pattern }) => `  missing: ${mode} ${pattern}`),
  ];
  if (faults.length > 0)
    throw new Error(`${name} is not what its content list says:\n${faults.sort().join('\n')}`);
}

/** @throws Error unless all code is for one machine, with one keyring beside the app and one in the command line */
export function checkAppMachineCode(folder: string, machine: string): void {
  const code = contentsOf(folder)
    .filter(({ mode }) => mode !== 'link')
    .flatMap(({ path }) => {
      const made = machineOf(join(folder, path));
      return made === null ? [] : [{ path, made }];
    });
  const foreign = code.filter(({ made }) => made !== machine);
  if (foreign.length > 0)
    throw new Error(
      `not made for ${machine}: ${foreign.map(({ path, made }) => `${path} (${made})`).join(', ')}`,
    );
  const keyrings = code.filter(({ path }) => path.endsWith('.node')).map(({ path }) => path);
  const places = ['app.asar.unpacked/node_modules/keytar/', 'cli/lib/node_modules/keytar/'];
  if (keyrings.length !== 2 || places.some((place) => !keyrings.some((path) => path.includes(place))))
    throw new Error(`one keyring for the app and one for the command line, not: ${keyrings.join(', ')}`);
  const nodes = code.filter(({ path }) => path.endsWith('cli/lib/node'));
  if (nodes.length !== 1) throw new Error(`one Node for the command line, not ${nodes.length}`);
}

/** Where an app's archive is in its folder. */
export function asarOf(folder: string): string {
  const places = ['resources/app.asar', 'ParalleliX-Operator.app/Contents/Resources/app.asar'];
  const found = places.map((place) => join(folder, place)).find((file) => existsSync(file));
  if (!found || !statSync(found).isFile()) throw new Error(`${folder} has no app.asar`);
  return found;
}
