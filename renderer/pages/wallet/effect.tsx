import { useState } from 'react';
import type { WalletAction } from '../../../shared/wallet/calls.ts';
import {
  type BeforeWallet,
  beforeWallet,
  type WalletEffect,
  walletEffect,
} from '../../../shared/wallet/effects.ts';
import { effectText } from '../../../shared/wallet/text.ts';
import type { Snapshot } from '../../bridge.ts';
import { Notice } from '../../components/notice.tsx';
import { useQuestion } from '../../hooks.ts';

/** Watches for what a wallet does, from the moment that it is opened. */
export function useWalletEffect(
  action: WalletAction,
  snapshot: Snapshot,
): { effect: WalletEffect | null; opened: () => void } {
  const [before, setBefore] = useState<BeforeWallet | null>(null);
  const answer = useQuestion('earnings.claims', { limit: 20 }, snapshot.chain.head?.block ?? 0);
  const claims = answer.state === 'answered' ? answer.output.claims : [];
  return {
    effect: before === null ? null : walletEffect(before, snapshot, claims),
    // Opened a second time, what was there at first still counts.
    opened: () => setBefore(before ?? beforeWallet(action, snapshot, claims)),
  };
}

/** @param nowMs the chain's time */
export function WalletEffectNotice({ effect, nowMs }: { effect: WalletEffect | null; nowMs: number }) {
  return (
    <div role="status" data-effect={effect?.kind ?? ''}>
      {effect !== null && <Notice tone="good">{effectText(effect, nowMs)}</Notice>}
    </div>
  );
}
