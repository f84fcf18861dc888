import { formatBytes, formatTime } from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import { duration, type EventWords, figuresOf, number, reason, text } from '../texts/event-text.ts';
import { describeFailure } from '../texts/failure-text.ts';

const untilThen = 'Bis dahin werden keine Anfragen angenommen.';

/** What entries of the log say that are worth a line. */
export const germanEvents: EventWords = {
  'node-started': ({ nodeId }) => `Knoten ${text(nodeId)} läuft. Das erste Lebenszeichen folgt.`,
  'heartbeat-accepted': () => 'Erstes Lebenszeichen angenommen. Ab jetzt zählt die Onlinezeit.',
  'heartbeat-accepted-again': ({ afterMs }) =>
    `Nach ${duration(afterMs)} werden Lebenszeichen wieder angenommen. Die Onlinezeit zählt wieder.`,
  'heartbeat-not-accepted': ({ reason: why }) =>
    `Lebenszeichen nicht angenommen: ${reason(why)}. Diese Zeit zählt vielleicht nicht. Der Knoten versucht es weiter.`,
  'signed-time': ({ corrected }) =>
    corrected === true
      ? 'Lebenszeichen tragen jetzt die Uhrzeit des Koordinators, weil die Uhr dieses Computers falsch geht.'
      : 'Lebenszeichen tragen wieder die Uhrzeit dieses Computers.',
  registration: ({ status, nodeId, tier }) =>
    status === 'registered'
      ? `Registriert als Knoten ${text(nodeId)}${typeof tier === 'number' ? ` mit Stufe ${tier}` : ''}.`
      : 'Dieser Schlüssel ist noch nicht registriert. Sie können nicht verdienen. Eine Registrierung wird von selbst erkannt.',
  'registration-not-saved': () =>
    'Die Registrierung ließ sich nicht speichern. Sie wird beim nächsten Mal wieder gesucht.',
  'request-accepted': ({ requestId }) => `${text(requestId)} empfangen.`,
  'request-finished': ({ requestId }, answers) =>
    `${text(requestId)} beantwortet${figuresOf(requestId, answers)}, wird geliefert.`,
  delivered: ({ requestId }, answers) => `${text(requestId)} geliefert${figuresOf(requestId, answers)}`,
  'request-failed': ({ requestId, failure }, answers) =>
    `${text(requestId)} zurückgegeben: ${describeFailure(String(failure))}${figuresOf(requestId, answers)}`,
  'request-not-run': ({ requestId, failure }) =>
    `${text(requestId)} unbeantwortet zurückgegeben: ${describeFailure(String(failure))}.`,
  'requests-not-run': ({ count, failures }) =>
    `${text(count)} Anfragen unbeantwortet zurückgegeben: ${String(failures).split(', ').map(describeFailure).join(', ')}.`,
  reported: ({ requestId }) => `Das Netzwerk weiß, dass ${text(requestId)} zurückgegeben wurde.`,
  'request-again': ({ requestId }) => `${text(requestId)} kam noch einmal und wird nicht doppelt ausgeführt.`,
  'outbox-waiting': ({ requestId, reason: why }) =>
    `Die Antwort auf ${text(requestId)} wartet: ${reason(why)}. Sie ist gespeichert und wird wieder gesendet.`,
  'outbox-refused': ({ requestId, reason: why, status }) =>
    status === 409
      ? `Das Netzwerk hat schon eine Antwort auf ${text(requestId)} (${reason(why)}). Unsere kam vorher an, oder ein anderer Computer nutzt diesen Schlüssel.`
      : `Das Netzwerk hat die Antwort auf ${text(requestId)} abgelehnt: ${reason(why)}. Sie bleibt als abgelehnt im Journal.`,
  'outbox-expired': ({ requestId }) =>
    `Die Antwort auf ${text(requestId)} ließ sich zu lange nicht liefern und wird nicht mehr gesendet. Ihr Text ist gelöscht, ihr Eintrag bleibt.`,
  'inbox-not-answering': ({ reason: why }) =>
    `Der Eingang antwortet nicht: ${reason(why)}. Bis dahin kommen keine Anfragen an.`,
  'inbox-answers-again': ({ afterMs }) => `Der Eingang antwortet wieder, nach ${duration(afterMs)}.`,
  'inbox-entries-refused': ({ count }) =>
    `${text(count)} Einträge des Eingangs waren nicht verständlich und wurden nicht ausgeführt.`,
  'ollama-running': ({ version, models }) =>
    `Ollama antwortet${version ? ` (Version ${text(version)})` : ''} mit ${text(models)} ${models === 1 ? 'Modell' : 'Modellen'}.`,
  'ollama-not-running': ({ reason: why }) => `Ollama antwortet nicht: ${reason(why)}. ${untilThen}`,
  'model-loading': ({ model }) => `${text(model)} wird geladen. ${untilThen}`,
  'model-loaded': ({ model, ms }) => `${text(model)} wurde in ${duration(ms)} geladen.`,
  'model-not-loaded': ({ model, reason: why }) =>
    `${text(model)} ließ sich nicht laden (${reason(why)}). Es werden keine Anfragen angenommen. Der Knoten versucht es weiter.`,
  'model-driven-out': ({ model }) =>
    `${text(model)} musste einem anderen Modell weichen und wird wieder geladen.`,
  'models-released': ({ models }) => `Aus dem Speicher entfernt: ${text(models)}.`,
  'gpu-unused': ({ model, causes }) => {
    const [cause = ''] = String(causes).split(', ');
    return `${text(model)} läuft auf der CPU, nicht auf Ihrer GPU.${cause === '' ? '' : ` Wahrscheinliche Ursache: ${describeGpuCause(cause)}.`}`;
  },
  'parallel-unknown': ({ concurrency }) =>
    `${text(concurrency)} Anfragen werden zugleich angenommen, aber dieses Ollama schafft vielleicht weniger. Die anderen können ihre Frist verpassen. Setzen Sie OLLAMA_NUM_PARALLEL=${text(concurrency)}, wo es gestartet wird.`,
  paused: ({ untilMs }, _answers, tMs) =>
    `Pausiert${typeof untilMs === 'number' ? ` bis ${formatTime(untilMs, tMs)}` : ''}. Lebenszeichen laufen weiter, Anfragen werden nicht angenommen.`,
  resumed: () => 'Fortgesetzt. Anfragen werden wieder angenommen.',
  draining: ({ limitMs }) =>
    `Laufende Anfragen werden beendet, bis zu ${duration(limitMs)} lang. Neue werden nicht angenommen.`,
  stopped: ({ served, undelivered }) =>
    `Angehalten. ${text(served)} beantwortet, ${text(undelivered)} warten auf den Versand.`,
  'disk-full': ({ freeBytes }) =>
    `Der Datenträger ist voll${typeof freeBytes === 'number' ? ` (${formatBytes(freeBytes)} frei)` : ''}. Bis Platz ist, werden keine Anfragen angenommen. Lebenszeichen laufen weiter.`,
  'disk-not-writable': ({ reason: why }) =>
    `Auf den Datenträger lässt sich nichts schreiben: ${reason(why)}. ${untilThen} Lebenszeichen laufen weiter.`,
  'disk-has-room': () => 'Der Datenträger hat wieder Platz. Anfragen werden wieder angenommen.',
  'journal-recovered': ({ interrupted, undelivered }) =>
    `Aus dem letzten Lauf warten ${text(undelivered)} Meldungen und Antworten auf den Versand (${text(interrupted)} wurden unterbrochen).`,
  'journal-row-damaged': ({ seq }) =>
    `Zeile ${text(seq)} des Journals wurde auf dem Datenträger beschädigt. Davon wird nichts gesendet. Prüfen Sie den Datenträger.`,
  'outbox-row-unpostable': ({ seq }) =>
    `Zeile ${text(seq)} des Journals ließ sich nicht signieren oder senden und wurde abgeschlossen.`,
  'journal-put-aside': ({ path }) =>
    `Das Journal war nicht lesbar und bleibt als ${text(path)} erhalten. Ihr Knoten hat ein neues begonnen.`,
  'tier-changed': ({ from, to }) =>
    `Dieser Computer zeigt jetzt Stufe ${text(to)}. Es war Stufe ${text(from)}.`,
  'driver-changed': () =>
    'Ein GPU-Treiber dieses Computers hat sich geändert. Die Hardware wird neu gelesen.',
  'probe-failed': () =>
    'Die Hardware ließ sich nicht lesen. Das letzte Ergebnis gilt weiter, und Ihr Knoten läuft weiter.',
  'telemetry-failed': ({ tool, reason: why }) =>
    `${text(tool)} gibt keine aktuellen Werte der GPU (${reason(why)}). Es werden keine gezeigt, und Ihr Knoten läuft weiter.`,
  woke: ({ durationMs }) =>
    `Dieser Computer war ${duration(durationMs)} im Ruhezustand. Diese Zeit zählte nicht.`,
  'clock-set': ({ byMs }) =>
    `Die Uhr dieses Computers wurde ${duration(Math.abs(number(byMs) ?? 0))} ${(number(byMs) ?? 0) < 0 ? 'zurückgestellt' : 'vorgestellt'}.`,
  'pause-not-saved': () => 'Pausiert, aber das ließ sich nicht speichern. Es endet mit diesem Lauf.',
  state: ({ code }) => `Status: ${text(code)}.`,
  crashed: () =>
    'Ein Fehler im Programm hat den Knoten beendet. Was fertig ist, liegt sicher auf dem Datenträger.',
};
