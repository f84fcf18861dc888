import type { updates as english } from '../en/updates.ts';
import type { Translated } from '../translated.ts';

export const updates: Translated<typeof english> = {
  title: 'Updates',
  available: 'Version {{version}} ist verfügbar',
  downloading: 'Version {{version}} wird geladen: {{percent}} %',
  ready: 'Bereit zur Installation. Ihr Knoten beendet zuerst seine Anfragen und ist in Sekunden zurück.',
  waiting: 'Es wird installiert, sobald der laufende Download endet.',
  installing: 'Wird installiert. Ihr Knoten beendet seine Anfragen, dann startet die App neu.',
  command: 'Ihr System installiert die Updates dieser App. Führen Sie dies in einem Terminal aus:',
  commandLabel: 'Befehl für das Update',
  notes: 'Neu in dieser Version',
  now: 'Jetzt aktualisieren',
  later: 'Später',
  automatic: 'Automatisch aktualisieren',
  automaticMeaning:
    'Lädt Updates im Hintergrund und installiert sie, wenn kein Fenster offen ist. Anfragen und Downloads werden nie unterbrochen.',
  automaticCommand: 'Sucht nach Updates und meldet, wenn es eines gibt.',
  nobody: 'Dieser Build ist keine offizielle Version und kann sich nicht selbst aktualisieren.',
  check: 'Jetzt prüfen',
  checking: 'Wird geprüft…',
  current: 'Version {{version}} ist die neueste. Geprüft: {{time}}.',
  unchecked: 'Version {{version}}. Noch nicht geprüft.',
};
