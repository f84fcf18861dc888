import { type Language, languages, speak } from '../../shared/language.ts';

/** The language that the app opened this window in. */
function windowLanguage(search: string): Language {
  const named = new URLSearchParams(search).get('language');
  return languages.find((language) => language === named) ?? 'en';
}

/**
 * Before anything is drawn: loads what the window's language needs. English is here already; whoever reads it loads no
 * other. Another language comes with a new load of the window, so nothing that was drawn is in two.
 */
export async function speakWindowLanguage(search: string): Promise<void> {
  const language = windowLanguage(search);
  if (language === 'en') return;
  const { loadGerman } = await import('./german.ts');
  await loadGerman();
  speak(language);
  document.documentElement.lang = language;
}
