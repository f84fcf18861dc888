import { formatPrlx } from '../../../shared/format.ts';
import { dayMs } from './roll-up.ts';
import type { ActivityRow, EarningsStore } from './store.ts';

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
const linesPerPiece = 500;

/** The next piece of an export; `cursor` null is the beginning, and the end. */
export function exportPiece(
  {
    format,
    nodeId,
    cursor,
    weight,
  }: {
    format: 'csv' | 'json';
    nodeId: string | null;
    cursor: string | null;
    weight: (nodeId: string) => string | null;
  },
  { store }: { store: EarningsStore },
): { text: string; cursor: string | null } {
  const from = /^\d{1,9}$/.test(cursor ?? '') ? Number(cursor) : 0;
  const lines = allLines(nodeId, weight, store);
  const piece = lines.slice(from, from + linesPerPiece);
  const next = from + piece.length;
  const isLast = next >= lines.length;
  const text =
    format === 'csv'
      ? (from === 0 ? `${columns.join(',')}\r\n` : '') +
        piece.map((line) => `${columns.map((name) => cell(line[name])).join(',')}\r\n`).join('')
      : (from === 0 ? '[\n' : '') +
        piece
          .map((line, index) => `${JSON.stringify(line)}${isLast && index === piece.length - 1 ? '' : ','}\n`)
          .join('') +
        (isLast ? ']\n' : '');
  return { text, cursor: isLast ? null : String(next) };
}

/** A cell that a spreadsheet takes for text, never for a formula. */
export function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function allLines(
  nodeId: string | null,
  weight: (nodeId: string) => string | null,
  store: EarningsStore,
): Line[] {
  const ids = nodeId === null ? store.nodeIds() : [nodeId];
  const lines: (Line & { atMs: number })[] = [];
  const empty = { block: '', transaction: '', uptime: '', served: '', tokens: '', complete: '', price: '' };
  for (const id of ids) {
    const earned = new Map(store.rows('days', id, 0).map((row) => [row.startMs, row]));
    const activity = new Map(store.activity(id, 0).map((row) => [row.dayMs, row]));
    for (const day of new Set([...earned.keys(), ...activity.keys()])) {
      const row = earned.get(day);
      const seen: ActivityRow | undefined = activity.get(day);
      lines.push({
        ...empty,
        ...{ atMs: day, date: dateOf(day), kind: 'earned', node: id, weight: weight(id) ?? '' },
        ...amounts(row?.earnedWei ?? null),
        complete: row === undefined ? '' : String(row.coveredMs >= dayMs * 0.99),
        uptime: seen?.online === null || seen === undefined ? '' : seen.online.toFixed(4),
        served: String(seen?.served ?? ''),
        tokens: String(seen?.tokens ?? ''),
      });
    }
  }
  for (const claim of store.claims(null, 1_000_000)) {
    if (nodeId !== null && claim.nodeId !== nodeId) continue;
    lines.push({
      ...empty,
      ...{
        atMs: claim.blockMs ?? 0,
        date: claim.blockMs === null ? '' : new Date(claim.blockMs).toISOString(),
      },
      ...{ kind: 'claimed', node: claim.nodeId ?? '', weight: '', block: String(claim.block) },
      ...amounts(claim.amountWei),
      transaction: claim.transactionHash,
    });
  }
  return lines
    .sort((a, b) => a.atMs - b.atMs || (a.node < b.node ? -1 : 1))
    .map(({ atMs: _atMs, ...line }) => line);
}

function amounts(wei: bigint | null): { wei: string; prlx: string } {
  return wei === null
    ? { wei: '', prlx: '' }
    : { wei: String(wei), prlx: formatPrlx(wei, 18).replaceAll(',', '') };
}

function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
