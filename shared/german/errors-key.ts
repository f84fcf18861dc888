import type { NodeErrorDetails, OfficialAction } from '../errors.ts';
import { printable } from '../printable.ts';
import { actionIn, describeReason } from '../reasons/reason-text.ts';
import type { keyErrorTexts } from '../texts/error-words-key.ts';
import { ofSystem } from '../texts/error-words-key.ts';
import { describePlace } from '../texts/place-text.ts';
import { type ErrorTexts, type Problem, problem } from '../texts/problem.ts';

const silent = 'Ihr Knoten kann nicht signieren. Sie verdienen nicht.';
const noNewKey = 'Es wurde kein neuer Schlüssel erstellt.';
const unchanged = 'Nichts wurde geändert.';
const notEarning = 'Sie verdienen nicht.';
const restoreBackup = 'Stellen Sie Ihre Sicherung wieder her.';
const twoPrograms = 'Zwei Programme mit einem Schlüssel verlieren einander Arbeit.';

const officialActions: Readonly<Record<OfficialAction, string>> = {
  start: 'ist nicht gestartet',
  stop: 'ließ sich nicht anhalten',
  enable: 'ließ sich nicht einschalten',
  disable: 'ließ sich nicht ausschalten',
  'stay-up': 'lief nicht weiter',
};

