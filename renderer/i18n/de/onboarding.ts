import type { onboarding as english } from '../en/onboarding.ts';
import type { Translated } from '../translated.ts';

export const onboarding: Translated<typeof english> = {
  title: 'Knoten einrichten',
  lead: 'Sie können jederzeit aufhören. Was erledigt ist, bleibt erledigt.',
  path: 'Schritte',
  status: { done: 'Erledigt', blocked: 'Handlungsbedarf', open: 'Offen' },
  steps: {
    need: 'Vor dem Start',
    probe: 'Hardware prüfen',
    model: 'Modell herunterladen',
    key: 'Schlüssel erstellen',
    register: 'Registrieren und staken',
    run: 'Online gehen',
    claim: 'Erträge abrufen',
    exit: 'Stake auflösen',
  },
  number: 'Schritt {{number}}',
  next: 'Fortfahren',
  back: 'Zurück',
  waitsForKey:
    'Ihr Knoten misst dies, sobald er einen Schlüssel hat. Ihn zu erstellen dauert eine Sekunde und lädt nichts herunter.',
  makeKeyFirst: 'Zuerst Schlüssel erstellen',
  need: {
    lead: 'Was Sie brauchen. Noch wird nichts heruntergeladen.',
    stake: {
      name: 'Stake',
      text: '50.000 PRLX je Knoten, hinterlegt aus Ihrer eigenen Wallet. Diese App hält nie Guthaben und fragt nie nach Wallet-Schlüssel oder Seed-Phrase.',
    },
    fees: {
      name: 'Gebühren',
      text: 'Etwas ETH in derselben Wallet für Gas.',
    },
    open: { name: 'Wer mitmachen kann', text: 'Offen für alle, die einen Stake hinterlegen.' },
    back: {
      name: 'Aussteigen',
      text: 'Jederzeit möglich. Nach 7 Tagen bekommen Sie alles zurück. Kein Slashing.',
    },
    tier: {
      name: 'Ihre Stufe',
      text: '{{tier}}. {{gpu}}',
      noGpu: 'Keine unterstützte GPU.',
      unknown: 'Ihre Stufe wird im ersten Schritt erkannt.',
    },
    download: {
      name: 'Downloads',
      ollamaHere: 'Ollama ist installiert.',
      ollamaMissing:
        'Ollama, das die Modelle ausführt, ist noch nicht installiert. Seine Größe sehen Sie vor dem Download.',
      ollamaUnknown: 'Ollama wird im zweiten Schritt geprüft.',
      modelHere: 'Modell installiert: {{model}}.',
      model: 'Ein Modell: {{model}}, {{size}}.',
      modelUnknown: 'Ein Modell. Name und Größe sehen Sie vor dem Download.',
      disk: 'Gespeichert in {{path}}, {{free}} frei.',
    },
    strangers: {
      name: 'Anfragen anderer',
      text: 'Ihr Computer beantwortet Eingaben anderer Menschen. Sie werden nie gezeigt oder gespeichert, gehen aber durch den Arbeitsspeicher.',
    },
    estimate: {
      title: 'Schätzung',
      year: 'Etwa {{amount}} PRLX im Jahr, {{day}} am Tag.',
      basis:
        'Stufe {{tier}}, {{stake}} PRLX Stake, 99,5 % online. Gesamtgewicht {{total}}, aus dem Beispiel der Anleitung.',
      caveat: 'Ein Richtwert, keine Vorhersage. Ihr Anteil sinkt, wenn mehr Stake online geht.',
    },
    start: 'Loslegen',
  },

  probe: {
    lead: 'Ihre GPU bestimmt Ihre Stufe. Eine höhere bringt mehr je hinterlegtem PRLX.',
    why: 'Registrieren Sie sich mit dieser Stufe. Eine höhere kann Ihre Onlinezeit kosten.',
  },
  model: {
    lead: 'Ihr Knoten braucht Ollama und mindestens ein Textmodell.',
    recommended: 'Empfohlen für diesen Computer',
    recommendedWhy: 'Das beste für Speicher und Tempo dieses Computers.',
    ready: '{{model}} ist einsatzbereit.',
    all: 'Alle Modelle ansehen',
    first: 'Installieren Sie zuerst Ollama, dann ein Modell.',
  },
  key: {
    lead: 'Weist Ihren Knoten im Netzwerk aus. Es ist nicht Ihr Wallet-Schlüssel und hält kein Guthaben.',
    make: 'Schlüssel erstellen',
    making: 'Wird erstellt…',
    made: 'Schlüssel erstellt. Gespeichert in: {{place}}.',
    backupTitle: 'Schlüssel sichern',
    backupDone: 'Ihr Schlüssel ist gesichert.',
    backupLater: 'Das geht auch später in den Einstellungen.',
  },
  register: {
    lead: 'Staken Sie in der ParalleliX Console (Website). Ihre Wallet unterschreibt, diese App nie.',
    needsKey: 'Zum Registrieren brauchen Sie den Schlüssel. Erstellen Sie ihn zuerst.',
    blocked: 'Das Registrieren wartet auf eine verlässliche Stufe.',
    checklist: {
      wallet: {
        name: 'Eine Wallet',
        text: 'Im Browser oder auf dem Smartphone. Ihr gehört der Knoten, sie erhält die Erträge.',
      },
      prlx: {
        name: '50.000 PRLX',
        text: 'Oder mehr, für einen größeren Anteil. Das nächste Fenster kann prüfen, was Ihrer Wallet fehlt.',
      },
      ether: { name: 'Etwas ETH', text: 'Für Gas, in derselben Wallet.' },
      console: { name: 'Die Console', text: 'Sie öffnet sich von hier, mit Stufe und Schlüssel.' },
      confirm: {
        name: 'Zwei Bestätigungen',
        text: 'Geben Sie PRLX in Ihrer Wallet frei, dann bestätigen Sie die Registrierung.',
      },
      back: { name: 'Zurück hierher', text: 'Ihre Registrierung wird von selbst erkannt.' },
    },
    noPrlx: {
      title: 'Ich habe noch keine PRLX',
      text: 'Kaufen Sie sie mit Ihrer Wallet an einer DEX. Ein Kauf kostet 4 %. Kaufen Sie für den Mindest-Stake mindestens {{buy}} PRLX.',
    },
    manually: 'Von Hand eingeben',
    hash: 'Fingerabdruck des Schlüssels (nodeKeyHash)',
    link: 'Link zur Registrierung',
    waiting: 'Warten auf Ihre Registrierung…',
    lastLook: 'Zuletzt geprüft: {{time}}',
    found: 'Registriert als Knoten #{{id}}',
    wallet: 'Wallet',
    tier: 'Registrierte Stufe',
    stake: 'Stake',
  },
  run: {
    lead: 'Sie verdienen ab dem ersten angenommenen Lebenszeichen.',
    waiting: 'Verbindung zum Netzwerk…',
    needsRegistration: 'Ihr Knoten geht online, sobald er registriert ist.',
    accepted: 'Sie sind online seit {{time}}',
    acceptedBody: 'Es ist nichts mehr zu tun. Anfragen kommen von selbst.',
    stay: 'Online bleiben',
    stayLead: 'Nur Onlinezeit bringt Ertrag.',
    nextTitle: 'Wie es weitergeht',
    next: [
      'Ihr Knoten meldet sich alle paar Sekunden und beantwortet Anfragen.',
      'Sie können dieses Fenster schließen. Ihr Knoten läuft weiter.',
      'Solange er online ist, wächst der Ertrag. Rufen Sie ihn ab, wann Sie wollen.',
    ],
    notices:
      'Die Console kann Ihnen eine E-Mail senden, wenn Ihr Knoten offline geht, auch bei ausgeschaltetem Computer. Schalten Sie das dort unter „Account“ ein.',
    dashboard: 'Zur Übersicht',
  },
  claim: {
    lead: 'Ihr Ertrag wartet im Vertrag. Rufen Sie ihn jederzeit in der Console ab. Ihr Knoten läuft dabei weiter.',
    seen: 'Abrufe stehen unter „Erträge“, sobald die Blockchain sie zeigt.',
    open: 'Console öffnen',
  },
  exit: {
    lead: 'Lösen Sie Ihren Stake jederzeit auf. Sie bekommen ihn ganz zurück.',
    one: {
      name: 'Auflösung beantragen',
      text: 'In der Console. Ab dann nimmt Ihr Knoten keine Anfragen an und verdient nicht.',
    },
    two: {
      name: '7 Tage warten',
      text: 'Bis dahin können Sie in der Console abbrechen und wieder verdienen.',
    },
    source: 'Aus der Anleitung. Der Vertrag ist nicht veröffentlicht.',
    remains: {
      title: 'Was auf diesem Computer bleibt',
      lead: 'Das Netzwerk zu verlassen löscht hier nichts.',
      key: 'Schlüssel',
      models: 'Modelle',
      modelsValue: '{{n}}, {{size}}',
      data: 'Daten',
      dataValue: 'Einstellungen, Protokolle und Aufzeichnungen der Erträge',
      openModels: 'Modelle löschen',
      openUninstall: 'Deinstallieren',
    },
    three: { name: 'Abheben', text: 'In der Console. Sie bekommen den ganzen Stake zurück.' },
    open: 'Console öffnen',
  },
};
