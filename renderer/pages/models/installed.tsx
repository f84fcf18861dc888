import { useState } from 'react';
import { formatBytes, formatCount, unknown } from '../../../shared/format.ts';
import { describeReason, printable } from '../../../shared/texts/error-text.ts';
import { describeNotServable } from '../../../shared/texts/servable-text.ts';
import type { Preparation } from '../../bridge.ts';
import { At } from '../../components/at.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Empty } from '../../components/page.tsx';
import { Working } from '../../components/progress.tsx';
import { useAction, useStore } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { savedValue, useSaving } from '../../saved.ts';
import { FitMark } from './fit.tsx';
import { SelfTestLine } from './self-test.tsx';

type OllamaReport = Preparation['ollama'];
type Model = OllamaReport['models'][number];

function memoryText({ loaded, name }: Model, { warmUp }: OllamaReport, gpu: boolean): string | null {
  if (warmUp.model === name && warmUp.state === 'loading') return t('models.installed.loading');
  if (warmUp.model === name && warmUp.state === 'failed')
    return t('models.installed.loadFailed', {
      reason: warmUp.reason === null ? t('everywhere.notKnown') : describeReason(warmUp.reason),
    });
  if (!loaded) return null;
  const { sizeBytes, vramBytes } = loaded;
  // Where there is no card, nothing of it is missing.
  if (!gpu || sizeBytes === null || vramBytes === null || sizeBytes === 0)
    return t('models.installed.loaded');
  return t('models.installed.loadedGpu', { percent: Math.floor((vramBytes / sizeBytes) * 100) });
}

function modelFacts(model: Model, { ollama, hardware }: Preparation): string {
  const { sizeBytes, parameterSize, quantization, contextLength } = model;
  const facts = [
    sizeBytes === null ? unknown : formatBytes(sizeBytes),
    parameterSize,
    quantization,
    contextLength === null ? null : t('models.installed.context', { tokens: formatCount(contextLength) }),
    memoryText(model, ollama, hardware.cards.length > 0),
  ];
  return facts.filter((fact) => fact !== null).join(' · ');
}

export function InstalledModels({ machine }: { machine: Preparation }) {
  const { ollama, selfTests } = machine;
  if (ollama.models.length === 0) {
    const seen = ollama.condition === 'running';
    return (
      <Empty title={t(seen ? 'models.installed.none' : 'models.installed.unseen')}>
        <p>{t(seen ? 'models.installed.noneBody' : 'models.installed.noneWaiting')}</p>
      </Empty>
    );
  }
  return (
    <>
      {ollama.preferredMissing && <Notice tone="warn">{t('models.installed.preferredMissing')}</Notice>}
      <ul className="rows">
        {ollama.models.map((model) => (
          <li key={model.name} className="row">
            <div className="row-main">
              <h3>
                {printable(model.name)}
                {model.name === ollama.defaultModel && (
                  <span className="tag tag-strong">{t('models.installed.default')}</span>
                )}
              </h3>
              <p className="small soft">{modelFacts(model, machine)}</p>
              {!model.servable && <NotServable model={model} />}
              <SelfTestLine test={selfTests.find((test) => test.model === model.name) ?? null} />
            </div>
            {model.servable ? <FitMark fit={model.fit} /> : <span />}
            <ModelButtons model={model} isDefault={model.name === ollama.defaultModel} />
          </li>
        ))}
      </ul>
      {selfTests
        .filter((test) => test.state === 'running')
        .map((test) => (
          <RunningTest key={test.model} model={test.model} />
        ))}
    </>
  );
}

function NotServable({ model: { notServableBecause, asideUntilMs } }: { model: Model }) {
  const reason = describeNotServable(notServableBecause) ?? t('everywhere.notKnown');
  return (
    <p className="small warn">
      {asideUntilMs == null ? (
        t('models.installed.notServable', { reason })
      ) : (
        <At ms={asideUntilMs} text={(time) => t('models.installed.setAside', { time, reason })} />
      )}
    </p>
  );
}

function RunningTest({ model }: { model: string }) {
  const { run, pending } = useAction();
  return (
    <div className="transfer">
      <Working>{t('models.test.running', { model: printable(model) })}</Working>
      <Button variant="quiet" disabled={pending} onPress={() => void run('models.cancelTest', {})}>
        {t('models.test.cancel')}
      </Button>
    </div>
  );
}

function ModelButtons({ model, isDefault }: { model: Model; isDefault: boolean }) {
  const { ask } = useStore();
  const { run, pending, failure, forget, done } = useSaving();
  const [deleting, setDeleting] = useState(false);
  const name = printable(model.name);
  const close = () => {
    setDeleting(false);
    forget();
  };
  // Said once what it is used for, the person may insist.
  const inUse = failure?.code === 'model-in-use';
  const remove = async () => {
    const answer = await run('models.delete', { model: model.name, evenIfUsed: inUse });
    if (answer.ok) close();
  };
  const setDefault = async () => {
    const before = await savedValue(ask, 'defaultModel');
    const set = (to: string | null) => run('models.setDefault', { model: to });
    const saved = t('settingControls.saved', { title: t('settingRows.defaultModel.title') });
    await done(saved, set(model.name), () => set(typeof before === 'string' ? before : null));
  };
  return (
    <div className="row-buttons">
      {model.servable && !isDefault && (
        <Button
          variant="quiet"
          disabled={pending}
          name={t('models.installed.setDefaultWhich', { model: name })}
          onPress={() => void setDefault()}
        >
          {t('models.installed.setDefault')}
        </Button>
      )}
      {model.servable && (
        <Button
          variant="quiet"
          disabled={pending}
          name={t('models.installed.testWhich', { model: name })}
          onPress={() => void run('models.test', { model: model.name })}
        >
          {t('models.installed.test')}
        </Button>
      )}
      <Button
        variant="quiet"
        name={t('models.installed.deleteWhich', { model: name })}
        onPress={() => setDeleting(true)}
      >
        {t('models.installed.delete')}
      </Button>
      {!deleting && <FailureNotice failure={failure} />}
      {deleting && (
        <Dialog
          title={t('models.installed.deleteTitle', { model: name })}
          closeLabel={t('everywhere.cancel')}
          onClose={close}
          actions={
            <Button
              variant="danger"
              busy={pending ? t('models.installed.deleting') : null}
              onPress={() => void remove()}
            >
              {t(inUse ? 'models.installed.deleteInUse' : 'models.installed.deleteYes')}
            </Button>
          }
        >
          <p>
            {t('models.installed.deleteBody', {
              size: model.sizeBytes === null ? unknown : formatBytes(model.sizeBytes),
            })}
          </p>
          {isDefault && <p>{t('models.installed.deleteDefault')}</p>}
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </div>
  );
}
