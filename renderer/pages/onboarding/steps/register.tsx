import { useState } from 'react';
import { formatTime, formatTokens } from '../../../../shared/format.ts';
import { describeTier, isTier } from '../../../../shared/hardware/tiers.ts';
import { registerLink } from '../../../../shared/links.ts';
import type { Snapshot } from '../../../bridge.ts';
import { OutsideButton } from '../../../components/button.tsx';
import { CopyField } from '../../../components/copy-field.tsx';
import { Facts } from '../../../components/figure.tsx';
import { FailureNotice, Notice } from '../../../components/notice.tsx';
import { Working } from '../../../components/progress.tsx';
import { QrCode } from '../../../components/qr-code.tsx';
import { useAction, useNow, useSnapshot } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { ProbeButton, RegistrationBlock } from '../../hardware/findings.tsx';
import { TierMatch } from '../../hardware/tier-match.tsx';
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
  return (
    <>
      <p className="soft">{t('onboarding.register.lead')}</p>
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
      {!registered && !blocked && <Register snapshot={snapshot} />}
      <StepFoot step="register" primary={registered} />
    </>
  );
}

function Register({ snapshot }: { snapshot: Snapshot }) {
  const { run, pending, failure } = useAction();
  const nowMs = useNow();
  const { tier } = snapshot.hardware;
  const { nodeKeyHash } = snapshot.identity;
  const link = registerLink(nodeKeyHash, tier);
  const { asOfMs } = snapshot.registration;
  return (
    <>
      <div className="register">
        <div className="stack">
          <p>{t('onboarding.register.what', { tier: isTier(tier) ? describeTier(tier).slice(5) : tier })}</p>
          <div>
            <OutsideButton
              variant="primary"
              disabled={pending}
              onPress={() => void run('app.openLink', { url: link })}
            >
              {t('onboarding.register.open')}
            </OutsideButton>
          </div>
          <FailureNotice failure={failure} />
          <CopyField label={t('onboarding.register.hash')} value={nodeKeyHash} />
          <CopyField label={t('onboarding.register.link')} value={link} />
        </div>
        <figure className="register-code">
          <QrCode text={link} label={t('onboarding.register.qr')} />
          <figcaption className="small soft">{t('onboarding.register.phone')}</figcaption>
        </figure>
      </div>
      <Working>{t('onboarding.register.waiting')}</Working>
      <p className="small soft">
        {asOfMs === null
          ? t('everywhere.neverRead')
          : t('onboarding.register.lastLook', { time: formatTime(asOfMs, nowMs) })}
      </p>
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
