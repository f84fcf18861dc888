import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listingEntries } from '../../../.tasks/package/archive.ts';
import {
  checkContents,
  checkMachineCode,
  contentsOf,
  listedContents,
} from '../../../.tasks/package/contents.ts';
import { machineOf } from '../../../.tasks/package/machine-code.ts';
import { targetOf } from '../../../.tasks/package/platforms.ts';
import { systemContents } from '../../../.tasks/package/system-package.ts';

const x64 = targetOf('x64');
const keyring = 'lib/node_modules/keytar/keyring.linux-x64-gnu.node';

/** The first bytes of an ELF file. [elf(5)] */
function elfHeader(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header[4] = 2;
  header[5] = 1;
  header.writeUInt16LE(machine, 18);
  return header;
}

describe('the content list of a package', () => {
  let folder: string;
  const put = (path: string, content: string | Buffer, mode = 0o644) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    chmodSync(join(folder, path), mode);
  };
  const check = () => checkContents(contentsOf(folder), listedContents(x64), 'the package');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plx-contents-'));
    for (const { path, mode, target } of listedContents(x64)) {
      if (target === null) put(path, 'text', Number.parseInt(mode, 8));
      else {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        symlinkSync(target, join(folder, path));
      }
    }
    put('lib/node', elfHeader(62), 0o755);
    put(keyring, elfHeader(62));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('accepts exactly what it names', () => {
    expect(check).not.toThrow();
    expect(() => checkMachineCode(folder, x64)).not.toThrow();
  });

  it('refuses an extra path, and names it', () => {
    put('lib/node_modules/keytar/README.md', 'extra');
    expect(check).toThrow('not in the list: 0644 lib/node_modules/keytar/README.md');
  });

  it('refuses a path that is missing, has another mode, or leads elsewhere', () => {
    rmSync(join(folder, 'NOTICES.txt'));
    chmodSync(join(folder, 'lib/cli.mjs'), 0o664);
    rmSync(join(folder, 'bin/plx'));
    symlinkSync('/bin/sh', join(folder, 'bin/plx'));
    expect(check).toThrow(
      /missing: 0644 NOTICES\.txt[\s\S]*missing: 0644 lib\/cli\.mjs[\s\S]*not in the list: 0664 lib\/cli\.mjs[\s\S]*bin\/plx -> \/bin\/sh/,
    );
  });

  it('refuses a Node or keyring of another processor', () => {
    put('lib/node', elfHeader(183), 0o755);
    expect(() => checkMachineCode(folder, x64)).toThrow(
      'lib/node is made for linux-arm64 instead of linux-x64',
    );
  });

  it('refuses a second Node, a second keyring, and a keyring that is none', () => {
    put('lib/node2', elfHeader(62), 0o755);
    expect(() => checkMachineCode(folder, x64)).toThrow(/one Node and one keyring, not:.*lib\/node2/);
    rmSync(join(folder, 'lib/node2'));
    put('lib/node_modules/keytar/keyring.linux-x64-musl.node', elfHeader(62));
    expect(() => checkMachineCode(folder, x64)).toThrow('keyring.linux-x64-musl.node');
    rmSync(join(folder, 'lib/node_modules/keytar/keyring.linux-x64-musl.node'));
    put(keyring, 'text');
    expect(() => checkMachineCode(folder, x64)).toThrow('one Node and one keyring, not: lib/node');
  });

  it('names the same files for deb and rpm, where a system keeps them', () => {
    for (const format of ['deb', 'rpm'] as const) {
      const paths = systemContents(x64, format).map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths).toContain('/usr/bin/parallelix-operator');
      expect(paths).toContain(`/usr/lib/parallelix-operator/${keyring}`);
      expect(paths.filter((path) => !path.startsWith('/usr/'))).toEqual([]);
    }
  });
});

describe('what a listing says', () => {
  it('is read with kind, mode and where links lead', () => {
    const listing = [
      'drwxr-xr-x 0/0               0 2026-11-27 08:00 p/bin/',
      '-rwxr-xr-x 0/0             445 2026-11-27 08:00 p/bin/a',
      'lrwxrwxrwx 0/0               0 2026-11-27 08:00 p/bin/b -> a',
      '-rwsr-xr-x root/root         1 2026-11-27 08:00 ./p/c',
      '-rwxr-sr-x root/root         1 2026-11-27 08:00 ./p/d',
      '',
    ].join('\n');
    expect(listingEntries(listing)).toEqual([
      { path: 'p/bin/a', mode: '0755', target: null },
      { path: 'p/bin/b', mode: 'link', target: 'a' },
      { path: 'p/c', mode: '4755', target: null },
      { path: 'p/d', mode: 'special', target: null },
    ]);
  });
});

describe('the machine of a program', () => {
  it('is read from this Node, and is none for text and for what is too short', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plx-elf-'));
    try {
      writeFileSync(join(folder, 'text'), '#!/bin/sh\necho this is no program of any machine\n');
      writeFileSync(join(folder, 'short'), '\x7fELF');
      expect(machineOf(join(folder, 'text'))).toBeNull();
      expect(machineOf(join(folder, 'short'))).toBeNull();
      if (process.platform === 'linux') {
        expect(machineOf(process.execPath)).toBe(targetOf(process.arch).machine);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
