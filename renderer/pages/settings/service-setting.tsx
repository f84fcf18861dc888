import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { useSaving } from '../../saved.ts';

/** Moves the node to a service, and back: it goes on when the app is closed. */
export function ServiceSetting() {
  const [changes, setChanges] = useState(0);
  const question = useQuestion('service.look', {}, changes);
  const { run, pending, failure, forget, done } = useSaving();
  const [asking, setAsking] = useState(false);
  const [linger, setLinger] = useState(false);
  const [lingerFailed, setLingerFailed] = useState(false);
  if (question.state !== 'answered') return null;
  const { unavailable, installed, movesKey } = question.output;
  const on = installed !== null;
  const whole = installed?.scope === 'system';

  const install = async (moveKey: boolean, lingers: boolean) => {
    const answer = await run('service.install', { moveKey, linger: lingers });
    if (answer.ok) setLingerFailed(answer.output.lingerFault !== null);
    setChanges((count) => count + 1);
    return answer;
  };
  const remove = async () => {
    const answer = await run('service.uninstall', {});
    if (answer.ok) setLingerFailed(false);
    setChanges((count) => count + 1);
    return answer;
  };
  const change = async () => {
    // Where the key rests isn't undone, and that is said: it stays in its file, which both can read.
    const changed = on
      ? done(t('settings.service.removed'), remove(), () => install(false, installed.lingering === true), {
          undone: t('settings.service.installed'),
        })
      : done(t('settings.service.installed'), install(movesKey, linger), remove, {
          undone: t(movesKey ? 'settings.service.removedKeyStays' : 'settings.service.removed'),
        });
    if (await changed) setAsking(false);
  };
  const ask = () => {
    forget();
    setAsking(true);
  };
  return (
    <>
      <Switch
        label={t('settings.service.label')}
        meaning={
          whole
            ? t('settings.service.whole')
            : on || unavailable === null
              ? t('settings.service.meaning')
              : t('settings.service.unavailable')
        }
        on={on}
        disabled={pending || whole || (!on && unavailable !== null)}
        onChange={ask}
      />
      {lingerFailed && <Notice tone="warn">{t('settings.service.lingerFailed')}</Notice>}
      {asking && (
        <Dialog
          title={t(on ? 'settings.service.removeTitle' : 'settings.service.installTitle')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button
              variant="primary"
              busy={pending ? t('settings.service.moving') : null}
              onPress={() => void change()}
            >
              {t(on ? 'settings.service.remove' : 'settings.service.install')}
            </Button>
          }
        >
          <p>{t(on ? 'settings.service.removeBody' : 'settings.service.installBody')}</p>
          {!on && movesKey && <p>{t('settings.service.movesKey')}</p>}
          {!on && (
            <Switch
              label={t('settings.service.linger')}
              meaning={t('settings.service.lingerMeaning')}
              on={linger}
              disabled={pending}
              onChange={setLinger}
            />
          )}
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </>
  );
}
