import type { AskOutput } from '../../bridge.ts';

const weekMs = 7 * 24 * 60 * 60_000;

/** What the record of a month says of its last seven days; null where nothing of them is on record. */
export interface Week {
  online: number | null;
  requests: number | null;
  outputTokens: number | null;
  outages: number;
  longestOutageMs: number;
}

export function weekOf({ asOfMs, sinceMs, slots, outages }: AskOutput<'activity'>): Week {
  const fromMs = asOfMs - weekMs;
  const recent = slots.filter(({ endMs }) => endMs > fromMs);
  let [knownMs, onlineMs] = [0, 0];
  for (const { startMs, endMs, online } of recent) {
    if (online === null) continue;
    // Of the first and the last slot only the part that was.
    const lengthMs = Math.max(0, Math.min(endMs, asOfMs) - Math.max(startMs, sinceMs ?? startMs));
    knownMs += lengthMs;
    onlineMs += online * lengthMs;
  }
  const ended = outages.filter(({ startMs, endMs }) => (endMs ?? asOfMs) > fromMs && startMs <= asOfMs);
  return {
    online: knownMs === 0 ? null : onlineMs / knownMs,
    requests: sumOf(recent.map(({ requests }) => requests)),
    outputTokens: sumOf(recent.map(({ outputTokens }) => outputTokens)),
    outages: ended.length,
    longestOutageMs: ended.reduce((most, { lengthMs }) => Math.max(most, lengthMs), 0),
  };
}

/** Null where none is known: then it is at least so much, and that is not what is asked for. */
function sumOf(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length < counts.length || known.length === 0
    ? null
    : known.reduce((sum, count) => sum + count, 0);
}
