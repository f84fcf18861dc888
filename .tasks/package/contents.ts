import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { machineOf } from './machine-code.ts';
import type { Target } from './platforms.ts';

/** One path of a package. */
export interface Entry {
  path: string;
  /** `0644`, `0755` or `link`. */
  mode: string;
  /** Where a link leads. */
  target: string | null;
}

/** The list that is in the repository, for one processor. */
export function listedContents(target: Pick<Target, 'keyringFile'>): Entry[] {
  const text = readFileSync(join(import.meta.dirname, 'contents.txt'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const found = /^(0[0-7]{3}|link) (\S+)(?: -> (\S+))?$/.exec(
        line.replaceAll('KEYRING', target.keyringFile),
      );
      if (!found?.[1] || !found[2]) throw new Error(`contents.txt: this line cannot be read: ${line}`);
      return { mode: found[1], path: found[2], target: found[3] ?? null };
    });
}

/** What is in a folder; folders themselves are not listed. */
export function contentsOf(folder: string): Entry[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(folder, file);
      if (entry.isSymbolicLink()) return { path, mode: 'link', target: readlinkSync(file) };
      const mode = (lstatSync(file).mode & 0o7777).toString(8).padStart(4, '0');
      return { path, mode: entry.isFile() ? mode : 'special', target: null };
    });
}

/** @throws Error that names every path too many, missing, or of another kind than listed */
export function checkContents(found: readonly Entry[], listed: readonly Entry[], name: string): void {
  const written = ({ mode, path, target }: Entry) =>
    `${mode} ${path}${target === null ? '' : ` -> ${target}`}`;
  const [here, wanted] = [new Set(found.map(written)), new Set(listed.map(written))];
  const wrong = [
    ...[...here].filter((line) => !wanted.has(line)).map((line) => `  not in the list: ${line}`),
    ...[...wanted].filter((line) => !here.has(line)).map((line) => `  missing: ${line}`),
  ];
  if (wrong.length > 0)
    throw new Error(`${name} is not what .tasks/package/contents.txt says:\n${wrong.sort().join('\n')}`);
}

/** @throws Error unless a folder holds exactly one Node and one keyring, and no other machine code, for `target` */
export function checkMachineCode(folder: string, target: Target): void {
  const programs = contentsOf(folder)
    .filter(({ mode }) => mode !== 'link')
    .flatMap(({ path }) => {
      const machine = machineOf(join(folder, path));
      return machine === null ? [] : [{ path, machine }];
    });
  const names = programs.map(({ path }) => path).sort();
  const wanted = ['lib/node', `lib/node_modules/keytar/${target.keyringFile}`];
  if (names.join() !== wanted.join())
    throw new Error(`machine code is one Node and one keyring, not: ${names.join(', ') || 'none'}`);
  const foreign = programs.filter(({ machine }) => machine !== target.machine);
  for (const { path, machine } of foreign)
    throw new Error(`${path} is made for ${machine} instead of ${target.machine}`);
}
