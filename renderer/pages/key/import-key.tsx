import { useState } from 'react';
import { describeOfficialNote } from '../../../shared/texts/incumbent-note.ts';
import type { AppState, AskOutput } from '../../bridge.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice, Notice } from '../../components/notice.tsx';
import { useAction } from '../../hooks.ts';
import { keyStoreText } from '../../i18n/key-store-text.ts';
import { t } from '../../i18n/text.ts';
import { Adopted, Insist, isAnotherKey } from './adopted.tsx';
import { MigrateButton } from './migrate.tsx';
import { StoreChoice, useKeyStoreChoice } from './store-choice.tsx';

/** The node of the official client on this computer, whose key can be imported while there is none here. */
export function ImportKey({
  official,
  possible,
}: {
  official: NonNullable<AppState['official']>;
  possible: boolean;
}) {
  const { run, pending, failure } = useAction();
  const store = useKeyStoreChoice();
  const [result, setResult] = useState<AskOutput<'key.import'> | null>(null);
  const importKey = async (differentKey: boolean) => {
    const answer = await run('key.import', { keyStore: store.value, differentKey });
    if (answer.ok) setResult(answer.output);
  };
  if (result) {
    const place = keyStoreText(result.adopted.keyStore);
    return (
      <>
        <Adopted adopted={result.adopted} done={t('key.official.done', { place })} />
        {[
          ...result.taken.map((setting) => t('key.official.taken', setting)),
          ...result.notes.map(describeOfficialNote),
        ].map((line) => (
          <p key={line} className="small soft">
            {line}
          </p>
        ))}
      </>
    );
  }
  // A node that has a key already is not to be talked out of it.
  if (!possible && !pending) return null;
  return (
    <Notice title={t('key.official.title')}>
      <div className="key-form">
        <p>{t('key.official.body', { path: official.path })}</p>
        <p>{t('key.official.stopped')}</p>
        <StoreChoice choice={store} />
        <div>
          <Button busy={pending ? t('key.official.doing') : null} onPress={() => void importKey(false)}>
            {t('key.official.do')}
          </Button>
        </div>
        <FailureNotice failure={failure} />
        {isAnotherKey(failure) && <Insist pending={pending} onInsist={() => void importKey(true)} />}
        <p className="small soft">{t('key.official.whole')}</p>
        <div>
          <MigrateButton variant="plain" />
        </div>
      </div>
    </Notice>
  );
}
