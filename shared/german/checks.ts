import { formatBytes, formatCount, formatDate, formatDuration } from '../format.ts';
import { type FindingWords, tier } from '../texts/check-wording.ts';
import { describeReason, printable, problemOfFinding, whatOfError } from '../texts/error-text.ts';
import { describePlace } from '../texts/place-text.ts';
import type { Action } from '../texts/problem.ts';
import { registrationNotes } from '../texts/registration-text.ts';
import { systemErrorText } from '../texts/system-error-text.ts';
import { germanOllamaChecks } from './checks-ollama.ts';

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1000)} s`;
const says = <F>(means: (facts: F) => string) => ({ means, action: null });
const does = <F>(means: (facts: F) => string, action: string | ((facts: F) => Action | null)) => ({
  means,
  action:
    typeof action === 'string'
      ? action
      : (facts: F) => {
          const said = action(facts);
          return typeof said === 'object' && said !== null ? said : { window: said, terminal: '' };
        },
});
const notEarning = 'Sie verdienen nicht.';
const notSigned = 'Es wurde kein neuer Schlüssel erstellt.';

/** What each finding of the checks means, and how to fix it. */
export const germanChecks: FindingWords = {
  'node-version-fits': says(({ version }) => `Node.js ${version} führt dieses Programm aus.`),
  'node-version-old': does(
    ({ version }) => `Node.js ${version} ist zu alt für dieses Programm.`,
    'Installieren Sie Node.js 24 oder neuer von https://nodejs.org',
  ),
  'state-dir-private': says(({ path }) => `${path} ist nutzbar, und nur von Ihnen.`),
  'state-dir-missing': does(
    ({ path }) => `${path} gibt es noch nicht. Es entsteht mit dem Schlüssel.`,
    'Erstellen Sie einen Schlüssel in der Einrichtung.',
  ),
  'state-dir-open': does(
    ({ path, mode }) =>
      `Andere auf diesem Computer können ${path} öffnen (Modus ${mode}). Darin ist der Schlüssel.`,
    'Lassen Sie nur sich selbst in den Ordner.',
  ),
  'state-dir-unusable': does(
    ({ path, reason }) =>
      `${path} ist nicht nutzbar: ${describeReason(reason)}. Ihr Knoten kann nicht starten. ${notEarning}`,
    'Machen Sie daraus einen Ordner des Benutzers, der den Knoten betreibt.',
  ),
  'settings-healthy': says(() => 'Die Einstellungen sind lesbar.'),
  'settings-healed': does(
    ({ path, reason }) =>
      `${path} war so nicht brauchbar (${describeReason(reason)}). Gültige Werte daraus gelten.`,
    'Prüfen Sie Ihre Einstellungen.',
  ),
  'settings-newer': does(
    ({ path }) =>
      `Eine neuere Version hat ${path} geschrieben. Was davon bekannt ist, gilt. Geändert wird es nicht.`,
    'Nehmen Sie die neuere Version.',
  ),
  'settings-unreadable': does(
    ({ path, reason }) =>
      `${path} ist nicht lesbar (${describeReason(reason)}). Es gelten die Standardwerte.`,
    'Machen Sie es für den Benutzer lesbar, der den Knoten betreibt.',
  ),
  'key-private': says(
    ({ place }) => `Der Schlüssel ist in ${place}, nur von Ihnen lesbar, und der richtige.`,
  ),
  'key-without-record': says(
    ({ place }) =>
      `Der Schlüssel in ${place} ist da, aber sein Eintrag fehlt. Der nächste Start schreibt ihn neu.`,
  ),
  'key-none': does(
    () => 'Es gibt noch keinen Schlüssel. Sie können nicht verdienen.',
    'Erstellen Sie einen Schlüssel in der Einrichtung.',
  ),
  'key-unusable': does(
    whatOfError,
    (facts) =>
      problemOfFinding(facts).action ??
      `Stellen Sie den richtigen Schlüssel wieder her, dann prüfen Sie erneut. ${notSigned}`,
  ),
  'key-in-keychain': does(
    () =>
      'Der Schlüssel ist im Schlüsselbund des Desktops. Er wird gelesen, wenn der Knoten in der App startet.',
    'Öffnen Sie die App, um ihn zu prüfen.',
  ),
  'key-locked-away': says(
    ({ place }) =>
      `Der Schlüssel in ${place} ist mit einer Passphrase gesperrt, die hier nicht eingegeben wurde.`,
  ),
  'key-held': does(
    () =>
      `Ihr Schlüssel wurde wiederhergestellt. Ob der alte Computer aus ist, ist nicht bestätigt. ${notEarning}`,
    'Bestätigen Sie, dass der alte Computer aus ist.',
  ),
  'backup-made': says(
    ({ path, atMs }) =>
      `Eine Sicherung des Schlüssels wurde am ${formatDate(atMs)} gespeichert oder benutzt: ${path}. Vergewissern Sie sich, dass Sie sie noch haben.`,
  ),
  'backup-none': does(
    () =>
      'Dieser Schlüssel hat keine Sicherung. Geht dieser Datenträger verloren, verdient Ihr Stake nichts, bis Sie auflösen und 7 Tage warten.',
    'Speichern Sie in den Einstellungen eine Sicherung, und bewahren Sie sie anderswo auf.',
  ),
  'backup-not-checked': says(() => 'Ohne Schlüssel gibt es nichts zu sichern.'),
  'keychain-not-checked': says(
    () => 'Der Schlüsselbund dieses Systems lässt sich nicht prüfen, ohne Sie um Erlaubnis zu bitten.',
  ),
  'keychain-not-needed': says(
    () => 'Der Schlüssel ist nicht in einem Schlüsselbund. Darum wird keiner gebraucht.',
  ),
  'keychain-holds-key': says(
    ({ program }) =>
      `Der Schlüsselbund${program === null ? '' : ` (${printable(program)})`} ist offen und hat einen Eintrag für den Schlüssel. Der Schlüssel wurde nicht gelesen.`,
  ),
  'keychain-unusable': does(
    whatOfError,
    (facts) => problemOfFinding(facts).action ?? `Entsperren Sie den Schlüsselbund. ${notSigned}`,
  ),
  ...germanOllamaChecks,
  'disk-has-room': says(({ freeBytes }) => `${formatBytes(freeBytes)} sind frei.`),
  'disk-tight': does(
    ({ freeBytes, reserveBytes }) =>
      `Nur ${formatBytes(freeBytes)} sind frei. Unter ${formatBytes(reserveBytes)} werden keine Anfragen angenommen.`,
    'Geben Sie Speicherplatz frei.',
  ),
  'disk-full': does(
    ({ freeBytes, reserveBytes }) =>
      `Nur ${formatBytes(freeBytes)} sind frei, und ${formatBytes(reserveBytes)} werden gebraucht. Es werden keine Anfragen angenommen.`,
    'Geben Sie Speicherplatz frei. Anfragen kommen dann von selbst wieder.',
  ),
  'disk-not-writable': does(
    ({ path, reason }) => systemErrorText(reason, 'state-dir', path),
    'Bringen Sie den Datenträger in Ordnung. Anfragen kommen dann von selbst wieder.',
  ),
  'disk-not-checked': says(
    ({ reason }) => `Der freie Platz ließ sich nicht lesen (${describeReason(reason)}).`,
  ),
  'coordinator-answers': says(({ url }) => `Der Koordinator antwortet unter ${url}.`),
  'coordinator-unreachable': does(
    ({ url, reason }) =>
      `Der Koordinator unter ${url} ist nicht erreichbar: ${describeReason(reason)}. Zeit ohne ihn zählt nicht als online.`,
    'Prüfen Sie Internet und Proxy. Ihr Knoten versucht es weiter.',
  ),
  'clock-right': says(({ skewMs }) =>
    Math.abs(skewMs) < 1500
      ? 'Die Uhr dieses Computers geht richtig.'
      : `Die Uhr dieses Computers geht ${seconds(skewMs)} ${skewMs > 0 ? 'vor' : 'nach'}. Das schadet nicht.`,
  ),
  'clock-off': does(
    ({ skewMs }) =>
      `Die Uhr dieses Computers geht ${seconds(skewMs)} ${skewMs > 0 ? 'vor' : 'nach'}. Lebenszeichen können abgelehnt werden. Diese Zeit bringt vielleicht keinen Ertrag.`,
    'Schalten Sie die automatische Uhrzeit (NTP) ein.',
  ),
  'clock-not-checked': says(() => 'Es kam keine Uhrzeit vom Server. Die Uhr ließ sich nicht vergleichen.'),
  registered: says(
    ({ nodeId, owner }) => `Dieser Schlüssel ist als Knoten ${nodeId} von ${owner} registriert.`,
  ),
  'registered-elsewhere': says(
    ({ nodeId, expected }) =>
      `Dieser Schlüssel ist als Knoten ${nodeId} registriert, erwartet wurde Knoten ${expected}.`,
  ),
  'registered-by-other-owner': does(
    ({ nodeId, owner, expected }) =>
      `Knoten ${nodeId} gehört ${owner}, erwartet wurde ${expected}. Erträge gehen an ${owner}.`,
    'Ist das nicht Ihre Wallet, erstellen und registrieren Sie einen neuen Schlüssel.',
  ),
  'not-registered': does(
    () => 'Dieser Schlüssel ist noch nicht registriert. Sie können nicht verdienen.',
    ({ hold, note }) =>
      hold === null
        ? [
            ...registrationNotes(note),
            ...(note === 'other-network' ? [] : ['Registrieren Sie sich in der Console.']),
          ].join(' ')
        : 'Prüfen Sie Ihre GPU, bevor Sie sich registrieren.',
  ),
  'registration-lost': does(
    ({ nodeId }) =>
      `Dieser Schlüssel war als Knoten ${nodeId} registriert, aber das Netzwerk kennt die Registrierung nicht mehr. ${notEarning}`,
    'Wurde der Stake abgehoben, registrieren Sie sich neu. Sonst prüfen Sie den Knoten in der Console: https://app.parallelix.io',
  ),
  'registration-unknown': does(
    ({ reason }) => `Ob dieser Schlüssel registriert ist, ließ sich nicht prüfen: ${describeReason(reason)}.`,
    'Prüfen Sie erneut, wenn der Koordinator antwortet.',
  ),
  'registration-without-key': does(
    () => 'Ohne Schlüssel gibt es nichts zu prüfen.',
    'Erstellen Sie zuerst den Schlüssel.',
  ),
  'tier-agrees': says(({ tier: number }) => `Registriert und erkannt: ${tier(number)}.`),
  'tier-too-high': does(
    ({ declared, probed }) =>
      `Registriert: Stufe ${declared}, erkannt: Stufe ${probed}. Das Netzwerk kann Ihre Onlinezeit streichen. Ihr Stake ist nicht betroffen.`,
    'Schließen Sie die registrierte GPU an, oder registrieren Sie sich neu mit der erkannten Stufe.',
  ),
  'tier-risk-accepted': does(
    ({ declared, probed }) =>
      `Registriert: Stufe ${declared}, erkannt: Stufe ${probed}. Sie haben angenommen, dass das Netzwerk Ihre Onlinezeit streichen kann.`,
    'Schließen Sie die registrierte GPU an, oder nehmen Sie das auf der Seite „Hardware“ zurück.',
  ),
  'tier-too-low': does(
    ({ declared, probed }) =>
      `Registriert ist Stufe ${declared}, aber dieser Computer zeigt Stufe ${probed}, die mehr bringt.`,
    'Für die höhere Stufe registrieren Sie einen weiteren Knoten. Soweit bekannt, lässt sich eine Stufe nicht ändern.',
  ),
  'tier-not-checked': does(
    ({ probed }) => `Dieser Computer zeigt ${tier(probed)}. Seine registrierte Stufe ist nicht bekannt.`,
    ({ probed, hold }) =>
      hold === null
        ? `Registrieren Sie sich mit Stufe ${probed}.`
        : 'Prüfen Sie Ihre GPU, bevor Sie sich registrieren.',
  ),
  'rpc-mainnet': says(({ url }) => `${url} antwortet für Ethereum.`),
  'rpc-practice': says(
    ({ url, chainId }) => `${url} antwortet für Chain ${printable(chainId)}, eine zum Üben.`,
  ),
  'rpc-other-chain': does(
    ({ url, chainId }) =>
      `${url} antwortet für Chain ${printable(chainId)}. Das ist nicht Ethereum, und die Werte wären falsch.`,
    'Geben Sie in den Einstellungen einen Ethereum-RPC ein.',
  ),
  'rpc-unreachable': does(
    ({ url, reason }) =>
      `${url} antwortet nicht (${describeReason(reason)}). Anfragen und Ertrag sind nicht betroffen.`,
    'Prüfen Sie die Adresse in den Einstellungen.',
  ),
  'rpc-none': says(
    () => 'Sie haben keinen eigenen Ethereum-RPC eingestellt. Anfragen und Ertrag brauchen keinen.',
  ),
  'daemon-runs': says(
    ({ pid, uptimeMs }) => `Der Knoten läuft als Prozess ${pid}, seit ${formatDuration(uptimeMs)}.`,
  ),
  'daemon-not-running': does(
    () => 'Ihr Knoten läuft nicht, und nur Onlinezeit bringt Ertrag.',
    'Starten Sie den Knoten.',
  ),
  'heartbeats-accepted': says(
    ({ accepted }) => `Das Netzwerk nimmt Ihre Lebenszeichen an, bisher ${formatCount(accepted)}.`,
  ),
  'heartbeats-failing': does(
    ({ reason }) =>
      `Das Netzwerk lehnt Ihre Lebenszeichen ab: ${describeReason(reason)}. Diese Zeit zählt nicht als online.`,
    'Der Knoten versucht es weiter.',
  ),
  'heartbeats-not-checked': says(() => 'Noch hat kein laufender Knoten ein Lebenszeichen gesendet.'),
  'official-not-here': says(
    () => 'Soweit erkennbar, läuft der offizielle Client auf diesem Computer nicht mit diesem Schlüssel.',
  ),
  'official-runs': does(
    ({ name, pid }) =>
      `Der offizielle Client läuft auf diesem Computer mit diesem Schlüssel (${describePlace(name)}${pid === null ? '' : `, Prozess ${pid}`}). Zwei Programme mit einem Schlüssel verlieren einander Arbeit.`,
    'Wechseln Sie.',
  ),
  'last-run-ended-well': says(() => 'Der letzte Lauf endete nicht durch einen Fehler.'),
  'last-run-crashed': does(
    ({ at }) =>
      `Ein Fehler im Programm beendete einen Lauf: ${printable(at)}. Die Zeit danach zählte bis zum nächsten Start nicht.`,
    'Geschieht das wieder, erstellen Sie einen Supportbericht.',
  ),
  'last-run-none': says(() => 'Ihr Knoten lief hier noch nicht.'),
  'sleep-not-checked': does(
    () =>
      'Ruhezustand und Neustart sind noch nicht geprüft. Zeit im Ruhezustand oder ausgeschaltet bringt keinen Ertrag.',
    'Schalten Sie „Wach halten“ und „Bei Anmeldung starten“ ein.',
  ),
  'weight-not-checked': does(
    () => 'Ihr Anteil am Netzwerk ist noch nicht geprüft. Er sinkt, wenn andere dazukommen.',
    'Sehen Sie auf der Seite „Rewards“ der Console nach: https://app.parallelix.io',
  ),
};
