import { formatBytes, formatDuration } from '../format.ts';
import { printable } from '../printable.ts';
import { describeReason } from '../reasons/reason-text.ts';
import type { modelErrorTexts } from '../texts/error-words-models.ts';
import { type ErrorTexts, problem } from '../texts/problem.ts';

const unchanged = 'Nichts wurde geändert.';
const notEarning = 'Ihr Knoten nimmt keine Anfragen an. Sie verdienen nicht.';
const kept = 'Was geladen wurde, bleibt erhalten.';
const keptPart = `Nichts wurde installiert. ${kept}`;
const returned = 'Die Anfrage wurde zurückgegeben.';
const resume = 'Versuchen Sie es erneut. Der Download wird fortgesetzt.';
const changedOnTheWay = 'Versuchen Sie es erneut. Bleibt es dabei, verändert etwas unterwegs die Downloads.';
const freeSpace = 'Geben Sie Speicherplatz frei, dann versuchen Sie es erneut.';

const uses = {
  request: 'beantwortet gerade eine Anfrage',
  default: 'ist das Standardmodell',
  test: 'wird gerade getestet',
  pull: 'wird gerade geladen',
} as const;

/** Problems with Ollama, models and answers. */
export const germanModelErrors: Pick<ErrorTexts, keyof typeof modelErrorTexts> = {
  'ollama-missing': ({ url }) =>
    problem(
      `Ollama ist auf diesem Computer nicht installiert, und unter ${url} antwortet nichts.`,
      notEarning,
      'Installieren Sie Ollama auf der Seite „Modelle“.',
    ),
  'no-servable-model': ({ url, installed, recommended }) =>
    problem(
      `Ollama unter ${url} hat ${installed === 0 ? 'kein Modell' : 'kein einsetzbares Modell'}.`,
      notEarning,
      `Laden Sie ${recommended}, das zu diesem Computer passt.`,
    ),
  'ollama-unreachable': ({ url, reason }) =>
    problem(
      `Ollama antwortet nicht unter ${url} (${describeReason(reason)}).`,
      notEarning,
      'Starten Sie Ollama.',
    ),
  'ollama-answer-invalid': ({ url, reason }) =>
    problem(
      `Unter dieser Adresse ist kein Ollama: ${url} (${describeReason(reason)}).`,
      notEarning,
      'Prüfen Sie die Adresse in den Einstellungen.',
    ),
  'ollama-error': ({ status }) =>
    problem(
      `Ollama hat mit einem Fehler geantwortet (HTTP ${status}).`,
      'Bis das gelöst ist, nimmt Ihr Knoten keine Anfragen an.',
      'Sehen Sie im Protokoll von Ollama nach.',
    ),
  'ollama-died': ({ reason }) =>
    problem(
      `Ollama hat während einer Antwort die Verbindung getrennt (${describeReason(reason)}).`,
      returned,
      'Starten Sie Ollama neu.',
    ),
  'ollama-elsewhere': ({ url }) =>
    problem(
      `Ollama unter ${url} ist nicht auf diesem Computer. Von hier lässt es sich nicht starten oder anhalten.`,
      unchanged,
      'Starten Sie es dort. Ihr Knoten macht weiter, sobald es antwortet.',
    ),
  'ollama-not-ours': ({ url }) =>
    problem(
      `Dieses Programm hat das Ollama unter ${url} nicht gestartet. Darum hält es das nicht an und ändert nichts daran.`,
      'Ihr Knoten nutzt es weiter.',
      'Halten Sie es dort an, wo es gestartet wurde.',
    ),
  'ollama-start-failed': ({ reason, logFile }) =>
    problem(
      `Ollama ist nicht gestartet (${describeReason(reason)}).`,
      notEarning,
      `Seine eigenen Meldungen stehen am Ende von ${logFile}`,
    ),
  'ollama-install-unavailable': ({ version, platform }) =>
    problem(
      `Diese Version kann Ollama ${version} auf ${platform} nicht installieren, weil sie keine Prüfsumme dafür kennt.`,
      'Nichts wurde geladen.',
      'Installieren Sie Ollama von ollama.com. Ihr Knoten erkennt es.',
    ),
  'download-failed': ({ url, reason }) =>
    problem(`Der Download von ${url} ist fehlgeschlagen: ${describeReason(reason)}.`, keptPart, resume),
  'download-stalled': ({ url, silentMs }) =>
    problem(`Der Download von ${url} stockte mehrmals ${formatDuration(silentMs)} lang.`, keptPart, resume),
  'download-mismatch': ({ url, expected, found }) =>
    problem(
      `Der Download von ${url} ist nicht die veröffentlichte Datei (erwartet ${printable(expected, 80)}, gefunden ${printable(found, 80)}).`,
      'Er wurde gelöscht, und nichts wurde installiert.',
      changedOnTheWay,
    ),
  'archive-unusable': ({ name, reason }) =>
    problem(
      `${printable(name)} lässt sich nicht entpacken (${describeReason(reason)}).`,
      'Nichts wurde installiert, und nichts davon bleibt.',
      'Versuchen Sie es erneut.',
    ),
  'no-room': ({ path, neededBytes, freeBytes }) =>
    problem(
      `Auf dem Datenträger von ${path} ist zu wenig Platz: Gebraucht werden ${formatBytes(neededBytes)}${freeBytes === null ? '' : `, frei sind ${formatBytes(freeBytes)}`}.`,
      'Nichts wurde installiert.',
      freeSpace,
    ),
  'model-not-installed': ({ model }) =>
    problem(
      `Das Modell ${printable(model)} ist nicht installiert.`,
      'Anfragen dafür werden zurückgegeben.',
      'Laden Sie es auf der Seite „Modelle“.',
    ),
  'model-name-invalid': ({ model }) =>
    problem(
      `Kein Modell kann „${printable(model)}“ heißen.`,
      unchanged,
      'Geben Sie einen Namen wie llama3.2 oder qwen2.5:7b ein.',
    ),
  'model-cloud': ({ model }) =>
    problem(
      `${printable(model)} läuft auf fremden Computern. Eingaben werden nur auf Ihren eigenen beantwortet.`,
      unchanged,
      'Wählen Sie ein Modell ohne „cloud“ im Namen.',
    ),
  'model-unknown': ({ model }) =>
    problem(
      `Die Bibliothek hat kein Modell ${printable(model)}.`,
      unchanged,
      'Prüfen Sie die Schreibweise, oder wählen Sie eines aus der Liste.',
    ),
  'model-in-use': ({ model, use }) =>
    problem(
      `${printable(model)} ${Object.hasOwn(uses, use) ? uses[use] : 'wird gerade benutzt'}.`,
      unchanged,
      use === 'default' ? 'Wählen Sie zuerst ein anderes Standardmodell.' : 'Versuchen Sie es danach erneut.',
    ),
  'pull-needs-consent': ({ model, sizeBytes, askAboveBytes }) =>
    problem(
      `${printable(model)} wurde noch nicht geladen: ${sizeBytes === null ? 'Die Größe ist nicht bekannt' : `Es sind ${formatBytes(sizeBytes)} oder mehr`}.`,
      `Über ${formatBytes(askAboveBytes)} entscheiden Sie.`,
      'Bestätigen Sie den Download.',
    ),
  'pull-no-room': ({ model, path, neededBytes, freeBytes, reserveBytes }) => {
    const where = path === null ? 'dort, wo Ollama seine Modelle speichert' : `in ${printable(path)}`;
    const figures = [
      ...(neededBytes === null ? [] : [`es fehlen ${formatBytes(neededBytes)}`]),
      ...(freeBytes === null ? [] : [`frei sind ${formatBytes(freeBytes)}`]),
      ...(path === null ? [] : [`freigehalten werden ${formatBytes(reserveBytes)}`]),
    ].join(', ');
    return problem(
      `Für ${printable(model)} ist zu wenig Platz ${where}${figures === '' ? '' : `: ${figures}`}.`,
      kept,
      'Geben Sie Speicherplatz frei oder löschen Sie ein Modell, dann versuchen Sie es erneut.',
    );
  },
  'pull-stalled': ({ model, attempts, silentMs }) =>
    problem(
      `Der Download von ${printable(model)} stockte ${attempts}-mal ${formatDuration(silentMs)} lang.`,
      kept,
      'Prüfen Sie das Netzwerk, dann versuchen Sie es erneut.',
    ),
  'pull-incomplete': ({ model }) =>
    problem(
      `Ollama hat den Download von ${printable(model)} beendet, ohne ihn zu bestätigen.`,
      `Er gilt nicht als installiert. ${kept}`,
      resume,
    ),
  'pull-corrupt': ({ model }) =>
    problem(
      `Der Download von ${printable(model)} hat eine andere Prüfsumme als die Bibliothek. Ollama hat ihn gelöscht.`,
      null,
      changedOnTheWay,
    ),
  'pull-needs-newer-ollama': ({ model }) =>
    problem(
      `${printable(model)} braucht ein neueres Ollama.`,
      unchanged,
      'Aktualisieren Sie Ollama, oder wählen Sie ein anderes Modell.',
    ),
  'pull-failed': ({ model, reason }) =>
    problem(`Ollama konnte ${printable(model)} nicht laden (${describeReason(reason)}).`, kept, resume),
  'model-needs-memory': ({ model }) =>
    problem(
      `Für ${printable(model)} ist zu wenig Speicher frei.`,
      'Ohne das Modell nimmt Ihr Knoten keine Anfragen an.',
      'Schließen Sie andere Programme, oder wählen Sie ein kleineres Modell.',
    ),
  'context-overflow': ({ model }) =>
    problem(`Die Anfrage ist länger, als ${printable(model)} lesen kann.`, returned, null),
  'result-empty': ({ model }) => problem(`${printable(model)} gab eine leere Antwort.`, returned, null),
  'result-too-large': ({ limitBytes }) =>
    problem(`Die Antwort war länger als ${formatBytes(limitBytes)}.`, returned, null),
  'deadline-exceeded': ({ deadlineMs }) =>
    problem(`Die Antwort dauerte länger als ${formatDuration(deadlineMs)}.`, returned, null),
  cancelled: ({ reason }) => problem(`Abgebrochen (${describeReason(reason)}).`, unchanged, null),
};
