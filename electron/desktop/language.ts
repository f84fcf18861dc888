import { inLanguage, type Language, languageOf } from '../../shared/language.ts';

/** The language of the person at this desktop. */
export interface DesktopLanguage {
  readonly current: Language;
  /** Reads the setting, and loads what its language needs; true when another one is spoken from now on. */
  update(): Promise<boolean>;
  /** Writes texts for the person: what the node says to others stays English. */
  say<T>(write: () => T): T;
}

/** Loaded when first wanted: whoever reads English pays nothing for it. */
async function load(language: Language): Promise<void> {
  if (language !== 'de') return;
  const [{ addGerman }, { addGermanOfDesktop }] = await Promise.all([
    import('../../shared/german/german.ts'),
    import('./texts/german.ts'),
  ]);
  addGerman();
  addGermanOfDesktop();
}

export function createDesktopLanguage(modules: {
  /** What the person chose; `system` is the first language of the system that there are texts for. */
  chosen: () => Language | 'system';
  preferred: () => readonly string[];
}): DesktopLanguage {
  const { chosen, preferred } = modules;
  let current: Language = 'en';
  return {
    get current() {
      return current;
    },
    async update() {
      const choice = chosen();
      const wanted = choice === 'system' ? languageOf(preferred()) : choice;
      await load(wanted);
      const isOther = wanted !== current;
      current = wanted;
      return isOther;
    },
    say: (write) => inLanguage(current, write),
  };
}
