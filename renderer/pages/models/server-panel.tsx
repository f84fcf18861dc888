import { useState } from 'react';
import { describeGpuCause } from '../../../shared/hardware/gpu-causes.ts';
import { describeReason } from '../../../shared/texts/error-text.ts';
import type { Preparation } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Facts } from '../../components/figure.tsx';
import { FailureNotice, Notice, type Tone } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { InstallPanel } from './install-panel.tsx';

type OllamaReport = Preparation['ollama'];

const tones: Readonly<Record<OllamaReport['condition'], Tone>> = {
  unknown: 'plain',
  'not-installed': 'warn',
  stopped: 'warn',
  starting: 'plain',
  running: 'good',
  crashing: 'bad',
  'too-old': 'warn',
  failing: 'bad',
  unreachable: 'bad',
};

/** How Ollama stands, with texts that are never mixed up, with what can be done about it. */
export function ServerPanel({ machine, inSetUp }: { machine: Preparation; inSetUp?: boolean }) {
  const { ollama } = machine;
  const attempt = ollama.restart?.attempt ?? 0;
  const reason = ollama.reason === null ? '' : ` (${describeReason(ollama.reason)})`;
  return (
    <>
      <Notice
        tone={tones[ollama.condition]}
        title={t(`models.server.condition.${ollama.condition}`) + reason}
        action={<ServerButtons ollama={ollama} mayStop={!inSetUp} />}
      >
        <p>{t(`models.server.meaning.${ollama.condition}`)}</p>
        {ollama.restart && (
          <p>
            <At ms={ollama.restart.atMs} text={(time) => t('models.server.restart', { attempt, time })} />
          </p>
        )}
      </Notice>
      {ollama.remote && <Notice tone="warn">{t('models.server.remoteWarning')}</Notice>}
      {ollama.gpuUnused && (
        <Notice tone="warn" title={t('models.server.gpuUnused', { model: ollama.gpuUnused.model })}>
          {ollama.gpuUnused.causes.length > 0
            ? t('models.server.causes', { causes: ollama.gpuUnused.causes.map(describeGpuCause).join('; ') })
            : t('models.server.causeUnknown')}
        </Notice>
      )}
      {(ollama.condition === 'not-installed' || machine.install !== null) && (
        <InstallPanel install={machine.install} primary={ollama.condition === 'not-installed'} />
      )}
      {ollama.condition === 'running' && !inSetUp && <ServerFacts ollama={ollama} />}
    </>
  );
}

function ServerFacts({ ollama }: { ollama: OllamaReport }) {
  return (
    <Facts
      label={t('models.server.title')}
      facts={[
        [t('models.server.version'), ollama.version],
        [t('models.server.address'), ollama.url],
        [t('models.server.whose'), ollama.server === null ? null : t(`models.server.${ollama.server}`)],
        [t('models.server.parallel'), ollama.parallel === null ? null : String(ollama.parallel)],
      ]}
    />
  );
}

function ServerButtons({ ollama, mayStop }: { ollama: OllamaReport; mayStop: boolean }) {
  const { run, pending, failure, forget } = useAction();
  const [stopping, setStopping] = useState(false);
  const close = () => {
    setStopping(false);
    forget();
  };
  const stop = async () => {
    const answer = await run('ollama.stop', {});
    if (answer.ok) close();
  };
  if (ollama.condition === 'stopped' || ollama.condition === 'crashing')
    return (
      <>
        <Button
          variant="primary"
          busy={pending ? t('models.server.starting') : null}
          onPress={() => void run('ollama.start', {})}
        >
          {t('models.server.start')}
        </Button>
        <FailureNotice failure={failure} />
      </>
    );
  if (ollama.condition !== 'running' || ollama.server !== 'ours' || !mayStop) return null;
  return (
    <>
      <Button variant="quiet" onPress={() => setStopping(true)}>
        {t('models.server.stop')}
      </Button>
      {stopping && (
        <Dialog
          title={t('models.server.stopTitle')}
          closeLabel={t('everywhere.cancel')}
          onClose={close}
          actions={
            <Button
              variant="danger"
              busy={pending ? t('models.server.stopping') : null}
              onPress={() => void stop()}
            >
              {t('models.server.stop')}
            </Button>
          }
        >
          <p>{t('models.server.stopBody')}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </>
  );
}
