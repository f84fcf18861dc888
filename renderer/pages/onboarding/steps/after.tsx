import { formatBytes } from '../../../../shared/format.ts';
import { consoleUrl } from '../../../../shared/links.ts';
import type { WalletAction } from '../../../../shared/wallet/calls.ts';
import type { Snapshot } from '../../../bridge.ts';
import { Sentence } from '../../../components/at.tsx';
import { Button, OutsideButton } from '../../../components/button.tsx';
import { Facts } from '../../../components/figure.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { useAction, useNow, useSnapshot } from '../../../hooks.ts';
import { keyStoreText } from '../../../i18n/key-store-text.ts';
import { t } from '../../../i18n/text.ts';
import { goTo } from '../../../navigation.ts';
import { exitStatus, type StepStatus } from '../../../onboarding-progress.ts';
import { claimableText, lifetimeText } from '../../earnings/balance-text.ts';
import { StatePanel } from '../../state/state-panel.tsx';
import { CooldownLeft } from '../../wallet/cooldown-left.tsx';
import { WalletButtons } from '../../wallet/wallet-buttons.tsx';
import { StepFoot } from '../step-frame.tsx';

/** Step 6: claiming, which happens in the Console at any time. */
export function ClaimStep() {
  const snapshot = useSnapshot();
  return (
    <>
      <p className="soft">{t('onboarding.claim.lead')}</p>
      {snapshot && <ToClaim snapshot={snapshot} />}
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

/** What the node has earned and not claimed, by the chain; and the coordinator's word on the whole wallet. */
function ToClaim({ snapshot }: { snapshot: Snapshot }) {
  const nowMs = useNow();
  const { amount, read } = claimableText(snapshot.earned, nowMs);
  return (
    <>
      <Facts
        label={t('earnings.claimable')}
        facts={[
          [t('earnings.claimable'), amount === null ? null : t('dashboard.node.stakeValue', { amount })],
        ]}
      />
      <p className="small soft">
        <Sentence said={read} /> <Sentence said={lifetimeText(snapshot)} />
      </p>
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
  const status = exitStatus(snapshot);
  // The chain shows a withdrawal before the next heartbeat is refused for it: until then the state offers what is past.
  const isSaid = status === 'blocked' || (status === 'done' && snapshot?.state.code === 'retired');
  return (
    <>
      <p className="soft">{t('onboarding.exit.lead')}</p>
      {snapshot !== null && isSaid && <StatePanel {...snapshot.state} />}
      {snapshot !== null && <CooldownLeft chain={snapshot.chain} />}
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
        <WalletButtons actions={exitActions[status]} snapshot={snapshot} />
      )}
      <p className="small soft">{t('onboarding.exit.source')}</p>
      {snapshot !== null && status === 'done' && <Remains snapshot={snapshot} />}
      <StepFoot step="exit" primary={false} />
    </>
  );
}

/** Nothing of it is removed by leaving: what is still here, and where each is removed. */
function Remains({ snapshot }: { snapshot: Snapshot }) {
  const { models } = snapshot.ollama;
  const bytes = models.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return (
    <section className="stack" aria-labelledby="remains">
      <h3 id="remains">{t('onboarding.exit.remains.title')}</h3>
      <p>{t('onboarding.exit.remains.lead')}</p>
      <Facts
        label={t('onboarding.exit.remains.title')}
        facts={[
          [t('onboarding.exit.remains.key'), keyStoreText(snapshot.identity.keyStore)],
          [
            t('onboarding.exit.remains.models'),
            t('onboarding.exit.remains.modelsValue', { n: models.length, size: formatBytes(bytes) }),
          ],
          [t('onboarding.exit.remains.data'), t('onboarding.exit.remains.dataValue')],
        ]}
      />
      <div className="button-row">
        <Button onPress={() => goTo('models')}>{t('onboarding.exit.remains.openModels')}</Button>
        <Button onPress={() => goTo('settings', 'uninstall')}>
          {t('onboarding.exit.remains.openUninstall')}
        </Button>
      </div>
    </section>
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
