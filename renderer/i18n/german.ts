import i18next from 'i18next';
import { addGerman } from '../../shared/german/german.ts';
import { de } from './de.ts';

/** Everything that a window says, in German: its own texts, and those it shares with the app. */
export function addGermanOfWindow(): void {
  addGerman();
  i18next.addResourceBundle('de', 'translation', de);
}
