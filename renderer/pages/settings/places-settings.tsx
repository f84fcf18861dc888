import { useState } from 'react';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { useAction, useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** The app as a command in terminals, and as an AppImage among the applications; what a package brings is not asked. */
export function PlacesSettings() {
  const [changes, setChanges] = useState(0);
  const question = useQuestion('places.look', {}, changes);
  const { run, pending, failure } = useAction();
  if (question.state !== 'answered') return null;
  const { command, menuEntry } = question.output;
  const change = async (name: 'places.setCommand' | 'places.setMenuEntry', on: boolean) => {
    await run(name, { on });
    setChanges((count) => count + 1);
  };
  return (
    <>
      {menuEntry !== 'unsupported' && (
        <Switch
          label={t('settings.places.menu')}
          meaning={t('settings.places.menuMeaning')}
          on={menuEntry === 'on'}
          disabled={pending}
          onChange={(on) => void change('places.setMenuEntry', on)}
        />
      )}
      {(command.state === 'installed' || command.state === 'missing') && (
        <Switch
          label={t('settings.places.command')}
          meaning={t('settings.places.commandMeaning')}
          on={command.state === 'installed'}
          disabled={pending}
          onChange={(on) => void change('places.setCommand', on)}
        />
      )}
      {command.state === 'installed' && command.onPath === false && (
        <Notice tone="plain">{t('settings.places.notOnPath')}</Notice>
      )}
      <FailureNotice failure={failure} />
    </>
  );
}
