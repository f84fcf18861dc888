import {
  formatBytes,
  formatCount,
  formatDate,
  formatDuration,
  formatMomentSeen,
  unknown,
} from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import { translatable } from '../language.ts';
import { describeReason } from '../reasons/reason-text.ts';
import { describePlace } from '../texts/place-text.ts';
import { type PhaseCode, phaseRows } from './phases.ts';
import type { Earns, ParamKind, Row, RowWords, StateRow, Text } from './row.ts';
import { badges, states } from './table.ts';

export type StateCode = (typeof states)[number]['code'];
export type BadgeCode = (typeof badges)[number]['code'];
export type Params = Readonly<Record<string, string | number | null>>;

const allStates: readonly StateRow[] = states;
const allBadges: readonly Row[] = badges;
const precedence = new Map(allStates.map((row, index) => [row.code, index]));

type RowCode = StateCode | PhaseCode | BadgeCode;
/** What every row says. */
export type RowsWords = Readonly<Record<RowCode, RowWords>>;

export const rowWords = translatable<RowsWords>(
  Object.fromEntries(
    [...allStates, ...phaseRows, ...allBadges].map((row) => [row.code, { label: null, ...row }]),
  ) as unknown as RowsWords,
);

/** Values of rows that are words of ours themselves. */
export interface ValueWords {
  youResume: string;
  values: Readonly<Record<'ahead' | 'behind' | 'stopping', string>>;
}
export const valueWords = translatable<ValueWords>({
  youResume: 'you resume',
  values: { ahead: 'ahead', behind: 'behind', stopping: 'stopping' },
});

/** A value that is a word of ours in the language in use; any other as it is. */
function localWord(value: string): string {
  const { values } = valueWords();
  return Object.hasOwn(values, value) ? values[value as keyof typeof values] : describePlace(value);
}

/** Position in the table; the lowest number wins. */
export function statePrecedence(code: StateCode): number {
  return precedence.get(code) ?? allStates.length;
}

/** The row of a state, with its columns. */
export function stateRow(code: StateCode): StateRow {
  const row = allStates.find((state) => state.code === code);
  if (!row) throw new RangeError(`no such state: ${code}`);
  return row;
}

/** A row as text: what happened, what it means for earning, what to do, and the three in one. */
export interface RowText {
  what: string;
  effect: string;
  action: string | null;
  sentence: string;
  button: string | null;
}

type Value = string | number | null | undefined;

function isKnown(kind: ParamKind | undefined, value: Value): boolean {
  if (value === undefined || value === '') return false;
  if (value === null) return kind === 'end';
  if (typeof value === 'string') return true;
  return Number.isFinite(value) && !(kind === 'some' && value === 0);
}

function write(kind: ParamKind | undefined, value: Value, nowMs: number): string {
  if (!isKnown(kind, value) || value === undefined) return unknown;
  if (value === null) return valueWords().youResume;
  if (typeof value === 'string') {
    if (kind === 'reason') return describeReason(value);
    return kind === 'cause' ? describeGpuCause(value) : localWord(value);
  }
  switch (kind) {
    case 'time':
    case 'end':
      return formatMomentSeen(value, nowMs);
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

/** `{name}`, or `{name:one|many}`. */
const placeholder = /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g;

function fill(text: Text, kinds: Row['params'], params: Params, nowMs: number): string {
  const variants = typeof text === 'string' ? [text] : text;
  const isWhole = (variant: string) =>
    [...variant.matchAll(placeholder)].every(([, name = '']) => isKnown(kinds[name], params[name]));
  const variant = variants.find(isWhole) ?? variants.at(-1) ?? '';
  return variant.replace(placeholder, (_, name: string, one?: string, many?: string) => {
    if (one !== undefined && many !== undefined) return params[name] === 1 ? one : many;
    return write(kinds[name], params[name], nowMs);
  });
}

/** The texts of any row that has the three fields. */
export function textOf(row: Row, params: Params, nowMs: number): RowText {
  const words = rowWords()[row.code as RowCode];
  const say = (text: Text) => fill(text, row.params, params, nowMs);
  const what = say(words.what);
  const effect = say(words.effect);
  const action = words.action === null ? null : say(words.action);
  const sentence = [what, effect, ...(action === null ? [] : [action])].join(' ');
  return { what, effect, action, sentence, button: words.button };
}

/** The label of a row, in a word or two. */
export function labelOf(row: StateRow, params: Params, nowMs: number): string {
  return fill(rowWords()[row.code as RowCode].label ?? '', row.params, params, nowMs);
}

/** Texts for a state. Where a value is not known, the text is one that does without it. */
export function describeState(
  code: StateCode,
  params: Params,
  nowMs: number,
): RowText & { label: string; earns: Earns } {
  const row = stateRow(code);
  return { label: labelOf(row, params, nowMs), ...textOf(row, params, nowMs), earns: row.earns };
}

/** Texts for a badge. */
export function describeBadge(code: BadgeCode, params: Params, nowMs: number): RowText {
  const row = allBadges.find((badge) => badge.code === code);
  if (!row) throw new RangeError(`no such badge: ${code}`);
  return textOf(row, params, nowMs);
}
