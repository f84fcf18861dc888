import { registrationWords } from '../texts/registration-text.ts';
import { unknownText, type WalletWords } from '../wallet/text.ts';

const connect = 'Verbinden Sie die Wallet, der der Knoten gehört.';
const node = (id: string | null) => (id === null ? 'Ihren Knoten' : `Knoten #${id}`);
const runsUntil = (until: string | null) => (until === null ? '' : ` bis ${until}`);

/** What is said of wallet actions. Names of the Console's pages are English, as they are there. */
export const germanWallet: WalletWords = {
  titles: {
    approve: 'PRLX freigeben',
    register: 'Knoten registrieren',
    claim: 'Erträge abrufen',
    'request-unstake': 'Auflösung beantragen',
    'cancel-unstake': 'Auflösung abbrechen',
    withdraw: 'Stake abheben',
  },
  meanings: {
    approve: 'Erlaubt dem Register, genau diesen Betrag einmal aus Ihrer Wallet zu nehmen.',
    register:
      'Hinterlegt Ihren Stake und registriert diesen Schlüssel. Beim Aussteigen bekommen Sie den ganzen Stake zurück.',
    claim: 'Sendet an Ihre Wallet, was Ihr Knoten verdient hat. Ihr Knoten läuft weiter.',
    'request-unstake':
      'Ihr Knoten verdient nicht mehr, und 7 Tage Wartezeit beginnen. Bis zu ihrem Ende können Sie abbrechen.',
    'cancel-unstake': 'Beendet die Wartezeit. Ihr Knoten geht von selbst wieder online und verdient.',
    withdraw: 'Gibt Ihren ganzen Stake an Ihre Wallet zurück. Es gibt kein Slashing.',
  },
  steps: {
    approve: () => [
      'Geben Sie den Betrag des Stakes ein.',
      'Geben Sie PRLX frei. Prüfen Sie vorher Empfänger und Betrag in Ihrer Wallet.',
    ],
    register: (_, prefilled) => [
      prefilled
        ? 'Stufe und Schlüssel sind ausgefüllt.'
        : 'Öffnen Sie „My Nodes“ und registrieren Sie einen Knoten.',
      'Geben Sie PRLX frei, dann bestätigen Sie die Registrierung.',
    ],
    claim: (id) => [connect, `Öffnen Sie „Rewards“ und rufen Sie den Ertrag für ${node(id)} ab.`],
    'request-unstake': (id) => [
      connect,
      `Öffnen Sie „My Nodes“, wählen Sie ${node(id)} und beantragen Sie die Auflösung.`,
    ],
    'cancel-unstake': (id) => [
      connect,
      `Öffnen Sie „My Nodes“, wählen Sie ${node(id)} und brechen Sie die Auflösung ab.`,
    ],
    withdraw: (id) => [connect, `Öffnen Sie „My Nodes“, wählen Sie ${node(id)} und heben Sie den Stake ab.`],
  },
  doubts: {
    approve: 'Die Anleitung nennt den Empfänger nicht. Es sollte das hier gezeigte Register sein.',
    register: null,
    claim: null,
    'request-unstake':
      'ParalleliX hat nicht gesagt, ob Sie in der Wartezeit noch abrufen können. Rufen Sie zuerst ab.',
    'cancel-unstake': null,
    withdraw: 'ParalleliX hat nicht gesagt, ob das Abheben auch abruft. Rufen Sie zuerst ab.',
  },
  preconditions: {
    'other-network': () => registrationWords()['other-network'],
    'other-console': () => registrationWords()['other-console'],
    'not-running': () => 'Nicht geprüft: Ihr Knoten läuft nicht.',
    'no-key': () => 'Erstellen Sie zuerst einen Schlüssel.',
    'not-registered': () => 'Dieser Knoten ist noch nicht registriert.',
    'already-registered': (id) =>
      id === null ? 'Dieser Schlüssel ist registriert.' : `Registriert als Knoten #${id}.`,
    'registration-held': () =>
      'Vielleicht wurde eine GPU nicht erkannt. Prüfen Sie Ihre Hardware vor dem Registrieren.',
    'stake-too-small': () => 'Der Mindest-Stake ist 50.000 PRLX.',
    'state-unknown': () => 'Nicht geprüft: Der Status Ihres Knotens ist noch nicht bekannt.',
    'nothing-to-claim': () => 'Es gibt nichts abzurufen.',
    'claimable-unknown': (reason) => `Der abrufbare Betrag ist nicht bekannt: ${unknownText(reason)}.`,
    'claim-while-cooling': () => 'ParalleliX hat nicht gesagt, ob Abrufe in der Wartezeit gehen.',
    'already-cooling': (_, until) => `Die Auflösung ist beantragt. Die Wartezeit läuft${runsUntil(until)}.`,
    'not-cooling': () => 'Für diesen Knoten ist keine Auflösung beantragt.',
    'cooldown-running': (_, until) => `Die Wartezeit läuft${runsUntil(until)}.`,
    'cooldown-over': () => 'Die Wartezeit ist vorbei. ParalleliX hat nicht gesagt, ob ein Abbruch noch geht.',
    withdrawn: () => 'Der Stake dieses Knotens wurde abgehoben.',
    'would-fail': (revert) =>
      revert === null
        ? 'Der Vertrag würde diesen Aufruf jetzt ablehnen.'
        : `Der Vertrag würde dies ablehnen: ${revert}.`,
  },
  reasons: {
    'not-read-yet': 'es wurde noch nicht gelesen',
    'not-registered': 'Ihr Knoten ist noch nicht registriert',
    'other-network': 'die Verträge dieses Netzwerks sind nicht bekannt',
    'no-rpc': 'kein Ethereum-Server ist eingestellt',
    'no-code': 'unter der Adresse ist kein Vertrag',
    'function-absent': 'dem Vertrag fehlt diese Funktion',
    'layout-unproven': 'das Format des Vertrags ist nicht veröffentlicht und ließ sich nicht belegen',
    contradicted: 'das Gelesene widerspricht sich',
    unreachable: 'kein Ethereum-Server antwortet',
    'rate-limited': 'die Ethereum-Server begrenzen Anfragen',
    'not-an-rpc': 'der Ethereum-Server gab eine ungültige Antwort',
    'other-chain': 'der Ethereum-Server gehört zu einer anderen Blockchain',
    'history-pruned': 'der Ethereum-Server hat diese Blöcke nicht mehr',
    'range-too-wide': 'der Ethereum-Server gibt zu wenige Blöcke auf einmal heraus',
    'too-few-samples': 'noch nicht lange genug gemessen',
    'pool-empty': 'der Ertragstopf ist leer',
    'not-published': 'es ist nicht veröffentlicht',
  },
  reasonUnknown: 'der Grund ist nicht bekannt',
  effects: {
    registered: (nodeId) => (nodeId === null ? 'Registriert.' : `Registriert als Knoten #${nodeId}.`),
    claimed: (amount) => (amount === null ? 'Abgerufen.' : `${amount} PRLX abgerufen.`),
    cooling: (until) => `Auflösung beantragt. Die Wartezeit läuft${runsUntil(until)}.`,
    staked: () => 'Auflösung abgebrochen. Ihr Knoten hat wieder seinen Stake.',
    withdrawn: () => 'Ihr Stake wurde an Ihre Wallet abgehoben.',
  },
  cooldown: (left) => `Auflösung: noch ${left}`,
  withdrawable: {
    contract: 'Bereit zum Abheben',
    guide: 'Bereit zum Abheben, nach den 7 Tagen der Anleitung',
  },
};
