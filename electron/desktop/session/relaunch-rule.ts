import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

/** More often than that within the window it would only fall again. */
const relaunchLimit = 3;
const windowMs = 10 * 60_000;
/** Hands the times on where the disk does not take them. */
const timesArgument = '--relaunched-at=';

/** The times of relaunches that still count, with this one; null when there were too many. */
export function nextRelaunch(earlierMs: readonly number[], nowMs: number): number[] | null {
  const recent = earlierMs.filter((atMs) => atMs <= nowMs && nowMs - atMs < windowMs);
  return recent.length >= relaunchLimit ? null : [...recent, nowMs];
}

/** When this app was started again before, by the file and by what an earlier run handed on. */
export function earlierRelaunches(file: string, args: readonly string[]): number[] {
  const handedOn = args
    .filter((argument) => argument.startsWith(timesArgument))
    .flatMap((argument) => argument.slice(timesArgument.length).split(',').map(Number))
    .filter((atMs) => Number.isFinite(atMs));
  return [...new Set([...readTimes(file), ...handedOn])].toSorted((a, b) => a - b);
}

/**
 * Keeps the times for the next run, in the file or, where the disk takes nothing, on its command line: a crash on a
 * full disk is one to come back from, and still not for ever.
 *
 * @returns the arguments to start with, without those of this mechanism before
 */
export function keepRelaunches(file: string, timesMs: readonly number[], args: readonly string[]): string[] {
  const own = args.filter((argument) => !argument.startsWith(timesArgument));
  try {
    writeFileSync(file, JSON.stringify(timesMs));
    return own;
  } catch {
    return [...own, `${timesArgument}${timesMs.join(',')}`];
  }
}

function readTimes(file: string): number[] {
  try {
    return z.array(z.number()).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}
