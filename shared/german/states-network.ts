import type { RowsWords } from '../states/states.ts';

const notEarning = 'Sie verdienen nicht.';

export const germanNetworkRows = {
  'key-missing': {
    label: 'Schlüssel fehlt',
    what: ['Der Schlüssel Ihres Knotens fehlt in {store}.', 'Der Schlüssel Ihres Knotens fehlt.'],
    effect: notEarning,
    action: 'Stellen Sie Ihre Sicherung wieder her. Es wurde kein neuer Schlüssel erstellt.',
    button: 'Sicherung wiederherstellen',
  },
  'key-differs': {
    label: 'Falscher Schlüssel',
    what: 'Der Schlüssel hier gehört zu einem anderen Knoten.',
    effect: notEarning,
    action: [
      'Stellen Sie den Schlüssel von Knoten {id} wieder her.',
      'Stellen Sie den Schlüssel dieses Knotens wieder her.',
    ],
    button: 'Sicherung wiederherstellen',
  },
  'key-locked': {
    label: 'Schlüssel gesperrt',
    what: ['Ihr Schlüsselbund ist seit {time} gesperrt.', 'Ihr Schlüsselbund ist gesperrt.'],
    effect: notEarning,
    action: 'Entsperren Sie ihn, um zu verdienen.',
    button: 'Schlüsselbund entsperren',
  },
  'key-unreachable': {
    label: 'Schlüssel nicht verfügbar',
    what: [
      'Ihr Schlüssel ist seit {time} nicht lesbar: {reason}.',
      'Ihr Schlüssel ist seit {time} nicht lesbar.',
      'Ihr Schlüssel ist nicht lesbar.',
    ],
    effect: notEarning,
    action: 'Der Knoten versucht es weiter. Hilft das nicht, stellen Sie Ihre Sicherung wieder her.',
    button: 'Sicherung wiederherstellen',
  },
  'not-registered': {
    label: 'Nicht registriert',
    what: [
      'Für diesen Schlüssel fand sich keine Registrierung, Stand {time}.',
      'Dieser Schlüssel ist noch nicht registriert.',
    ],
    effect: 'Vor der Registrierung können Sie nicht verdienen.',
    action: 'Registrieren Sie diesen Schlüssel. Das wird von selbst erkannt.',
    button: 'Knoten registrieren',
  },
  retired: {
    label: 'Stake abgehoben',
    what: [
      'Der Stake von Knoten {id} wurde am {date} abgehoben.',
      'Der Stake von Knoten {id} wurde abgehoben.',
      'Der Stake dieses Knotens wurde abgehoben.',
    ],
    effect: 'Dieser Knoten verdient nicht mehr.',
    action: 'Registrieren Sie sich neu, oder entfernen Sie den Knoten von diesem Computer.',
    button: 'Übriges zeigen',
  },
  withdrawable: {
    label: 'Bereit zum Abheben',
    what: 'Ihre Wartezeit ist vorbei.',
    effect: notEarning,
    action: 'Heben Sie Ihren Stake mit Ihrer Wallet ab.',
    button: 'Stake abheben',
  },
  cooling: {
    label: ['Wird aufgelöst, noch {d} {d:Tag|Tage}', 'Wird aufgelöst'],
    what: ['Sie haben am {date} beantragt, den Stake aufzulösen.', 'Ihr Stake wird freigegeben.'],
    effect: ['Sie verdienen noch {d} {d:Tag|Tage} {h} h lang nicht.', notEarning],
    action: 'Warten Sie bis zum Abheben, oder brechen Sie ab, um wieder zu verdienen.',
    button: 'Auflösung abbrechen',
  },
  refused: {
    label: 'Vom Netzwerk abgelehnt',
    what: [
      'Das Netzwerk lehnt Ihre Lebenszeichen seit {time} ab: {reason}.',
      'Das Netzwerk lehnt Ihre Lebenszeichen ab: {reason}.',
      'Das Netzwerk lehnt Ihre Lebenszeichen ab.',
    ],
    effect: 'Diese Zeit zählt nicht als online. Sie verdienen nicht.',
    action: ['Neuer Versuch alle {n} s.', 'Der Knoten versucht es weiter.'],
    button: 'Einzelheiten zeigen',
  },
  'clock-skew': {
    label: 'Uhr falsch',
    what: [
      'Die Uhr dieses Computers geht {n} s {way}.',
      'Die Uhr dieses Computers geht {n} s falsch.',
      'Die Uhr dieses Computers geht falsch.',
    ],
    effect: 'Lebenszeichen können abgelehnt werden. Diese Zeit bringt vielleicht keinen Ertrag.',
    action: 'Schalten Sie die automatische Uhrzeit ein.',
    button: 'Anleitung zeigen',
  },
  'no-network': {
    label: 'Kein Internet',
    what: ['Dieser Computer hat seit {time} kein Internet.', 'Dieser Computer hat kein Internet.'],
    effect: [
      'Sie verdienen nicht. {n} fertige {n:Antwort wird|Antworten werden} aufbewahrt und später gesendet.',
      notEarning,
    ],
    action: 'Prüfen Sie Kabel, WLAN oder Router.',
    button: 'Prüfungen starten',
  },
  'coordinator-down': {
    label: 'ParalleliX nicht erreichbar',
    what: ['ParalleliX ist seit {time} nicht erreichbar.', 'ParalleliX ist nicht erreichbar.'],
    effect: [
      'Vielleicht verdienen Sie nicht. {n} fertige {n:Antwort wird|Antworten werden} aufbewahrt und später gesendet.',
      'Vielleicht verdienen Sie nicht.',
    ],
    action: 'Der Knoten versucht es weiter.',
    button: 'Einzelheiten zeigen',
  },
  starting: {
    label: 'Startet',
    what: 'Ihr Knoten startet.',
    effect: 'Sie verdienen ab dem ersten angenommenen Lebenszeichen.',
    action: null,
    button: null,
  },
  'no-identity': {
    label: 'Nicht eingerichtet',
    what: 'Auf diesem Computer läuft noch kein Knoten.',
    effect: notEarning,
    action: 'Öffnen Sie die App, um Ihren Knoten einzurichten.',
    button: null,
  },
  stopped: {
    label: 'Angehalten',
    what: ['Ihr Knoten wurde angehalten: {time}.', 'Ihr Knoten ist angehalten.'],
    effect: 'Sie verdienen erst wieder, wenn er läuft.',
    action: 'Starten Sie den Knoten.',
    button: null,
  },
  'other-program': {
    label: 'Läuft bereits',
    what: 'Der offizielle Client betreibt Ihren Knoten auf diesem Computer.',
    effect: 'Vielleicht verdienen Sie darüber. Darum wartet diese App.',
    action: 'Wechseln Sie, oder halten Sie den offiziellen Client an.',
    button: 'Wechseln',
  },
  failed: {
    label: 'Läuft nicht',
    what: [
      'Ihr Knoten läuft seit {time} wegen eines Fehlers nicht.',
      'Ihr Knoten läuft wegen eines Fehlers nicht.',
    ],
    effect: notEarning,
    action: 'Öffnen Sie die App, um den Grund zu sehen.',
    button: null,
  },
  quitting: {
    label: 'Wird abgeschlossen',
    what: 'Laufende Anfragen werden beendet, dann endet die App.',
    effect: 'Danach verdienen Sie nicht mehr.',
    action: null,
    button: null,
  },
  'other-version': {
    label: 'Andere Version',
    what: 'Eine andere Version dieses Programms betreibt Ihren Knoten.',
    effect: 'Ob Sie verdienen, zeigt nur jene.',
    action: 'Öffnen Sie die App, um ihren Status zu lesen.',
    button: null,
  },
  'no-backup': {
    label: null,
    what: 'Der Schlüssel Ihres Knotens hat keine Sicherung.',
    effect:
      'Geht dieser Datenträger verloren, verdient Ihr Stake nichts, bis Sie auflösen und 7 Tage warten.',
    action: 'Speichern Sie eine Sicherung.',
    button: 'Schlüssel sichern',
  },
  'tier-accepted': {
    label: null,
    what: [
      'Läuft mit registrierter Stufe {a}, dieser Computer zeigt aber Stufe {b}.',
      'Läuft mit einer höheren Stufe, als dieser Computer zeigt.',
    ],
    effect: 'Das Netzwerk kann diese Onlinezeit streichen.',
    action: 'Nehmen Sie das zurück, oder schließen Sie die registrierte GPU an.',
    button: 'Rückgängig',
  },
} as const satisfies Partial<RowsWords>;
