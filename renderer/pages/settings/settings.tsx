import { CopyField } from '../../components/copy-field.tsx';
import { Facts } from '../../components/figure.tsx';
import { PageFrame, Section, Spot } from '../../components/page.tsx';
import { useApp, useSnapshot } from '../../hooks.ts';
import { placeOfKey } from '../../i18n/key-place.ts';
import { t } from '../../i18n/text.ts';
import { DesktopSettings } from './desktop-settings.tsx';
import { KeyBackup } from './key-backup.tsx';
import { NodeSettings } from './node-settings.tsx';

export function Settings({ part }: { part: string | null }) {
  const app = useApp();
  const snapshot = useSnapshot();
  const identity = snapshot?.identity;
  return (
    <PageFrame title={t('settings.title')} lead={t('settings.lead')}>
      {app && <DesktopSettings app={app} />}
      {identity && (
        <Spot name="key" part={part}>
          <Section title={t('settings.key.title')} lead={t('settings.key.lead')}>
            <Facts
              label={t('settings.key.title')}
              facts={[[t('settings.key.place'), placeOfKey(identity.keyStore)]]}
            />
            <CopyField label={t('settings.key.hash')} value={identity.nodeKeyHash} />
            <h3>{t('settings.key.backup')}</h3>
            <KeyBackup />
          </Section>
        </Spot>
      )}
      <NodeSettings />
    </PageFrame>
  );
}
