import type { NodeErrorDetails, OfficialAction } from '../errors.ts';
import { printable } from '../printable.ts';
import { actionIn, describeReason } from '../reasons/reason-text.ts';
import { type SystemPlace, systemErrno } from '../system-errors.ts';
import { describePlace } from './place-text.ts';
import { type ErrorTexts, eitherWay, type Problem, problem } from './problem.ts';
import { systemError } from './system-error-text.ts';

const silent = 'Your node can’t sign, so you’re not earning.';
const noNewKey = 'No new key was made.';
const unchanged = 'Nothing was changed.';
const restoreBackup = 'Restore your backup.';

/** Where the reason is an error of the system, the words of its own table. */
export function ofSystem(reason: string, place: SystemPlace, path: string): Problem | null {
  const errno = systemErrno(reason);
  return errno === null ? null : systemError(errno, place, path);
}

const officialActions: Readonly<Record<OfficialAction, string>> = {
  start: 'didn’t start',
  stop: 'didn’t stop',
  enable: 'couldn’t be enabled',
  disable: 'couldn’t be disabled',
  'stay-up': 'didn’t keep running',
};

/** Problems with the node key, the keychain, passphrases, backups and the official client. */
export const keyErrorTexts = {
  'key-exists': ({ nodeKeyHash, place }) =>
    problem(
      `There is a node key in ${place} already (${nodeKeyHash}).`,
      unchanged,
      eitherWay(null, 'Keep it, or move it to a backup and make a new one with: init --force'),
    ),
  'key-expected': ({ nodeKeyHash, place }) =>
    problem(
      `The key of this node is missing from ${place} (${nodeKeyHash}).`,
      `You’re not earning. ${noNewKey}`,
      restoreBackup,
    ),
  'key-unknown': ({ path, reason }) =>
    problem(
      `The journal ${path} can’t be read (${describeReason(reason)}). It may name the key that is registered.`,
      `A new key would earn nothing for that stake, so none was made.`,
      eitherWay(
        restoreBackup,
        'Restore your backup with: parallelix-operator key restore FILE. If you never registered here, make a key with: init --force',
      ),
    ),
  'key-missing': ({ nodeKeyHash, place }) =>
    problem(`The node key ${nodeKeyHash} is missing from ${place}.`, `${silent} ${noNewKey}`, restoreBackup),
  'key-malformed': ({ place, reason }) =>
    problem(`${place} doesn’t hold a node key (${describeReason(reason)}).`, silent, restoreBackup),
  'key-differs': ({ expected, found, place }) =>
    problem(
      `The key in ${place} belongs to another registration (${found}, expected ${expected}).`,
      'Your node sends nothing, so you’re not earning.',
      'Restore the right key.',
    ),
  'key-readable-by-others': ({ place, mode }) =>
    problem(
      `Others on this computer can read the node key ${place} (mode ${mode}).`,
      'It isn’t used while they can, so you’re not earning.',
      eitherWay('Let only yourself read that file.', `Run: chmod 600 ${place}`),
    ),
  'key-unreadable': ({ place, reason }) =>
    ofSystem(reason, 'key', place) ??
    problem(
      `The node key in ${place} can’t be read: ${describeReason(reason)}.`,
      silent,
      'Make it readable for the user who runs the node.',
    ),
  'keychain-no-session': () =>
    problem(
      'No desktop session reaches this program, so the keychain with your node key can’t be opened.',
      `You’re not earning. ${noNewKey}`,
      'Start the node from your desktop, or keep the key in a file.',
    ),
  'keychain-not-installed': () =>
    problem(
      'This computer has no keychain that could hold the node key.',
      unchanged,
      'Install GNOME Keyring, KWallet or KeePassXC, or keep the key in a file.',
    ),
  'keychain-locked': ({ place, dismissed }) =>
    problem(
      dismissed ? `Unlocking ${place} was declined.` : `Your key is locked: ${place}.`,
      `${silent} ${noNewKey}`,
      'Unlock it and retry, or move the key to a file that needs no password.',
    ),
  'keychain-denied': ({ place, reason }) =>
    problem(
      `This program may not use ${place} (${describeReason(reason)}).`,
      `${silent} ${noNewKey}`,
      'Allow it there, or restore your backup to a file.',
    ),
  'keychain-empty': ({ place }) =>
    problem(
      `No keyring is open in ${place}, so the node key can’t be read or saved.`,
      `You’re not earning. ${noNewKey}`,
      'Open or create its default keyring, then retry.',
    ),
  'keychain-changed': ({ recorded, found }) =>
    problem(
      `Your node key is in another keychain (${printable(recorded)}) than the one here now (${printable(found)}).`,
      `You’re not earning. ${noNewKey}`,
      'Return to that keychain, or restore your backup.',
    ),
  'keychain-not-answering': ({ place, reason }) =>
    problem(
      `No answer came from ${place} (${describeReason(reason)}).`,
      `${silent} ${noNewKey}`,
      'Sign out and in again, then retry.',
    ),
  'record-missing': ({ nodeKeyHash, place }) =>
    problem(
      `The keychain holds a node key (${nodeKeyHash}), but its record in ${place} is missing.`,
      `You’re not earning. ${noNewKey}`,
      eitherWay(
        'Repair the key record.',
        'Repair it with: parallelix-operator key repair. If the key is another node’s, make one with: init --force',
      ),
    ),
  'keychain-ambiguous': ({ place }) =>
    problem(
      `There are several node keys in ${place}, and nothing here shows which one is yours.`,
      unchanged,
      restoreBackup,
    ),
  'bus-failed': ({ call, error }) =>
    problem(
      `The desktop session refused a request (${printable(call)}: ${describeReason(error)}).`,
      unchanged,
      'Sign out and in again, then retry.',
    ),
  'no-identity': ({ stateDir }) =>
    problem(
      `There is no node key in ${stateDir} yet.`,
      'You can’t earn without one.',
      eitherWay('Create one in Setup.', 'Create one with: parallelix-operator setup'),
    ),
  'identity-unreadable': ({ path, reason }) =>
    ofSystem(reason, 'record', path) ??
    problem(
      `${path} can’t be trusted (${describeReason(reason)}).`,
      'Your node sends nothing, so you’re not earning.',
      eitherWay('Repair the key record.', 'Repair it with: parallelix-operator key repair'),
    ),
  'signing-refused': ({ what, reason }) =>
    problem(
      `The node key didn’t sign a ${what}: ${describeReason(reason)}.`,
      'It only signs what the network asks for.',
      null,
    ),
  'passphrase-needed': ({ place }) =>
    problem(
      `${place} is locked with a passphrase, and nobody is here to type it.`,
      'Your node didn’t start.',
      eitherWay(
        'Type the passphrase.',
        'Run this in a terminal, or name a file with the passphrase in PARALLELIX_KEY_PASSPHRASE_FILE. A service can have it as the systemd credential parallelix-key-passphrase.',
      ),
    ),
  'passphrase-wrong': ({ place }) =>
    problem(
      `The passphrase doesn’t open ${place}.`,
      unchanged,
      'Check Caps Lock and keyboard layout, then retry.',
    ),
  'passphrase-unusable': ({ source, reason }) =>
    problem(
      `The passphrase from ${source} isn’t used: ${describeReason(reason)}.`,
      null,
      reason.startsWith('open-to-others(')
        ? eitherWay('Let only yourself read that file.', `Run: chmod 600 ${source}`)
        : null,
    ),
  'backup-exists': ({ path }) =>
    problem(
      `${path} already exists, and files are never overwritten.`,
      'No backup was made.',
      'Choose another file.',
    ),
  'backup-not-written': ({ path, reason }) =>
    ofSystem(reason, 'backup', path) ??
    problem(
      `The backup ${path} wasn’t made: ${describeReason(reason)}.`,
      'Your key is as it was.',
      'Choose another place.',
    ),
  'backup-unusable': ({ path, reason }) =>
    problem(
      path === ''
        ? `No backup can be used: ${describeReason(reason)}.`
        : `${path} can’t be used as a backup of a node key: ${describeReason(reason)}.`,
      unchanged,
      null,
    ),
  'key-in-the-way': ({ nodeKeyHash, place, source }) =>
    problem(
      `Another node key (${nodeKeyHash}) is in ${place}.`,
      'It stays, and nothing was changed.',
      eitherWay(
        null,
        `To use the one from ${source}, add --different-key --yes-really. The present one is moved to a backup first.`,
      ),
    ),
  'key-not-expected': ({ expected, found, place }) =>
    problem(
      `The key from ${place} (${found}) is not the one of this node (${expected}).`,
      'That registration would earn nothing with it, so nothing was changed.',
      eitherWay(
        null,
        'To use it anyway, add --different-key --yes-really. What is here is moved to a backup first.',
      ),
    ),
  'wallet-key': ({ place, address }) =>
    problem(
      `The key from ${place} is the key of the wallet ${address}, which holds the stake.`,
      'It wasn’t used, because a node key is kept on a computer that is always online.',
      'Use the node key, and keep the wallet key in the wallet.',
    ),
  'wallet-phrase': ({ place }) =>
    problem(
      `${place} looks like the seed phrase or the private key of a wallet.`,
      'It was neither used nor kept. This program never asks for one; whoever does wants your stake.',
      'If others could see it, move the funds to a new wallet.',
    ),
  'node-held': ({ nodeKeyHash, stateDir }) =>
    problem(
      `The key ${nodeKeyHash} was restored on ${stateDir}, and the old computer isn’t confirmed to be off.`,
      'Two computers with one key lose each other’s work, so nothing is sent and you’re not earning.',
      eitherWay(
        'Confirm that the old computer is off.',
        'Once it is off, run: parallelix-operator key confirm --old-machine-is-off',
      ),
    ),
  'uninstall-refused': uninstallRefused,
  'official-missing': ({ path }) =>
    problem(
      `No node of the official client was found in ${path}.`,
      unchanged,
      eitherWay(null, 'Name its directory: parallelix-operator key import DIR'),
    ),
  'official-unusable': ({ path, reason }) =>
    problem(
      `${path} of the official client can’t be imported: ${describeReason(reason)}.`,
      'Nothing was changed there or here.',
      null,
    ),
  'official-running': ({ name, pid }) =>
    problem(
      `The official client runs on this computer (${describePlace(name)}${pid === null ? '' : `, process ${pid}`}).`,
      'It keeps running, and nothing was changed. Two programs with one key lose each other’s work.',
      eitherWay('Migrate, or stop it first.', 'Stop it first, or migrate with: parallelix-operator switch'),
    ),
  'official-service-failed': ({ action, name, reason }) =>
    problem(
      `The service ${name} of the official client ${actionIn(officialActions, action, 'failed')}: ${describeReason(reason)}.`,
      null,
      'Do that step yourself as an administrator, then retry.',
    ),
  'switch-failed': ({ reason, official }) =>
    problem(
      `The migration failed: ${describeReason(reason)}.`,
      `${capital(describeReason(official))}.`,
      null,
    ),
} satisfies Partial<ErrorTexts>;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** More than a line can hold would only hide the way out. */
const mostReasons = 4;

