import { useChainWatch } from '../../chain-watch.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { PageFrame } from '../../components/page.tsx';
import { useAction, useSnapshot } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PhasePanel } from '../state/phase-panel.tsx';
import { WalletButtons } from '../wallet/wallet-buttons.tsx';
import { Balance } from './balance.tsx';
import { Claims } from './claims.tsx';
import { Estimator } from './estimator.tsx';
import { ExportButtons } from './export.tsx';
import { History } from './history.tsx';
import { WalletNodes } from './nodes.tsx';
import { Stream } from './stream.tsx';

/** What this node earns, why, and what can be done with it; a page and a window of its own. */
export function Earnings({ ownWindow }: { ownWindow?: boolean }) {
  const snapshot = useSnapshot();
  const { run, failure } = useAction();
  useChainWatch(snapshot !== null);
  const side = !ownWindow && (
    <Button variant="quiet" onPress={() => void run('app.openWindow', { window: 'earnings' })}>
      {t('earnings.openWindow')}
    </Button>
  );
  return (
    <PageFrame title={t('earnings.title')} lead={t('earnings.lead')} side={side}>
      <FailureNotice failure={failure} />
      {!snapshot && <PhasePanel />}
      {snapshot && (
        <>
          <Balance
            ownWindow={ownWindow === true}
            snapshot={snapshot}
            actions={<WalletButtons snapshot={snapshot} />}
          />
          <History />
          <Claims snapshot={snapshot} />
          <WalletNodes snapshot={snapshot} />
          <Stream snapshot={snapshot} />
        </>
      )}
      <Estimator snapshot={snapshot} />
      {snapshot && <ExportButtons snapshot={snapshot} />}
    </PageFrame>
  );
}
