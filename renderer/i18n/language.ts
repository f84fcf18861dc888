import i18next from 'i18next';
import { type Language, languageInUse, languages, speak } from '../../shared/language.ts';

/** The language that the app opened this window in. */
export function windowLanguage(search: string): Language {
  const named = new URLSearchParams(search).get('language');
  return languages.find((language) => language === named) ?? 'en';
}

/**
 * Speaks another language from now on, once what it needs is loaded. English is here already; whoever reads it loads
 * no other. What was drawn has to be drawn again.
 */
export async function speakLanguage(language: Language): Promise<void> {
  if (language === languageInUse()) return;
  if (language === 'de') {
    const { addGermanOfWindow } = await import('./german.ts');
    addGermanOfWindow();
  }
  await i18next.changeLanguage(language);
  speak(language);
  document.documentElement.lang = language;
}
