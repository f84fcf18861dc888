import type { RequestRecord } from '../../../shared/contract/records.ts';
import { describeFailure } from '../../../shared/texts/failure-text.ts';
import { t } from '../../i18n/text.ts';

/** What became of a request, and why where it failed. */
export function outcomeOf(request: RequestRecord): string {
  const text = t(`dashboard.feed.state.${request.state}`);
  if (request.failure === null) return text;
  return t('dashboard.feed.because', { outcome: text, why: describeFailure(request.failure) });
}
