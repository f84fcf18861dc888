import { useState } from 'react';
import type { AppState } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { useAction, useApp } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { useSaving } from '../../saved.ts';
import { RowBlock } from './row-block.tsx';
import { UpdateSettings } from './update-settings.tsx';

/** Starting at login and keeping awake, each with its meaning; asked in the set-up, changed here. */
export function StayOnline({ app }: { app: AppState }) {
  const { run, pending, failure, done, saveSetting } = useSaving();
  const { status } = app.loginItem;
  const { allowed, active } = app.keepAwake;
  const login = t('settings.desktop.login');
  const awake = t('settings.desktop.awake');
  const setLogin = (on: boolean) =>
    done(t('settingControls.saved', { title: login }), run('app.setLoginItem', { on }), () =>
      run('app.setLoginItem', { on: !on }),
    );
  return (
    <>
      <Switch
        label={login}
        meaning={`${t('settings.desktop.loginMeaning')} ${t(`settings.desktop.loginStatus.${status}`)}`}
        on={status === 'on' || status === 'requires-approval'}
        disabled={pending || status === 'unsupported'}
        onChange={(on) => void setLogin(on)}
      />
      <Switch
        label={awake}
        meaning={
          active
            ? `${t('settings.desktop.awakeMeaning')} ${t('settings.desktop.awakeActive')}`
            : t('settings.desktop.awakeMeaning')
        }
        on={allowed}
        disabled={pending}
        onChange={(on) => void saveSetting('desktop.keepAwake', on, awake)}
      />
      <FailureNotice failure={failure} />
    </>
  );
}

export function StayOnlineRow() {
  const app = useApp();
  return app && <StayOnline app={app} />;
}

export function UpdatesRow() {
  const app = useApp();
  return app && <UpdateSettings app={app} />;
}

export function QuitRow() {
  const app = useApp();
  if (!app) return null;
  return (
    <RowBlock id="quit" help={t(`settings.desktop.tray.${app.tray}`)}>
      <Quit attached={app.node.phase === 'attached'} />
    </RowBlock>
  );
}

function Quit({ attached }: { attached: boolean }) {
  const { run, failure } = useAction();
  const [asking, setAsking] = useState(false);
  const meaning = t(attached ? 'settings.desktop.quitAttachedMeaning' : 'settings.desktop.quitMeaning');
  const quit = async () => {
    const answer = await run('app.quit', {});
    if (answer.ok) setAsking(false);
  };
  return (
    <div>
      <Button onPress={() => setAsking(true)}>{t('settings.desktop.quit')}</Button>
      {asking && (
        <Dialog
          title={t('settings.desktop.quitTitle')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button variant="danger" onPress={() => void quit()}>
              {t('settings.desktop.quitYes')}
            </Button>
          }
        >
          <p>{meaning}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </div>
  );
}
