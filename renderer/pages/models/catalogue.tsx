import { useId, useState } from 'react';
import type { PullReport } from '../../../shared/contract/ollama.ts';
import { formatBytes, formatTokenRate, unknown } from '../../../shared/format.ts';
import { sameModel } from '../../../shared/model-names.ts';
import type { CatalogueEntry, Preparation } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Working } from '../../components/progress.tsx';
import { useAction, useQuestion } from '../../hooks.ts';
import { failureText } from '../../i18n/failure.ts';
import { t } from '../../i18n/text.ts';
import { FitMark } from './fit.tsx';

/** What the daemon knows of the catalogue, asked again when the hardware or the models change. */
export function useCatalogue(machine: Preparation) {
  const { hardware, ollama } = machine;
  return useQuestion('models.catalogue', {}, `${hardware.asOfMs}/${ollama.models.length}`);
}

interface ByNameProps {
  /** The download of the name that was typed, where Ollama doesn't have it. */
  unknown: PullReport | null;
  onTyped: (name: string | null) => void;
}

export function Catalogue({ machine, ...byName }: ByNameProps & { machine: Preparation }) {
  const catalogue = useCatalogue(machine);
  return (
    <>
      {catalogue.state === 'asking' && <Working>{t('models.catalogue.reading')}</Working>}
      {catalogue.state === 'refused' && <Notice>{t('models.catalogue.unavailable')}</Notice>}
      {catalogue.state === 'answered' && <Groups {...catalogue.output} machine={machine} />}
      <ByName {...byName} />
    </>
  );
}

const groups = ['recommended', 'fits', 'unknown', 'tooLarge'] as const;
type Group = (typeof groups)[number];

function groupOf({ name, fit }: CatalogueEntry, recommended: string | null): Group {
  if (name === recommended) return 'recommended';
  if (fit === null) return 'unknown';
  return fit === 'too-big' ? 'tooLarge' : 'fits';
}

/** What to take first; what doesn't fit is folded away. */
function Groups({
  models,
  recommended,
  machine,
}: {
  models: readonly CatalogueEntry[];
  recommended: string | null;
  machine: Preparation;
}) {
  return groups.map((group) => {
    const inGroup = models.filter((entry) => groupOf(entry, recommended) === group);
    if (inGroup.length === 0) return null;
    const title = t(`models.catalogue.groups.${group}`);
    return group === 'tooLarge' ? (
      <details key={group} className="model-group" data-group={group}>
        <summary>{t('models.catalogue.groups.tooLargeCount', { count: inGroup.length })}</summary>
        <Entries title={title} entries={inGroup} machine={machine} />
      </details>
    ) : (
      <section key={group} className="model-group" data-group={group}>
        <h3>{title}</h3>
        <Entries title={title} entries={inGroup} machine={machine} />
      </section>
    );
  });
}

function Entries({
  title,
  entries,
  machine,
}: {
  title: string;
  entries: readonly CatalogueEntry[];
  machine: Preparation;
}) {
  return (
    <ul className="rows" aria-label={title}>
      {entries.map((entry) => (
        <Entry key={entry.name} entry={entry} machine={machine} />
      ))}
    </ul>
  );
}

function Entry({ entry, machine }: { entry: CatalogueEntry; machine: Preparation }) {
  const { name, parameters, downloadBytes, neededBytes, budgetBytes, fit, tokensPerSecond } = entry;
  const installed = machine.ollama.models.some((model) => sameModel(model.name, name));
  const facts = [
    t('models.catalogue.parameters', { size: parameters }),
    downloadBytes === null ? unknown : formatBytes(downloadBytes),
    ...(tokensPerSecond === null ? [] : [formatTokenRate(tokensPerSecond)]),
  ];
  return (
    <li className="row">
      <div className="row-main">
        <h4>{name}</h4>
        <p className="small soft">{facts.join(' · ')}</p>
      </div>
      <FitMark fit={fit} neededBytes={neededBytes} budgetBytes={budgetBytes} />
      <div className="row-buttons">
        {installed ? (
          <span className="small soft">{t('models.catalogue.installed')}</span>
        ) : (
          <GetButton entry={entry} />
        )}
      </div>
    </li>
  );
}

/** Starts a download; one that is too big is asked about first, with the numbers. */
export function GetButton({ entry, primary }: { entry: CatalogueEntry; primary?: boolean }) {
  const { run, pending, failure, forget } = useAction();
  const [asking, setAsking] = useState(false);
  const { name, fit, neededBytes, budgetBytes } = entry;
  const close = () => {
    setAsking(false);
    forget();
  };
  const pull = async (large: boolean) => {
    const answer = await run('models.pull', { model: name, large });
    if (answer.ok) close();
  };
  const size = (bytes: number | null) => (bytes === null ? unknown : formatBytes(bytes));
  return (
    <>
      <Button
        variant={primary ? 'primary' : 'plain'}
        busy={pending && !asking ? t('models.catalogue.asking') : null}
        name={t('models.catalogue.downloadWhich', { model: name })}
        onPress={() => (fit === 'too-big' ? setAsking(true) : void pull(false))}
      >
        {primary ? t('models.catalogue.downloadWhich', { model: name }) : t('models.catalogue.download')}
      </Button>
      {!asking && <FailureNotice failure={failure} />}
      {asking && (
        <Dialog
          title={t('models.catalogue.confirmTitle', { model: name })}
          closeLabel={t('everywhere.cancel')}
          onClose={close}
          actions={
            <Button busy={pending ? t('models.catalogue.asking') : null} onPress={() => void pull(true)}>
              {t('models.catalogue.confirmYes')}
            </Button>
          }
        >
          <p>{t('models.catalogue.confirmBody', { needed: size(neededBytes), budget: size(budgetBytes) })}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </>
  );
}

function ByName({ unknown, onTyped }: ByNameProps) {
  const id = useId();
  const { run, pending, failure, forget } = useAction();
  const [name, setName] = useState('');
  const fault = failure ?? unknown?.error ?? null;
  const clear = () => {
    forget();
    onTyped(null);
    if (unknown) void run('models.forgetPull', { model: unknown.model });
  };
  const get = async () => {
    const model = name.trim();
    if (model === '') return;
    onTyped(model);
    const answer = await run('models.pull', { model });
    if (answer.ok) setName('');
  };
  return (
    <form
      className="by-name"
      onSubmit={(event) => {
        event.preventDefault();
        void get();
      }}
    >
      <label htmlFor={id}>{t('models.catalogue.byName')}</label>
      <div className="field-row">
        <input
          id={id}
          className="field"
          value={name}
          maxLength={200}
          spellCheck={false}
          autoCapitalize="off"
          placeholder={t('models.catalogue.byNameHint')}
          aria-invalid={fault !== null || undefined}
          aria-describedby={fault === null ? undefined : `${id}-fault`}
          onChange={(event) => {
            setName(event.currentTarget.value);
            if (fault !== null) clear();
          }}
        />
        <Button
          disabled={name.trim() === ''}
          busy={pending ? t('models.catalogue.asking') : null}
          onPress={() => void get()}
        >
          {t('models.catalogue.get')}
        </Button>
      </div>
      {fault !== null && (
        <p className="bad small" id={`${id}-fault`} role="alert">
          {failureText(fault)}
        </p>
      )}
    </form>
  );
}
