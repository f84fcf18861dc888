import type { NodeErrorDetails, ServiceAction } from '../errors.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { printable } from '../printable.ts';
import { actionIn, describeReason } from '../reasons/reason-text.ts';
import { ofSystem } from '../texts/error-words-key.ts';
import type { nodeErrorTexts } from '../texts/error-words-node.ts';
import { type ErrorTexts, problem } from '../texts/problem.ts';
import { serviceRefusedText, serviceUnavailableText } from '../texts/service-text.ts';
import { systemError } from '../texts/system-error-text.ts';

const unchanged = 'Nichts wurde geändert.';
const unaffected = 'Ihr Knoten ist nicht betroffen.';
const anotherPlace = 'Wählen Sie einen anderen Ort.';
const notEarning = 'Sie verdienen nicht.';

const serviceActions: Readonly<Record<ServiceAction, string>> = {
  start: 'ist nicht gestartet',
  stop: 'ließ sich nicht anhalten',
  restart: 'ließ sich nicht neu starten',
  enable: 'ließ sich nicht einschalten',
  disable: 'ließ sich nicht ausschalten',
  reload: 'ließ sich nicht neu laden',
  'make-user': 'bekam keinen eigenen Benutzer',
  'remove-user': 'behielt seinen Benutzer',
  'keep-passphrase': 'konnte seine Passphrase nicht speichern',
};

