import type { ReactNode } from 'react';
import { formatMomentSeen, formatSecond } from '../../shared/format.ts';
import { useNow } from '../hooks.ts';

/** As far as a date reaches. */
const lastMs = 8.64e15;

/**
 * A moment, alone or in the sentence that `text` makes of it: the time of day, from a minute on with how long ago it
 * was, which stays right while it is in sight; to the second as a tooltip, and for whatever reads the page.
 */
export function At({
  ms,
  text = (time) => time,
  now = (nowMs) => nowMs,
}: {
  ms: number;
  text?: (time: string) => ReactNode;
  /** The time that the moment's clock shows, where it is another one than this computer's. */
  now?: (nowMs: number) => number;
}) {
  const nowMs = now(useNow());
  const said = formatMomentSeen(ms, nowMs);
  if (Math.abs(ms) > lastMs) return text(said);
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatSecond(ms)}>
      {text(said)}
    </time>
  );
}

/** A sentence, and the moment in it where it has one. */
export function Sentence({ said }: { said: string | Parameters<typeof At>[0] | null }) {
  return typeof said === 'object' && said !== null ? <At {...said} /> : said;
}
