import { formatCount, formatDuration } from '../../../shared/format.ts';
import type { Snapshot } from '../../bridge.ts';
import { Facts } from '../../components/figure.tsx';
import { Section } from '../../components/page.tsx';
import { t } from '../../i18n/text.ts';
import { percent, prlxOf } from '../../known-amount.ts';
import type { ActivityQuestion } from './activity-question.ts';
import { weekOf } from './week.ts';

/** The last seven days at a glance; nothing of it before there is a record. */
export function WeekPanel({ month, earned }: { month: ActivityQuestion; earned: Snapshot['earned'] }) {
  if (month.state !== 'answered' || month.output.sinceMs === null) return null;
  const { online, requests, outputTokens, outages, longestOutageMs } = weekOf(month.output);
  const count = (value: number | null) => (value === null ? null : formatCount(value));
  const span = earned.last7Days;
  const amount = span && prlxOf({ known: true, value: span.wei }, 2);
  return (
    <Section title={t('dashboard.week.title')}>
      <Facts
        label={t('dashboard.week.title')}
        facts={[
          [
            t('dashboard.week.earned'),
            amount && t(span?.complete ? 'dashboard.week.amount' : 'dashboard.week.atLeast', { amount }),
          ],
          [t('dashboard.uptime.share'), percent(online)],
          [
            t('dashboard.week.outages'),
            outages === 0
              ? t('dashboard.uptime.noGap')
              : t('dashboard.week.outagesValue', {
                  count: outages,
                  longest: formatDuration(longestOutageMs),
                }),
          ],
          [t('dashboard.activity.requests'), count(requests)],
          [t('dashboard.activity.tokens'), count(outputTokens)],
        ]}
      />
    </Section>
  );
}
