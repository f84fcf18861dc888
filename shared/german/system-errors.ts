import type { SystemErrorWords } from '../texts/system-error-text.ts';

/** What is said of errors of the system: of places, of errors, and of an error in a place. */
export const germanSystemErrors: SystemErrorWords = {
  places: {
    'state-dir': {
      name: 'Datenordner',
      effect: 'Ihr Knoten kann ohne ihn nicht laufen. Sie verdienen nicht.',
    },
    key: { name: 'Schlüssel', effect: 'Ihr Knoten kann ohne ihn nicht signieren. Sie verdienen nicht.' },
    record: {
      name: 'Eintrag zum Schlüssel',
      effect: 'Ihr Knoten kann ohne ihn nicht laufen. Sie verdienen nicht.',
    },
    journal: { name: 'Journal', effect: 'Ihr Knoten nimmt ohne es keine Anfragen an.' },
    lock: { name: 'Sperrdatei', effect: 'Die Dateien Ihres Knotens lassen sich ohne sie nicht nutzen.' },
    settings: { name: 'Datei der Einstellungen', effect: 'Ihre Einstellungen sind unverändert.' },
    note: { name: 'Kleine Datei des Knotens', effect: 'Ihr Inhalt ist unverändert.' },
    log: { name: 'Protokoll', effect: 'Ihr Knoten läuft ohne es.' },
    'control-socket': { name: 'Steuer-Socket', effect: 'Befehle erreichen Ihren Knoten ohne ihn nicht.' },
    backup: {
      name: 'Sicherung',
      effect: 'Es wurde keine Sicherung erstellt. Ihr Schlüssel ist unverändert.',
    },
    ollama: { name: 'Ordner von Ollama', effect: 'Nichts wurde installiert.' },
    service: { name: 'Datei des Dienstes', effect: 'Der Dienst ist unverändert.' },
    update: { name: 'Ordner des Updates', effect: 'Die jetzige Version bleibt in Gebrauch.' },
    temporary: { name: 'Ordner für temporäre Dateien', effect: 'Nichts wurde geändert.' },
    other: { name: 'Datei', effect: 'Nichts wurde geändert.' },
  },
  errnos: {
    ENOSPC: {
      what: (name, path) => `Der Datenträger ist voll. Schreiben nicht möglich (${name}): ${path}.`,
      remedy: 'Geben Sie Speicherplatz frei, dann versuchen Sie es erneut.',
    },
    EDQUOT: {
      what: (name, path) =>
        `Ihr Speicherkontingent ist aufgebraucht. Schreiben nicht möglich (${name}): ${path}.`,
      remedy: 'Löschen Sie eigene Dateien, oder lassen Sie das Kontingent erhöhen.',
    },
    EROFS: {
      what: (name, path) =>
        `Der Datenträger ist schreibgeschützt. Schreiben nicht möglich (${name}): ${path}.`,
      remedy:
        'Prüfen Sie den Datenträger auf Fehler, machen Sie ihn wieder beschreibbar und versuchen Sie es erneut.',
    },
    EIO: {
      what: (name, path) => `Der Datenträger meldet einen Fehler. Nicht nutzbar (${name}): ${path}.`,
      remedy: 'Prüfen Sie Kabel und Datenträger. Bleibt der Fehler, ersetzen Sie den Datenträger.',
    },
    EACCES: {
      what: (name, path) =>
        `Das dürfen Sie nicht. Es gehört jemand anderem oder ist geschützt (${name}): ${path}.`,
      remedy: 'Ändern Sie Besitzer und Zugriffsrechte.',
    },
    EMFILE: {
      what: (name, path) =>
        `Dieses Programm hat zu viele offene Dateien. Öffnen nicht möglich (${name}): ${path}.`,
      remedy: 'Starten Sie die App neu, dann versuchen Sie es erneut.',
    },
    ENFILE: {
      what: (name, path) =>
        `Dieser Computer hat zu viele offene Dateien. Öffnen nicht möglich (${name}): ${path}.`,
      remedy: 'Schließen Sie andere Programme, dann versuchen Sie es erneut.',
    },
    ENOENT: {
      what: (name, path) => `Nicht vorhanden (${name}): ${path}.`,
      remedy: 'Erstellen Sie den Ordner, oder wählen Sie einen anderen.',
    },
  },
  remedies: {
    EIO: {
      key: 'Prüfen Sie den Datenträger. Bleibt der Schlüssel unlesbar, stellen Sie Ihre Sicherung wieder her.',
      'state-dir': 'Sichern Sie Ihren Schlüssel anderswo, dann prüfen Sie den Datenträger.',
      journal: 'Behalten Sie die Datei: Darin warten vielleicht Antworten. Prüfen Sie dann den Datenträger.',
    },
    ENOENT: {
      key: 'Stellen Sie Ihre Sicherung wieder her. Es wurde kein neuer Schlüssel erstellt.',
      record: 'Reparieren Sie den Eintrag.',
      'state-dir': 'Prüfen Sie, ob der Datenträger eingebunden ist.',
      journal: 'Prüfen Sie, ob der Datenträger eingebunden ist, dann starten Sie den Knoten wieder.',
      'control-socket': 'Starten Sie den Knoten wieder.',
      temporary: 'Erstellen Sie diesen Ordner.',
    },
    ENOSPC: {
      ollama: 'Geben Sie Speicherplatz frei oder löschen Sie ein Modell, dann versuchen Sie es erneut.',
      temporary: 'Geben Sie Speicherplatz frei.',
    },
    EROFS: {
      temporary: 'Machen Sie ihn wieder beschreibbar.',
      other: 'Wählen Sie einen beschreibbaren Ort.',
      backup: 'Wählen Sie einen beschreibbaren Ort.',
    },
    EACCES: {
      other: 'Wählen Sie einen eigenen Ort.',
      ollama: 'Ändern Sie den Besitzer.',
      service: 'Bitten Sie einen Administrator.',
    },
  },
};
