import type { everywhere as english } from '../en/everywhere.ts';
import type { Translated } from '../translated.ts';

export const everywhere: Translated<typeof english> = {
  product: 'ParalleliX Operator',
  skip: 'Zum Seiteninhalt',
  navigation: 'Seiten',
  pageOpened: 'Seite {{page}}',
  stateNow: 'Status: {{label}}',
  pages: {
    onboarding: 'Einrichtung',
    dashboard: 'Übersicht',
    hardware: 'Hardware',
    models: 'Modelle',
    earnings: 'Erträge',
    settings: 'Einstellungen',
    diagnostics: 'Diagnose',
  },
  goesOnAt: 'Schritt {{number}}',
  version: 'Version {{version}}',

  notKnown: 'unbekannt',
  neverRead: 'noch nicht geprüft',
  asOf: 'Stand {{time}}',
  updated: 'Stand {{time}}',
  neverUpdated: 'Noch nicht geprüft',
  source: {
    measured: 'Hier gemessen',
    guide: 'Anleitung',
    unknown: 'Noch nicht geprüft',
  },
  transfer: {
    of: '{{done}} von {{total}}',
    ofAbout: '{{done}} von etwa {{total}}',
    soFar: '{{done}} geladen',
    speed: '{{speed}}/s',
    left: 'noch etwa {{left}}',
  },
  copy: 'Kopieren',
  copyWhat: '{{what}} kopieren',
  copied: 'Kopiert',
  notCopied: 'Kopieren nicht möglich. Markieren Sie den Text und kopieren Sie ihn mit der Tastatur.',
  close: 'Schließen',
  undo: 'Rückgängig',
  undone: 'Zurückgenommen',
  dismiss: 'Schließen',
  toasts: 'Meldungen',
  cancel: 'Abbrechen',
  back: 'Zurück',
  gotIt: 'Verstanden',
  yes: 'Ja',
  no: 'Nein',
  none: 'keine',
  lookAgain: 'Erneut suchen',
  looking: 'Suche läuft…',
  notInThisVersion: 'Diese Version der App kann das noch nicht. Nichts wurde geändert.',
  openConsole: 'Console öffnen',

  phase: {
    noHost: {
      title: 'Diese Seite gehört zur App',
      body: 'Sie wurde außerhalb von ParalleliX Operator geöffnet und kann nichts zeigen. Öffnen Sie stattdessen die App.',
    },
    starting: {
      title: 'Ihr Knoten startet…',
      body: 'Sie verdienen ab dem ersten angenommenen Lebenszeichen. Das dauert meist nur Sekunden.',
    },
    noIdentity: {
      title: 'Richten Sie Ihren Knoten ein',
      body: 'Auf diesem Computer läuft noch kein Knoten. Sie können nach jedem Schritt aufhören und später fortfahren.',
      action: 'Einrichtung starten',
      continue: 'Einrichtung fortsetzen',
    },
    stopped: {
      title: 'Ihr Knoten ist angehalten',
      body: 'Angehalten: {{time}}. Sie verdienen erst wieder, wenn er läuft.',
      action: 'Knoten starten',
      busy: 'Startet…',
    },
    otherProgram: {
      title: 'Ein anderes Programm betreibt diesen Knoten',
      body: 'Zwei Programme mit einem Schlüssel verlieren Anfragen. Darum wartet diese App und startet Ihren Knoten, wenn das andere endet.',
      action: 'Erneut versuchen',
    },
    failed: {
      title: 'Ihr Knoten konnte nicht starten',
      body: 'Er läuft seit {{time}} nicht. Sie verdienen nicht.',
      action: 'Erneut versuchen',
    },
    otherVersion: {
      title: 'Von einer anderen Version verwaltet',
      body: 'Version {{version}} betreibt diesen Knoten (Prozess {{pid}}). Diese App hat Version {{own}} und zeigt nur seinen Status. Um mehr zu sehen, halten Sie ihn dort an und starten Sie ihn mit dieser Version.',
    },
    attached:
      'Läuft außerhalb dieser App (Prozess {{pid}}, Version {{version}}). Das Schließen der App hält ihn nicht an.',
    waitingForFigures: 'Warten auf die ersten Werte…',
    noFigures: 'Starten Sie Ihren Knoten, um hier Werte zu sehen.',
  },

  quitting: {
    title: 'Wird abgeschlossen…',
    body: 'Laufende Anfragen werden beendet (bis zu {{limit}}), dann endet die App.',
    action: 'Sofort beenden',
  },
  explainOnce: {
    closing: {
      title: 'Ihr Knoten läuft weiter',
      body: 'Das Schließen des Fensters hält ihn nicht an. Über das Symbol im Infobereich können Sie öffnen, pausieren und beenden.',
    },
    'no-tray': {
      title: 'Kein Infobereich gefunden',
      body: 'Das Fenster wird beim Schließen nur minimiert. Beenden können Sie die App in den Einstellungen.',
    },
    'first-earned': {
      title: 'Sie haben Ihre ersten PRLX verdient',
      body: 'Der Ertrag wächst jede Sekunde, die Ihr Knoten online ist. Mit Ihrer Wallet können Sie ihn jederzeit abrufen.',
    },
    'menu-entry': {
      title: 'App zum Menü hinzufügen?',
      body: 'Das Symbol erscheint bei Ihren Anwendungen. So müssen Sie diese Datei nicht wieder suchen. In den Einstellungen können Sie es zurücknehmen.',
      add: 'Hinzufügen',
      added: 'Zu Ihren Anwendungen hinzugefügt.',
      no: 'Nein danke',
    },
  },
  pause: {
    title: 'Anfragen',
    oneHour: 'Für 1 Stunde',
    eightHours: 'Für 8 Stunden',
    untilResumed: 'Bis ich fortsetze',
    menu: 'Pausieren',
    resume: 'Fortsetzen',
    paused: 'Pausiert',
    resumed: 'Fortgesetzt',
    meaning:
      'Bleibt online und nimmt keine Anfragen an. ParalleliX hat nicht gesagt, ob Pausen Ertrag bringen.',
    limit: 'Machen Sie binnen 24 h weiter. Sonst entfernt das Netzwerk vielleicht Ihren Knoten.',
  },
};
