import { useState } from 'react';
import { minimumStakePrlx, weiPerPrlx } from '../../../../shared/earnings/stream.ts';
import { formatPrlx, formatTokens } from '../../../../shared/format.ts';
import { registrationPlace } from '../../../../shared/registration-place.ts';
import { registrationNotes } from '../../../../shared/texts/registration-text.ts';
import { purchaseFor } from '../../../../shared/wallet/funds.ts';
import type { Snapshot } from '../../../bridge.ts';
import { At } from '../../../components/at.tsx';
import { CopyField } from '../../../components/copy-field.tsx';
import { Facts } from '../../../components/figure.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Working } from '../../../components/progress.tsx';
import { useSnapshot } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { ProbeButton, RegistrationBlock } from '../../hardware/findings.tsx';
import { TierMatch } from '../../hardware/tier-match.tsx';
import { WalletButtons } from '../../wallet/wallet-buttons.tsx';
import { NotMeasured, StepFoot } from '../step-frame.tsx';

export function RegisterStep() {
  const snapshot = useSnapshot();
  // Asked again each time: the card may be back by then.
  const [acceptedTierOne, setAcceptedTierOne] = useState(false);
  if (!snapshot)
    return (
      <>
        <p className="soft">{t('onboarding.register.lead')}</p>
        <p className="soft">{t('onboarding.register.needsKey')}</p>
        <NotMeasured step="register" />
      </>
    );
  const registered = snapshot.registration.status === 'registered';
  const blocked = snapshot.hardware.registrationHold !== null && !acceptedTierOne;
  const { link, note } = placeOf(snapshot);
  return (
    <>
      {/* Of another network nobody knows where one stakes. */}
      {(registered || link !== null) && <p className="soft">{t('onboarding.register.lead')}</p>}
      {!registered && note !== null && <Notice tone="warn">{registrationNotes(note).join(' ')}</Notice>}
      {registered && <Registered snapshot={snapshot} />}
      {!registered && blocked && (
        <>
          <p className="soft">{t('onboarding.register.blocked')}</p>
          <RegistrationBlock hardware={snapshot.hardware} onAccept={() => setAcceptedTierOne(true)} />
          <div>
            <ProbeButton primary />
          </div>
        </>
      )}
      {!registered && !blocked && link !== null && <WhatItTakes />}
      {/* One place in the tree, so that its dialog stays open to say what the chain shows. */}
      <WalletButtons
        actions={registered || blocked ? [] : ['register']}
        heldAccepted={acceptedTierOne}
        snapshot={snapshot}
      />
      {!registered && !blocked && <Waiting snapshot={snapshot} />}
      <StepFoot step="register" primary={registered} />
    </>
  );
}

const placeOf = ({ identity, hardware, chain }: Snapshot) =>
  registrationPlace({ nodeKeyHash: identity.nodeKeyHash, tier: hardware.tier }, chain.contracts);

const checklist = ['wallet', 'prlx', 'ether', 'console', 'confirm', 'back'] as const;

/** For somebody who never held a token: what to have at hand, and what happens. */
function WhatItTakes() {
  const stakeWei = minimumStakePrlx * weiPerPrlx;
  return (
    <>
      <ol className="plain-steps">
        {checklist.map((key) => (
          <li key={key}>
            <span>
              <strong>{t(`onboarding.register.checklist.${key}.name`)}.</strong>{' '}
              {t(`onboarding.register.checklist.${key}.text`)}
            </span>
          </li>
        ))}
      </ol>
      <details>
        <summary>{t('onboarding.register.noPrlx.title')}</summary>
        <p className="soft">
          {t('onboarding.register.noPrlx.text', {
            // Rounded up in the last place that is shown.
            buy: formatPrlx(purchaseFor(stakeWei) + weiPerPrlx - 1n, 0),
          })}
        </p>
      </details>
    </>
  );
}

function Waiting({ snapshot }: { snapshot: Snapshot }) {
  const { nodeKeyHash } = snapshot.identity;
  const { link } = placeOf(snapshot);
  const { asOfMs } = snapshot.registration;
  return (
    <>
      <Working>{t('onboarding.register.waiting')}</Working>
      <p className="small soft">
        {asOfMs === null ? (
          t('everywhere.neverRead')
        ) : (
          <At ms={asOfMs} text={(time) => t('onboarding.register.lastLook', { time })} />
        )}
      </p>
      <details>
        <summary>{t('onboarding.register.manually')}</summary>
        <div className="stack">
          <CopyField label={t('onboarding.register.hash')} value={nodeKeyHash} />
          {link !== null && <CopyField label={t('onboarding.register.link')} value={link} />}
        </div>
      </details>
    </>
  );
}

function Registered({ snapshot }: { snapshot: Snapshot }) {
  const { identity, registration, hardware } = snapshot;
  const { tier, stakePrlx } = registration;
  return (
    <>
      <Notice
        tone="good"
        title={t('onboarding.register.found', { id: identity.nodeId ?? t('everywhere.notKnown') })}
      />
      <Facts
        label={t('onboarding.register.found', { id: identity.nodeId ?? t('everywhere.notKnown') })}
        facts={[
          [t('onboarding.register.wallet'), identity.owner],
          [t('onboarding.register.tier'), tier === null ? null : String(tier)],
          [
            t('onboarding.register.stake'),
            stakePrlx === null ? null : t('dashboard.node.stakeValue', { amount: formatTokens(stakePrlx) }),
          ],
        ]}
      />
      <TierMatch hardware={hardware} />
    </>
  );
}
