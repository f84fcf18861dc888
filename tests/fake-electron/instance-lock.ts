import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface SecondInstance {
  argv: string[];
  cwd: string;
  additionalData: unknown;
}

const lookIntervalMs = 100;

/** The first process with this folder holds it as long as it lives; later ones leave it a note and are told no. */
export function takeInstanceLock(
  folder: string,
  additionalData: unknown,
  onSecond: (second: SecondInstance) => void,
): boolean {
  const lock = join(folder, 'instance.pid');
  const notes = join(folder, 'instance-notes');
  mkdirSync(notes, { recursive: true });
  if (!isFree(lock)) {
    const note: SecondInstance = { argv: process.argv, cwd: process.cwd(), additionalData };
    writeFileSync(join(notes, `${process.pid}.json`), JSON.stringify(note));
    return false;
  }
  writeFileSync(lock, String(process.pid));
  const read = () => {
    for (const name of readdirSync(notes)) {
      try {
        const note = JSON.parse(readFileSync(join(notes, name), 'utf8')) as SecondInstance;
        rmSync(join(notes, name));
        onSecond(note);
      } catch {
        // Half written: the next look finds it whole.
      }
    }
  };
  // Looked at rather than watched: a computer has few watches, and Chromium uses many.
  setInterval(read, lookIntervalMs).unref();
  return true;
}

export function releaseInstanceLock(folder: string): void {
  rmSync(join(folder, 'instance.pid'), { force: true });
}

function isFree(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    process.kill(pid, 0);
    return pid === process.pid;
  } catch {
    return true;
  }
}
