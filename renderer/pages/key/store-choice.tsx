import { useId, useState } from 'react';
import { useQuestion } from '../../hooks.ts';
import { t } from '../../i18n/text.ts';

export type KeyStore = 'keychain' | 'file';

/** Where the key is to be kept; a keychain is offered only where one answers, and chosen first where it is open. */
export interface KeyStoreChoice {
  value: KeyStore;
  keychain: 'asking' | 'open' | 'locked' | 'none';
  choose(store: KeyStore): void;
}

export function useKeyStoreChoice(): KeyStoreChoice {
  const question = useQuestion('key.stores', {});
  const [chosen, setChosen] = useState<KeyStore | null>(null);
  const keychain =
    question.state === 'asking'
      ? 'asking'
      : question.state === 'answered'
        ? question.output.keychain
        : 'none';
  return { value: chosen ?? (keychain === 'open' ? 'keychain' : 'file'), keychain, choose: setChosen };
}

/** Where a key is to be kept, with what that means. */
export function StoreChoice({ choice: { value, keychain, choose } }: { choice: KeyStoreChoice }) {
  const name = useId();
  if (keychain === 'asking') return null;
  if (keychain === 'none') return <p className="soft">{t('setup.noKeychain')}</p>;
  const option = (store: KeyStore) => (
    <label className="choice">
      <input
        type="radio"
        name={name}
        value={store}
        checked={value === store}
        onChange={() => choose(store)}
      />
      <span>
        <span className="choice-name">{t(`key.store.${store}`)}</span>
        <span className="small soft">{t(`key.store.${store}Meaning`)}</span>
        {store === 'keychain' && keychain === 'locked' && (
          <span className="small soft">{t('setup.keychainLocked')}</span>
        )}
      </span>
    </label>
  );
  return (
    <fieldset className="choices-list">
      <legend>{t('key.store.where')}</legend>
      {option('keychain')}
      {option('file')}
    </fieldset>
  );
}
