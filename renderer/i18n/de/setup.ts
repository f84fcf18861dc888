import type { setup as english } from '../en/setup.ts';
import type { Translated } from '../translated.ts';

/** Texts of the set-up's frame: its first page, its foot, and what stands about it elsewhere. */
export const setup: Translated<typeof english> = {
  headline: 'Verdienen Sie mit diesem Computer',
  headlineBody:
    'Hinterlegen Sie PRLX, bleiben Sie online und beantworten Sie KI-Anfragen. Ihr Ertrag wächst jede Sekunde.',
  facts: 'Auf einen Blick',
  stake: '50.000 PRLX',
  stakeNote: 'Ihr Stake, nach 7 Tagen zurück',
  tier: 'Stufe {{tier}} von 4',
  tierNote: 'Ihre Stufe · Ertrag ×{{times}}',
  tierUnknown: 'Wird zuerst geprüft',
  tierUnknownNote: 'Ihre Stufe',
  time: 'Etwa {{minutes}} min',
  timeNote: 'Ihre Zeit, mit {{size}} Download',
  timeNoteDone: 'Ihre Zeit, ohne Download',
  timeNoteUnknown: 'Ihre Zeit, plus ein Download',
  details: 'Kosten, Risiken und Datenschutz',
  official: 'Vorhandenen Knoten nutzen',
  later: 'Später',
  continue: 'Fortfahren',
  skip: 'Vorerst überspringen',
  stepsLeft_one: 'Einrichtung: noch {{count}} Schritt',
  stepsLeft_other: 'Einrichtung: noch {{count}} Schritte',
  backToSetup: 'Zurück zur Einrichtung',
  waits: { register: 'Zuerst registrieren' },
  showDetails: 'Einzelheiten zeigen',
  modelLater: 'Ohne Modell kann Ihr Knoten nicht online gehen.',
  modelComing: 'Der Download läuft währenddessen weiter.',
  noKeychain: 'Gespeichert in einer privaten Datei: Auf diesem Computer antwortet kein Schlüsselbund.',
  keychainLocked: 'Ihr Schlüsselbund ist gesperrt. Er bittet Sie, ihn zu entsperren.',
  backup: {
    rules: 'Regeln für die Passphrase',
    long: 'Mindestens {{characters}} Zeichen',
    same: 'Beide sind gleich',
    met: 'erfüllt',
    notMet: 'noch nicht erfüllt',
    show: 'Passphrase zeigen',
    hide: 'Passphrase verbergen',
    skipped:
      'Ohne Sicherung endet Ihr Ertrag mit dem Verlust des Datenträgers, bis Sie auflösen und 7 Tage warten.',
  },
};
