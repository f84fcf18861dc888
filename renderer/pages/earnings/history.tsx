import { useState } from 'react';
import { formatCount, formatDate, formatPrlx, stamp } from '../../../shared/format.ts';
import type { AskOutput } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { useNow, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { percent } from '../../known-amount.ts';

const ranges = ['day', 'week', 'month', 'year'] as const;
type Range = (typeof ranges)[number];
type Point = AskOutput<'earnings.series'>['points'][number];

const minute = 60_000;

/** Earned over time as a chart, its equivalent as a table, and the uptime strip beneath. */
export function History() {
  const [range, setRange] = useState<Range>('week');
  const [asTable, setAsTable] = useState(false);
  const again = Math.floor(useNow(minute) / minute);
  const series = useQuestion('earnings.series', { range }, again);
  const side = (
    <div className="button-row">
      {ranges.map((one) => (
        <Button key={one} variant="quiet" pressed={one === range} onPress={() => setRange(one)}>
          {t(`earnings.ranges.${one}`)}
        </Button>
      ))}
      <Button variant="quiet" pressed={asTable} onPress={() => setAsTable(!asTable)}>
        {t('earnings.asTable')}
      </Button>
    </div>
  );
  return (
    <Section title={t('earnings.history')} lead={t('earnings.historyNote')} side={side}>
      {series.state === 'refused' && <FailureNotice failure={series.failure} />}
      {series.state === 'answered' &&
        (series.output.points.every(({ earnedWei, uptime }) => earnedWei === null && uptime === null) ? (
          <Empty title={t('earnings.noHistory')} />
        ) : asTable ? (
          <Table points={series.output.points} range={range} />
        ) : (
          <Chart points={series.output.points} range={range} />
        ))}
    </Section>
  );
}

const [width, height, strip] = [720, 180, 14];

function Chart({ points, range }: { points: readonly Point[]; range: Range }) {
  const most = points.reduce((top, { earnedWei }) => {
    const wei = BigInt(earnedWei ?? 0);
    return wei > top ? wei : top;
  }, 0n);
  const step = width / points.length;
  const tall = (wei: string) =>
    (most === 0n ? 0 : Number((BigInt(wei) * 10_000n) / most) / 10_000) * (height - 8);
  const first = points[0];
  const last = points.at(-1);
  return (
    <figure className="history">
      <svg
        viewBox={`0 0 ${width} ${height + strip + 12}`}
        role="img"
        aria-label={t('earnings.chartLabel', { range: t(`earnings.ranges.${range}`) })}
      >
        {points.map((point, index) => {
          const x = index * step + step * 0.1;
          const { startMs, earnedWei, complete, uptime } = point;
          const bar = earnedWei === null ? 0 : Math.max(tall(earnedWei), 1);
          return (
            <g key={startMs}>
              <title>{pointText(point, range)}</title>
              {earnedWei === null ? (
                <rect className="bar-gap" x={x} y={height - 6} width={step * 0.8} height={6} />
              ) : (
                <rect
                  className={complete ? 'bar' : 'bar bar-part'}
                  x={x}
                  y={height - bar}
                  width={step * 0.8}
                  height={bar}
                />
              )}
              <rect className={stripClass(uptime)} x={x} y={height + 8} width={step * 0.8} height={strip} />
            </g>
          );
        })}
      </svg>
      <figcaption className="small soft history-foot">
        <span>{first && startText(first, range)}</span>
        <span>{t('earnings.legend', { most: formatPrlx(most, 2) })}</span>
        <span>{last && startText(last, range)}</span>
      </figcaption>
    </figure>
  );
}

/** Told apart by shade and by the text of each, not by colour alone. */
function stripClass(uptime: number | null): string {
  if (uptime === null) return 'strip strip-unknown';
  if (uptime >= 0.999) return 'strip strip-full';
  return uptime >= 0.9 ? 'strip strip-most' : 'strip strip-less';
}

const startText = ({ startMs }: Point, range: Range) =>
  range === 'day' ? stamp(startMs).slice(0, 16) : formatDate(startMs);

function amountText({ earnedWei, complete }: Point): string | null {
  if (earnedWei === null) return null;
  const amount = formatPrlx(BigInt(earnedWei));
  return complete ? amount : t('earnings.atLeastAmount', { amount });
}

function pointText(point: Point, range: Range): string {
  const amount = amountText(point);
  return [
    startText(point, range),
    amount === null ? t('earnings.gap') : `${amount} PRLX`,
    `${t('earnings.columns.uptime')}: ${percent(point.uptime) ?? t('everywhere.notKnown').toLowerCase()}`,
  ].join(' · ');
}

function Table({ points, range }: { points: readonly Point[]; range: Range }) {
  const columns = ['from', 'earned', 'uptime', 'served', 'tokens'] as const;
  return (
    <FiguresTable headings={columns.map((name) => t(`earnings.columns.${name}`))}>
      {points.toReversed().map((point) => (
        <tr key={point.startMs}>
          <td>{startText(point, range)}</td>
          <td>
            <Value>{amountText(point)}</Value>
          </td>
          <td>
            <Value>{percent(point.uptime)}</Value>
          </td>
          <td>
            <Value>{point.served === null ? null : formatCount(point.served)}</Value>
          </td>
          <td>
            <Value>{point.tokens === null ? null : formatCount(point.tokens)}</Value>
          </td>
        </tr>
      ))}
    </FiguresTable>
  );
}
