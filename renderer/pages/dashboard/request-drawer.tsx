import type { RequestRecord } from '../../../shared/contract/records.ts';
import { formatCount, formatDecimal, formatSecond } from '../../../shared/format.ts';
import { CopyField } from '../../components/copy-field.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Facts } from '../../components/figure.tsx';
import { t } from '../../i18n/text.ts';
import { outcomeOf } from './outcome.ts';

/** All that is on record of one request, with its proof to copy; never what was asked or answered. */
export function RequestDrawer({ request, onClose }: { request: RequestRecord; onClose: () => void }) {
  const { requestId, model, acceptedAtMs, finishedAtMs, closedAtMs, generationMs, poe } = request;
  const { inputTokens, outputTokens } = request;
  const at = (ms: number | null) => (ms === null ? null : formatSecond(ms));
  const count = (value: number | null) => (value === null ? null : formatCount(value));
  const seconds = (ms: number | null) =>
    ms === null ? null : t('dashboard.activity.seconds', { seconds: formatDecimal(ms / 1000, 1) });
  const rate =
    generationMs === null || generationMs === 0 || outputTokens === null
      ? null
      : t('dashboard.activity.speedValue', { rate: formatDecimal((outputTokens / generationMs) * 1000, 1) });
  return (
    <Dialog drawer title={t('dashboard.feed.details')} closeLabel={t('everywhere.close')} onClose={onClose}>
      <Facts
        label={t('dashboard.feed.details')}
        facts={[
          [t('dashboard.feed.columns.outcome'), outcomeOf(request)],
          [t('dashboard.feed.columns.model'), model],
          [t('dashboard.feed.received'), at(acceptedAtMs)],
          [t('dashboard.feed.finished'), at(finishedAtMs)],
          [t('dashboard.feed.closed'), at(closedAtMs)],
          [t('dashboard.feed.columns.took'), seconds(generationMs)],
          [t('dashboard.feed.tokensIn'), count(inputTokens)],
          [t('dashboard.feed.tokensOut'), count(outputTokens)],
          [t('dashboard.feed.speed'), rate],
        ]}
      />
      <CopyField label={t('dashboard.feed.requestId')} value={requestId} />
      {poe === null ? (
        <p className="soft">{t('dashboard.feed.noProof')}</p>
      ) : (
        <CopyField label={t('dashboard.feed.proofLabel')} value={poe} />
      )}
      <p className="soft small">{t('dashboard.feed.lead')}</p>
    </Dialog>
  );
}
