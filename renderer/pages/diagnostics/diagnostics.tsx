import { formatCount, formatDuration } from '../../../shared/format.ts';
import { describeReason } from '../../../shared/texts/error-text.ts';
import type { Snapshot } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Facts } from '../../components/figure.tsx';
import { PageFrame, Section } from '../../components/page.tsx';
import { useSnapshot } from '../../hooks.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';
import { Bundle } from './bundle.tsx';
import { Checks } from './checks.tsx';
import { LogViewer } from './log.tsx';

export function Diagnostics() {
  const snapshot = useSnapshot();
  return (
    <PageFrame title={t('diagnostics.title')} lead={t('diagnostics.lead')}>
      <Checks />
      {snapshot && <Connections snapshot={snapshot} />}
      <LogViewer />
      <Bundle />
    </PageFrame>
  );
}

function Connections({ snapshot }: { snapshot: Snapshot }) {
  const { daemon, identity, heartbeat, serving } = snapshot;
  const ms = (key: 'late' | 'skewValue', value: number | null) =>
    value === null ? null : t(`diagnostics.connection.${key}`, { ms: formatCount(value) });
  return (
    <Section title={t('diagnostics.connection.title')}>
      <Facts
        label={t('diagnostics.connection.title')}
        facts={[
          [t('diagnostics.connection.coordinator'), daemon.network.coordinatorUrl],
          [t('diagnostics.connection.rpc'), daemon.network.rpcUrl ?? t('diagnostics.connection.noRpc')],
          [t('diagnostics.connection.stateDir'), daemon.stateDir],
          [t('diagnostics.connection.process'), `${daemon.pid} · ${daemon.version}`],
          [t('diagnostics.connection.started'), <At key="started" ms={daemon.startedAtMs} />],
          [t('diagnostics.connection.keyStore'), keyStoreText(identity.keyStore)],
          [t('diagnostics.connection.keyHash'), identity.nodeKeyHash && <code>{identity.nodeKeyHash}</code>],
          [t('diagnostics.connection.address'), identity.nodeAddress && <code>{identity.nodeAddress}</code>],
          [t('diagnostics.connection.interval'), formatDuration(heartbeat.intervalMs)],
          [
            t('diagnostics.connection.accepted'),
            heartbeat.lastAttemptAtMs === null ? null : formatCount(heartbeat.accepted),
          ],
          [t('diagnostics.connection.lateness'), ms('late', heartbeat.lastLatenessMs)],
          [t('diagnostics.connection.maxLateness'), ms('late', heartbeat.maxLatenessMs)],
          [t('diagnostics.connection.waiting'), formatCount(serving.undelivered)],
          [t('diagnostics.connection.delivered'), formatCount(serving.delivered)],
          [t('diagnostics.connection.skew'), ms('skewValue', heartbeat.clockSkewMs)],
          [
            t('diagnostics.connection.lastFailure'),
            heartbeat.lastFailure === null
              ? t('diagnostics.connection.none')
              : describeReason(heartbeat.lastFailure),
          ],
          [t('diagnostics.connection.duplicates'), formatCount(serving.duplicates)],
          [t('diagnostics.connection.conflicts'), formatCount(serving.conflicts)],
          [t('diagnostics.connection.refusedEntries'), formatCount(serving.refusedEntries)],
          [t('diagnostics.connection.foreign'), formatCount(serving.foreign)],
        ]}
      />
    </Section>
  );
}
