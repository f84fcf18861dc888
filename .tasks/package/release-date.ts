import { spawnSync } from 'node:child_process';
import { root } from './places.ts';

/** When the sources were committed, or what SOURCE_DATE_EPOCH says: the same sources make the same bytes. */
export function releaseDate(): Date {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined) return dateOf(given);
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  // A folder of sources without its history has no date of its own.
  return status === 0 && stdout !== '' ? dateOf(stdout.trim()) : new Date(0);
}

function dateOf(seconds: string): Date {
  if (!/^\d{1,10}$/.test(seconds))
    throw new Error(`SOURCE_DATE_EPOCH is a number of seconds, not "${seconds}"`);
  return new Date(Number(seconds) * 1000);
}