function uninstallRefused({ stateDir, keys, undelivered }: NodeErrorDetails['uninstall-refused']): Problem {
  const waiting =
    undelivered === null
      ? ['The journal can’t be read, so finished answers may be waiting in it.']
      : undelivered > 0
        ? [`${undelivered} finished answer${undelivered === 1 ? ' is' : 's are'} not delivered yet.`]
        : [];
  const reasons = [...waiting, ...keys.flatMap(atStake)];
  const more = reasons.length > mostReasons ? [`${reasons.length - mostReasons} more reasons.`] : [];
  return problem(
    `Nothing was deleted from ${stateDir}.`,
    [...reasons.slice(0, mostReasons), ...more].join(' '),
    eitherWay(
      null,
      'Solve that first. To lose it anyway, run: parallelix-operator uninstall --data --lose-key --yes-really',
    ),
  );
}

function atStake(key: NodeErrorDetails['uninstall-refused']['keys'][number]): string[] {
  const { nodeKeyHash, place, nodeId, backup, backupPath, stake, stakeReason } = key;
  const name = nodeKeyHash === null ? `the key in ${place}` : `key ${nodeKeyHash.slice(0, 10)}…`;
  const reasons: string[] = [];
  if (stake === 'staked')
    reasons.push(
      `Node ${nodeId} is staked. Without ${name} it earns nothing until you unstake and wait 7 days.`,
    );
  if (stake === 'unknown')
    reasons.push(`Whether ${name} is staked isn’t known (${describeReason(stakeReason ?? '')}).`);
  if (backup === 'none') reasons.push(`${capital(name)} has no backup.`);
  if (backup === 'elsewhere') reasons.push(`The backup of ${name} is not at ${backupPath} now.`);
  return reasons;
}
