import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packArchive } from './archive.ts';
import { bundleCli, dropBundle } from './bundle.ts';
import { packageName, productVersion } from './places.ts';
import type { Target } from './platforms.ts';
import { makeSystemPackage } from './system-package.ts';
import { layOut } from './tree.ts';

export type PackageFormat = 'tar.xz' | 'deb' | 'rpm';

export interface MadePackage {
  file: string;
  format: PackageFormat;
  arch: Target['arch'];
  bytes: number;
}

function packageFileName(version: string, arch: string, format: PackageFormat): string {
  return `${packageName}-${version}-linux-${arch}.${format}`;
}

/**
 * Makes every package for `targets` in `folder`.
 *
 * @param compression `small` takes minutes and is what a release takes; `quick` takes seconds
 * @param say told what is being made
 */
export async function makePackages(options: {
  folder: string;
  targets: readonly Target[];
  formats: readonly PackageFormat[];
  compression: 'small' | 'quick';
  date: Date;
  say: (line: string) => void;
}): Promise<MadePackage[]> {
  const { folder, targets, formats, compression, date, say } = options;
  const version = productVersion();
  mkdirSync(folder, { recursive: true });
  const bundle = await bundleCli();
  const made: MadePackage[] = [];
  try {
    for (const target of targets) {
      const tree = join(folder, `parallelix-operator-${version}-linux-${target.arch}`);
      layOut(tree, { target, bundle, date });
      for (const format of formats) {
        const file = join(folder, packageFileName(version, target.arch, format));
        say(`${packageFileName(version, target.arch, format)} …`);
        const unfinished = `${file}.unfinished`;
        if (format === 'tar.xz')
          packArchive(tree, unfinished, { target, date, level: compression === 'small' ? 9 : 0 });
        else makeSystemPackage(tree, unfinished, format, { target, date, compression });
        renameSync(unfinished, file);
        made.push({ file, format, arch: target.arch, bytes: statSync(file).size });
      }
      rmSync(tree, { recursive: true, force: true });
    }
  } finally {
    dropBundle(bundle);
  }
  return made;
}
