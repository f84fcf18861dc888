import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** A key that came from another machine waits for a person to say that it is off there. */
export function HeldKey() {
  const { run, pending, failure } = useAction();
  const [asking, setAsking] = useState(false);
  const confirm = async () => {
    const answer = await run('key.confirmOldMachineOff', {});
    if (answer.ok) setAsking(false);
  };
  return (
    <Notice
      tone="warn"
      title={t('key.held.title')}
      action={<Button onPress={() => setAsking(true)}>{t('key.held.do')}</Button>}
    >
      <p>{t('key.held.body')}</p>
      {asking && (
        <Dialog
          title={t('key.held.title')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button
              look="danger"
              busy={pending ? t('key.held.starting') : null}
              onPress={() => void confirm()}
            >
              {t('key.held.yes')}
            </Button>
          }
        >
          <p>{t('key.held.question')}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </Notice>
  );
}
