/** How long to leave something alone that has failed: twice as long each time, within bounds. */
export interface Backoff {
  /** After the first failure. */
  minMs: number;
  maxMs: number;
  /** How far a wait is varied up and down, as a fraction, so that many nodes do not come back at the same moment. */
  jitter?: number;
}

/** @param failures in a row so far, 1 or more */
export function backoffMs(
  { minMs, maxMs, jitter = 0 }: Backoff,
  failures: number,
  random: () => number = () => 0.5,
): number {
  const growing = Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 16));
  return growing * (1 + jitter * (2 * random() - 1));
}

/**
 * The same for a server that may have said for how long: it is left alone for at least that, as far as `mostAskedMs`.
 *
 * @param askedMs its `Retry-After`; null when it said none
 */
export function retryDelayMs(
  backoff: Backoff,
  { failures, askedMs, mostAskedMs }: { failures: number; askedMs: number | null; mostAskedMs: number },
  random?: () => number,
): number {
  return Math.max(backoffMs(backoff, failures, random), Math.min(askedMs ?? 0, mostAskedMs));
}
