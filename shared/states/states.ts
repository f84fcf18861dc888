import { formatBytes, formatCount, formatDate, formatDuration, formatTime, unknown } from '../format.ts';
import { describeReason } from '../texts/error-text.ts';
import { badges, type Earns, type ParamKind, type Row, type StateRow, states } from './table.ts';

export type StateCode = (typeof states)[number]['code'];
export type BadgeCode = (typeof badges)[number]['code'];
export type Params = Readonly<Record<string, string | number | null>>;

const allStates: readonly StateRow[] = states;
const allBadges: readonly Row[] = badges;
const precedence = new Map(allStates.map((row, index) => [row.code, index]));

/** Position in the table; the lowest number wins. */
export function statePrecedence(code: StateCode): number {
  return precedence.get(code) ?? allStates.length;
}

function write(
  kind: ParamKind | undefined,
  value: string | number | null | undefined,
  nowMs: number,
): string {
  if (kind === 'end' && value === null) return 'you resume';
  if (value === null || value === undefined || value === '') return unknown;
  if (typeof value === 'string') return kind === 'reason' ? describeReason(value) : value;
  if (!Number.isFinite(value)) return unknown;
  switch (kind) {
    case 'time':
    case 'end':
      return formatTime(value, nowMs);
    case 'date':
      return formatDate(value);
    case 'duration':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    default:
      return formatCount(value);
  }
}

function fill(template: string, row: Row, params: Params, nowMs: number): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => write(row.params[name], params[name], nowMs));
}

/** Words for a state. A value that is not known is written as a dash. */
export function describeState(
  code: StateCode,
  params: Params,
  nowMs: number,
): { label: string; sentence: string; button: string | null; earns: Earns } {
  const row = allStates.find((state) => state.code === code);
  if (!row) throw new RangeError(`no such state: ${code}`);
  return {
    label: fill(row.label, row, params, nowMs),
    sentence: fill(row.sentence, row, params, nowMs),
    button: row.button === null ? null : fill(row.button, row, params, nowMs),
    earns: row.earns,
  };
}

/** Words for a badge. */
export function describeBadge(
  code: BadgeCode,
  params: Params,
  nowMs: number,
): { sentence: string; button: string | null } {
  const row = allBadges.find((badge) => badge.code === code);
  if (!row) throw new RangeError(`no such badge: ${code}`);
  return { sentence: fill(row.sentence, row, params, nowMs), button: row.button };
}
