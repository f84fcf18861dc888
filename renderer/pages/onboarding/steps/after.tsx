import { formatTokens } from '../../../../shared/format.ts';
import { consoleUrl } from '../../../../shared/links.ts';
import { OutsideButton } from '../../../components/button.tsx';
import { AsOf, Facts } from '../../../components/figure.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { useAction, useSnapshot } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { exitStatus } from '../../../onboarding-progress.ts';
import { StatePanel } from '../../state/state-panel.tsx';
import { StepFoot } from '../step-frame.tsx';

/** Step 6: claiming, which happens in the Console at any time. */
export function ClaimStep() {
  const earnings = useSnapshot()?.earnings;
  return (
    <>
      <p className="soft">{t('onboarding.claim.lead')}</p>
      {earnings && (
        <>
          <Facts
            label={t('earnings.ofWallet')}
            facts={[
              [
                t('earnings.ofWallet'),
                earnings.lifetimePrlx === null
                  ? null
                  : t('dashboard.node.stakeValue', { amount: formatTokens(earnings.lifetimePrlx) }),
              ],
            ]}
          />
          <p className="small soft">
            <AsOf atMs={earnings.asOfMs} source={t('earnings.coordinator')} />
          </p>
        </>
      )}
      <Notice>{t('onboarding.claim.seen')}</Notice>
      <ToConsole label={t('onboarding.claim.open')} />
      <StepFoot step="claim" primary={false} />
    </>
  );
}

const leaving = ['one', 'two', 'three'] as const;

/** Step 7: leaving, with the whole stake. While it is under way the state says how far it is. */
export function ExitStep() {
  const snapshot = useSnapshot();
  const underWay = snapshot !== null && exitStatus(snapshot) !== 'open';
  return (
    <>
      <p className="soft">{t('onboarding.exit.lead')}</p>
      {underWay && <StatePanel {...snapshot.state} />}
      <ol className="plain-steps">
        {leaving.map((key) => (
          <li key={key}>
            <span>
              <strong>{t(`onboarding.exit.${key}.name`)}.</strong> {t(`onboarding.exit.${key}.text`)}
            </span>
          </li>
        ))}
      </ol>
      {!underWay && <ToConsole label={t('onboarding.exit.open')} />}
      <StepFoot step="exit" primary={false} />
    </>
  );
}

function ToConsole({ label }: { label: string }) {
  const { run, failure } = useAction();
  return (
    <div>
      <OutsideButton onPress={() => void run('app.openLink', { url: consoleUrl })}>{label}</OutsideButton>
      <FailureNotice failure={failure} />
    </div>
  );
}
