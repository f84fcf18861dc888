import { formatPrlx } from '../../../shared/format.ts';
import type { Claim } from './claims-table.ts';
import { dayMs } from './roll-up.ts';
import type { EarningsStore } from './store.ts';

/** One line of an export. An empty cell is "not known". */
interface Line {
  date: string;
  kind: 'earned' | 'claimed';
  node: string;
  wei: string;
  prlx: string;
  complete: string;
  block: string;
  transaction: string;
  weight: string;
  uptime: string;
  served: string;
  tokens: string;
  price: string;
}

const columns: readonly (keyof Line)[] = [
  ...(['date', 'kind', 'node', 'wei', 'prlx', 'complete', 'block', 'transaction'] as const),
  ...(['weight', 'uptime', 'served', 'tokens', 'price'] as const),
];
const emptyLine: Omit<Line, 'date' | 'kind' | 'node'> = {
  ...{ wei: '', prlx: '', complete: '', block: '', transaction: '' },
  ...{ weight: '', uptime: '', served: '', tokens: '', price: '' },
};
const daysPerPiece = 100;

/**
 * The next piece of an export: so many days with the claims in them, oldest first; `cursor` null is the beginning,
 * and the end. A piece reads its own days alone, however long the record is.
 */
export function exportPiece(
  { format, nodeId, cursor }: { format: 'csv' | 'json'; nodeId: string | null; cursor: string | null },
  { store }: { store: EarningsStore },
): { text: string; cursor: string | null } {
  const { lines, next } = linesFrom(cursor, nodeId, store);
  const isFirst = cursor === null;
  if (format === 'csv') {
    const rows = isFirst ? [columns, ...lines.map(cells)] : lines.map(cells);
    return { text: rows.map((row) => `${row.map(cell).join(',')}\r\n`).join(''), cursor: next };
  }
  // The comma stands before a line, so that no piece has to know whether another follows.
  const texts = lines.map((line, index) => `${isFirst && index === 0 ? '' : ',\n'}${JSON.stringify(line)}`);
  return { text: `${isFirst ? '[\n' : ''}${texts.join('')}${next === null ? '\n]\n' : ''}`, cursor: next };
}

/** A cell that a spreadsheet takes for text, never for a formula. */
export function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const cells = (line: Line) => columns.map((name) => line[name]);

function linesFrom(
  cursor: string | null,
  nodeId: string | null,
  store: EarningsStore,
): { lines: Line[]; next: string | null } {
  const ofNode = (claim: Claim) => nodeId === null || claim.nodeId === nodeId;
  let fromMs = /^\d{1,15}$/.test(cursor ?? '') ? Number(cursor) : 0;
  for (;;) {
    const days = store.recordedDays(fromMs, daysPerPiece);
    const lines = linesOfDays(days, nodeId, store, ofNode);
    if (days.length < daysPerPiece)
      return { lines: [...lines, ...store.undatedClaims().filter(ofNode).map(claimLine)], next: null };
    fromMs = (days.at(-1) ?? 0) + dayMs;
    // A piece without a line is none: a document would begin with a comma.
    if (lines.length > 0) return { lines, next: String(fromMs) };
  }
}

function linesOfDays(
  days: readonly number[],
  nodeId: string | null,
  store: EarningsStore,
  ofNode: (claim: Claim) => boolean,
): Line[] {
  const [fromMs] = days;
  if (fromMs === undefined) return [];
  const toMs = (days.at(-1) ?? 0) + dayMs;
  const byDay = new Map(days.map((day) => [day, [] as Line[]]));
  for (const id of nodeId === null ? store.recordedNodes() : [nodeId]) {
    const earned = new Map(store.rows('days', id, fromMs, toMs).map((row) => [row.startMs, row]));
    const activity = new Map(store.activity(id, fromMs, toMs).map((row) => [row.dayMs, row]));
    const weights = store.weights(id, fromMs, toMs);
    for (const day of days) {
      const row = earned.get(day);
      const seen = activity.get(day);
      if (row === undefined && seen === undefined) continue;
      const weight = weights.get(day);
      byDay.get(day)?.push({
        ...emptyLine,
        ...{ date: new Date(day).toISOString().slice(0, 10), kind: 'earned', node: id },
        ...(row === undefined ? {} : amounts(row.earnedWei)),
        complete: row === undefined ? '' : String(row.coveredMs >= dayMs * 0.99),
        weight: weight === undefined ? '' : tokens(weight / 10n),
        uptime: seen?.online == null ? '' : seen.online.toFixed(4),
        served: String(seen?.served ?? ''),
        tokens: String(seen?.tokens ?? ''),
      });
    }
  }
  for (const claim of store.claimsBetween(fromMs, toMs).filter(ofNode))
    byDay.get((claim.blockMs ?? 0) - ((claim.blockMs ?? 0) % dayMs))?.push(claimLine(claim));
  return [...byDay.values()].flat();
}

function claimLine(claim: Claim): Line {
  return {
    ...emptyLine,
    date: claim.blockMs === null ? '' : new Date(claim.blockMs).toISOString(),
    kind: 'claimed',
    node: claim.nodeId ?? '',
    ...amounts(claim.amountWei),
    block: String(claim.block),
    transaction: claim.transactionHash,
  };
}

const amounts = (wei: bigint) => ({ wei: String(wei), prlx: tokens(wei) });

/** Every digit, without marks between thousands. */
function tokens(wei: bigint): string {
  return formatPrlx(wei, 18).replaceAll(',', '');
}
