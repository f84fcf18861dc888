import { useState } from 'react';
import type { ActivitySlot, Outage } from '../../../shared/contract/activity.ts';
import { formatClock, formatCount, formatDuration } from '../../../shared/format.ts';
import type { AskOutput } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Figure, Value } from '../../components/figure.tsx';
import { FiguresTable } from '../../components/figures-table.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { t } from '../../i18n/text.ts';
import { percent } from '../../known-amount.ts';
import type { ActivityQuestion } from './activity-question.ts';
import { type Range, RangeButtons, slotTime } from './range.tsx';

type Record = AskOutput<'activity'>;

const shownOutages = 5;

/** Time online, and what interrupted it and why. */
export function UptimePanel({ day, month }: { day: ActivityQuestion; month: ActivityQuestion }) {
  const [range, setRange] = useState<Range>('day');
  const [asTable, setAsTable] = useState(false);
  const record = range === 'day' ? day : month;
  const side = <RangeButtons range={range} onRange={setRange} asTable={asTable} onTable={setAsTable} />;
  return (
    <Section title={t('dashboard.uptime.title')} lead={t('dashboard.uptime.lead')} side={side}>
      {record.state === 'refused' && <Notice>{t('dashboard.uptime.unavailable')}</Notice>}
      {record.state === 'answered' && (
        <>
          <dl className="figures">
            <Figure
              large
              label={t('dashboard.uptime.share')}
              value={percent(record.output.online)}
              note={t(`dashboard.range.${range}`)}
            />
            <Figure
              large
              label={t('dashboard.uptime.longest')}
              value={longest(record.output.longestOutageMs)}
              note={t(`dashboard.range.${range}`)}
            />
            <Figure
              large
              label={t('dashboard.uptime.missed')}
              value={missed(record.output)}
              note={<MissedSince record={record.output} range={range} />}
            />
          </dl>
          {record.output.sinceMs === null && <p className="soft">{t('dashboard.uptime.none')}</p>}
          {record.output.sinceMs !== null &&
            (asTable ? <Tables record={record.output} /> : <Picture record={record.output} range={range} />)}
        </>
      )}
    </Section>
  );
}

function missed({ missed: count }: Record): string | null {
  return count === null ? null : formatCount(count);
}

/** Of the whole range, or since when they are on record where that is later. */
function MissedSince({ record: { missedSinceMs, slots }, range }: { record: Record; range: Range }) {
  const fromMs = slots[0]?.startMs ?? 0;
  if (missedSinceMs === null || missedSinceMs <= fromMs) return t(`dashboard.range.${range}`);
  return <At ms={missedSinceMs} text={(time) => t('dashboard.uptime.missedNote', { time })} />;
}

function longest(ms: number | null): string | null {
  if (ms === null) return null;
  return ms === 0 ? t('dashboard.uptime.noGap') : formatDuration(ms);
}

function Picture({ record, range }: { record: Record; range: Range }) {
  const { slots, outages, outageCount } = record;
  const shown = outages.slice(0, shownOutages);
  return (
    <>
      <Strip record={record} range={range} />
      {shown.length === 0 ? (
        <p className="soft">{t('dashboard.uptime.noOutages')}</p>
      ) : (
        <ul className="outages" aria-label={t('dashboard.uptime.list')}>
          {shown.map((outage) => (
            <li key={outage.startMs}>
              <span className="outage-when">{whenOf(outage)}</span>
              <span>{formatDuration(outage.lengthMs)}</span>
              <span className="soft">{reasonOf(outage)}</span>
            </li>
          ))}
        </ul>
      )}
      {slots.length > 0 && outageCount > shown.length && (
        <p className="small soft">{t('dashboard.uptime.earlier', { count: outageCount - shown.length })}</p>
      )}
    </>
  );
}

const [width, height] = [960, 40];

function Strip({ record: { slots, online, outageCount }, range }: { record: Record; range: Range }) {
  const step = width / slots.length;
  const label = t('dashboard.uptime.chart', {
    range: t(`dashboard.range.${range}`),
    share: percent(online) ?? t('everywhere.notKnown'),
    outages: t('dashboard.uptime.outages', { count: outageCount }),
  });
  const [first] = slots;
  const last = slots.at(-1);
  return (
    <figure className="strip-figure">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {slots.map((slot, index) => {
          // As high as the share, and never so low that it is not seen: told apart by height as well as colour.
          const tall = slot.online === null ? height : Math.max(4, slot.online * height);
          return (
            <rect
              key={slot.startMs}
              className={`strip-slot strip-${kindOf(slot)}`}
              x={index * step + 1}
              y={height - tall}
              width={step - 2}
              height={tall}
            >
              <title>{slotText(slot)}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="small soft history-foot">
        <span>{first && slotTime(first.startMs)}</span>
        <span className="legend">
          {(['full', 'part', 'off', 'unknown'] as const).map((kind) => (
            <span key={kind} className={`legend-item legend-${kind}`}>
              {t(`dashboard.uptime.legend.${kind}`)}
            </span>
          ))}
        </span>
        <span>{last && slotTime(last.startMs)}</span>
      </figcaption>
    </figure>
  );
}

function kindOf({ online }: ActivitySlot): 'full' | 'part' | 'off' | 'unknown' {
  if (online === null) return 'unknown';
  if (online >= 0.995) return 'full';
  return online > 0 ? 'part' : 'off';
}

function slotText(slot: ActivitySlot): string {
  const time = slotTime(slot.startMs);
  if (slot.online === null) return t('dashboard.uptime.slotUnknown', { time });
  const online = t('dashboard.uptime.slotOnline', { time, share: percent(slot.online) ?? '' });
  return slot.missed === null || slot.missed === 0
    ? online
    : `${online}, ${t('dashboard.uptime.slotMissed', { count: slot.missed })}`;
}

/** The day once, where both ends are of the same. */
function whenOf({ startMs, endMs }: Outage): string {
  const end = endMs === null ? t('dashboard.uptime.open') : formatClock(endMs, startMs);
  return `${slotTime(startMs)} – ${end}`;
}

function reasonOf({ reason }: Outage): string {
  return t(`dashboard.outage.${reason ?? 'unknown'}`);
}

function Tables({ record: { slots, outages } }: { record: Record }) {
  const column = (name: 'from' | 'to' | 'length' | 'reason' | 'uptime' | 'missed') =>
    t(`dashboard.uptime.columns.${name}`);
  return (
    <>
      <h3>{t('dashboard.uptime.list')}</h3>
      <FiguresTable
        label={t('dashboard.uptime.list')}
        headings={[column('from'), column('to'), column('length'), column('reason')]}
      >
        {outages.map((outage) => (
          <tr key={outage.startMs}>
            <td>{slotTime(outage.startMs)}</td>
            <td>{outage.endMs === null ? t('dashboard.uptime.ongoing') : slotTime(outage.endMs)}</td>
            <td>{formatDuration(outage.lengthMs)}</td>
            <td className="wraps">{reasonOf(outage)}</td>
          </tr>
        ))}
      </FiguresTable>
      <h3>{t('dashboard.uptime.slots')}</h3>
      <FiguresTable
        label={t('dashboard.uptime.slots')}
        headings={[column('from'), column('uptime'), column('missed')]}
      >
        {slots.toReversed().map((slot) => (
          <tr key={slot.startMs}>
            <td>{slotTime(slot.startMs)}</td>
            <td>
              <Value>{percent(slot.online)}</Value>
            </td>
            <td>
              <Value>{slot.missed}</Value>
            </td>
          </tr>
        ))}
      </FiguresTable>
    </>
  );
}
