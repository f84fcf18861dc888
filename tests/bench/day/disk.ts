import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of its own for the node, that can be filled and spoiled. */
export interface DayDisk {
  fill(): void;
  makeRoom(): void;
  /** Only while nothing writes there. */
  setReadOnly(wanted: boolean): void;
  unmount(): void;
}

/** More than the node wants to be free. */
const sizeMib = 160;

/** @returns null where this machine lets nobody mount one */
export function mountDayDisk(folder: string): DayDisk | null {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return null;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=0700`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    fill() {
      const file = openSync(ballast, 'a');
      const lengths = [1024 * 1024, 4096];
      for (const length of lengths) {
        try {
          for (;;) writeSync(file, Buffer.alloc(length, 1));
        } catch (error) {
          if ((error as { code?: string }).code !== 'ENOSPC') throw error;
        }
      }
      closeSync(file);
    },
    makeRoom: () => rmSync(ballast, { force: true }),
    setReadOnly: (wanted) =>
      void execFileSync('mount', ['-o', `remount,${wanted ? 'ro' : 'rw'}`, folder], { stdio: 'ignore' }),
    unmount: () => void execFileSync('umount', ['-l', folder], { stdio: 'ignore' }),
  };
}
