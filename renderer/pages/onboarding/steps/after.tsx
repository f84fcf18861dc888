import { formatTokens } from '../../../../shared/format.ts';
import { consoleUrl } from '../../../../shared/links.ts';
import type { WalletAction } from '../../../../shared/wallet/calls.ts';
import { OutsideButton } from '../../../components/button.tsx';
import { AsOf, Facts } from '../../../components/figure.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { useAction, useSnapshot } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { exitStatus, type StepStatus } from '../../../onboarding-progress.ts';
import { StatePanel } from '../../state/state-panel.tsx';
import { WalletButtons } from '../../wallet/wallet-buttons.tsx';
import { StepFoot } from '../step-frame.tsx';

/** Step 6: claiming, which happens in the Console at any time. */
export function ClaimStep() {
  const snapshot = useSnapshot();
  const earnings = snapshot?.earnings;
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
      {snapshot === null ? (
        <ToConsole label={t('onboarding.claim.open')} />
      ) : (
        <WalletButtons actions={['claim']} snapshot={snapshot} />
      )}
      <StepFoot step="claim" primary={false} />
    </>
  );
}

/** Claiming comes first: whether it is possible during the cooldown is not published. */
const exitActions: Readonly<Record<StepStatus, readonly WalletAction[]>> = {
  open: ['claim', 'request-unstake'],
  blocked: ['withdraw', 'cancel-unstake'],
  done: [],
};

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
      {snapshot === null ? (
        <ToConsole label={t('onboarding.exit.open')} />
      ) : (
        <WalletButtons actions={exitActions[exitStatus(snapshot)]} snapshot={snapshot} />
      )}
      {snapshot !== null && exitStatus(snapshot) === 'done' && (
        <Notice>{t('onboarding.exit.remains')}</Notice>
      )}
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
