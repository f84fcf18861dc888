import { useState } from 'react';
import { formatShare } from '../../../shared/earnings/estimate-fields.ts';
import { weightTenths } from '../../../shared/earnings/stream.ts';
import { formatPrlx } from '../../../shared/format.ts';
import { isTier } from '../../../shared/hardware/tiers.ts';
import { exactPrlx } from '../../../shared/wallet/calls.ts';
import { missingFunds } from '../../../shared/wallet/funds.ts';
import { formatEther } from '../../../shared/wallet/text.ts';
import type { AskOutput, Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/figure.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** Before registering: the stake, what it weighs, and what an address that the person pastes still lacks. */
export function Funds({
  stake,
  stakeWei,
  onStake,
  snapshot,
}: {
  stake: string;
  stakeWei: bigint;
  onStake: (text: string) => void;
  snapshot: Snapshot;
}) {
  const [address, setAddress] = useState('');
  const [look, setLook] = useState<AskOutput<'wallet.look'> | null>(null);
  const { run, pending, failure } = useAction();
  const { tier } = snapshot.hardware;
  const weight = isTier(tier) ? weightTenths(stakeWei, tier) : null;
  const total = snapshot.earned.impliedOnlineWeight;
  const share =
    weight !== null && total.known ? (weight * 1_000_000n) / (BigInt(total.value) + weight) : null;
  const check = async () => {
    const answer = await run('wallet.look', { address: address.trim() });
    setLook(answer.ok ? answer.output : null);
  };
  return (
    <>
      <div className="estimate-fields">
        <div className="estimate-field">
          <label htmlFor="stake">{t('wallet.stake')}</label>
          <input
            className="field"
            id="stake"
            inputMode="decimal"
            autoComplete="off"
            value={stake}
            onChange={(event) => onStake(event.currentTarget.value)}
          />
        </div>
        <div className="estimate-field">
          <label htmlFor="address">{t('wallet.address')}</label>
          <input
            className="field"
            id="address"
            autoComplete="off"
            spellCheck={false}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
        </div>
        <Button
          disabled={pending || !/^0x[0-9a-fA-F]{40}$/.test(address.trim())}
          onPress={() => void check()}
        >
          {t('wallet.check')}
        </Button>
      </div>
      <FailureNotice failure={failure} />
      <Facts
        label={t('wallet.weight')}
        facts={[
          [t('wallet.weight'), weight === null ? null : formatPrlx(weight / 10n, 0)],
          [t('wallet.share'), share === null ? null : formatShare(share)],
        ]}
      />
      {look !== null && <Missing look={look} stakeWei={stakeWei} />}
    </>
  );
}

function Missing({ look, stakeWei }: { look: AskOutput<'wallet.look'>; stakeWei: bigint }) {
  const { prlxWei, toBuyWei, approveWei, noEther } = missingFunds(look, stakeWei);
  const amount = (of: typeof look.prlxWei, text: (wei: bigint) => string) =>
    of.known ? text(BigInt(of.value)) : null;
  const prlx = (wei: bigint) => `${formatPrlx(wei)} PRLX`;
  return (
    <>
      <Facts
        label={t('wallet.holds')}
        facts={[
          [t('wallet.holds'), amount(look.prlxWei, prlx)],
          [t('wallet.approved'), amount(look.allowanceWei, prlx)],
          [t('wallet.ether'), amount(look.ethWei, formatEther)],
        ]}
      />
      {prlxWei !== null && prlxWei > 0n && (
        <Notice tone="warn">
          {t('wallet.missing', {
            amount: exactPrlx(prlxWei),
            // Rounded up in the last place that is shown.
            buy: formatPrlx((toBuyWei ?? 0n) + 99_999_999_999_999n),
          })}
        </Notice>
      )}
      {approveWei !== null && approveWei > 0n && <Notice>{t('wallet.approvalMissing')}</Notice>}
      {noEther === true && <Notice tone="warn">{t('wallet.noEther')}</Notice>}
    </>
  );
}
