import { useState } from 'react';
import type { WalletAction } from '../../../shared/wallet/calls.ts';
import { walletWords } from '../../../shared/wallet/text.ts';
import type { Snapshot } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { WalletDialog } from './wallet-dialog.tsx';

/** What the wallet can do for this node as it stands now. */
function actionsNow({ chain, registration }: Snapshot): WalletAction[] {
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

/**
 * Buttons that describe a call and open the wallet for it; nothing is signed here. The dialog outlives its button: it
 * says what the chain shows, which is when the button goes.
 */
export function WalletButtons({
  snapshot,
  actions = actionsNow(snapshot),
  heldAccepted = false,
}: {
  snapshot: Snapshot;
  actions?: readonly WalletAction[];
  heldAccepted?: boolean;
}) {
  const [open, setOpen] = useState<WalletAction | null>(null);
  return (
    <div className="button-row">
      {actions.map((action, index) => (
        <Button key={action} variant={index === 0 ? 'primary' : 'quiet'} onPress={() => setOpen(action)}>
          {walletWords().titles[action]}
        </Button>
      ))}
      {open !== null && (
        <WalletDialog
          action={open}
          snapshot={snapshot}
          heldAccepted={heldAccepted}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}
