import { formatDuration } from '../format.ts';
import { printable } from '../printable.ts';
import { describeReason } from '../reasons/reason-text.ts';
import { problem } from '../texts/problem.ts';
import type { updateText } from '../texts/update-text.ts';

const owners: Readonly<Record<string, string>> = {
  deb: 'apt hat dieses Programm installiert, aus einem deb-Paket.',
  rpm: 'dnf hat dieses Programm installiert, aus einem rpm-Paket.',
  app: 'Diese Befehlszeile ist Teil der App ParalleliX Operator, die sie aktualisiert.',
  checkout: 'Dieses Programm läuft aus seinen Quelltexten.',
};

const running = 'Ihr Knoten läuft weiter.';
const nothingInstalled = 'Nichts wurde installiert, und Ihr Knoten läuft weiter.';
const later = 'Versuchen Sie es später.';
const next = 'Warten Sie auf die nächste Version.';

/** What keeps an update from happening. */
export const germanUpdates: typeof updateText = {
  'update-not-here': ({ installedBy, command }) => {
    const owner = Object.hasOwn(owners, installedBy) ? owners[installedBy] : undefined;
    const how =
      installedBy === 'app' ? 'Aktualisieren Sie die App.' : 'Installieren Sie die neue Version ebenso.';
    return problem(
      owner ?? 'install.sh hat diese Kopie nicht installiert.',
      running,
      command === '' || installedBy === 'app' ? how : `Aktualisieren Sie mit: ${printable(command, 400)}`,
    );
  },
  'update-needs-root': ({ command }) =>
    problem(
      'Dieses Programm ist für den ganzen Computer installiert. Nur root kann es ändern.',
      running,
      `Führen Sie aus: ${printable(command, 400)}`,
    ),
  'update-no-key': () =>
    problem(
      'Dieser Build hat keinen Schlüssel für Updates und kann keines prüfen.',
      running,
      'Installieren Sie eine offizielle Version.',
    ),
  'update-untrusted': ({ url, reason }) =>
    problem(
      `Das Update unter ${printable(url)} ${reason === 'unsigned' ? 'ist nicht signiert' : 'hat eine falsche Signatur'}.`,
      nothingInstalled,
      later,
    ),
  'update-manifest-invalid': ({ url, reason }) =>
    problem(
      `Die Liste der Updates unter ${printable(url)} ist nicht lesbar (${describeReason(reason)}).`,
      nothingInstalled,
      later,
    ),
  'update-downgrade': ({ have, offered }) =>
    problem(
      `Angeboten wird Version ${printable(offered)}, installiert ist ${printable(have)}. Ältere Versionen werden nie installiert.`,
      running,
      later,
    ),
  'update-no-package': ({ version, platform }) =>
    problem(
      `Version ${printable(version)} hat kein Paket für diesen Computer (${printable(platform)}).`,
      running,
      next,
    ),
  'update-too-slow': ({ limitMs }) =>
    problem(
      `Das Update dauerte länger als ${formatDuration(limitMs)}.`,
      'Ihr Knoten läuft weiter. Der Download wird beim nächsten Mal fortgesetzt.',
      later,
    ),
  'update-tool-missing': ({ tool }) =>
    problem(
      `Das Programm ${printable(tool)} fehlt. Damit sind Updates gepackt.`,
      running,
      `Installieren Sie ${tool === 'xz' ? 'xz-utils (in Fedora: xz)' : printable(tool)}.`,
    ),
  'update-held-back': ({ version, reason, attempts }) =>
    problem(
      `Version ${printable(version)} ist hier schon gescheitert (${attempts}-mal: ${describeReason(reason)}).`,
      running,
      next,
    ),
  'update-outside-window': ({ window }) =>
    problem(
      `Gerade ist nicht die Zeit für Updates (${printable(window)}).`,
      'Nichts wurde getan, und Ihr Knoten läuft weiter.',
      null,
    ),
  'update-busy': () =>
    problem('Eine andere Installation oder ein anderes Update läuft.', running, 'Warten Sie, bis es endet.'),
  'update-service-failed': ({ name, reason }) =>
    problem(
      `Der Dienst ${printable(name)} ließ sich nicht neu starten (${describeReason(reason)}).`,
      'Vielleicht ist Ihr Knoten offline.',
      'Prüfen Sie seinen Status.',
    ),
  'update-schedule-failed': ({ reason }) =>
    problem(`Automatische Updates ließen sich nicht einplanen (${describeReason(reason)}).`, running, null),
  'update-failed': ({ version, reason, restored, kept }) =>
    restored
      ? problem(
          `Version ${printable(version)} läuft hier nicht (${describeReason(reason)}).`,
          `Version ${printable(kept)} läuft weiter.`,
          next,
        )
      : problem(
          `Version ${printable(version)} läuft hier nicht (${describeReason(reason)}).`,
          `Version ${printable(kept)} ist zurück, aber Ihr Knoten ist nicht online.`,
          'Starten Sie die Prüfungen.',
        ),
};
