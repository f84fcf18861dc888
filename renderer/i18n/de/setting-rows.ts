import type {
  advancedRows as englishAdvanced,
  settingControls as englishControls,
  settingRows as englishRows,
} from '../en/setting-rows.ts';
import type { Translated } from '../translated.ts';

export const settingRows: Translated<typeof englishRows> = {
  stay: {
    title: 'Bei Anmeldung starten',
    words: 'autostart hochfahren anmelden wach ruhezustand energie verborgen hintergrund login',
  },
  service: {
    title: 'Geschlossen weiterlaufen',
    words: 'hintergrund dienst systemd launchd daemon abmelden service',
  },
  theme: {
    title: 'Erscheinungsbild',
    help: 'Wie Fenster aussehen.',
    words: 'dunkel hell design farben modus theme',
    choices: { system: 'System', light: 'Hell', dark: 'Dunkel' },
  },
  language: {
    title: 'Sprache',
    help: 'Die Befehlszeile bleibt englisch.',
    words: 'übersetzung deutsch englisch german english language',
    choices: { system: 'System', en: 'English', de: 'Deutsch' },
  },
  singleKeys: {
    title: 'Kürzel mit einer Taste',
    help: 'P, / und ? wirken sofort. Aus hilft bei Spracheingabe oder versehentlichem Tippen.',
    words: 'tastatur tasten buchstaben barrierefreiheit sprache diktat kürzel',
  },
  places: { title: 'Befehlszeile', words: 'terminal shell pfad plx anwendungen menü starter kommandozeile' },
  updates: { title: 'Automatisch aktualisieren', words: 'neue version update aktualisierung prüfen' },
  quit: { title: 'Beenden', words: 'schließen anhalten herunterfahren ende quit' },

  concurrency: {
    title: 'Gleichzeitige Anfragen',
    help: 'Wie viele Anfragen zugleich laufen. Jede braucht eigenen Speicher.',
    words: 'parallel gleichzeitig threads anzahl concurrency',
    unit: 'Anfragen',
  },
  substitution: {
    title: 'Fehlende Modelle ersetzen',
    help: 'Antwortet mit Ihrem Standardmodell, wenn das verlangte nicht installiert ist.',
    words: 'ersatz anderes modell fallback',
  },
  drain: {
    title: 'Zeit zum Abschließen',
    help: 'Wie lange Anfragen noch laufen dürfen, wenn der Knoten anhält.',
    words: 'frist herunterfahren anhalten warten timeout drain',
    unit: 's',
  },
  freeSpace: {
    title: 'Platz freihalten',
    help: 'Darunter nimmt Ihr Knoten keine Anfragen an.',
    words: 'datenträger voll reserve speicherplatz mindestens frei festplatte',
    unit: 'MB',
  },

  defaultModel: {
    title: 'Standardmodell',
    help: 'Beantwortet Anfragen, die kein Modell nennen.',
    words: 'llm bevorzugt auswählen modell',
    automatic: 'Automatisch',
    missing: '{{model}} (nicht installiert)',
  },
  context: {
    title: 'Kontextlänge',
    help: 'Wie viel Text ein Modell auf einmal liest. Speicher: was das Standardmodell dafür braucht. Bei 4.096 behält ein Ollama, das Sie selbst starten, seine eigene Länge.',
    words: 'fenster token speicher kv cache num_ctx',
    option: '{{tokens}} Token',
    optionMemory: '{{tokens}} Token · {{memory}}',
  },
  manage: {
    title: 'Ollama verwalten',
    help: 'Startet das installierte Ollama, wenn keines läuft, und nach einem Ende wieder.',
    words: 'server starten neustart überwachen',
  },
  modelsDir: {
    title: 'Ordner für Modelle',
    help: 'Gilt, wenn diese App Ollama startet. Modelle anderswo werden nicht verschoben.',
    words: 'verzeichnis speicher datenträger pfad ort download',
    unset: 'Eigener Ordner von Ollama',
  },

  notifications: {
    title: 'Mitteilungen zeigen',
    help: 'Schaltet alle ein oder aus.',
    words: 'benachrichtigungen hinweise stumm ruhe',
  },
  notifyOffline: { title: 'Knoten geht offline', words: 'mitteilung ausfall offline' },
  notifyOnline: { title: 'Knoten wieder online', words: 'mitteilung erholt zurück' },
  notifyAttention: { title: 'Handlungsbedarf', words: 'mitteilung problem warnung' },
  notifyEarnings: { title: 'Erträge und Abrufe', words: 'mitteilung verdienst prlx erste' },
  notifyCooldown: { title: 'Wartezeit abgelaufen', words: 'mitteilung cooldown abheben auflösen stake' },
  notifyPull: { title: 'Download fertig', words: 'mitteilung modell geladen' },
  notifyUpdate: { title: 'Update verfügbar', words: 'mitteilung version neu' },
  notifyTest: {
    title: 'Mitteilungen testen',
    help: 'Zeigt jetzt eine, auch wenn Mitteilungen aus sind.',
    words: 'probieren senden prüfen',
    send: 'Test senden',
    sent: 'Test gesendet. Wenn Sie nichts sehen, prüfen Sie die Mitteilungen in Ihren Systemeinstellungen.',
    unsupported: 'Dieser Desktop zeigt keine Mitteilungen.',
  },

  key: {
    title: 'Schlüssel des Knotens',
    words: 'identität fingerabdruck hash schlüsselbund datei verschieben nodekeyhash',
  },
  backup: {
    title: 'Schlüssel sichern',
    words: 'sicherung backup export speichern passphrase wiederherstellen',
  },
};

