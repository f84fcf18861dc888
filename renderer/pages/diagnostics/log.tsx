import { useId, useMemo, useState } from 'react';
import { formatSecond } from '../../../shared/format.ts';
import type { AskOutput } from '../../bridge.ts';
import { isUnavailable } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Empty, Section } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { WindowList } from '../../components/window-list.tsx';
import { useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

type Line = AskOutput<'diagnostics.log'>['lines'][number];
const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

/** Entries of a level and above that contain the text searched for, newest first. */
function filterLines(lines: readonly Line[], level: Level, search: string): Line[] {
  const wanted = search.trim().toLowerCase();
  const from = levels.indexOf(level);
  return lines
    .filter((line) => levels.indexOf(line.level) >= from && line.text.toLowerCase().includes(wanted))
    .reverse();
}

export function LogViewer() {
  const id = useId();
  const [times, setTimes] = useState(0);
  const [level, setLevel] = useState<Level>('info');
  const [search, setSearch] = useState('');
  const question = useQuestion('diagnostics.log', { limit: 10_000 }, times);
  const all = question.state === 'answered' ? question.output.lines : null;
  const numbered = useMemo(
    () => filterLines(all ?? [], level, search).map((line, index) => ({ ...line, index })),
    [all, level, search],
  );
  return (
    <Section
      title={t('diagnostics.log.title')}
      side={all && <Button onPress={() => setTimes(times + 1)}>{t('diagnostics.log.reload')}</Button>}
    >
      {question.state === 'asking' && <Working>{t('diagnostics.log.reading')}</Working>}
      {question.state === 'refused' &&
        (isUnavailable(question.failure) ? (
          <Notice>{t('diagnostics.log.unavailable')}</Notice>
        ) : (
          <FailureNotice failure={question.failure} />
        ))}
      {all && (
        <>
          <div className="log-tools">
            <label htmlFor={`${id}-level`}>{t('diagnostics.log.level')}</label>
            <select
              id={`${id}-level`}
              className="field"
              value={level}
              onChange={(event) => setLevel(event.currentTarget.value as Level)}
            >
              {levels.map((name) => (
                <option key={name} value={name}>
                  {t('diagnostics.log.from', { level: t(`diagnostics.log.levels.${name}`) })}
                </option>
              ))}
            </select>
            <input
              type="search"
              className="field"
              aria-label={t('diagnostics.log.search')}
              placeholder={t('diagnostics.log.search')}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <span className="small soft" role="status">
              {t('diagnostics.log.count', { shown: numbered.length, all: all.length })}
            </span>
          </div>
          {numbered.length === 0 ? (
            <Empty title={t('diagnostics.log.nothing')} />
          ) : (
            <WindowList
              label={t('diagnostics.log.list')}
              className="log"
              columns={[
                t('diagnostics.log.columns.time'),
                t('diagnostics.log.columns.level'),
                t('diagnostics.log.columns.text'),
              ]}
              items={numbered}
              rowHeight={32}
              itemKey={(line) => line.index}
              cells={(line) => [
                formatSecond(line.atMs),
                <span key="level" className={`level level-${line.level}`}>
                  {t(`diagnostics.log.levels.${line.level}`)}
                </span>,
                <span key="text" title={line.text}>
                  {line.text}
                </span>,
              ]}
            />
          )}
        </>
      )}
    </Section>
  );
}
