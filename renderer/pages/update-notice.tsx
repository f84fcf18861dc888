import type { AppState } from '../bridge.ts';
import { Button } from '../components/button.tsx';
import { CopyField } from '../components/copy-field.tsx';
import { FailureNotice, Notice } from '../components/notice.tsx';
import { useAction, useNow } from '../hooks.ts';
import { t } from '../i18n/text.ts';

const minuteMs = 60_000;

/** A newer version, quietly: what it is, what is new in it, and whether now suits. */
export function UpdateNotice({ update }: { update: AppState['update'] }) {
  const { run, pending, failure } = useAction();
  const nowMs = useNow(minuteMs);
  const { offered, by, status, laterUntilMs } = update;
  const putOff = laterUntilMs !== null && laterUntilMs > nowMs && status !== 'installing';
  // What is still on its way is of no interest yet.
  const onItsWay = by === 'app' && !['ready', 'waiting', 'installing'].includes(status);
  if (offered === null || by === 'nobody' || putOff || onItsWay) return null;
  const { version, notes, command } = offered;
  const later = (
    <Button variant="quiet" onPress={() => void run('update.later', {})}>
      {t('updates.later')}
    </Button>
  );
  const now = (
    <Button disabled={pending} onPress={() => void run('update.install', {})}>
      {t('updates.now')}
    </Button>
  );
  return (
    <Notice
      title={t('updates.available', { version })}
      action={
        status !== 'installing' && (
          <>
            {by === 'app' && status === 'ready' && now}
            {later}
          </>
        )
      }
    >
      {by === 'app' && <p>{t(`updates.${status as 'ready' | 'waiting' | 'installing'}`)}</p>}
      {command !== null && (
        <>
          <p>{t('updates.command')}</p>
          <CopyField label={t('updates.commandLabel')} value={command} />
        </>
      )}
      {notes.trim() !== '' && (
        <details>
          <summary>{t('updates.notes')}</summary>
          <p className="release-notes">{notes}</p>
        </details>
      )}
      <FailureNotice failure={failure} />
    </Notice>
  );
}
