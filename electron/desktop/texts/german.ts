import { type DesktopWords, desktopWords } from './english.ts';

const german: DesktopWords = {
  product: 'ParalleliX Operator',
  earningsWindow: 'Erträge · ParalleliX Operator',
  cannotStart: 'ParalleliX Operator kann nicht starten',
  tray: {
    open: 'ParalleliX Operator öffnen',
    earnings: 'Erträge',
    copyId: (nodeId) => `Knoten-ID kopieren (${nodeId})`,
    pause: 'Pausieren',
    oneHour: 'Für 1 Stunde',
    eightHours: 'Für 8 Stunden',
    untilResumed: 'Bis ich fortsetze',
    resume: 'Fortsetzen',
    start: 'Knoten starten',
    quit: 'Beenden',
    quitNow: 'Sofort beenden',
    quitApp: 'App beenden',
    uptime: (share) => `Online heute: ${share}`,
    requests: (count) => `Anfragen heute: ${count}`,
    earning: (rate) => `Ertrag: ${rate}`,
    perDay: (amount) => `${amount} PRLX am Tag`,
    notEarning: 'keiner zurzeit',
    claimable: (amount) => `Abrufbar: ${amount}`,
  },
  menu: {
    about: 'Über ParalleliX Operator',
    services: 'Dienste',
    hide: 'ParalleliX Operator ausblenden',
    hideOthers: 'Andere ausblenden',
    unhide: 'Alle einblenden',
    quit: 'ParalleliX Operator beenden',
    edit: 'Bearbeiten',
    undo: 'Widerrufen',
    redo: 'Wiederholen',
    cut: 'Ausschneiden',
    copy: 'Kopieren',
    paste: 'Einsetzen',
    pasteAndMatchStyle: 'Einsetzen und Stil anpassen',
    delete: 'Löschen',
    selectAll: 'Alles auswählen',
    window: 'Fenster',
    close: 'Schließen',
    minimize: 'Im Dock ablegen',
    zoom: 'Zoomen',
    front: 'Alle nach vorne bringen',
  },
  notifications: {
    test: 'Mitteilungen funktionieren.',
    backOnline: 'Wieder online',
    downloaded: 'Modell geladen',
    readyToServe: (model) => `${model} ist einsatzbereit.`,
    closing: {
      title: 'Ihr Knoten läuft weiter',
      body: 'Er läuft und verdient auch ohne Fenster weiter. Zum Anhalten wählen Sie „Beenden“ im Menü seines Symbols.',
    },
    firstEarned: {
      title: 'Die ersten PRLX sind verdient',
      body: 'Ihr Knoten verdient. Solange er online ist, wächst sein Ertrag.',
    },
    cooldown: {
      title: 'Wartezeit abgelaufen',
      contract: 'Die Wartezeit ist vorbei. Heben Sie Ihren Stake mit Ihrer Wallet ab.',
      guide:
        'Nach den 7 Tagen der Anleitung ist die Wartezeit vorbei. Heben Sie Ihren Stake mit Ihrer Wallet ab.',
    },
    claimed: {
      title: 'Erträge abgerufen',
      body: (amount) => `${amount} PRLX sind in Ihrer Wallet eingegangen.`,
    },
    update: {
      title: 'Ein Update ist verfügbar',
      body: (version) => `Version ${version} ist bereit. Öffnen Sie die App, um sie zu installieren.`,
    },
  },
  dialogs: {
    choose: 'Auswählen',
    save: 'Speichern',
    saveBackup: 'Sicherung speichern',
    backupFile: 'Sicherung des Schlüssels auswählen',
    certificates: 'Zertifikate auswählen',
    certificateFiles: 'Zertifikate',
    allFiles: 'Alle Dateien',
    modelsFolder: 'Ordner für Modelle auswählen',
    report: 'Supportbericht speichern',
    earnings: 'Erträge speichern',
    backup: 'Sicherung des Schlüssels speichern',
  },
};

export function addGermanOfDesktop(): void {
  desktopWords.add('de', german);
}
