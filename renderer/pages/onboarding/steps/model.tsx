import { formatBytes, formatTokenRate } from '../../../../shared/format.ts';
import type { Preparation } from '../../../bridge.ts';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Working } from '../../../components/progress.tsx';
import { useMachine } from '../../../hooks.ts';
import { t } from '../../../i18n/text.ts';
import { goTo } from '../../../navigation.ts';
import { GetButton, useCatalogue } from '../../models/catalogue.tsx';
import { FitMark } from '../../models/fit.tsx';
import { Pulls } from '../../models/pulls.tsx';
import { ServerPanel } from '../../models/server-panel.tsx';
import { NotMeasured, StepFoot } from '../step-frame.tsx';

export function ModelStep() {
  const machine = useMachine();
  if (!machine)
    return (
      <>
        <p className="soft">{t('onboarding.model.lead')}</p>
        <NotMeasured step="model" />
      </>
    );
  const { ollama, pulls } = machine;
  const ready = ollama.condition === 'running' && ollama.defaultModel !== null;
  const coming = pulls.some(({ state }) => state !== 'done' && state !== 'cancelled');
  return (
    <>
      <p className="soft">{t('onboarding.model.lead')}</p>
      <ServerPanel machine={machine} inSetUp />
      {ready && (
        <Notice tone="good">{t('onboarding.model.ready', { model: ollama.defaultModel ?? '' })}</Notice>
      )}
      {pulls.length > 0 && <Pulls pulls={pulls} />}
      {ollama.condition === 'running' && !ready && <Recommendation machine={machine} coming={coming} />}
      {ollama.condition !== 'running' && !ready && (
        <p className="soft small">{t('onboarding.model.first')}</p>
      )}
      <div>
        <Button variant="quiet" onPress={() => goTo('models')}>
          {t('onboarding.model.all')}
        </Button>
      </div>
      <StepFoot
        step="model"
        primary={ready}
        skip={ready ? null : t(coming ? 'setup.modelComing' : 'setup.modelLater')}
      />
    </>
  );
}

function Recommendation({ machine, coming }: { machine: Preparation; coming: boolean }) {
  const catalogue = useCatalogue(machine);
  if (coming) return null;
  if (catalogue.state === 'asking') return <Working>{t('models.catalogue.reading')}</Working>;
  if (catalogue.state === 'refused') return <Notice>{t('models.catalogue.unavailable')}</Notice>;
  const { models, recommended } = catalogue.output;
  const entry = models.find(({ name }) => name === recommended);
  if (!entry) return null;
  return (
    <div className="card">
      <div className="card-head">
        <div>
          <p className="small soft">{t('onboarding.model.recommended')}</p>
          <h3>{entry.name}</h3>
          <p className="small soft">
            {[
              t('models.catalogue.parameters', { size: entry.parameters }),
              entry.downloadBytes === null ? null : formatBytes(entry.downloadBytes),
              entry.tokensPerSecond === null ? null : formatTokenRate(entry.tokensPerSecond),
            ]
              .filter((fact) => fact !== null)
              .join(' · ')}
          </p>
        </div>
        <FitMark fit={entry.fit} neededBytes={entry.neededBytes} budgetBytes={entry.budgetBytes} />
      </div>
      <p className="small soft">{t('onboarding.model.recommendedWhy')}</p>
      <div>
        <GetButton entry={entry} primary />
      </div>
    </div>
  );
}