/** Problems with the node key, the keychain, passphrases, backups and the official client. */
export const germanKeyErrors: Pick<ErrorTexts, keyof typeof keyErrorTexts> = {
  'key-exists': ({ nodeKeyHash, place }) =>
    problem(`In ${describePlace(place)} ist schon ein Schlüssel (${nodeKeyHash}).`, unchanged, null),
  'key-expected': ({ nodeKeyHash, place }) =>
    problem(
      `Der Schlüssel dieses Knotens fehlt in ${describePlace(place)} (${nodeKeyHash}).`,
      `${notEarning} ${noNewKey}`,
      restoreBackup,
    ),
  'key-unknown': ({ path, reason }) =>
    problem(
      `Das Journal ${path} ist nicht lesbar (${describeReason(reason)}). Es nennt vielleicht den registrierten Schlüssel.`,
      'Ein neuer Schlüssel würde für diesen Stake nichts verdienen. Darum wurde keiner erstellt.',
      restoreBackup,
    ),
  'key-missing': ({ nodeKeyHash, place }) =>
    problem(
      `Der Schlüssel ${nodeKeyHash} fehlt in ${describePlace(place)}.`,
      `${silent} ${noNewKey}`,
      restoreBackup,
    ),
  'key-malformed': ({ place, reason }) =>
    problem(
      `In ${describePlace(place)} ist kein Schlüssel eines Knotens (${describeReason(reason)}).`,
      silent,
      restoreBackup,
    ),
  'key-differs': ({ expected, found, place }) =>
    problem(
      `Der Schlüssel in ${describePlace(place)} gehört zu einer anderen Registrierung (${found}, erwartet ${expected}).`,
      `Ihr Knoten sendet nichts. ${notEarning}`,
      'Stellen Sie den richtigen Schlüssel wieder her.',
    ),
  'key-readable-by-others': ({ place, mode }) =>
    problem(
      `Andere auf diesem Computer können den Schlüssel ${describePlace(place)} lesen (Modus ${mode}).`,
      `Solange wird er nicht benutzt. ${notEarning}`,
      'Erlauben Sie nur sich selbst, die Datei zu lesen.',
    ),
  'key-unreadable': ({ place, reason }) =>
    ofSystem(reason, 'key', place) ??
    problem(
      `Der Schlüssel in ${describePlace(place)} ist nicht lesbar: ${describeReason(reason)}.`,
      silent,
      'Machen Sie ihn für den Benutzer lesbar, der den Knoten betreibt.',
    ),
  'keychain-no-session': () =>
    problem(
      'Dieses Programm erreicht keine Desktop-Sitzung. Der Schlüsselbund mit Ihrem Schlüssel lässt sich nicht öffnen.',
      `${notEarning} ${noNewKey}`,
      'Starten Sie den Knoten vom Desktop, oder legen Sie den Schlüssel in eine Datei.',
    ),
  'keychain-not-installed': () =>
    problem(
      'Dieser Computer hat keinen Schlüsselbund für den Schlüssel.',
      unchanged,
      'Installieren Sie GNOME Keyring, KWallet oder KeePassXC, oder nehmen Sie eine Datei.',
    ),
  'keychain-locked': ({ place, dismissed }) =>
    problem(
      dismissed
        ? `Das Entsperren von ${describePlace(place)} wurde abgelehnt.`
        : `Ihr Schlüssel ist in ${describePlace(place)} gesperrt.`,
      `${silent} ${noNewKey}`,
      'Entsperren Sie ihn und versuchen Sie es erneut. Oder verschieben Sie den Schlüssel in eine Datei ohne Passwort.',
    ),
  'keychain-denied': ({ place, reason }) =>
    problem(
      `Dieses Programm hat keinen Zugang zu ${describePlace(place)} (${describeReason(reason)}).`,
      `${silent} ${noNewKey}`,
      'Erlauben Sie es dort, oder stellen Sie Ihre Sicherung in eine Datei wieder her.',
    ),
  'keychain-empty': ({ place }) =>
    problem(
      `In ${describePlace(place)} ist kein Schlüsselring offen. Der Schlüssel lässt sich weder lesen noch speichern.`,
      `${notEarning} ${noNewKey}`,
      'Öffnen oder erstellen Sie dort den Standardring, dann versuchen Sie es erneut.',
    ),
  'keychain-changed': ({ recorded, found }) =>
    problem(
      `Ihr Schlüssel ist in einem anderen Schlüsselbund (${printable(recorded)}) als dem jetzigen (${printable(found)}).`,
      `${notEarning} ${noNewKey}`,
      'Kehren Sie zu jenem zurück, oder stellen Sie Ihre Sicherung wieder her.',
    ),
  'keychain-not-answering': ({ place, reason }) =>
    problem(
      `Von ${describePlace(place)} kam keine Antwort (${describeReason(reason)}).`,
      `${silent} ${noNewKey}`,
      'Melden Sie sich ab und wieder an, dann versuchen Sie es erneut.',
    ),
  'record-missing': ({ nodeKeyHash, place }) =>
    problem(
      `Der Schlüsselbund enthält einen Schlüssel (${nodeKeyHash}), aber sein Eintrag in ${describePlace(place)} fehlt.`,
      `${notEarning} ${noNewKey}`,
      'Reparieren Sie den Eintrag.',
    ),
  'keychain-ambiguous': ({ place }) =>
    problem(
      `In ${describePlace(place)} sind mehrere Schlüssel, und nichts hier zeigt, welcher Ihrer ist.`,
      unchanged,
      restoreBackup,
    ),
  'bus-failed': ({ call, error }) =>
    problem(
      `Die Desktop-Sitzung hat eine Anfrage abgelehnt (${printable(call)}: ${describeReason(error)}).`,
      unchanged,
      'Melden Sie sich ab und wieder an, dann versuchen Sie es erneut.',
    ),
  'no-identity': ({ stateDir }) =>
    problem(
      `In ${stateDir} ist noch kein Schlüssel.`,
      'Ohne Schlüssel können Sie nicht verdienen.',
      'Erstellen Sie einen in der Einrichtung.',
    ),
  'identity-unreadable': ({ path, reason }) =>
    ofSystem(reason, 'record', path) ??
    problem(
      `${path} ist nicht verlässlich (${describeReason(reason)}).`,
      `Ihr Knoten sendet nichts. ${notEarning}`,
      'Reparieren Sie den Eintrag.',
    ),
  'signing-refused': ({ what, reason }) =>
    problem(
      `Der Schlüssel hat nicht signiert (${what}): ${describeReason(reason)}.`,
      'Er signiert nur, was das Netzwerk verlangt.',
      null,
    ),
  'passphrase-needed': ({ place }) =>
    problem(
      `${describePlace(place)} ist mit einer Passphrase gesperrt, und niemand gibt sie ein.`,
      'Ihr Knoten ist nicht gestartet.',
      'Geben Sie die Passphrase ein.',
    ),
  'passphrase-wrong': ({ place }) =>
    problem(
      `Die Passphrase öffnet ${describePlace(place)} nicht.`,
      unchanged,
      'Prüfen Sie Feststelltaste und Tastaturbelegung, dann versuchen Sie es erneut.',
    ),
  'passphrase-unusable': ({ source, reason }) =>
    problem(
      `Die Passphrase aus ${describePlace(source)} wird nicht benutzt: ${describeReason(reason)}.`,
      null,
      reason.startsWith('open-to-others(') ? 'Lassen Sie nur sich selbst diese Datei lesen.' : null,
    ),
  'backup-exists': ({ path }) =>
    problem(
      `${path} gibt es schon, und Dateien werden nie überschrieben.`,
      'Es wurde keine Sicherung erstellt.',
      'Wählen Sie eine andere Datei.',
    ),
  'backup-not-written': ({ path, reason }) =>
    ofSystem(reason, 'backup', path) ??
    problem(
      `Die Sicherung ${path} wurde nicht erstellt: ${describeReason(reason)}.`,
      'Ihr Schlüssel ist unverändert.',
      'Wählen Sie einen anderen Ort.',
    ),
  'backup-unusable': ({ path, reason }) =>
    problem(
      path === ''
        ? `Keine Sicherung ist brauchbar: ${describeReason(reason)}.`
        : `${path} ist als Sicherung eines Schlüssels nicht brauchbar: ${describeReason(reason)}.`,
      unchanged,
      null,
    ),
  'key-in-the-way': ({ nodeKeyHash, place }) =>
    problem(
      `In ${describePlace(place)} ist ein anderer Schlüssel (${nodeKeyHash}).`,
      'Er bleibt, und nichts wurde geändert.',
      null,
    ),
  'key-not-expected': ({ expected, found, place }) =>
    problem(
      `Der Schlüssel aus ${describePlace(place)} (${found}) ist nicht der dieses Knotens (${expected}).`,
      'Die Registrierung würde damit nichts verdienen. Darum wurde nichts geändert.',
      null,
    ),
  'wallet-key': ({ place, address }) =>
    problem(
      `Der Schlüssel aus ${describePlace(place)} ist der Schlüssel der Wallet ${address}, die den Stake hält.`,
      'Er wurde nicht benutzt, denn der Schlüssel eines Knotens liegt auf einem Computer, der immer online ist.',
      'Nehmen Sie den Schlüssel des Knotens, und lassen Sie den der Wallet in der Wallet.',
    ),
  'wallet-phrase': ({ place }) =>
    problem(
      `Der Text aus ${describePlace(place)} sieht aus wie die Seed-Phrase oder der private Schlüssel einer Wallet.`,
      'Es wurde weder benutzt noch behalten. Dieses Programm fragt nie danach. Wer es tut, will Ihren Stake.',
      'Falls andere es sehen konnten, übertragen Sie das Guthaben in eine neue Wallet.',
    ),
  'node-held': ({ nodeKeyHash, stateDir }) =>
    problem(
      `Der Schlüssel ${nodeKeyHash} wurde in ${stateDir} wiederhergestellt. Ob der alte Computer aus ist, ist nicht bestätigt.`,
      `${twoComputers} Darum wird nichts gesendet, und Sie verdienen nicht.`,
      'Bestätigen Sie, dass der alte Computer aus ist.',
    ),
  'uninstall-refused': uninstallRefused,
  'official-missing': ({ path }) =>
    problem(`In ${path} wurde kein Knoten des offiziellen Clients gefunden.`, unchanged, null),
  'official-unusable': ({ path, reason }) =>
    problem(
      `${path} des offiziellen Clients lässt sich nicht übernehmen: ${describeReason(reason)}.`,
      'Nichts wurde dort oder hier geändert.',
      null,
    ),
  'official-running': ({ name, pid }) =>
    problem(
      `Der offizielle Client läuft auf diesem Computer (${describePlace(name)}${pid === null ? '' : `, Prozess ${pid}`}).`,
      `Er läuft weiter, und nichts wurde geändert. ${twoPrograms}`,
      'Wechseln Sie, oder halten Sie ihn zuerst an.',
    ),
  'official-service-failed': ({ action, name, reason }) =>
    problem(
      `Der Dienst ${name} des offiziellen Clients ${actionIn(officialActions, action, 'ist gescheitert')}: ${describeReason(reason)}.`,
      null,
      'Machen Sie diesen Schritt als Administrator selbst, dann versuchen Sie es erneut.',
    ),
  'switch-failed': ({ reason, official }) =>
    problem(
      `Der Wechsel ist fehlgeschlagen: ${describeReason(reason)}.`,
      `${capital(describeReason(official))}.`,
      null,
    ),
};

