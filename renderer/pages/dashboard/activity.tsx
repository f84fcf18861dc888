import { useState } from 'react';
import type { ActivitySlot } from '../../../shared/contract/activity.ts';
import { formatCount, formatDecimal } from '../../../shared/format.ts';
import type { AskOutput } from '../../bridge.ts';
import { Figure, Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { t } from '../../i18n/text.ts';
import { percent } from '../../known-amount.ts';
import type { ActivityQuestion } from './activity-question.ts';
import { type Range, RangeButtons, slotTime } from './range.tsx';

/** Requests and tokens over time, and how well requests went. */
export function ActivityPanel({ day, month }: { day: ActivityQuestion; month: ActivityQuestion }) {
  const [range, setRange] = useState<Range>('day');
  const [asTable, setAsTable] = useState(false);
  const record = range === 'day' ? day : month;
  const side = <RangeButtons range={range} onRange={setRange} asTable={asTable} onTable={setAsTable} />;
  return (
    <Section title={t('dashboard.activity.title')} lead={t('dashboard.activity.lead')} side={side}>
      {record.state === 'refused' && <Notice>{t('dashboard.uptime.unavailable')}</Notice>}
      {record.state === 'answered' && (
        <>
          <Outcomes requests={record.output.requests} />
          {!record.output.slots.some((slot) => slot.requests !== null) ? null : asTable ? (
            <Table slots={record.output.slots} />
          ) : (
            <div className="sparks">
              <Spark slots={record.output.slots} range={range} of="requests" />
              <Spark slots={record.output.slots} range={range} of="outputTokens" />
            </div>
          )}
        </>
      )}
    </Section>
  );
}

function Outcomes({ requests }: { requests: AskOutput<'activity'>['requests'] }) {
  const { delivered, failed, deadlineMissed, p50Ms, p95Ms, tokensPerSecond } = requests;
  const ended = delivered + failed;
  const seconds = (ms: number | null) =>
    ms === null ? null : t('dashboard.activity.seconds', { seconds: formatDecimal(ms / 1000, 1) });
  return (
    <dl className="figures">
      <Figure
        label={t('dashboard.activity.success')}
        value={ended === 0 ? null : percent(delivered / ended)}
        note={ended === 0 ? undefined : t('dashboard.activity.successNote', { count: failed })}
      />
      <Figure label={t('dashboard.activity.p50')} value={seconds(p50Ms)} />
      <Figure
        label={t('dashboard.activity.p95')}
        value={seconds(p95Ms)}
        note={p95Ms === null ? undefined : t('dashboard.activity.p95Note')}
      />
      <Figure
        label={t('dashboard.activity.deadlines')}
        value={ended === 0 ? null : formatCount(deadlineMissed)}
      />
      <Figure
        label={t('dashboard.activity.speed')}
        value={
          tokensPerSecond === null
            ? null
            : t('dashboard.activity.speedValue', { rate: formatDecimal(tokensPerSecond, 1) })
        }
        note={tokensPerSecond === null ? undefined : t('dashboard.activity.speedNote')}
      />
    </dl>
  );
}

const [width, height] = [480, 56];

/** One row of small bars; what is not on record has none. */
function Spark({
  slots,
  range,
  of,
}: {
  slots: readonly ActivitySlot[];
  range: Range;
  of: 'requests' | 'outputTokens';
}) {
  const name = t(of === 'requests' ? 'dashboard.activity.requests' : 'dashboard.activity.tokens');
  const values = slots.map((slot) => slot[of]);
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const total = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const known = values.some((value) => value !== null);
  const step = width / Math.max(1, slots.length);
  return (
    <figure className="spark">
      <figcaption>
        <span className="soft small">{name}</span>{' '}
        <strong>
          <Value>{known ? formatCount(total) : null}</Value>
        </strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('dashboard.activity.chart', {
          what: name,
          range: t(`dashboard.range.${range}`),
          total: formatCount(total),
          most: formatCount(most),
          slot: t(`dashboard.activity.slot.${range}`),
        })}
      >
        {slots.map((slot, index) => {
          const value = slot[of];
          if (value === null) return null;
          const tall = value === 0 ? 1 : Math.max(2, (value / most) * height);
          return (
            <rect
              key={slot.startMs}
              className={value === 0 ? 'spark-none' : 'spark-bar'}
              x={index * step + 0.5}
              y={height - tall}
              width={step - 1}
              height={tall}
            >
              <title>
                {t('dashboard.activity.slotValue', {
                  time: slotTime(slot.startMs),
                  value: formatCount(value),
                })}
              </title>
            </rect>
          );
        })}
      </svg>
    </figure>
  );
}

function Table({ slots }: { slots: readonly ActivitySlot[] }) {
  const columns = ['from', 'requests', 'failed', 'tokens'] as const;
  const count = (value: number | null) => <Value>{value === null ? null : formatCount(value)}</Value>;
  return (
    <FiguresTable
      label={t('dashboard.activity.byTime')}
      headings={columns.map((name) => t(`dashboard.activity.columns.${name}`))}
    >
      {slots.toReversed().map((slot) => (
        <tr key={slot.startMs}>
          <td>{slotTime(slot.startMs)}</td>
          <td>{count(slot.requests)}</td>
          <td>{count(slot.failed)}</td>
          <td>{count(slot.outputTokens)}</td>
        </tr>
      ))}
    </FiguresTable>
  );
}
