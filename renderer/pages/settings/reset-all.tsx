import { useState } from 'react';
import type { Failure } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/notice.tsx';
import { t } from '../../i18n/text.ts';
import { RowBlock } from './row-block.tsx';
import { rowText } from './row-text.ts';
import { useSettings } from './use-settings.ts';

/** Every setting back to its default, after a question: there is no way back. */
export function ResetAll() {
  const { resetAll } = useSettings();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const reset = async () => {
    const refused = await resetAll();
    setFailure(refused);
    if (refused === null) setAsking(false);
  };
  return (
    <RowBlock id="resetAll">
      <Button onPress={() => setAsking(true)}>{t('advanced.resetAll.button')}</Button>
      {asking && (
        <Dialog
          title={t('advanced.resetAll.ask')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button variant="danger" onPress={() => void reset()}>
              {t('advanced.resetAll.yes')}
            </Button>
          }
        >
          <p>{rowText('resetAll').help}</p>
          <FailureNotice failure={failure} />
        </Dialog>
      )}
    </RowBlock>
  );
}
