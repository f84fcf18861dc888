import { useId, useState } from 'react';
import type { AskOutput } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { CopyField } from '../../components/copy-field.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

type Removed = AskOutput<'uninstall.removeData'>;

/** How the app is removed, what stays, and removing that too. */
export function UninstallSection() {
  const heading = useId();
  const question = useQuestion('uninstall.look', {});
  const { run } = useAction();
  const [asking, setAsking] = useState(false);
  const [removed, setRemoved] = useState<Removed | null>(null);
  if (question.state !== 'answered') return null;
  const { kind, program, command, stateDir, files, service } = question.output;
  return (
    <section className="section" aria-labelledby={heading}>
      <div className="setting-text">
        <h2 id={heading}>{t('uninstall.title')}</h2>
        <p className="small soft">{t('uninstall.lead')}</p>
      </div>
      <p>{t(`uninstall.how.${kind}`)}</p>
      {program !== null && <CopyField label={t('uninstall.program')} value={program} />}
      {command !== null && <CopyField label={t('uninstall.command')} value={command} />}
      {removed === null && files > 0 && (
        <>
          <p>{t('uninstall.stays', { files })}</p>
          <CopyField label={t('uninstall.stateDir')} value={stateDir} />
          <p className="small soft">{t('uninstall.models')}</p>
          {service !== null && <Notice>{t('uninstall.service')}</Notice>}
          <div>
            <Button disabled={service !== null} onPress={() => setAsking(true)}>
              {t('uninstall.remove')}
            </Button>
          </div>
        </>
      )}
      {removed !== null && (
        <Notice
          tone="good"
          title={t('uninstall.done')}
          action={<Button onPress={() => void run('uninstall.quit', {})}>{t('uninstall.quit')}</Button>}
        >
          <p>{t('uninstall.doneBody', { removed: removed.removed })}</p>
          {removed.kept.length > 0 && <p>{[t('uninstall.kept'), ...removed.kept].join(' ')}</p>}
        </Notice>
      )}
      {asking && (
        <RemoveDialog
          onClose={() => setAsking(false)}
          onRemoved={(done) => {
            setRemoved(done);
            setAsking(false);
          }}
        />
      )}
    </section>
  );
}

function RemoveDialog(props: { onClose: () => void; onRemoved: (done: Removed) => void }) {
  const { onClose, onRemoved } = props;
  const id = useId();
  const { run, pending, failure } = useAction();
  const [typed, setTyped] = useState('');
  const remove = async () => {
    const answer = await run('uninstall.removeData', {});
    if (answer.ok) onRemoved(answer.output);
  };
  return (
    <Dialog
      title={t('uninstall.removeTitle')}
      closeLabel={t('everywhere.cancel')}
      onClose={onClose}
      actions={
        <Button
          variant="danger"
          busy={pending ? t('uninstall.removing') : null}
          disabled={typed !== t('uninstall.word')}
          onPress={() => void remove()}
        >
          {t('uninstall.removeYes')}
        </Button>
      }
    >
      <p>{t('uninstall.removeBody')}</p>
      <p>{t('uninstall.refusedWhen')}</p>
      <div className="field-block">
        <label htmlFor={id}>{t('uninstall.typeLabel')}</label>
        <input
          id={id}
          className="field"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <FailureNotice failure={failure} />
    </Dialog>
  );
}
