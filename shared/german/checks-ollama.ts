import { formatBytes, formatDuration } from '../format.ts';
import { describeGpuCause } from '../hardware/gpu-causes.ts';
import type { ollamaTexts } from '../texts/check-text-ollama.ts';
import { type FindingWords, tier } from '../texts/check-wording.ts';
import { describeReason, printable } from '../texts/error-text.ts';
import { describePlace } from '../texts/place-text.ts';

const says = <F>(means: (facts: F) => string) => ({ means, action: null });
const does = <F>(means: (facts: F) => string, action: string | ((facts: F) => string)) => ({ means, action });

/** What the checks say of hardware, Ollama and models. */
export const germanOllamaChecks: Pick<FindingWords, keyof typeof ollamaTexts> = {
  'hardware-probed': says(
    ({ tier: number, gpu }) => `Dieser Computer: ${tier(number)}${gpu === null ? ', ohne GPU' : `, ${gpu}`}.`,
  ),
  'hardware-doubtful': does(
    ({ tier: number, tool, detail }) =>
      `Dieser Computer zeigt ${tier(number)}, aber mit ${describePlace(tool)} gab es Schwierigkeiten${detail === '' ? '' : `: ${describeReason(detail)}`}. Vielleicht fehlt eine GPU.`,
    'Beheben Sie den Treiberfehler, dann suchen Sie erneut.',
  ),
  'hardware-noted': does(
    ({ tier: number, count, first }) =>
      `Dieser Computer: ${tier(number)}. Zu seiner Hardware gibt es ${count === 1 ? 'einen Hinweis' : `${count} Hinweise, der erste`}: ${printable(first)}.`,
    'Lesen Sie sie auf der Seite „Hardware“.',
  ),
  'ollama-answers': says(
    ({ url, version, whose }) =>
      `Ollama antwortet unter ${url}${version === null ? '' : `, Version ${printable(version)}`}${
        whose === 'ours'
          ? ', von diesem Knoten gestartet'
          : whose === 'users'
            ? ', nicht von diesem Knoten gestartet'
            : ''
      }.`,
  ),
  'ollama-old': does(
    ({ url, version }) =>
      `Ollama unter ${url} hat Version ${printable(version)}. Eine so alte kürzt lange Eingaben oder kennt den Zweck der Modelle nicht.`,
    'Aktualisieren Sie Ollama so, wie es installiert wurde.',
  ),
  'ollama-startable': does(
    ({ url }) => `Ollama ist installiert und läuft nicht unter ${url}. Ihr Knoten startet es.`,
    'Starten Sie den Knoten.',
  ),
  'ollama-remote': does(
    ({ url }) =>
      `Ollama antwortet unter ${url}, einem anderen Computer. Die Eingaben anderer gehen über Ihr Netzwerk dorthin.`,
    'Betreiben Sie Ollama auf diesem Computer, oder halten Sie das Netzwerk privat.',
  ),
  'ollama-missing': does(
    ({ url }) =>
      `Ollama ist nicht installiert, und unter ${url} antwortet nichts. Ihr Knoten nimmt keine Anfragen an. Sie verdienen nicht.`,
    'Installieren Sie Ollama auf der Seite „Modelle“.',
  ),
  'ollama-down': does(
    ({ url, reason }) =>
      `Ollama antwortet nicht unter ${url} (${describeReason(reason)}). Ihr Knoten nimmt keine Anfragen an. Sie verdienen nicht.`,
    'Starten Sie Ollama auf der Seite „Modelle“.',
  ),
  'ollama-strange': does(
    ({ url, reason }) => `Unter dieser Adresse ist kein Ollama: ${url} (${describeReason(reason)}).`,
    'Prüfen Sie die Adresse in den Einstellungen.',
  ),
  'model-ready': says(
    ({ model, servable, cloud, embedding }) =>
      `${printable(model)} ist das Standardmodell. Einsetzbar: ${servable} installierte${servable === 1 ? 's Modell' : ' Modelle'}${excluded(cloud, embedding)}.`,
  ),
  'model-too-big': does(
    ({ model, neededBytes, budgetBytes }) =>
      `${printable(model)} braucht ${formatBytes(neededBytes)}, und Modelle dürfen hier ${formatBytes(budgetBytes)} nutzen. Antworten können ihre Frist verpassen, oder es lädt nicht.`,
    'Wählen Sie ein kleineres Modell.',
  ),
  'model-asked-for-missing': does(
    ({ wanted, model }) =>
      `${printable(wanted)} ist nicht installiert oder nicht einsetzbar. Stattdessen antwortet ${printable(model)}.`,
    'Laden Sie es auf der Seite „Modelle“.',
  ),
  'model-none': does(
    () => 'Es ist kein einsetzbares Modell installiert. Ihr Knoten kann nicht starten. Sie verdienen nicht.',
    ({ recommended }) => `Laden Sie ${recommended} auf der Seite „Modelle“.`,
  ),
  'model-not-checked': does(
    () => 'Die Modelle lassen sich nicht auflisten, solange Ollama nicht antwortet.',
    'Beheben Sie zuerst das Problem mit Ollama.',
  ),
  'generation-works': says(
    ({ model, ms }) => `${printable(model)} hat einen Test in ${formatDuration(ms)} beantwortet.`,
  ),
  'generation-fails': does(
    ({ model, reason }) =>
      `Ollama läuft, aber ${printable(model)} hat einen Test nicht beantwortet: ${describeReason(reason)}. Ihr Knoten kann keine Anfragen beantworten.`,
    'Starten Sie Ollama neu, dann prüfen Sie erneut.',
  ),
  'generation-timed-out': does(
    ({ model, limitMs }) =>
      `${printable(model)} hat einen Test nicht binnen ${formatDuration(limitMs)} beantwortet. Ihr Knoten kann Anfragen nicht rechtzeitig beantworten.`,
    'Starten Sie Ollama neu, oder wählen Sie ein kleineres Modell.',
  ),
  'generation-loading': does(
    ({ model, limitMs }) =>
      `${printable(model)} wurde nicht binnen ${formatDuration(limitMs)} geladen. Die erste Anfrage kann ihre Frist verpassen.`,
    'Prüfen Sie erneut, wenn es geladen ist.',
  ),
  'generation-no-memory': does(
    ({ model }) =>
      `Für ${printable(model)} ist zu wenig Speicher da. Ihr Knoten kann keine Anfragen beantworten.`,
    'Schließen Sie andere Programme, oder wählen Sie ein kleineres Modell.',
  ),
  'generation-queue-full': does(
    ({ model }) =>
      `Ollama ist ausgelastet und hat einen Test von ${printable(model)} abgelehnt. Es kann auch Anfragen ablehnen.`,
    'Prüfen Sie, welche anderen Programme dieses Ollama nutzen.',
  ),
  'generation-while-serving': says(
    () => 'Ihr Knoten beantwortet gerade Anfragen. Ein Test würde sie aufhalten.',
  ),
  'generation-while-testing': does(
    () => 'Ein Tempotest läuft. Ein zweiter würde seine Werte verändern.',
    'Prüfen Sie erneut, wenn er beendet ist.',
  ),
  'generation-not-checked': does(
    () => 'Antworten brauchen ein laufendes Ollama und ein Modell.',
    'Beheben Sie zuerst die Probleme mit Ollama und Modell.',
  ),
  'gpu-used': says(({ model, percent }) => `${printable(model)} läuft zu ${percent} % auf der GPU.`),
  'gpu-unused': does(
    ({ model, gpu, cause }) =>
      `${printable(model)} läuft auf der CPU, nicht auf Ihrer ${printable(gpu)}. Antworten können ihre Frist verpassen.${cause === '' ? '' : ` Wahrscheinliche Ursache: ${describeGpuCause(cause)}.`}`,
    'Starten Sie Ollama neu. Sein Protokoll nennt den Grund.',
  ),
  'gpu-none': says(() => 'Hier gibt es keine GPU für Modelle. Sie laufen auf der CPU.'),
  'gpu-not-checked': does(
    () => 'Ob Modelle die GPU nutzen, zeigt sich erst, wenn eines geladen ist.',
    'Prüfen Sie erneut, während der Knoten läuft.',
  ),
  'models-disk-has-room': says(
    ({ path, freeBytes }) => `Für Modelle sind ${formatBytes(freeBytes)} frei in ${printable(path)}.`,
  ),
  'models-disk-guessed': says(
    ({ path, freeBytes }) =>
      `${formatBytes(freeBytes)} sind frei in ${printable(path)}, wo Ollama meist Modelle speichert. Gemeldet hat es das nicht.`,
  ),
  'models-disk-tight': does(
    ({ path, freeBytes, reserveBytes }) =>
      `Nur ${formatBytes(freeBytes)} sind frei in ${printable(path)}, und ${formatBytes(reserveBytes)} werden freigehalten. Kein Modell wird geladen.`,
    'Geben Sie Speicherplatz frei, oder löschen Sie ein Modell.',
  ),
  'models-disk-not-checked': says(
    () =>
      'Der Platz für Modelle ist nicht bekannt. Sie sind auf einem anderen Computer, oder ihr Ordner ist nicht lesbar.',
  ),
  'parallel-fits': says(({ concurrency }) =>
    concurrency === 1
      ? 'Anfragen werden einzeln beantwortet.'
      : `${concurrency} Anfragen werden zugleich beantwortet. Ollama wurde für so viele gestartet.`,
  ),
  'parallel-unknown': does(
    ({ concurrency }) =>
      `${concurrency} Anfragen werden zugleich angenommen, aber Ihr Knoten hat dieses Ollama nicht gestartet. Schafft es weniger, warten die anderen und können ihre Frist verpassen.`,
    'Setzen Sie gleichzeitige Anfragen auf 1.',
  ),
};

function excluded(cloud: number, embedding: number): string {
  const parts = [
    ...(embedding > 0 ? [`${embedding} nur für Embeddings`] : []),
    ...(cloud > 0 ? [`${cloud} in einer Cloud, wohin keine Eingabe geht`] : []),
  ];
  return parts.length === 0 ? '' : `. Ausgenommen: ${parts.join(', ')}`;
}
