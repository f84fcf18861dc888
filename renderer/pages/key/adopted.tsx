import { useState } from 'react';
import type { AskOutput, Failure } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { failureText } from '../../i18n/failure.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';

type AdoptedKey = AskOutput<'key.restore'>;

/** What came of a key that was brought here. */
export function Adopted({ adopted, done }: { adopted: AdoptedKey; done: string }) {
  const { alreadyHere, keyStore, notMoved, setAside } = adopted;
  const files = [setAside?.keyFile, setAside?.recordFile].filter((file) => file != null);
  return (
    <Notice tone="good">
      <p>{alreadyHere ? t('key.restore.here', { place: keyStoreText(keyStore) }) : done}</p>
      {notMoved !== null && (
        <p className="warn">
          {t('key.restore.notMoved')} {failureText(notMoved)}
        </p>
      )}
      {files.length > 0 && <p>{t('key.restore.archived', { files: files.join(', ') })}</p>}
    </Notice>
  );
}

/** True for a refusal that may be overruled by whoever has read it. */
export function isAnotherKey(failure: Failure | null): boolean {
  return failure?.code === 'key-in-the-way' || failure?.code === 'key-not-expected';
}

/** Overrules the refusal of another key: confirmed twice, the second time by typing. */
export function Insist({ pending, onInsist }: { pending: boolean; onInsist: () => void }) {
  const [typed, setTyped] = useState('');
  const word = t('key.insist.word');
  return (
    <div className="insist">
      <p className="soft">{t('key.insist.body')}</p>
      <label className="field-block">
        <span>{t('key.insist.type', { word })}</span>
        <input
          className="field"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          maxLength={word.length}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <div>
        <Button
          variant="danger"
          disabled={typed !== word}
          busy={pending ? t('key.insist.doing') : null}
          onPress={onInsist}
        >
          {t('key.insist.do')}
        </Button>
      </div>
    </div>
  );
}
