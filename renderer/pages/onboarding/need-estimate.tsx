import { estimateYear } from '../../../shared/earnings/estimate.ts';
import { defaultEstimate } from '../../../shared/earnings/estimate-defaults.ts';
import { formatPrlx } from '../../../shared/format.ts';
import { isTier } from '../../../shared/hardware/tiers.ts';
import { useMachine } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** The estimate in three lines, before anything else is decided; the whole of it stands under Earnings. */
export function NeedEstimate() {
  const tier = useMachine()?.hardware.tier;
  if (!isTier(tier)) return null;
  const { input } = defaultEstimate({ stakeWei: null, tier, uptimeBp: null, totalWeightWei: null });
  const { grossWei } = estimateYear(input);
  return (
    <section className="need-estimate" aria-label={t('onboarding.need.estimate.title')}>
      <p>
        <strong>
          {t('onboarding.need.estimate.year', {
            amount: formatPrlx(grossWei, 0),
            day: formatPrlx(grossWei / 365n, 0),
          })}
        </strong>
      </p>
      <p className="soft small">
        {t('onboarding.need.estimate.basis', {
          tier,
          stake: formatPrlx(input.stakeWei, 0),
          total: formatPrlx(input.totalWeightWei, 0),
        })}
      </p>
      <p className="soft small">{t('onboarding.need.estimate.caveat')}</p>
    </section>
  );
}
