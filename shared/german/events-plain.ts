import { duration, reason, text } from '../texts/event-text.ts';
import type { Facts, PlainEvent } from '../texts/event-vocabulary.ts';
import { describeNotServable } from '../texts/servable-text.ts';

/** What the other entries of the log say. */
export const germanPlainEvents: Readonly<Record<PlainEvent, (facts: Facts) => string>> = {
  'ollama-condition': ({ condition, reason: why }) =>
    `Ollama: ${reason(condition)}${why === null || why === undefined ? '' : ` (${reason(why)})`}.`,
  'ollama-server-started': ({ pid }) => `Ollama wurde hier gestartet (Prozess ${text(pid)}).`,
  'ollama-server-adopted': ({ pid }) =>
    `Das Ollama eines früheren Laufs wird weiter genutzt (Prozess ${text(pid)}).`,
  'ollama-server-replaced': () =>
    'Das Ollama eines früheren Laufs hat andere Einstellungen und wird neu gestartet.',
  'ollama-server-ended': ({ upMs, reason: why }) =>
    `Ollama endete nach ${duration(upMs)}${why ? `: ${reason(why)}` : ''}.`,
  'ollama-server-stopped': ({ upMs }) => `Ollama wurde nach ${duration(upMs)} angehalten.`,
  'ollama-server-failed': ({ reason: why }) => `Ollama ließ sich nicht starten: ${reason(why)}.`,
  'ollama-server-silent': ({ silentMs }) =>
    `Ollama läuft, hat aber ${duration(silentMs)} nicht geantwortet. Es wird neu gestartet.`,
  'ollama-record-stale': () => 'Das hier gestartete Ollama ist beendet.',
  'ollama-record-not-written': ({ reason: why }) =>
    `Der Start von Ollama ließ sich nicht speichern (${reason(why)}). Nach einem Absturz würde es nicht erkannt.`,
  'ollama-install-started': ({ version }) => `Ollama ${text(version)} wird geladen.`,
  'ollama-installed': ({ version }) => `Ollama ${text(version)} ist installiert.`,
  'ollama-installed-not-started': ({ code }) =>
    `Ollama ist installiert, ließ sich aber nicht starten: ${text(code)}.`,
  'ollama-install-ended': ({ state, code }) =>
    `Ollama wurde nicht installiert: ${text(state)}${code ? ` (${text(code)})` : ''}. Nichts davon bleibt.`,
  'request-tried-again': ({ requestId, model, reason: why, waitMs }) =>
    `${text(model)} konnte ${text(requestId)} nicht beginnen (${reason(why)}). Neuer Versuch in ${duration(waitMs)}.`,
  'answers-failing': ({ model, reason: why, count }) =>
    `${text(model)} ist ${text(count)}-mal nacheinander gescheitert (${reason(why)}). Bis es wieder antwortet, werden keine Anfragen angenommen.`,
  'answers-test-failed': ({ model, reason: why }) =>
    `${text(model)} wurde getestet und hat nicht geantwortet: ${reason(why)}.`,
  'model-set-aside': ({ model, reason: why, forMs }) =>
    `${text(model)} wird ${duration(forMs)} lang nicht genutzt: ${describeNotServable(String(why)) ?? 'unbekannt'}. Anfragen dafür werden zurückgegeben.`,
  'default-model-replaced': ({ model, instead }) =>
    `Für ${text(model)} ist zu wenig Speicher frei. ${text(instead)} ist jetzt das Standardmodell. Wählen Sie ${text(model)} selbst, um es wieder zu versuchen.`,
  'answers-again': ({ model, afterMs }) =>
    `${text(model)} antwortet wieder, nach ${duration(afterMs)}. Anfragen werden wieder angenommen.`,
  'pull-started': ({ model }) => `${text(model)} wird geladen.`,
  'pull-resumed': ({ model, attempt }) =>
    `Der Download von ${text(model)} wurde unterbrochen und läuft weiter, Versuch ${text(attempt)}.`,
  'pull-not-continued': ({ model }) =>
    `Der Download von ${text(model)} lief nach dem Start nicht weiter. Starten Sie ihn auf der Seite „Modelle“ wieder.`,
  'tier-mismatch': ({ accepted }) =>
    accepted === true
      ? 'Eingestellt: Der Knoten läuft, auch wenn die registrierte Stufe höher als die erkannte ist.'
      : 'Eingestellt: Der Knoten läuft nicht, solange die registrierte Stufe höher als die erkannte ist.',
  'probe-not-cached': () =>
    'Das Ergebnis der Hardware-Suche ließ sich nicht für den nächsten Start speichern.',
  'lock-lost': () =>
    'Die Sperre dieses Datenordners ging verloren. Es wird nichts mehr gesendet, weil vielleicht ein anderer Knoten darin läuft.',
  'journal-accept-failed': () =>
    'Eine Anfrage ließ sich nicht speichern und wurde zurückgegeben. Bis das geht, werden keine Anfragen angenommen.',
  'journal-end-unwritten': () =>
    'Das Ende einer Anfrage ließ sich nicht speichern. Es bleibt im Arbeitsspeicher, bis Platz ist.',
  'journal-ends-lost': () =>
    'Vor dem Anhalten ließen sich Enden von Anfragen nicht speichern. Sie werden beim nächsten Start wieder gesendet.',
  'journal-upkeep-failed': ({ what }) =>
    `Das Aufräumen des Journals ist gescheitert (${text(what)}). Später wird es wieder versucht.`,
  'rpc-failed': ({ url, reason: why }) =>
    `Der Ethereum-RPC ${text(url)} gab keine brauchbare Antwort (${reason(why)}). Er wird eine Weile nicht gefragt.`,
  'chain-read-failed': () =>
    'Das Lesen der Blockchain ist gescheitert. Ihr Knoten läuft weiter. Später wird es wieder versucht.',
  'node-scan-failed': () =>
    'Die Suche nach anderen Knoten ist gescheitert. Sie läuft weiter, wenn Sie sie wieder starten.',
  'earnings-put-aside': ({ path }) =>
    `Die Aufzeichnung der Erträge war nicht lesbar. Sie bleibt als ${text(path)} erhalten. Eine neue wurde begonnen.`,
  'earnings-not-kept': ({ reason: why }) =>
    `Erträge werden nicht auf dem Datenträger aufgezeichnet (${reason(why)}). Sie bleiben im Arbeitsspeicher, bis der Knoten anhält.`,
  'earnings-not-recorded': ({ reason: why }) => `Erträge ließen sich nicht aufzeichnen: ${reason(why)}.`,
  'earnings-blocks-vanished': ({ block }) =>
    `Die Blockchain wurde umgestellt: Messungen ab Block ${text(block)} wurden verworfen.`,
  'earned-fell': ({ block }) =>
    `Der abrufbare Betrag ist bis Block ${text(block)} gesunken, und kein Abruf erklärt es. Diese Zeit gilt als Lücke.`,
  'uptime-not-kept': () =>
    'Die Onlinezeit ließ sich nicht speichern. Nach einem Neustart ist der Wert vielleicht zu niedrig.',
  'run-internal-error': () => 'Ein Fehler im Programm hat eine Anfrage beendet. Sie wurde zurückgegeben.',
  'serving-internal-error': () =>
    'Ein Fehler im Programm hat die Annahme von Anfragen unterbrochen. Sie läuft weiter.',
  'key-out-of-reach': ({ code }) =>
    `Der Schlüssel ist nicht lesbar: ${reason(code)}. Der Knoten versucht es weiter.`,
  'key-in-reach': () => 'Der Schlüssel ist wieder lesbar.',
  'start-failed': () => 'Ein Fehler im Programm hat den Start des Knotens verhindert.',
  'stop-failed': () =>
    'Ein Fehler im Programm hat das Anhalten des Knotens unterbrochen. Was fertig ist, liegt sicher auf dem Datenträger.',
  'preparation-failed': () =>
    'Hardware und Ollama ließen sich vor dem Erstellen eines Schlüssels nicht prüfen.',
  'command-failed': ({ command }) =>
    `Ein Fehler im Programm hat ${text(command)} unterbrochen. Ihr Knoten läuft weiter.`,
  'ca-hint-unusable': ({ variable, path, reason: why }) =>
    `${text(variable)} nennt ${text(path)}. Das ist nicht brauchbar: ${reason(why)}. Es gelten die Zertifikate des Systems.`,
  'control-socket-lost': () =>
    'Der Steuer-Socket des Knotens wurde entfernt, wahrscheinlich beim Aufräumen temporärer Dateien. Er wird neu erstellt.',
  'control-socket-not-bound': ({ reason: why }) =>
    `Der Steuer-Socket des Knotens ließ sich nicht neu erstellen (${reason(why)}). Neuer Versuch alle paar Sekunden.`,
  'state-dir-narrowed': ({ mode }) =>
    `Andere auf diesem Computer konnten in den Datenordner (Modus ${text(mode)}). Jetzt können es nur Sie.`,
  'outage-not-noted': () =>
    'Der Beginn dieser Zeit offline ließ sich nicht speichern. Ihr Grund fehlt später vielleicht.',
  'not-closed': () =>
    'Am Ende ließ sich etwas nicht schließen. Der Knoten ist beendet. Was fertig ist, bleibt erhalten.',
  'control-socket-left': ({ reason: why }) =>
    `Der Steuer-Socket ließ sich am Ende nicht entfernen (${reason(why)}). Das schadet nicht.`,
  'part-not-stopped': ({ part }) =>
    `Ein Fehler im Programm hat das saubere Anhalten verhindert: ${text(part)}.`,
  phase: ({ phase }) => `Die App und ihr Knoten: ${text(phase)}.`,
  hosted: () => 'Der Knoten läuft und antwortet.',
};
