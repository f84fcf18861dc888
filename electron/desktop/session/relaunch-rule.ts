/** More often than that within the window it would only fall again. */
const relaunchLimit = 3;
const windowMs = 10 * 60_000;

/** The times of relaunches that still count, with this one; null when there were too many. */
export function nextRelaunch(earlierMs: readonly number[], nowMs: number): number[] | null {
  const recent = earlierMs.filter((atMs) => atMs <= nowMs && nowMs - atMs < windowMs);
  return recent.length >= relaunchLimit ? null : [...recent, nowMs];
}
