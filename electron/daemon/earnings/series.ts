import type { CommandOutput } from '../../../shared/contract/commands.ts';
import { dayMs, hourMs } from './roll-up.ts';
import type { EarningsStore } from './store.ts';

type Point = CommandOutput<'earnings.series'>['points'][number];

const ranges = {
  day: { count: 24, lengthMs: hourMs },
  week: { count: 7, lengthMs: dayMs },
  month: { count: 30, lengthMs: dayMs },
  year: { count: 52, lengthMs: 7 * dayMs },
} as const;

/** Covered nearly whole; a sample is never on the second. */
const wholeShare = 0.98;

/** Earned over time, in UTC hours, days or weeks that end now; without samples a point is a gap, never zero. */
export function earningsSeries(
  { range, nodeId, nowMs }: { range: keyof typeof ranges; nodeId: string; nowMs: number },
  { store }: { store: EarningsStore },
): Point[] {
  const { count, lengthMs } = ranges[range];
  const unit = range === 'day' ? 'hours' : 'days';
  const unitMs = range === 'day' ? hourMs : dayMs;
  const lastEndMs = nowMs - (nowMs % unitMs) + unitMs;
  const firstMs = lastEndMs - count * lengthMs;
  const rows = store.rows(unit, nodeId, firstMs);
  const activity = store.activity(nodeId, firstMs);
  const within = <Row>(all: readonly Row[], at: (row: Row) => number, startMs: number) =>
    all.filter((row) => at(row) >= startMs && at(row) < startMs + lengthMs);
  return Array.from({ length: count }, (_, index) => {
    const startMs = firstMs + index * lengthMs;
    const endMs = Math.min(startMs + lengthMs, nowMs);
    const earned = within(rows, (row) => row.startMs, startMs);
    const seen = range === 'day' ? [] : within(activity, (row) => row.dayMs, startMs);
    const online = seen.flatMap(({ online }) => (online === null ? [] : [online]));
    const sum = (values: (number | null)[]) => {
      const known = values.filter((value) => value !== null);
      return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
    };
    const coveredMs = earned.reduce((total, row) => total + row.coveredMs, 0);
    return {
      ...{ startMs, endMs },
      earnedWei:
        earned.length === 0 ? null : String(earned.reduce((total, row) => total + row.earnedWei, 0n)),
      complete: coveredMs >= (endMs - startMs) * wholeShare,
      uptime: online.length === 0 ? null : Math.min(1, online.reduce((a, b) => a + b, 0) / online.length),
      served: sum(seen.map(({ served }) => served)),
      tokens: sum(seen.map(({ tokens }) => tokens)),
    };
  });
}
