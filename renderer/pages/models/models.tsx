import { useState } from 'react';
import type { PullReport } from '../../../shared/contract/ollama.ts';
import { formatBytes } from '../../../shared/format.ts';
import { sameModel } from '../../../shared/model-names.ts';
import type { Preparation } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/figure.tsx';
import { PageFrame, Section } from '../../components/page.tsx';
import { useMachine, useStepsLeft } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { goTo } from '../../navigation.ts';
import { PhasePanel } from '../state/phase-panel.tsx';
import { Catalogue } from './catalogue.tsx';
import { InstalledModels } from './installed.tsx';
import { Pulls } from './pulls.tsx';
import { ServerPanel } from './server-panel.tsx';
import { TooSlow } from './too-slow.tsx';

export function Models() {
  const settingUp = useStepsLeft() !== null;
  const machine = useMachine();
  const [typed, setTyped] = useState<string | null>(null);
  // A name that Ollama doesn't have is told where it was typed; one that was typed elsewhere, as any other download.
  const unknown = typed === null ? null : (machine?.pulls.find((pull) => isUnknown(pull, typed)) ?? null);
  const pulls = machine?.pulls.filter((pull) => pull !== unknown) ?? [];
  return (
    <PageFrame
      title={t('models.title')}
      lead={t('models.lead')}
      side={
        settingUp && <Button onPress={() => goTo('onboarding', 'model')}>{t('setup.backToSetup')}</Button>
      }
    >
      {!machine && <PhasePanel />}
      {machine && (
        <>
          <Section title={t('models.server.title')}>
            <ServerPanel machine={machine} />
          </Section>
          {pulls.length > 0 && (
            <Section title={t('models.pulls.title')}>
              <Pulls pulls={pulls} />
            </Section>
          )}
          <Section title={t('models.installed.title')}>
            <TooSlow slow={machine.ollama.tooSlow} pulls={machine.pulls} />
            <InstalledModels machine={machine} />
            <Volume volume={machine.ollama.modelsVolume} />
          </Section>
          <Section title={t('models.catalogue.title')} lead={t('models.catalogue.lead')}>
            <Catalogue machine={machine} unknown={unknown} onTyped={setTyped} />
          </Section>
        </>
      )}
    </PageFrame>
  );
}

const isUnknown = ({ model, error }: PullReport, name: string) =>
  error?.code === 'model-unknown' && sameModel(model, name);

function Volume({ volume }: { volume: Preparation['ollama']['modelsVolume'] }) {
  if (!volume) return null;
  const size = (bytes: number | null) => (bytes === null ? null : formatBytes(bytes));
  return (
    <Facts
      label={t('models.disk.title')}
      facts={[
        [t(volume.certain ? 'models.disk.where' : 'models.disk.whereLikely'), volume.path],
        [t('models.disk.free'), size(volume.freeBytes)],
        [t('models.disk.reserve'), size(volume.reserveBytes)],
      ]}
    />
  );
}
