import { useState } from 'react';
import type { Finding } from '../../../shared/check-findings.ts';
import { describeFinding, findingNames } from '../../../shared/texts/check-text.ts';
import { type AskOutput, isUnavailable } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { AsOf } from '../../components/figure.tsx';
import { Icon } from '../../components/icon.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

const runs = {
  ok: { icon: 'check', className: 'check-ok' },
  warning: { icon: 'warning', className: 'check-bad' },
  failed: { icon: 'cross', className: 'check-failed' },
  'not-checked': { icon: 'unknown', className: 'check-unknown' },
} as const;

type Reported = AskOutput<'diagnostics.verify'>['checks'][number];

/** A finding in the words of a window; one that only a newer node knows as it says it. */
function inWindow(check: Reported): Reported {
  const { finding, facts } = check;
  return findingNames.includes(finding)
    ? describeFinding({ code: finding, facts } as Finding, 'window')
    : check;
}

/** The list of `verify`: what each check found, and how to fix it. */
export function Checks() {
  const [times, setTimes] = useState(0);
  const question = useQuestion('diagnostics.verify', {}, times);
  const count = (result: string) =>
    question.state === 'answered'
      ? question.output.checks.filter((check) => check.result === result).length
      : 0;
  return (
    <Section
      title={t('diagnostics.checks.title')}
      lead={t('diagnostics.checks.lead')}
      side={
        question.state === 'answered' && (
          <Button onPress={() => setTimes(times + 1)}>{t('diagnostics.checks.run')}</Button>
        )
      }
    >
      {question.state === 'asking' && <Working>{t('diagnostics.checks.running')}</Working>}
      {question.state === 'refused' &&
        (isUnavailable(question.failure) ? (
          <Notice>{t('diagnostics.checks.unavailable')}</Notice>
        ) : (
          <FailureNotice failure={question.failure} />
        ))}
      {question.state === 'answered' && (
        <>
          <p className="soft small">
            {t('diagnostics.checks.summary', {
              failed: count('failed'),
              count: count('warning'),
              ok: count('ok'),
            })}
            , <AsOf atMs={question.output.asOfMs} />
          </p>
          <ul className="check-list">
            {question.output.checks.map(inWindow).map(({ id, result, means, action }) => (
              <li key={id} className={`check ${runs[result].className}`}>
                <Icon name={runs[result].icon} />
                <div>
                  <p>
                    <span className="visually-hidden">{t(`diagnostics.checks.result.${result}`)}: </span>
                    {means}
                  </p>
                  {action !== null && (
                    <p className="soft small">{t('diagnostics.checks.action', { action })}</p>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
