import i18next from 'i18next';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

void i18next.init({
  lng: 'en',
  resources: { en: { translation: en } },
  // React escapes; resources are here already, so there is nothing to wait for.
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** The text of a key. */
export const t = i18next.t;
