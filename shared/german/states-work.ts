import type { RowsWords } from '../states/states.ts';

const noRequests = 'Ihr Knoten nimmt keine Anfragen an. Diese Zeit bringt vielleicht keinen Ertrag.';

export const germanWorkRows = {
  'disk-full': {
    label: 'Wenig Speicherplatz',
    what: [
      'Nur {n} MB sind frei auf {volume}.',
      'Zu wenig ist frei auf {volume}.',
      'Zu wenig Speicherplatz ist frei.',
    ],
    effect: noRequests,
    action: ['Geben Sie {m} GB frei.', 'Geben Sie Speicherplatz frei.'],
    button: 'Anleitung zeigen',
  },
  'disk-read-only': {
    label: 'Schreibgeschützt',
    what: [
      'Der Datenträger von {volume} ist schreibgeschützt.',
      'Der Datenträger Ihres Knotens ist schreibgeschützt.',
    ],
    effect: noRequests,
    action: 'Prüfen Sie den Datenträger auf Fehler, dann machen Sie ihn wieder beschreibbar.',
    button: 'Anleitung zeigen',
  },
  'disk-failing': {
    label: 'Fehler des Datenträgers',
    what: [
      'In {volume} lässt sich nichts schreiben: {reason}.',
      'In {volume} lässt sich nichts schreiben.',
      'Auf den Datenträger lässt sich nichts schreiben.',
    ],
    effect: noRequests,
    action: 'Sichern Sie Ihren Schlüssel anderswo, dann prüfen Sie den Datenträger.',
    button: 'Anleitung zeigen',
  },
  'ollama-missing': {
    label: 'Ollama nicht installiert',
    what: 'Ollama ist nicht installiert.',
    effect: 'Ohne Ollama kann Ihr Knoten nicht starten. Sie verdienen nicht.',
    action: ['Installieren Sie es hier ({size}).', 'Installieren Sie es hier.'],
    button: 'Ollama installieren',
  },
  'ollama-starting': {
    label: 'Ollama startet',
    what: ['Ollama startet seit {n} s.', 'Ollama startet.'],
    effect: 'Sie verdienen ab dem ersten angenommenen Lebenszeichen, meist binnen einer Minute.',
    action: null,
    button: null,
  },
  'ollama-not-running': {
    label: 'Ollama läuft nicht',
    what: [
      'Unter {url} antwortet Ollama seit {time} nicht.',
      'Unter {url} antwortet Ollama nicht.',
      'Ollama läuft nicht.',
    ],
    effect: 'Ohne Ollama kann Ihr Knoten nicht starten. Sie verdienen nicht.',
    action: 'Starten Sie Ollama. Das wird von selbst erkannt.',
    button: 'Ollama starten',
  },
  'ollama-down': {
    label: 'Ollama angehalten',
    what: ['Ollama endete {time}: {reason}.', 'Ollama endete {time}.', 'Ollama wurde beendet.'],
    effect: noRequests,
    action: [
      'Warten Sie auf Versuch {k} in {n} s, oder starten Sie es jetzt neu.',
      'Starten Sie Ollama neu.',
    ],
    button: 'Ollama neu starten',
  },
  'no-model': {
    label: 'Kein Modell',
    what: 'Es ist kein Modell installiert, das Anfragen beantworten kann.',
    effect: 'Ohne Modell kann Ihr Knoten nicht starten. Sie verdienen nicht.',
    action: [
      'Laden Sie {model} ({size}), das zu diesem Computer passt.',
      'Laden Sie {model}, das zu diesem Computer passt.',
      'Laden Sie ein Modell.',
    ],
    button: 'Modell laden',
  },
  'model-loading': {
    label: 'Modell wird geladen',
    what: ['{model} wird seit {n} s geladen.', '{model} wird geladen.', 'Ihr Modell wird geladen.'],
    effect: 'Danach nehmen Sie Anfragen an. Bis dahin bringt diese Zeit vielleicht keinen Ertrag.',
    action: null,
    button: null,
  },
  'model-not-loaded': {
    label: 'Modell nicht geladen',
    what: [
      '{model} ließ sich nicht laden, {time}: {reason}.',
      '{model} ließ sich nicht laden, {time}.',
      '{model} ließ sich nicht laden.',
      'Ihr Modell ließ sich nicht laden.',
    ],
    effect: noRequests,
    action: 'Geben Sie Speicher frei, oder wählen Sie ein anderes Modell. Der Knoten versucht es weiter.',
    button: 'Modell wählen',
  },
  'answers-failing': {
    label: 'Antworten scheitern',
    what: [
      'Ollama läuft, aber {model} antwortet seit {time} nicht: {reason}.',
      'Ollama läuft, aber {model} antwortet seit {time} nicht.',
      'Ollama läuft, aber {model} antwortet nicht.',
      'Ollama läuft, aber Ihr Modell antwortet nicht.',
    ],
    effect: noRequests,
    action: 'Prüfen Sie Ollama. Ihr Knoten testet es immer wieder und macht von selbst weiter.',
    button: 'Prüfungen starten',
  },
  'tier-high': {
    label: 'Stufe passt nicht',
    what: [
      'Registriert ist Stufe {a}, dieser Computer zeigt aber Stufe {b}.',
      'Registriert ist eine höhere Stufe, als dieser Computer zeigt.',
    ],
    effect: 'Das Netzwerk könnte Ihre Onlinezeit streichen. Darum läuft Ihr Knoten nicht.',
    action: 'Schließen Sie die registrierte GPU an, oder nehmen Sie das Risiko an.',
    button: 'Stufen erklären',
  },
  paused: {
    label: 'Pausiert',
    what: ['Pausiert bis {end}.', 'Pausiert.'],
    effect:
      'Sie bleiben online und nehmen keine Anfragen an. ParalleliX hat nicht gesagt, ob Pausen Ertrag bringen.',
    action: 'Setzen Sie binnen 24 h fort. Sonst entfernt das Netzwerk vielleicht Ihren Knoten.',
    button: 'Fortsetzen',
  },
  draining: {
    label: 'Wird abgeschlossen',
    what: [
      'Vor dem {before} {n:wird|werden} noch {n} {n:Anfrage|Anfragen} beendet, in höchstens {s} s.',
      'Vor dem {before} {n:wird|werden} noch {n} {n:Anfrage|Anfragen} beendet.',
      'Laufendes wird vor dem {before} beendet.',
      'Laufendes wird beendet.',
    ],
    effect: 'Sie nehmen keine neuen Anfragen an. Fertige Antworten bleiben erhalten.',
    action: 'Warten Sie, oder halten Sie sofort an.',
    button: 'Sofort anhalten',
  },
  connecting: {
    label: 'Verbindet',
    what: 'Verbindung zum Netzwerk. In den letzten 30 s wurde kein Lebenszeichen angenommen.',
    effect: 'Sie verdienen ab dem nächsten angenommenen Lebenszeichen.',
    action: null,
    button: null,
  },
  'gpu-on-cpu': {
    label: 'Läuft auf der CPU',
    what: [
      '{model} läuft auf der CPU, nicht auf Ihrer {gpu}.',
      '{model} läuft auf der CPU, nicht auf Ihrer GPU.',
      'Ihr Modell läuft auf der CPU, nicht auf Ihrer GPU.',
    ],
    effect: 'Onlinezeit bringt Ertrag, aber Antworten können ihre Frist verpassen.',
    action: [
      'Beheben Sie die wahrscheinliche Ursache: {cause}.',
      'Starten Sie Ollama neu. Sein Protokoll nennt den Grund.',
    ],
    button: 'Beheben',
  },
  'tier-low': {
    label: 'Höhere Stufe möglich',
    what: [
      'Dieser Computer zeigt Stufe {b}, registriert ist Stufe {a}.',
      'Dieser Computer zeigt eine höhere Stufe als die registrierte.',
    ],
    effect: ['Sie verdienen ×{x} statt ×{y}.', 'Sie verdienen weniger als möglich.'],
    action:
      'Registrieren Sie dafür einen weiteren Knoten. Soweit bekannt, lässt sich eine Stufe nicht ändern.',
    button: 'Stufen vergleichen',
  },
  backlog: {
    label: 'Antworten werden gesendet',
    what: [
      '{n} fertige {n:Antwort wartet|Antworten warten} seit {time} auf den Versand.',
      'Fertige Antworten warten auf den Versand.',
    ],
    effect: 'Onlinezeit bringt Ertrag, und nichts geht verloren.',
    action: null,
    button: 'Anfragen zeigen',
  },
  woke: {
    label: 'Gerade aufgewacht',
    what: ['Dieser Computer war {duration} im Ruhezustand.', 'Dieser Computer war im Ruhezustand.'],
    effect: 'Diese Zeit brachte keinen Ertrag. Ihr Knoten ist wieder online.',
    action: 'Halten Sie ihn wach, solange Ihr Knoten läuft.',
    button: 'Wach halten',
  },
  serving: {
    label: 'Antwortet',
    what: [
      'Beantwortet {n} {n:Anfrage|Anfragen} mit {model}.',
      'Beantwortet {n} {n:Anfrage|Anfragen}.',
      'Beantwortet Anfragen.',
    ],
    effect: 'Onlinezeit bringt Ertrag.',
    action: null,
    button: null,
  },
  ready: {
    label: 'Bereit',
    what: [
      'Online, wartet auf Anfragen. Die letzte kam {time}.',
      'Online, wartet auf Anfragen. Seit dem Start kam keine.',
    ],
    effect: 'Sie verdienen für Onlinezeit, auch ohne Anfragen.',
    action: null,
    button: null,
  },
} as const satisfies Partial<RowsWords>;
