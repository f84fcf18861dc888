import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';
import { Toggle } from './controls/toggle.tsx';
import { RowBlock } from './row-block.tsx';
import type { RowId } from './row-text.ts';
import { SettingRow } from './setting-row.tsx';
import { useSettings } from './use-settings.ts';

/** One kind of notification; all of them are off with the first switch. */
export function NotificationKind({ id }: { id: RowId & `notify${string}` }) {
  const all = useSettings().entry('desktop.notifications')?.value === true;
  return (
    <SettingRow id={id} setting={`desktop.${id}`} disabled={!all}>
      {(control) => <Toggle control={control} />}
    </SettingRow>
  );
}

export function NotificationTest() {
  const { run, pending, failure } = useAction();
  const [said, setSaid] = useState('');
  const send = async () => {
    const answer = await run('settings.testNotification', {});
    if (answer.ok) setSaid(t(`settingRows.notifyTest.${answer.output.supported ? 'sent' : 'unsupported'}`));
  };
  return (
    <RowBlock id="notifyTest">
      <div className="stack">
        <Button disabled={pending} onPress={() => void send()}>
          {t('settingRows.notifyTest.send')}
        </Button>
        <p className="small soft" role="status">
          {said}
        </p>
        <FailureNotice failure={failure} />
      </div>
    </RowBlock>
  );
}