/** Problems with the network, this computer's files, the running node and the app. */
export const germanNodeErrors: Pick<ErrorTexts, keyof typeof nodeErrorTexts> = {
  'http-aborted': ({ url }) => problem(`Die Anfrage an ${url} wurde abgebrochen.`, unchanged, null),
  'http-body-too-large': ({ url, limitBytes }) =>
    problem(
      `${url} hat mit mehr als ${formatBytes(limitBytes)} geantwortet. Die Antwort wurde verworfen.`,
      null,
      'Prüfen Sie die Adresse.',
    ),
  'http-insecure-url': ({ url }) =>
    problem(
      `${url} ist nicht verschlüsselt und wurde nicht benutzt.`,
      null,
      'Geben Sie eine Adresse mit https:// ein (http:// nur für diesen Computer).',
    ),
  'http-invalid-url': ({ url }) =>
    problem(`${url} ist keine Webadresse.`, null, 'Geben Sie eine ein, die mit https:// beginnt.'),
  'http-redirect-refused': ({ url, status }) =>
    problem(
      `${url} leitet an eine andere Adresse weiter (${status}). Das wird nicht befolgt.`,
      null,
      'Versuchen Sie es später. Haben Sie die Adresse selbst eingegeben, nehmen Sie die endgültige.',
    ),
  'http-timeout': ({ url, timeoutMs }) =>
    problem(
      `${url} hat binnen ${formatDuration(timeoutMs)} nicht geantwortet.`,
      null,
      'Prüfen Sie das Netzwerk, dann versuchen Sie es erneut.',
    ),
  'http-unreachable': ({ url, reason }) =>
    problem(
      `${url} ist nicht erreichbar: ${describeReason(reason)}.`,
      null,
      'Prüfen Sie die Adresse und das Netzwerk.',
    ),
  'ca-file-unreadable': ({ path, reason }) =>
    problem(
      `Die Zertifikate in ${path} sind nicht brauchbar: ${describeReason(reason)}.`,
      null,
      'Wählen Sie eine andere Zertifikatsdatei.',
    ),
  'bundle-refused': ({ found }) =>
    problem(
      `Der Supportbericht wurde nicht erstellt, weil nach dem Schwärzen noch etwas darin stand: ${describeReason(found)}.`,
      'Nichts wurde gespeichert, und nichts hat diesen Computer verlassen.',
      'Lesen Sie stattdessen das Protokoll.',
    ),
  'bundle-not-read': () =>
    problem(
      'Der Supportbericht wurde inzwischen neu erstellt. Speichern lässt sich nur ein gezeigter.',
      'Nichts wurde gespeichert.',
      'Erstellen Sie ihn neu, dann prüfen Sie ihn.',
    ),
  'bundle-not-written': ({ path, reason }) =>
    ofSystem(reason, 'other', path) ??
    problem(
      `Der Supportbericht wurde nicht in ${path} gespeichert: ${describeReason(reason)}.`,
      null,
      anotherPlace,
    ),
  'export-not-written': ({ path, reason }) =>
    problem(
      `Die Erträge wurden nicht in ${path} gespeichert: ${describeReason(reason)}.`,
      null,
      anotherPlace,
    ),
  'service-unavailable': ({ reason, user }) =>
    serviceUnavailableText(reason, user) ??
    problem(`Hier lässt sich kein Dienst installieren: ${describeReason(reason)}.`, null, null),
  'service-refused': ({ reason, detail }) =>
    serviceRefusedText(reason, detail) ??
    problem(`Der Dienst wurde nicht installiert: ${describeReason(reason)}.`, null, null),
  'service-missing': ({ name }) => problem(`Der Dienst ${name} ist nicht installiert.`, null, null),
  'service-not-permitted': ({ group }) =>
    problem(
      `Der Knoten im Dienst dieses Computers ist nur für die Gruppe ${group} offen.`,
      null,
      'Bitten Sie einen Administrator, Sie in die Gruppe aufzunehmen. Melden Sie sich dann neu an.',
    ),
  'service-failed': ({ action, name, reason }) =>
    problem(
      `Der Dienst ${name} ${actionIn(serviceActions, action, 'ist gescheitert')}: ${describeReason(reason)}.`,
      null,
      null,
    ),
  'state-dir-open': ({ path, mode, names }) =>
    problem(
      `Andere auf diesem Computer könnten in ${path} schreiben (Modus ${mode}). Nicht alles darin ist Ihres: ${printable(names, 300)}.`,
      'Nichts davon wird benutzt.',
      'Löschen Sie, was nicht Ihres ist, und lassen Sie nur sich selbst in den Ordner.',
    ),
  'state-dir-unusable': ({ path, reason }) =>
    problem(
      `Der Datenordner ist nicht nutzbar: ${path}: ${describeReason(reason)}.`,
      `Ihr Knoten kann nicht laufen. ${notEarning}`,
      'Beheben Sie das, dann versuchen Sie es erneut.',
    ),
  'file-too-large': ({ path, limitBytes }) =>
    problem(
      `${path} ist größer als ${formatBytes(limitBytes)} und wurde nicht gelesen.`,
      'Wahrscheinlich gehört es zu einem anderen Programm.',
      null,
    ),
  'disk-full': ({ path, place, reason }) => systemError(reason, place, path),
  'file-failed': ({ path, place, reason }) => systemError(reason, place, path),
  'lock-damaged': ({ path }) =>
    problem(
      `Die Sperrdatei ${path} ist beschädigt.`,
      'Die Dateien Ihres Knotens lassen sich damit nicht nutzen.',
      'Sie enthält nichts: Löschen Sie sie, dann versuchen Sie es erneut.',
    ),
  'database-unusable': ({ path, reason }) =>
    problem(
      `Das Journal ${path} ist nicht nutzbar: ${describeReason(reason)}.`,
      `Ohne das Journal startet Ihr Knoten nicht. ${notEarning}`,
      'Legen Sie die Datei beiseite und behalten Sie sie. Es wird eine neue begonnen.',
    ),
  'other-daemon': ({ pid, uptimeMs, stateDir }) =>
    problem(
      `Der Knoten läuft schon${pid === null ? '' : ` als Prozess ${pid}`}${
        uptimeMs === null ? '' : `, seit ${formatDuration(uptimeMs)}`
      }, in ${stateDir}.`,
      'Er läuft weiter, und nichts wurde geändert.',
      'Halten Sie ihn zuerst an.',
    ),
  'settings-read-only': ({ path, schemaVersion }) =>
    problem(
      `Eine neuere Version hat ${path} geschrieben (Schema ${schemaVersion}). Es wird gelesen, aber nicht geändert.`,
      null,
      'Ändern Sie Einstellungen mit jener Version.',
    ),
  'setting-invalid': ({ name, value, reason }) =>
    problem(
      `${printable(name)}${value === '' ? '' : ` kann nicht „${printable(value)}“ sein`}: ${describeReason(reason)}.`,
      null,
      null,
    ),
  'no-daemon': ({ stateDir }) =>
    problem(`In ${stateDir} läuft kein Knoten.`, notEarning, 'Starten Sie den Knoten.'),
  'daemon-not-answering': ({ stateDir, reason }) =>
    problem(
      `Der Knoten in ${stateDir} läuft, hat aber nicht geantwortet (${describeReason(reason)}).`,
      'Vielleicht beantwortet er noch Anfragen.',
      'Versuchen Sie es erneut, dann starten Sie ihn neu.',
    ),
  'restart-unfinished': ({ pid }) =>
    problem(
      `Prozess ${pid} beendet noch seine Anfragen.`,
      'Danach startet Ihr Knoten von selbst wieder.',
      null,
    ),
  'command-unknown': ({ command }) =>
    problem(
      `Der laufende Knoten kennt „${printable(command)}“ nicht, weil er eine andere Version ist.`,
      null,
      'Starten Sie ihn neu, um diese Version zu nutzen.',
    ),
  'command-invalid': ({ command, reason }) =>
    problem(
      `Der laufende Knoten hat ${printable(command)} abgelehnt: ${describeReason(reason)}.`,
      unchanged,
      null,
    ),
  'contract-mismatch': ({ ours, theirs }) =>
    problem(
      `Der laufende Knoten spricht eine andere Version (${theirs}, dieses Programm ${ours}).`,
      'Nur sein Status lässt sich zeigen.',
      'Halten Sie ihn dort an, wo er gestartet wurde. Starten Sie ihn dann mit dieser Version.',
    ),
  'command-refused': ({ reason }) =>
    reason === 'rate'
      ? problem(
          'Auf einmal wurde zu viel verlangt. Darum wurde es abgelehnt.',
          unaffected,
          'Warten Sie kurz, dann versuchen Sie es erneut.',
        )
      : problem(
          'Das kam nicht aus einem eigenen Fenster der App. Darum wurde es abgelehnt.',
          unaffected,
          'Schließen Sie das Fenster und öffnen Sie es wieder.',
        ),
  'link-refused': ({ url }) =>
    problem(
      `${printable(url)} ist keine Seite, die diese App öffnet.`,
      unaffected,
      'Öffnen Sie sie in Ihrem Browser, wenn Sie ihr vertrauen.',
    ),
  'login-item-failed': ({ reason }) =>
    problem(
      `Der Start bei der Anmeldung ließ sich nicht ändern (${describeReason(reason)}).`,
      'Nach einem Neustart verdienen Sie erst, wenn Sie die App öffnen.',
      'Versuchen Sie es erneut, oder ändern Sie es in den Systemeinstellungen.',
    ),
  'menu-entry-failed': ({ path }) =>
    problem(
      `${printable(path)} gehört einem anderen Programm und wurde nicht geändert.`,
      unaffected,
      'Löschen Sie diese Datei, dann versuchen Sie es erneut.',
    ),
  'folder-not-opened': ({ path, reason }) =>
    problem(
      `${printable(path)} ließ sich nicht öffnen: ${describeReason(reason)}.`,
      unaffected,
      'Öffnen Sie den Ordner in Ihrem Dateimanager.',
    ),
  'command-not-installed': commandNotInstalled,
  'internal-error': () =>
    problem(
      'Im Programm ging etwas schief.',
      'Was fertig ist, liegt sicher auf dem Datenträger.',
      'Versuchen Sie es erneut.',
    ),
  usage: ({ input, remedy }) => problem(input === '' ? remedy : `${printable(input)}: ${remedy}`, null, null),
};

function commandNotInstalled({ reason, path }: NodeErrorDetails['command-not-installed']) {
  if (reason === 'taken')
    return problem(
      `${printable(path)} gehört einem anderen Programm und wurde nicht ersetzt.`,
      unaffected,
      'Benennen Sie diese Datei um, dann versuchen Sie es erneut.',
    );
  if (reason === 'service')
    return problem(
      'Ein Dienst läuft mit der Befehlszeile. Darum wurde nichts entfernt.',
      unaffected,
      `Entfernen Sie zuerst den Dienst: ${printable(path)}.`,
    );
  return problem(
    'Die Befehlszeile lässt sich von hier nicht installieren.',
    unaffected,
    'Legen Sie die App in „Programme“ und öffnen Sie sie dort.',
  );
}
