/** A beat that arrives earlier than this before its time belongs to something else, ms. */
const earliestMs = 50;

/**
 * How late beats came against a grid of times.
 *
 * @param arrivals in order, ms; beats between the times of the grid are allowed
 * @param grid one time of the grid, its interval, and the span that is judged; all ms
 * @returns the lateness of every time in the span (early counts as the same lateness), without those missed: a time is
 *   missed when no beat came before almost half the interval had passed, and half of it is where other beats may lie
 */
export function latenessOf(
  arrivals: readonly number[],
  grid: { anchorMs: number; intervalMs: number; beganAtMs: number; endedAtMs: number },
): { latenessMs: number[]; missed: number; longestSilenceMs: number; extra: number } {
  const { anchorMs, intervalMs, beganAtMs, endedAtMs } = grid;
  const latenessMs: number[] = [];
  let missed = 0;
  const first = Math.ceil((beganAtMs - anchorMs) / intervalMs);
  for (let dueMs = anchorMs + first * intervalMs; dueMs <= endedAtMs; dueMs += intervalMs) {
    const arrival = arrivals.find((atMs) => atMs >= dueMs - earliestMs);
    if (arrival === undefined || arrival - dueMs > 0.45 * intervalMs) missed += 1;
    else latenessMs.push(Math.abs(arrival - dueMs));
  }
  const inSpan = arrivals.filter((atMs) => atMs >= beganAtMs && atMs <= endedAtMs);
  const silences = arrivals.slice(1).map((atMs, index) => atMs - (arrivals[index] ?? atMs));
  return {
    latenessMs,
    missed,
    longestSilenceMs: Math.max(0, ...silences),
    extra: Math.max(0, inSpan.length - latenessMs.length),
  };
}
