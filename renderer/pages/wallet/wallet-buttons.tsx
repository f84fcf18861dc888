import { useState } from 'react';
import type { WalletAction } from '../../../shared/wallet/calls.ts';
import { walletTitles } from '../../../shared/wallet/text.ts';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { WalletDialog } from './wallet-dialog.tsx';

/** What the wallet can do for this node as it stands now. */
function actionsFor({ chain, registration }: Snapshot): WalletAction[] {
  if (registration.status === 'not-registered') return ['register'];
  switch (chain.node?.state) {
    case 'cooling':
      return ['withdraw', 'cancel-unstake', 'claim'];
    case 'retired':
      return [];
    default:
      return ['claim', 'request-unstake'];
  }
}

/** One of them alone. */
export function WalletButton({ action, snapshot }: { action: WalletAction; snapshot: Snapshot }) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button onPress={() => setOpen(true)}>{walletTitles[action]}</Button>
      {open && <WalletDialog action={action} snapshot={snapshot} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** Buttons that describe a call and open the wallet for it; nothing is signed here. */
export function WalletButtons({ snapshot }: { snapshot: Snapshot }) {
  const [open, setOpen] = useState<WalletAction | null>(null);
  return (
    <div className="button-row">
      {actionsFor(snapshot).map((action, index) => (
        <Button key={action} variant={index === 0 ? 'primary' : 'quiet'} onPress={() => setOpen(action)}>
          {walletTitles[action]}
        </Button>
      ))}
      {open !== null && <WalletDialog action={open} snapshot={snapshot} onClose={() => setOpen(null)} />}
    </div>
  );
}
