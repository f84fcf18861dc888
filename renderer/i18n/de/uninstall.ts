import type { uninstall as english } from '../en/uninstall.ts';
import type { Translated } from '../translated.ts';

export const uninstall: Translated<typeof english> = {
  title: 'Deinstallieren',
  lead: 'Wenn Sie die App entfernen, bleiben Schlüssel, Erträge und Modelle erhalten.',
  how: {
    AppImage: 'Beenden Sie die App, dann löschen Sie diese Datei:',
    mac: 'Beenden Sie die App, dann legen Sie sie in den Papierkorb:',
    deb: 'Ihr System entfernt die App. Führen Sie dies in einem Terminal aus:',
    rpm: 'Ihr System entfernt die App. Führen Sie dies in einem Terminal aus:',
    none: 'Diese App läuft aus ihrem eigenen Ordner. Beenden Sie sie, dann löschen Sie den Ordner.',
  },
  program: 'App',
  command: 'Befehl zum Deinstallieren',
  stateDir: 'Schlüssel und Daten',
  stays: 'Schlüssel und Daten Ihres Knotens bleiben hier, auch ohne die App ({{files}} Dateien).',
  models:
    'Modelle bleiben in Ollama. Löschen Sie sie zuerst auf der Seite „Modelle“, wenn Sie den Platz brauchen.',
  service: 'Ein Hintergrunddienst betreibt Ihren Knoten. Schalten Sie ihn zuerst oben aus.',
  remove: 'Daten löschen…',
  removeTitle: 'Daten des Knotens löschen?',
  removeBody:
    'Das hält Ihren Knoten an und löscht Schlüssel, Einstellungen und Verlauf von diesem Computer. Anderswo gespeicherte Sicherungen bleiben.',
  refusedWhen: 'Abgelehnt, solange Sie einen Stake, keine Sicherung oder ungesendete Antworten haben.',
  refused: {
    lead: 'Nichts wurde gelöscht.',
    staked: 'Knoten {{nodeId}} hat einen Stake. Lösen Sie ihn zuerst auf und heben Sie ihn ab.',
    unknown:
      'Ihr Stake ließ sich nicht prüfen. Verbinden Sie sich mit dem Internet und versuchen Sie es erneut.',
    backup: 'Von Ihrem Schlüssel ist keine Sicherung zur Hand. Speichern Sie zuerst eine.',
    undelivered: 'Antworten warten auf den Versand. Lassen Sie Ihren Knoten bis dahin online.',
  },
  typeLabel: 'Zum Fortfahren LÖSCHEN eingeben',
  word: 'LÖSCHEN',
  removeYes: 'Daten löschen',
  removing: 'Wird gelöscht…',
  done: 'Daten des Knotens gelöscht',
  doneBody:
    '{{removed}} Dateien und Ordner sind gelöscht. Beenden Sie die App, um auch ihre Fenstereinstellungen zu löschen. Dann entfernen Sie sie.',
  kept: 'Nicht gelöscht, weil es nicht zu dieser App gehört:',
  quit: 'Beenden',
};
