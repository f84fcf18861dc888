/** A stretch of time: performance.now(), ms. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** How long a computer that beats every `intervalMs` is online after a beat; one beat may be a little late. */
function lastsMs(intervalMs: number): number {
  return intervalMs + 1000;
}

/**
 * What was lost of the time in which a node could have been online: without a recent accepted heartbeat, and without a
 * reason that no program can do anything about.
 *
 * @param beats moments of accepted heartbeats
 * @param excused when nothing could beat: no power, asleep, nobody there to take the beat
 * @returns the lost stretches, in order, ms
 */
export function lostSpans(
  beats: readonly number[],
  whole: Span,
  excused: readonly Span[],
  intervalMs: number,
): Span[] {
  const covered = [
    ...beats.map((atMs) => ({ fromMs: atMs, toMs: atMs + lastsMs(intervalMs) })),
    ...excused,
  ].sort((a, b) => a.fromMs - b.fromMs);
  const lost: Span[] = [];
  let untilMs = whole.fromMs;
  for (const { fromMs, toMs } of covered) {
    if (fromMs > untilMs) lost.push({ fromMs: untilMs, toMs: Math.min(fromMs, whole.toMs) });
    untilMs = Math.max(untilMs, toMs);
    if (untilMs >= whole.toMs) return lost;
  }
  return [...lost, { fromMs: untilMs, toMs: whole.toMs }];
}

export function lengthMs(spans: readonly Span[]): number {
  return spans.reduce((total, { fromMs, toMs }) => total + (toMs - fromMs), 0);
}

/** The part of `spans` that lies within `window`. */
export function within(spans: readonly Span[], window: Span): Span[] {
  return spans
    .map(({ fromMs, toMs }) => ({
      fromMs: Math.max(fromMs, window.fromMs),
      toMs: Math.min(toMs, window.toMs),
    }))
    .filter(({ fromMs, toMs }) => toMs > fromMs);
}
