import i18next, { type FormatterModule } from 'i18next';
import { forms } from '../../shared/format.ts';
import { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** `2.5` in the marks of the language. Whole numbers stay: a process and a port have no thousands. */
const numbers: FormatterModule = {
  type: 'formatter',
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value) =>
    typeof value === 'number' && !Number.isInteger(value)
      ? String(value).replace('.', forms().decimal)
      : value,
};

void i18next.use(numbers).init({
  lng: 'en',
  resources: { en: { translation: en } },
  // React escapes; resources are here already, so there is nothing to wait for.
  interpolation: { escapeValue: false, alwaysFormat: true },
  initAsync: false,
});

/** The text of a key. */
export const t = i18next.t;
