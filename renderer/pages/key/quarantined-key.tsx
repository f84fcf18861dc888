import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

/** A key that came from another machine waits for a person to say that it is off there. */
export function QuarantinedKey() {
  const { run, pending, failure } = useAction();
  const [asking, setAsking] = useState(false);
  const confirm = async () => {
    const answer = await run('key.confirmOldMachineOff', {});
    if (answer.ok) setAsking(false);
  };
  return (
    <Notice
      tone="warn"
      title={t('key.quarantine.title')}
      action={<Button onPress={() => setAsking(true)}>{t('key.quarantine.do')}</Button>}
    >
      <p>{t('key.quarantine.body')}</p>
      {asking && (
        <Dialog
          title={t('key.quarantine.title')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button
              variant="danger"
              busy={pending ? t('key.quarantine.starting') : null}
              onPress={() => void confirm()}
            >
              {t('key.quarantine.yes')}
            </Button>
          }
        >
          <p>{t('key.quarantine.question')}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </Notice>
  );
}
