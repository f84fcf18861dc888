import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * The build as operators run it: by the launcher of the packages, whose flags decide about memory and speed, on the
 * Node of this process. Links alone, so nothing is copied that weighs.
 */
export function shippedBuild(script: string): { launcher: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'plx-shipped-'));
  for (const name of ['bin', 'lib']) mkdirSync(join(folder, name));
  const launcher = join(folder, 'bin', 'parallelix-operator');
  copyFileSync(join(root, 'resources', 'package', 'launcher.sh'), launcher);
  symlinkSync(process.execPath, join(folder, 'lib', 'node'));
  symlinkSync(script, join(folder, 'lib', 'cli.mjs'));
  return { launcher, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
