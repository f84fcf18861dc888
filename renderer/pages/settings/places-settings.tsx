import { useState } from 'react';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { useSaving } from '../../saved.ts';

/** The app as a command in terminals, and as an AppImage among the applications; what a package brings is not asked. */
export function PlacesSettings() {
  const [changes, setChanges] = useState(0);
  const question = useQuestion('places.look', {}, changes);
  const { run, pending, failure, done } = useSaving();
  if (question.state !== 'answered') return null;
  const { command, menuEntry } = question.output;
  const menu = t('settings.places.menu');
  const commandLine = t('settings.places.command');
  const set = async (name: 'places.setCommand' | 'places.setMenuEntry', on: boolean) => {
    const answer = await run(name, { on });
    setChanges((count) => count + 1);
    return answer;
  };
  const change = (name: 'places.setCommand' | 'places.setMenuEntry', on: boolean, title: string) =>
    void done(t('settingControls.saved', { title }), set(name, on), () => set(name, !on));
  return (
    <>
      {menuEntry !== 'unsupported' && (
        <Switch
          label={menu}
          meaning={t('settings.places.menuMeaning')}
          on={menuEntry === 'on'}
          disabled={pending}
          onChange={(on) => change('places.setMenuEntry', on, menu)}
        />
      )}
      {(command.state === 'installed' || command.state === 'missing') && (
        <Switch
          label={commandLine}
          meaning={t('settings.places.commandMeaning')}
          on={command.state === 'installed'}
          disabled={pending}
          onChange={(on) => change('places.setCommand', on, commandLine)}
        />
      )}
      {command.state === 'installed' && command.onPath === false && (
        <Notice tone="plain">{t('settings.places.notOnPath')}</Notice>
      )}
      <FailureNotice failure={failure} />
    </>
  );
}
