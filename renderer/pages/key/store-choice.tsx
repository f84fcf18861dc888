import { useId } from 'react';
import { t } from '../../i18n/text.ts';

export type KeyStore = 'keychain' | 'file';

/** Where a key is to be kept, with what that means. */
export function StoreChoice({ value, onChange }: { value: KeyStore; onChange: (store: KeyStore) => void }) {
  const name = useId();
  const choice = (store: KeyStore) => (
    <label className="choice">
      <input
        type="radio"
        name={name}
        value={store}
        checked={value === store}
        onChange={() => onChange(store)}
      />
      <span>
        <span className="choice-name">{t(`key.store.${store}`)}</span>
        <span className="small soft">{t(`key.store.${store}Meaning`)}</span>
      </span>
    </label>
  );
  return (
    <fieldset className="choices-list">
      <legend>{t('key.store.where')}</legend>
      {choice('keychain')}
      {choice('file')}
    </fieldset>
  );
}