const twoComputers = 'Zwei Computer mit einem Schlüssel verlieren einander Arbeit.';

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** More than a line can hold would only hide the way out. */
const mostReasons = 4;

function uninstallRefused({ stateDir, keys, undelivered }: NodeErrorDetails['uninstall-refused']): Problem {
  const waiting =
    undelivered === null
      ? ['Das Journal ist nicht lesbar. Darin warten vielleicht fertige Antworten.']
      : undelivered > 0
        ? [
            undelivered === 1
              ? '1 fertige Antwort ist noch nicht geliefert.'
              : `${undelivered} fertige Antworten sind noch nicht geliefert.`,
          ]
        : [];
  const reasons = [...waiting, ...keys.flatMap(atStake)];
  const more = reasons.length > mostReasons ? [`${reasons.length - mostReasons} weitere Gründe.`] : [];
  return problem(
    `Aus ${stateDir} wurde nichts gelöscht.`,
    [...reasons.slice(0, mostReasons), ...more].join(' '),
    null,
  );
}

function atStake(key: NodeErrorDetails['uninstall-refused']['keys'][number]): string[] {
  const { nodeKeyHash, place, nodeId, backup, backupPath, stake, stakeReason } = key;
  const name =
    nodeKeyHash === null ? `Schlüssel in ${describePlace(place)}` : `Schlüssel ${nodeKeyHash.slice(0, 10)}…`;
  const reasons: string[] = [];
  if (stake === 'staked')
    reasons.push(
      `Knoten ${nodeId} hat einen Stake. Ohne den ${name} verdient er nichts, bis Sie auflösen und 7 Tage warten.`,
    );
  if (stake === 'unknown')
    reasons.push(
      `Ob zum ${name} ein Stake gehört, ist nicht bekannt (${describeReason(stakeReason ?? '')}).`,
    );
  if (backup === 'none') reasons.push(`Der ${name} hat keine Sicherung.`);
  if (backup === 'elsewhere') reasons.push(`Die Sicherung vom ${name} ist zurzeit nicht in ${backupPath}.`);
  return reasons;
}
