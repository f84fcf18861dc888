import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction, useApp } from '../../hooks.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';

/** Moves the key to the other store, after saying what that means. */
export function MoveKey({ keyStore }: { keyStore: string }) {
  const app = useApp();
  const { run, pending, failure, forget } = useAction();
  const [asking, setAsking] = useState(false);
  const [moved, setMoved] = useState(false);
  const to = keyStore === 'file' ? 'keychain' : 'file';
  const move = async () => {
    const answer = await run('key.move', { to });
    if (!answer.ok) return;
    setAsking(false);
    setMoved(true);
  };
  if (app?.node.phase === 'attached') return <p className="small soft">{t('key.move.attached')}</p>;
  return (
    <>
      <div>
        <Button
          onPress={() => {
            forget();
            setMoved(false);
            setAsking(true);
          }}
        >
          {t(to === 'file' ? 'key.move.toFile' : 'key.move.toKeychain')}
        </Button>
      </div>
      {moved && <Notice tone="good">{t('key.move.done', { place: keyStoreText(keyStore) })}</Notice>}
      {asking && (
        <Dialog
          title={t('key.move.title')}
          closeLabel={t('everywhere.cancel')}
          onClose={() => setAsking(false)}
          actions={
            <Button busy={pending ? t('key.move.doing') : null} onPress={() => void move()}>
              {t('key.move.do')}
            </Button>
          }
        >
          <p>{t(to === 'file' ? 'key.move.fileBody' : 'key.move.keychainBody')}</p>
          <p>{t('key.move.how')}</p>
          {failure?.code.startsWith('keychain-') ? (
            <Notice tone="bad">{t('key.move.refused')}</Notice>
          ) : (
            <FailureNotice failure={failure} />
          )}
        </Dialog>
      )}
    </>
  );
}
