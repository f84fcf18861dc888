import type { Spread } from './statistics.ts';

export type Unit = 'ms' | 'kB' | 'MB' | '% of a core' | 'per second' | 'beats' | 'per tick' | 'times';

/** One line of the table: a figure, and its budget unless it only explains another. */
export interface Line {
  figure: string;
  unit: Unit;
  /** A single number where something is measured once over a length of time. */
  value: Spread | number;
  budget?: { limit: number; of: 'median' | 'p99' };
}

export interface NotHere {
  /** Why it cannot be measured here. */
  notHere: string;
}

export interface Measured {
  lines: Line[];
  /** What a reader of the figures has to know. */
  notes: string[];
}

export type Verdict = 'pass' | 'over' | null;

/** What one row came to: figures, why there are none, or what went wrong. */
export type Outcome = { row: number; figure: string; official: string } & (
  | ({ kind: 'measured' } & Measured)
  | { kind: 'not measured here' | 'failed'; reason: string }
);

export function verdictOf({ value, budget }: Line): Verdict {
  if (!budget) return null;
  return judged(value, budget.of) <= budget.limit ? 'pass' : 'over';
}

function judged(value: Spread | number, of: 'median' | 'p99'): number {
  return typeof value === 'number' ? value : value[of];
}

const headings = ['', 'figure', 'n', 'median', 'p99', 'budget', '', 'official client*'];

/** The table as text, followed by what each row's reader has to know. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const cells = [headings, ...outcomes.flatMap(cellsOf)];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const table = cells.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(Math.max(...table.map((line) => line.length)));
  const notes = outcomes.flatMap((outcome) =>
    (outcome.kind === 'measured' ? outcome.notes : [outcome.reason]).map(
      (note, index) => `${index === 0 ? outcome.row : ' '}  ${note}`,
    ),
  );
  return [table[0], rule, ...table.slice(1), rule, ...notes, '*  measured earlier, not by this run'].join(
    '\n',
  );
}

/** Columns of numbers. */
const right: ReadonlySet<number> = new Set([2, 3, 4]);

function cellsOf(outcome: Outcome): string[][] {
  const { row, figure, official } = outcome;
  if (outcome.kind !== 'measured') return [[String(row), figure, '', '', '', '', outcome.kind, official]];
  return outcome.lines.map((line, index) => [
    index === 0 ? String(row) : '',
    (line.budget ? '' : '  ') + line.figure,
    typeof line.value === 'number' ? '' : String(line.value.count),
    shown(typeof line.value === 'number' ? line.value : line.value.median, line.unit),
    typeof line.value === 'number' ? '' : shown(line.value.p99, line.unit),
    line.budget
      ? `≤ ${line.budget.limit} ${short[line.unit]} ${typeof line.value === 'number' ? '' : line.budget.of}`.trim()
      : '',
    verdictOf(line) ?? '',
    index === 0 ? official : '',
  ]);
}

function shown(value: number, unit: Unit): string {
  const digits = unit === '% of a core' ? 2 : unit === 'beats' || Math.abs(value) >= 100 ? 0 : 1;
  const figure = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${figure} ${short[unit]}`.trim();
}

const short: Readonly<Record<Unit, string>> = {
  ms: 'ms',
  kB: 'kB',
  MB: 'MB',
  '% of a core': '%',
  'per second': '/s',
  beats: '',
  'per tick': '',
  times: '×',
};

/** The same as one JSON document. */
export function documentOf(outcomes: readonly Outcome[], surroundings: object): object {
  return {
    schemaVersion: 1,
    ...surroundings,
    rows: outcomes.map((outcome) =>
      outcome.kind === 'measured'
        ? { ...outcome, lines: outcome.lines.map((line) => ({ ...line, verdict: verdictOf(line) })) }
        : outcome,
    ),
  };
}
