import { NodeError } from '../../../shared/errors.ts';
import type { LogLine } from '../../../shared/texts/event-text.ts';
import { parseLength } from './duration.ts';
import type { Invocation } from './invocation.ts';

const levels: readonly string[] = ['debug', 'info', 'warn', 'error'];

/** Which lines of the log are asked for. */
export interface LinesWanted {
  /** Whether anything narrows them down. */
  readonly some: boolean;
  /** @param line null for one that can't be read, which only a text can name */
  takes(line: LogLine | null, words: string): boolean;
}

/**
 * Reads `--since`, `--level` and `--grep`.
 *
 * @throws NodeError `usage`
 */
export function linesWanted({ flags, clock }: Pick<Invocation, 'flags' | 'clock'>): LinesWanted {
  const { since, level, grep } = flags;
  const sinceMs = since === undefined ? null : momentOf(since, clock.now());
  const lowest = level === undefined ? 0 : levelOf(level);
  const text = grep?.toLowerCase();
  return {
    some: since !== undefined || level !== undefined || text !== undefined,
    takes(line, words) {
      if (text !== undefined && !words.toLowerCase().includes(text)) return false;
      if (line === null) return sinceMs === null && level === undefined;
      return (sinceMs === null || line.tMs >= sinceMs) && rank(line.level) >= lowest;
    },
  };
}

/** A level that a newer version wrote counts as the highest: nothing is hidden that may matter. */
function rank(level: string): number {
  const found = levels.indexOf(level);
  return found === -1 ? levels.length : found;
}

function levelOf(text: string): number {
  const found = levels.indexOf(text.toLowerCase());
  if (found !== -1) return found;
  throw new NodeError('usage', { input: `--level ${text}`, remedy: `must be one of ${levels.join(', ')}` });
}

/** A length before now, or a date with or without its time of day, local where no zone is given. */
function momentOf(text: string, nowMs: number): number {
  const length = parseLength(text);
  if (length !== null) return nowMs - length;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text.replace(' ', 'T');
  const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(day) ? Date.parse(day) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  const remedy = 'must be a length such as 2h, or a date such as 2026-11-27 or 2026-11-27T14:00';
  throw new NodeError('usage', { input: `--since ${text}`, remedy });
}