/** Rows for those who know the words of the trade. */
export const advancedRows: Translated<typeof englishAdvanced> = {
  coordinator: {
    title: 'Adresse des Koordinators',
    help: 'Der Server von ParalleliX, für den Ihr Knoten arbeitet.',
    words: 'url api server netzwerk endpunkt',
  },
  ollama: {
    title: 'Adresse von Ollama',
    help: 'Wo Ihre Modelle laufen. Eingaben gehen dorthin.',
    words: 'url host port fern server endpunkt',
  },
  rpc: {
    title: 'Adresse des Ethereum-RPC',
    help: 'Liest Erträge und Stake von der Blockchain. Ihrer wird vor öffentlichen gefragt.',
    words: 'url node chain blockchain infura alchemy endpunkt',
    unset: 'Nur öffentliche RPCs',
  },
  publicRpcs: {
    title: 'Öffentliche RPCs nutzen',
    help: 'Jeder von ihnen sieht Ihre IP-Adresse und Ihre Knoten-ID.',
    words: 'ethereum blockchain datenschutz',
  },
  certificates: {
    title: 'Weitere Zertifikate',
    help: 'Gelten zusätzlich zu denen des Systems, für einen Firmen-Proxy.',
    words: 'ca tls ssl pem proxy stamm zertifizierungsstelle',
    unset: 'Keine',
  },
  mode: {
    title: 'Gemeldeter Modus',
    help: 'Was Lebenszeichen angeben. Es ändert nicht, wo Modelle laufen.',
    words: 'gpu cpu lebenszeichen heartbeat fähigkeit',
    choices: { auto: 'Automatisch', gpu: 'GPU', cpu: 'CPU' },
  },
  dataFolder: {
    title: 'Datenordner',
    help: 'Die Dateien Ihres Knotens: Einstellungen, Protokoll, Aufzeichnungen und gegebenenfalls der Schlüssel.',
    words: 'verzeichnis pfad zustand protokoll dateien öffnen ort',
    path: 'Pfad des Datenordners',
    open: 'Ordner öffnen',
  },
  resetAll: {
    title: 'Alles zurücksetzen',
    help: 'Setzt jede Einstellung auf den Standard zurück. Schlüssel, Modelle und Aufzeichnungen bleiben.',
    words: 'standard wiederherstellen werkseinstellung löschen',
    button: 'Alle zurücksetzen…',
    ask: 'Alle Einstellungen zurücksetzen?',
    yes: 'Einstellungen zurücksetzen',
    done: 'Alle Einstellungen sind wieder auf dem Standard.',
  },
  uninstall: { title: 'Deinstallieren', words: 'entfernen löschen daten app' },
};

/** What stands beside every row. */
export const settingControls: Translated<typeof englishControls> = {
  tabs: {
    general: 'Allgemein',
    node: 'Knoten',
    models: 'Modelle',
    notifications: 'Mitteilungen',
    security: 'Sicherheit',
    advanced: 'Erweitert',
  },
  tabList: 'Bereiche der Einstellungen',
  found_one: '{{count}} Einstellung gefunden',
  found_other: '{{count}} Einstellungen gefunden',
  saved: '{{title}}: gespeichert.',
  wasReset: '{{title}}: zurückgesetzt.',
  reset: 'Zurücksetzen',
  resetWhich: 'Zurücksetzen: {{title}}',
  lessWhich: 'Weniger: {{title}}',
  moreWhich: 'Mehr: {{title}}',
  choose: 'Auswählen…',
  chooseWhich: 'Auswählen: {{title}}',
  test: 'Verbindung testen',
  testWhich: 'Verbindung testen: {{title}}',
  testing: 'Wird getestet…',
  details: 'Einzelheiten: {{title}}',
  key: 'Einstellung',
  default: 'Standard',
  range: 'Bereich',
  rangeFault: 'Geben Sie eine Zahl von {{from}} bis {{to}} ein.',
  notANumber: 'Geben Sie eine ganze Zahl ein.',
};
