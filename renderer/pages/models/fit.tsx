import { formatBytes } from '../../../shared/format.ts';
import { t } from '../../i18n/text.ts';

export type Fit = 'fits' | 'tight' | 'too-big' | null;

/** Whether a model fits, with the numbers that say so where they are known. */
export function FitMark({
  fit,
  neededBytes,
  budgetBytes,
}: {
  fit: Fit;
  neededBytes?: number | null;
  budgetBytes?: number | null;
}) {
  const numbers =
    neededBytes && budgetBytes
      ? t('models.fitNumbers', { needed: formatBytes(neededBytes), budget: formatBytes(budgetBytes) })
      : null;
  return (
    <span className={`fit fit-${fit ?? 'unknown'}`}>
      <span className="fit-word">{t(`models.fit.${fit ?? 'unknown'}`)}</span>
      {numbers !== null && <span className="small soft">{numbers}</span>}
    </span>
  );
}
