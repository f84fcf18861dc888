/** Which language texts are written in. English is always there; the others are loaded when one of them is wanted. */

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** Every language but the one that is always there. */
export type Translation = Exclude<Language, 'en'>;

let inUse: Language = 'en';

export function languageInUse(): Language {
  return inUse;
}

/** For a program that speaks to one person alone, as a window does. */
export function speak(language: Language): void {
  inUse = language;
}

/**
 * For a process that speaks to several: the app hosts a node, and what that answers to the command line and writes to
 * files stays English while tray and notifications are in the person's language.
 */
export function inLanguage<T>(language: Language, write: () => T): T {
  const before = inUse;
  inUse = language;
  try {
    return write();
  } finally {
    inUse = before;
  }
}

/** A table of texts: called, it is the one of the language in use, or the English one where that was not loaded. */
export interface Translatable<T> {
  (): T;
  add(language: Translation, table: T): void;
}

export function translatable<T>(english: T): Translatable<T> {
  const tables = new Map<Language, T>([['en', english]]);
  return Object.assign(() => tables.get(inUse) ?? english, {
    add: (language: Translation, table: T) => void tables.set(language, table),
  });
}

/** The language of a system's list of preferred ones (`de-AT`, `en`), the first that there are texts for. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const [primary] = tag.toLowerCase().split(/[-_.]/);
    const found = languages.find((language) => language === primary);
    if (found !== undefined) return found;
  }
  return 'en';
}
