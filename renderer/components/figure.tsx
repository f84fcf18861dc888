import type { ReactNode } from 'react';
import { unknown } from '../../shared/format.ts';
import { t } from '../i18n/text.ts';
import { At } from './at.tsx';

/** A dash that is also read out as what it is. */
function Unknown() {
  return (
    <span className="unknown">
      <span aria-hidden="true">{unknown}</span>
      <span className="visually-hidden">{t('everywhere.notKnown')}</span>
    </span>
  );
}

/** A value, or the dash. */
export function Value({ children }: { children?: ReactNode }) {
  return children === null || children === undefined || children === '' || children === unknown ? (
    <Unknown />
  ) : (
    children
  );
}

/** One figure with its name; `note` says what it counts or how old it is. */
export function Figure({
  label,
  value,
  note,
  large,
}: {
  label: string;
  value: string | number | null;
  note?: ReactNode;
  large?: boolean;
}) {
  return (
    <div className={large ? 'figure figure-large' : 'figure'}>
      <dt>{label}</dt>
      <dd>
        <span className="figure-value">
          <Value>{value}</Value>
        </span>
        {note && <span className="figure-note">{note}</span>}
      </dd>
    </div>
  );
}

/** Since when a figure is what it says. */
export function AsOf({
  atMs,
  source,
  alone = false,
}: {
  atMs: number | null | undefined;
  source?: string;
  /** As a sentence of its own. */
  alone?: boolean;
}) {
  if (atMs === null || atMs === undefined)
    return <span className="as-of">{t(alone ? 'everywhere.neverUpdated' : 'everywhere.neverRead')}</span>;
  return (
    <span className="as-of">
      <At ms={atMs} text={(time) => t(alone ? 'everywhere.updated' : 'everywhere.asOf', { time })} />
      {source !== undefined && `, ${source}`}
    </span>
  );
}

/** Where a statement comes from: measured on this machine, or said by the guide. */
export function Source({ from }: { from: 'measured' | 'guide' | 'unknown' }) {
  return <span className={`source source-${from}`}>{t(`everywhere.source.${from}`)}</span>;
}

/** Plain facts in a small grid; what is not known is a dash. */
export function Facts({ label, facts }: { label: string; facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts" aria-label={label}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value>{value}</Value>
          </dd>
        </div>
      ))}
    </dl>
  );
}
