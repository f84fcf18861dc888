import { useState } from 'react';
import type { AppState } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { Switch } from '../../components/switch.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { PlacesSettings } from './places-settings.tsx';
import { ServiceSetting } from './service-setting.tsx';
import { UpdateSettings } from './update-settings.tsx';

/** Starting at login and keeping awake, each with its meaning; asked in the set-up, changed here. */
export function StayOnline({ app }: { app: AppState }) {
  const { run, pending, failure } = useAction();
  const { status } = app.loginItem;
  const { allowed, active } = app.keepAwake;
  return (
    <>
      <Switch
        label={t('settings.desktop.login')}
        meaning={`${t('settings.desktop.loginMeaning')} ${t(`settings.desktop.loginStatus.${status}`)}`}
        on={status === 'on' || status === 'requires-approval'}
        disabled={pending || status === 'unsupported'}
        onChange={(on) => void run('app.setLoginItem', { on })}
      />
      <Switch
        label={t('settings.desktop.awake')}
        meaning={
          active
            ? `${t('settings.desktop.awakeMeaning')} ${t('settings.desktop.awakeActive')}`
            : t('settings.desktop.awakeMeaning')
        }
        on={allowed}
        disabled={pending}
        onChange={(on) => void run('settings.set', { name: 'desktop.keepAwake', value: on })}
      />
      <FailureNotice failure={failure} />
    </>
  );
}

export function DesktopSettings({ app }: { app: AppState }) {
  return (
    <Section title={t('settings.desktop.title')}>
      <StayOnline app={app} />
      <ServiceSetting />
      <PlacesSettings />
      <p className="small soft">{t(`settings.desktop.tray.${app.tray}`)}</p>
      <UpdateSettings app={app} />
      <Quit attached={app.node.phase === 'attached'} />
    </Section>
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
