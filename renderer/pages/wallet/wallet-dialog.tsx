import { useState } from 'react';
import { minimumStakePrlx } from '../../../shared/earnings/stream.ts';
import { parsePrlx } from '../../../shared/format.ts';
import { type WalletAction, type WalletCall, walletCalls } from '../../../shared/wallet/calls.ts';
import { chainNowMs } from '../../../shared/wallet/chain-time.ts';
import {
  canBeTried,
  type TriedCall,
  triedAs,
  walletPreconditions,
  walletSubject,
} from '../../../shared/wallet/preconditions.ts';
import {
  callInWords,
  formatEther,
  preconditionText,
  unknownText,
  walletSteps,
  walletWords,
} from '../../../shared/wallet/text.ts';
import type { Snapshot } from '../../bridge.ts';
import { useChainWatch } from '../../chain-watch.ts';
import { OutsideButton } from '../../components/button.tsx';
import { CopyField } from '../../components/copy-field.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Facts } from '../../components/figure.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { QrCode } from '../../components/qr-code.tsx';
import { useAction, useNow, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { useWalletEffect, WalletEffectNotice } from './effect.tsx';
import { Funds } from './funds.tsx';

interface Props {
  action: WalletAction;
  snapshot: Snapshot;
  onClose: () => void;
  /** The person has answered for what was found at the hardware. */
  heldAccepted?: boolean;
}

/** Everything before a wallet is opened: what stands against it, the call in words, links; then its effect. */
export function WalletDialog(props: Props) {
  const { action, snapshot } = props;
  const { nodeId } = snapshot.identity;
  return canBeTried(action) && nodeId !== null ? (
    <Tried {...props} call={triedAs[action]} nodeId={nodeId} />
  ) : (
    <Described {...props} tried={null} />
  );
}

function Tried({
  call,
  nodeId,
  ...props
}: Props & { call: (typeof triedAs)[keyof typeof triedAs]; nodeId: string }) {
  const tried = useQuestion('wallet.tryCall', { call, nodeId }, props.snapshot.chain.head?.block ?? 0);
  return <Described {...props} tried={tried.state === 'answered' ? tried.output : null} />;
}

function Described({
  action,
  snapshot,
  onClose,
  heldAccepted = false,
  tried,
}: Props & { tried: TriedCall | null }) {
  const { run, failure } = useAction();
  const nowMs = useNow();
  const [stake, setStake] = useState(String(minimumStakePrlx));
  const stakeWei = parsePrlx(stake.replaceAll(',', '')) ?? 0n;
  const { effect, opened } = useWalletEffect(action, snapshot);
  useChainWatch(true);
  const subject = walletSubject(snapshot, stakeWei);
  const calls = walletCalls(action, subject);
  const call = calls.at(-1);
  const chainMs = chainNowMs(snapshot.chain, nowMs);
  const found =
    effect === null
      ? walletPreconditions(action, snapshot, { stakeWei, tried, nowMs: chainMs }).filter(
          ({ code }) => !(heldAccepted && code === 'registration-held'),
        )
      : [];
  const blocked = found.some(({ blocks }) => blocks);
  const open = (url: string) => {
    opened();
    void run('app.openLink', { url });
  };
  const primary = effect === null && call !== undefined && (
    <OutsideButton variant="primary" disabled={blocked} onPress={() => open(call.link)}>
      {t('wallet.openConsole')}
    </OutsideButton>
  );
  return (
    <Dialog
      toRead
      title={walletWords().titles[action]}
      closeLabel={t('wallet.close')}
      onClose={onClose}
      actions={primary}
    >
      <p>{walletWords().meanings[action]}</p>
      <WalletEffectNotice effect={effect} nowMs={chainMs} />
      {found.map((one) => (
        <Notice key={one.code} tone={one.blocks ? 'bad' : 'warn'}>
          {preconditionText(one, chainMs)}
        </Notice>
      ))}
      {action === 'register' && effect === null && call !== undefined && (
        <Funds stake={stake} stakeWei={stakeWei} onStake={setStake} snapshot={snapshot} />
      )}
      {effect === null && !blocked && call !== undefined && (
        <>
          <ol className="plain-steps">
            {walletSteps(call).map((step) => (
              <li key={step}>
                <span>{step}</span>
              </li>
            ))}
          </ol>
          <Elsewhere call={call} />
        </>
      )}
      <FailureNotice failure={failure} />
      {calls.map((one) => (
        <InWords key={one.action} call={one} />
      ))}
      {effect === null && !blocked && <RawCall tried={tried} />}
      {effect === null && (
        <p className="small soft">
          {[
            blocked ? null : feeText(action, tried),
            ...calls.map((one) => walletWords().doubts[one.action]),
            blocked ? null : t('wallet.signs'),
          ]
            .filter((text) => text !== null)
            .join(' ')}
        </p>
      )}
    </Dialog>
  );
}

/** For a wallet that takes raw calls: the bytes, once the owner's call has been tried and goes through. */
function RawCall({ tried }: { tried: TriedCall | null }) {
  if (tried === null || tried.callData === null || tried.to === null) return null;
  return (
    <details>
      <summary>{t('wallet.raw.title')}</summary>
      <div className="stack">
        <p className="soft">{t('wallet.raw.text')}</p>
        <CopyField label={t('wallet.raw.to')} value={tried.to} />
        <CopyField label={t('wallet.raw.data')} value={tried.callData} />
      </div>
    </details>
  );
}

/** Only of a call that can be made: what was refused or done has no fee. Null while it is asked for. */
function feeText(action: WalletAction, tried: TriedCall | null): string | null {
  if (!canBeTried(action)) return t('wallet.feeInWallet');
  if (tried === null) return null;
  return tried.feeWei.known
    ? t('wallet.fee', { fee: formatEther(BigInt(tried.feeWei.value)) })
    : t('wallet.feeUnknown', { reason: unknownText(tried.feeWei.reason) });
}

/** The same page on a telephone. */
function Elsewhere({ call }: { call: WalletCall }) {
  return (
    <div className="register">
      <div className="stack">
        <CopyField label={t('wallet.link')} value={call.link} />
        <CopyField label={t('wallet.inWallet')} value={call.walletLink} />
      </div>
      <figure className="register-code">
        <QrCode text={call.walletLink} label={t('wallet.qr')} />
        <figcaption className="small soft">{t('wallet.scan')}</figcaption>
      </figure>
    </div>
  );
}

/** What the wallet will show, for comparing. */
function InWords({ call }: { call: WalletCall }) {
  const name = callInWords(call);
  return (
    <section className="call" aria-label={name} data-call={call.action}>
      <p>
        <code>{name}</code>
      </p>
      <Facts
        label={name}
        facts={[
          [t('wallet.contract'), `${call.contract.name} ${call.contract.address}`],
          ...call.arguments.map(
            ({ name: argument, value, note }) =>
              [argument, value === null ? null : note === undefined ? value : `${value} (${note})`] as const,
          ),
          [t('wallet.chain'), `${call.chain.name} (${call.chain.id})`],
        ]}
      />
    </section>
  );
}
