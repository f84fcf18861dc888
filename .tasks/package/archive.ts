import { rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { checkContents, type Entry, listedContents } from './contents.ts';
import type { Target } from './platforms.ts';
import { runTool } from './tools.ts';

/**
 * Packs a laid-out folder, under its own name, as tar.xz: same sources, same bytes.
 *
 * @param level 0 (quick, for tests) to 9; a release takes 9 with `extreme`
 */
export function packArchive(
  folder: string,
  file: string,
  options: { target: Target; date: Date; level: number },
): void {
  const seconds = Math.floor(options.date.getTime() / 1000);
  const compress = options.level === 9 ? 'xz -9e' : `xz -${options.level} -T2`;
  rmSync(file, { force: true });
  runTool('tar', [
    '--create',
    `--file=${file}`,
    `--use-compress-program=${compress}`,
    `--directory=${dirname(folder)}`,
    '--format=ustar',
    '--sort=name',
    `--mtime=@${seconds}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    basename(folder),
  ]);
  checkContents(archiveContents(file), listedContents(options.target), file);
}

/** What an archive holds, without the folder that all of it is in. */
function archiveContents(file: string): Entry[] {
  return listingEntries(runTool('tar', ['--list', '--verbose', '--numeric-owner', `--file=${file}`])).map(
    (entry) => ({ ...entry, path: entry.path.replace(/^[^/]+\//, '') }),
  );
}

/** Reads what `tar -tv` and `dpkg-deb -c` print. */
export function listingEntries(listing: string): Entry[] {
  return listing
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('d'))
    .map((line) => {
      const found = /^(\S)(\S{9}) \S+ +\d+ \S+ \S+ (?:\.\/)?(.+?)(?: -> (.+))?$/.exec(line);
      if (!found?.[2] || !found[3]) throw new Error(`this line of a listing cannot be read: ${line}`);
      return entryOf(found[1] ?? '', found[2], found[3], found[4] ?? null);
    });
}

/** From the letters that `ls` and every packer show. */
export function entryOf(kind: string, permissions: string, path: string, target: string | null): Entry {
  if (kind === 'l') return { path, mode: 'link', target };
  if (kind !== '-') return { path, mode: 'special', target: null };
  const digit = (letters: string) =>
    [...letters].reduce((sum, letter, index) => sum + (/[rwx]/.test(letter) ? 4 >> index : 0), 0);
  const digits = [0, 3, 6].map((from) => digit(permissions.slice(from, from + 3))).join('');
  // One program of the app starts as root: Chromium's sandbox.
  if (permissions[2] === 's' && !/[sStT]/.test(permissions.slice(3)))
    return { path, mode: `4${digits.replace(/^./, (own) => String(Number(own) + 1))}`, target: null };
  return { path, mode: /[sStT]/.test(permissions) ? 'special' : `0${digits}`, target: null };
}
