import type { NodeError, NodeErrorCode, NodeErrorDetails } from '../errors.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { type SystemPlace, systemErrno } from '../system-errors.ts';
import { printable } from './printable.ts';
import { serviceRefusedText, serviceUnavailableText } from './service-text.ts';
import { systemErrorText } from './system-error-text.ts';
import { updateText } from './update-text.ts';

export { printable };

const reasonTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no answer in time',
  timeout: 'no answer in time',
  aborted: 'called off',
  ENOTFOUND: 'no such name on the internet',
  EAI_AGAIN: 'names cannot be looked up just now',
  EAI_FAIL: 'names cannot be looked up',
  ENETUNREACH: 'no way to the network',
  ENETDOWN: 'the network is down',
  EHOSTUNREACH: 'no way to that computer',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'part of the path is not a directory',
  EISDIR: 'it is a directory',
  EIO: 'the disk reports an error',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EMFILE: 'this program has too many open files',
  ENFILE: 'this computer has too many open files',
  ENOENT: 'it is not there',
  CERT_HAS_EXPIRED: 'its certificate has expired, or this computer’s clock is ahead',
  CERT_NOT_YET_VALID: 'its certificate isn’t valid yet, so this computer’s clock may be behind',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody we trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody we trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody we trust',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  PROXY_UNSUPPORTED:
    'the proxy in HTTPS_PROXY or ALL_PROXY can’t be used; it must be an http or https address',
  PROXY_PASSWORD: 'the proxy’s password contains %, #, / or ?; write them as %25, %23, %2F and %3F',
  PROXY_407: 'the proxy wants a user name and password, or refused them',
  'not-a-file': 'it is not a file',
  'not-the-coordinator': 'a web page answered instead, perhaps a sign-in page of this network',
  'body-too-large': 'the answer was too long',
  not_staked: 'no stake is locked for this node',
  in_cooldown: 'unstaking is under way',
  tier_mismatch: 'the hardware does not match the registered tier',
  rpc_error: 'the network cannot read the chain just now',
  refused: 'it was refused',
  rejected: 'it belongs to another user',
  busy: 'it still waits for an answer to an earlier question',
  'service-died': 'the program behind it ended',
  'keyring-library': 'the part of this program that opens it cannot be loaded',
  'keyring-failed': 'it reported an error',
  'readable-by-others': 'others on this computer could read it',
  'stored-twice': 'it is stored there twice; delete one of the two entries if they are the same',
  'listed-not-given': 'the entry is there and is not given out',
  'read-back-differs': 'what was put in did not come back the same',
  'not-deleted': 'the entry is still there after it was deleted',
  EADDRINUSE: 'another program uses that address',
  'not-answering': 'it runs but does not answer',
  'stopped-on-request': 'it was stopped on request',
  'ended-from-outside': 'somebody else ended it',
  'own-service': 'the system’s own Ollama service is installed and does not run',
  'deadline-exceeded': 'no answer before the deadline',
  'ollama-died': 'it broke off in the middle of an answer',
  'ollama-answer-invalid': 'its answer made no sense',
  'unexpected error': 'an unexpected error',
  'model-needs-memory': 'too little free memory',
  'keychain-no-session': 'no desktop session',
  'keychain-not-installed': 'no keychain on this computer',
  'keychain-denied': 'access was refused',
  'keychain-empty': 'no keyring is open in it',
  'keychain-changed': 'it is another one than the key was put in',
  'keychain-not-answering': 'it does not answer',
};

/** A reason code (`ECONNREFUSED`, `http_503`, `not_staked`) as text; an unknown one as it is. */
export function describeReason(reason: string): string {
  const own = Object.hasOwn(reasonTexts, reason) ? reasonTexts[reason] : undefined;
  if (own !== undefined) return own;
  const status = /^http_(\d{3})$/.exec(reason)?.[1] ?? /^status (\d{3})$/.exec(reason)?.[1];
  return status === undefined ? printable(reason, 80) : `it answered with status ${status}`;
}

/** Where the reason is an error of the system, its own words of the table. */
function ofSystem(reason: string, place: SystemPlace, path: string): string | null {
  const errno = systemErrno(reason);
  return errno === null ? null : systemErrorText(errno, place, path);
}

const modelUses: Readonly<Record<string, string>> = {
  request: 'has to wait: a request is being answered just now',
  default: 'is the model for requests that name none, and the node serves with it',
  test: 'is being tested just now',
  pull: 'is being pulled just now',
};

/**
 * Every error as text: what happened, what it means for earning, what to do. One line each; the
 * record is exhaustive, so a new code without a text does not compile.
 */
export const errorText: { readonly [C in NodeErrorCode]: (details: NodeErrorDetails[C]) => string } = {
  ...updateText,
  'http-aborted': ({ url }) => `The request to ${url} was called off; nothing was changed.`,
  'http-body-too-large': ({ url, limitBytes }) =>
    `${url} answered with more than ${formatBytes(limitBytes)}, so the answer was dropped; check that the address is the right one.`,
  'http-insecure-url': ({ url }) =>
    `${url} is not encrypted and was not used; give an https:// address (http:// only for this computer).`,
  'http-invalid-url': ({ url }) =>
    `${url} is not a web address that can be used; give one that begins with https://.`,
  'http-redirect-refused': ({ url, status }) =>
    `${url} sends requests elsewhere (${status}), which is not followed here; give the final address.`,
  'http-timeout': ({ url, timeoutMs }) =>
    `${url} did not answer within ${formatDuration(timeoutMs)}; check the network and try again.`,
  'http-unreachable': ({ url, reason }) =>
    `${url} cannot be reached: ${describeReason(reason)}; check the address and the network.`,
  'ca-file-unreadable': ({ path, reason }) =>
    `The certificates in ${path} cannot be used: ${describeReason(reason)}; mend the file or take the setting caFile back.`,
  'key-exists': ({ nodeKeyHash, place }) =>
    `There is a node key already (${nodeKeyHash}) in ${place}; nothing was changed, and it stays the key of this node; to replace it all the same, init --force moves it to a backup first.`,
  'key-expected': ({ nodeKeyHash, place }) =>
    `This node has served with the key ${nodeKeyHash}, and that key is no longer in ${place}; nothing is earned without it; put it back from your backup. No new key was made.`,
  'key-unknown': ({ path, reason }) =>
    `The journal ${path} cannot be read (${describeReason(reason)}), and it may name the key that this node is registered with; a new key would earn nothing for that stake, so none was made; put the key back with: parallelix-operator key restore FILE; or, if nothing was ever registered here, make one with: init --force`,
  'key-missing': ({ nodeKeyHash, place }) =>
    `The node key ${nodeKeyHash} is no longer in ${place}; the node cannot sign, so it earns nothing; put the key back from your backup. No new key was made.`,
  'key-malformed': ({ place, reason }) =>
    `What lies in ${place} is not a node key (${reason}); the node cannot sign, so it earns nothing; put the key back from your backup.`,
  'key-differs': ({ expected, found, place }) =>
    `The key in ${place} belongs to another registration (${found}, expected ${expected}); the node stays silent and earns nothing; put the right key back.`,
  'key-readable-by-others': ({ place, mode }) =>
    `Others on this computer can read the node key ${place} (mode ${mode}); it is not used like that; run: chmod 600 ${place}`,
  'key-unreadable': ({ place, reason }) =>
    ofSystem(reason, 'key', place) ??
    `The node key in ${place} cannot be read: ${describeReason(reason)}; the node cannot sign, so it earns nothing; make it readable for the user who runs the node.`,
  'keychain-no-session': () =>
    'No desktop session reaches this program, so the keychain with the node key cannot be opened; the node earns nothing without it; start it from your desktop, or keep the key in a file. No new key was made.',
  'keychain-not-installed': () =>
    'There is no keychain on this computer, so no node key can be read from it or put in it; nothing was changed; install one (GNOME Keyring, KWallet or KeePassXC), or keep the key in a file.',
  'keychain-locked': ({ place, dismissed }) =>
    `${dismissed ? `Unlocking ${place} was declined` : `It is locked: ${place}`}; the node cannot sign until it opens, so it earns nothing; unlock it and try again, or move the key to a file so that restarts need no password. No new key was made.`,
  'keychain-denied': ({ place, reason }) =>
    `This program may not use ${place} (${describeReason(reason)}); the node cannot sign, so it earns nothing; allow it there, as the user whose desktop it is, or restore your backup to a file. No new key was made.`,
  'keychain-empty': ({ place }) =>
    `No keyring is open in ${place}, so the node key cannot be looked for and none can be put in; nothing is earned without it; open or create its default keyring, then try again. No new key was made.`,
  'keychain-changed': ({ recorded, found }) =>
    `The node key was put in another keychain (${printable(recorded)}) than the one here now (${printable(found)}); nothing is earned without it; go back to that keychain, or restore your backup. No new key was made.`,
  'keychain-not-answering': ({ place, reason }) =>
    `No answer came from ${place} (${describeReason(reason)}); the node cannot sign without it, so it earns nothing; log in anew, or restart the program that keeps it, and try again. No new key was made.`,
  'record-missing': ({ nodeKeyHash, place }) =>
    `The keychain holds a node key already (${nodeKeyHash}), and nothing in ${place} says what belongs to it; nothing is earned meanwhile, and no new key was made; repair it with: parallelix-operator key repair; or, if the key is another node's, make one with: init --force`,
  'keychain-ambiguous': ({ place }) =>
    `There are several node keys in ${place}, and nothing here shows which one is yours; nothing was changed; restore your backup.`,
  'bus-failed': ({ call, error }) =>
    `The desktop session did not do what was asked (${printable(call)}: ${describeReason(error)}); nothing was changed; log in anew and try again.`,
  'no-identity': ({ stateDir }) =>
    `There is no node key in ${stateDir} yet, so there is nothing to earn with; make one with: parallelix-operator init`,
  'identity-unreadable': ({ path, reason }) =>
    ofSystem(reason, 'record', path) ??
    `${path} cannot be trusted (${reason}), so the node stays silent and earns nothing; repair it with: parallelix-operator key repair`,
  'signing-refused': ({ what, reason }) =>
    `The node key did not sign a ${what}: ${reason}; the key signs only what the network asks for.`,
  'passphrase-needed': ({ place }) =>
    `${place} is locked with a passphrase and nobody is here to type it; nothing was started or made; name a file that holds it with PARALLELIX_KEY_PASSPHRASE_FILE, hand it over as the systemd credential parallelix-key-passphrase, or run this in a terminal.`,
  'passphrase-wrong': ({ place }) =>
    `The passphrase does not open ${place}; nothing was changed; try again, and mind capitals and the keyboard layout.`,
  'passphrase-unusable': ({ source, reason }) => `The passphrase from ${source} is not used: ${reason}.`,
  'bundle-refused': ({ found }) =>
    `The diagnostics were not made, because after everything private was taken out there was still ${found} in them; nothing was written and nothing left this computer; the log can be read as it is.`,
  'bundle-not-read': () =>
    'Only diagnostics that were read here can be saved, and these were made anew meanwhile; nothing was written; prepare them once more and read them.',
  'bundle-not-written': ({ path, reason }) =>
    ofSystem(reason, 'other', path) ??
    `The diagnostics were not saved to ${path}: ${describeReason(reason)}; choose another place.`,
  'export-not-written': ({ path, reason }) =>
    `The earnings were not saved to ${path}: ${describeReason(reason)}; choose another place.`,
  'backup-exists': ({ path }) =>
    `Something stands at ${path} already, and it is never overwritten; no backup was made; name another file.`,
  'backup-not-written': ({ path, reason }) =>
    ofSystem(reason, 'backup', path) ??
    `The backup ${path} was not made: ${describeReason(reason)}; the key itself is untouched; mend that or name another place.`,
  'backup-unusable': ({ path, reason }) =>
    `${path} cannot be used as a backup of a node key: ${describeReason(reason)}; nothing was changed.`,
  'key-in-the-way': ({ nodeKeyHash, place, source }) =>
    `Another node key (${nodeKeyHash}) is in ${place}, and it stays; nothing was changed; to use the one from ${source} in its place say so twice: --different-key --yes-really moves the present one to a backup first.`,
  'key-not-expected': ({ expected, found, place }) =>
    `The key from ${place} (${found}) is not the one that this node is registered with (${expected}); with it that registration earns nothing, so nothing was changed; to use it all the same say so twice: --different-key --yes-really moves what is here to a backup first.`,
  'wallet-key': ({ place, address }) =>
    `The key from ${place} is the key of the wallet ${address}, which holds the stake; it is not taken, because a node key lies on a computer that is always online; use the node key, and keep the wallet key in the wallet.`,
  'wallet-phrase': ({ place }) =>
    `${place} looks like the seed phrase or the private key of a wallet; it was neither used nor kept; no part of this program ever asks for one, and whoever does wants your stake; if it was typed where others can see it, move the funds to a new wallet.`,
  'node-held': ({ nodeKeyHash, stateDir }) =>
    `The key ${nodeKeyHash} was restored on ${stateDir}, and nothing is sent with it before the old machine is off: two machines with one key lose each other’s work; when it is off, run: parallelix-operator key confirm --old-machine-is-off`,
  'uninstall-refused': uninstallRefusal,
  'official-missing': ({ path }) =>
    `No node of the official client was found in ${path}; nothing was changed; name its directory: parallelix-operator key import DIR`,
  'official-unusable': ({ path, reason }) =>
    `${path} of the official client cannot be taken over: ${describeReason(reason)}; nothing was changed there or here.`,
  'official-running': ({ name, pid }) =>
    `The official client serves on this computer (${name}${pid === null ? '' : `, process ${pid}`}); it goes on, and nothing was changed here; two programs with one key lose each other’s work: stop it first, or change over with: parallelix-operator switch`,
  'official-service-failed': ({ action, name, reason }) =>
    `The service ${name} of the official client did not ${action}: ${printable(reason, 200)}; run that step yourself as an administrator, then run the command again.`,
  'switch-failed': ({ reason, official }) =>
    `The change-over did not happen: ${printable(reason, 300)}; ${official}.`,
  'service-unavailable': ({ reason, user }) =>
    serviceUnavailableText(reason, user) ?? `No service can be installed here: ${describeReason(reason)}`,
  'service-refused': ({ reason, detail }) =>
    serviceRefusedText(reason, detail) ?? `The service was not installed: ${describeReason(reason)}`,
  'service-missing': ({ name }) =>
    `The service ${name} isn't installed. Install it with: parallelix-operator service install`,
  'service-not-permitted': ({ group, user }) =>
    `The node of this computer's service is only open to the group ${group}. Join it, then sign in again: sudo usermod -aG ${group} ${user}`,
  'service-failed': ({ action, name, reason }) =>
    `The service ${name} couldn't ${action}: ${describeReason(reason)}`,
  'state-dir-open': ({ path, mode, names }) =>
    `Others on this computer could write to ${path} (mode ${mode}). Not all in it is yours: ${printable(names, 300)}. Nothing of it is used. Delete what isn't yours, then run: chmod 700 ${path}`,
  'state-dir-unusable': ({ path, reason }) =>
    `The state directory cannot be used: ${path}: ${describeReason(reason)}; mend it, or name another one with --state-dir.`,
  'file-too-large': ({ path, limitBytes }) =>
    `${path} is larger than ${formatBytes(limitBytes)} and was not read; it is probably not ours.`,
  'disk-full': ({ path, place, reason }) => systemErrorText(reason, place, path),
  'file-failed': ({ path, place, reason }) => systemErrorText(reason, place, path),
  'lock-damaged': ({ path }) =>
    `The lock file ${path} is damaged. Your node's files can't be used with it. It holds nothing: delete it, then retry.`,
  'database-unusable': ({ path, reason }) =>
    `The journal ${path} cannot be used: ${describeReason(reason)}; the node does not start without it; move the file away to begin a new one, and keep it.`,
  'other-daemon': ({ pid, uptimeMs, stateDir }) =>
    `The node is already running${pid === null ? '' : ` as process ${pid}`}${
      uptimeMs === null ? '' : `, up ${formatDuration(uptimeMs)}`
    }, on ${stateDir}; it goes on serving; stop it first with: parallelix-operator drain`,
  'settings-read-only': ({ path, schemaVersion }) =>
    `A newer version wrote ${path} (schema ${schemaVersion}), so it is read and not changed; use that version to change settings.`,
  'setting-invalid': ({ name, value, reason }) =>
    `${printable(name)}${value === '' ? '' : ` cannot be "${printable(value)}"`}: ${reason}.`,
  'ollama-missing': ({ url }) =>
    `Ollama is not installed on this computer and nothing answers at ${url}; the node cannot serve and earns nothing; install it from https://ollama.com/download`,
  'no-servable-model': ({ url, installed, recommended }) =>
    `Ollama at ${url} has ${installed === 0 ? 'no model' : 'no model that can serve'}; the node cannot serve and earns nothing; get one that fits this machine with: parallelix-operator models pull ${recommended}`,
  'ollama-unreachable': ({ url, reason }) =>
    `Ollama does not answer at ${url} (${describeReason(reason)}); the node cannot serve and earns nothing; start Ollama and try again; with --wait the node waits for it.`,
  'ollama-answer-invalid': ({ url, reason }) =>
    `Something else than Ollama answers at ${url} (${describeReason(reason)}); the node cannot serve and earns nothing; check --ollama-url.`,
  'ollama-error': ({ status }) =>
    `Ollama answered with an error (status ${status}); the node cannot serve meanwhile; look into Ollama's own log.`,
  'ollama-died': ({ reason }) =>
    `Ollama broke off in the middle of an answer (${describeReason(reason)}); the request was given back; restart Ollama if this stays.`,
  'ollama-elsewhere': ({ url }) =>
    `Ollama at ${url} runs on another computer or behind another address, so it cannot be started or stopped from here; nothing was changed; start it there, and the node goes on by itself as soon as it answers.`,
  'ollama-not-ours': ({ url }) =>
    `The Ollama that answers at ${url} was not started by this program, so it is neither stopped nor changed from here; the node goes on with it; stop it where it was started.`,
  'ollama-start-failed': ({ reason, logFile }) =>
    `Ollama did not start (${describeReason(reason)}); the node cannot serve meanwhile and earns nothing; what Ollama itself says is at the end of ${logFile}`,
  'ollama-install-unavailable': ({ version, platform, command }) =>
    `This version cannot install Ollama ${version} on ${platform} by itself: no published checksum of that archive is known to it; nothing was downloaded; install it yourself, and the node goes on when Ollama answers: ${command}`,
  'download-failed': ({ url, reason }) =>
    `The download from ${url} did not work: ${describeReason(reason)}; nothing was installed; what has come is kept, and the next try goes on from there.`,
  'download-stalled': ({ url, silentMs }) =>
    `Nothing more came from ${url} for ${formatDuration(silentMs)}, several times in a row; nothing was installed; what has come is kept, and the next try goes on from there.`,
  'download-mismatch': ({ url, expected, found }) =>
    `What came from ${url} is not the published file (expected ${printable(expected, 80)}, found ${printable(found, 80)}); it was deleted and nothing was installed; try again, and if this stays, someone between here and there changes downloads.`,
  'archive-unusable': ({ name, reason }) =>
    `${printable(name)} cannot be unpacked (${printable(reason, 200)}); nothing was installed and nothing of it was kept; try again.`,
  'no-room': ({ path, neededBytes, freeBytes }) =>
    `There is not enough room on the disk of ${path}: ${formatBytes(neededBytes)} are needed${freeBytes === null ? '' : `, ${formatBytes(freeBytes)} are free`}; nothing was installed; free some space and try again.`,
  'model-not-installed': ({ model }) =>
    `The model ${printable(model)} is not installed; requests for it are given back; get it with: parallelix-operator models pull ${printable(model)}`,
  'model-name-invalid': ({ model }) =>
    `No model can be called "${printable(model)}"; nothing was changed; names look like llama3.2 or qwen2.5:7b.`,
  'model-cloud': ({ model }) =>
    `${printable(model)} runs on somebody else’s computers, and prompts are answered on your own machines only; nothing was changed; choose a model without "cloud" in its name.`,
  'model-unknown': ({ model }) =>
    `The library of models has no ${printable(model)}; nothing was changed; look at the spelling, or choose one from: parallelix-operator models catalog`,
  'model-in-use': ({ model, use }) =>
    `${printable(model)} ${modelUses[use] ?? 'is in use'}; nothing was changed; ${
      use === 'default'
        ? 'choose another one first, or say it again with --yes'
        : 'try again when that has ended'
    }.`,
  'pull-needs-consent': ({ model, sizeBytes, askAboveBytes }) =>
    `${printable(model)} was not pulled yet: ${sizeBytes === null ? 'its size is not known beforehand' : `it turned out to be ${formatBytes(sizeBytes)} or more`}, and above ${formatBytes(askAboveBytes)} that is your decision; go on with: parallelix-operator models pull ${printable(model)} --yes`,
  'pull-no-room': ({ model, path, neededBytes, freeBytes, reserveBytes }) => {
    const where = path === null ? 'where Ollama keeps its models' : `in ${printable(path)}`;
    const figures = [
      ...(neededBytes === null ? [] : [`${formatBytes(neededBytes)} are still to come`]),
      ...(freeBytes === null ? [] : [`${formatBytes(freeBytes)} are free`]),
      ...(path === null ? [] : [`${formatBytes(reserveBytes)} must stay free`]),
    ].join(', ');
    return `There is no room for ${printable(model)} ${where}${figures === '' ? '' : `: ${figures}`}; what came stays for later; free some space or delete a model, then pull it again.`;
  },
  'pull-stalled': ({ model, attempts, silentMs }) =>
    `${printable(model)} stopped coming: ${attempts} times nothing arrived for ${formatDuration(silentMs)}; what came stays; check the network and pull it again, it goes on from there.`,
  'pull-incomplete': ({ model }) =>
    `Ollama ended the pull of ${printable(model)} without saying that it succeeded, so it does not count as installed; what came stays; pull it again.`,
  'pull-corrupt': ({ model }) =>
    `What arrived of ${printable(model)} is not what the library has (another checksum), so Ollama threw it away; pull it again; if this stays, something on the way changes it.`,
  'pull-needs-newer-ollama': ({ model }) =>
    `${printable(model)} needs a newer Ollama than the one that runs; nothing was changed; update Ollama, or choose another model.`,
  'pull-failed': ({ model, reason }) =>
    `Ollama could not get ${printable(model)} (${printable(reason, 200)}); what came stays; pull it again, it goes on from there.`,
  'model-needs-memory': ({ model }) =>
    `There is too little free memory to load ${printable(model)}; the node takes no work without it; close what uses the memory, or choose a smaller model with: parallelix-operator config set defaultModel NAME`,
  'context-overflow': ({ model }) =>
    `The request is longer than ${printable(model)} can take in; it was given back to the network.`,
  'result-empty': ({ model }) => `${printable(model)} answered with nothing; the request was given back.`,
  'result-too-large': ({ limitBytes }) =>
    `The answer grew over ${formatBytes(limitBytes)}; the request was given back.`,
  'deadline-exceeded': ({ deadlineMs }) =>
    `The answer took longer than ${formatDuration(deadlineMs)}; the request was given back.`,
  cancelled: ({ reason }) => `Called off (${describeReason(reason)}); nothing was changed.`,
  'no-daemon': ({ stateDir }) =>
    `No node is running on ${stateDir}, so nothing is earned; start it with: parallelix-operator start`,
  'daemon-not-answering': ({ stateDir, reason }) =>
    `The node on ${stateDir} runs but did not answer (${printable(reason)}); it may still be serving; try again, and restart it if this stays.`,
  'restart-unfinished': ({ pid }) =>
    `Process ${pid} is still finishing its requests. Your node starts again by itself when it has ended.`,
  'command-unknown': ({ command }) =>
    `The running node does not know "${printable(command)}"; it is another version; restart it to use this one.`,
  'command-invalid': ({ command, reason }) =>
    `The running node refused ${printable(command)}: ${printable(reason, 300)}; nothing was changed.`,
  'contract-mismatch': ({ ours, theirs }) =>
    `The running node speaks another version (${theirs}, this program ${ours}), so it can only be looked at; stop it where it was started, and start it again with this version.`,
  'command-refused': ({ reason }) =>
    reason === 'rate'
      ? 'Too much was asked at once, so this was not done; the node is not affected; wait a moment and try again.'
      : 'This was not asked by one of the app’s own windows in the way they ask, so it was not done; the node is not affected; close the window and open it again.',
  'link-refused': ({ url }) =>
    `${printable(url)} is none of the pages that this app opens, so nothing was opened; the node is not affected; open it in your browser yourself if you trust it.`,
  'login-item-failed': ({ reason }) =>
    `Starting at login could not be changed (${describeReason(reason)}); the node runs on, and after the next start of this computer it waits for you to open the app; try again, or set it in the settings of your system.`,
  'folder-not-opened': ({ path, reason }) =>
    `${printable(path)} couldn't be opened: ${printable(reason)}. Your node is not affected. Open it in your file manager.`,
  'menu-entry-failed': ({ path }) =>
    `Another program owns ${printable(path)}, so it was not changed. Your node is not affected. Delete that file, then try again.`,
  'command-not-installed': ({ reason, path }) => commandNotInstalled(reason, path),
  'internal-error': () =>
    'Something went wrong inside the program; what was finished is safe on disk; run it again, with --debug to see more.',
  usage: ({ input, remedy }) => (input === '' ? remedy : `${printable(input)}: ${remedy}`),
};

function commandNotInstalled(
  reason: NodeErrorDetails['command-not-installed']['reason'],
  path: string,
): string {
  const unaffected = 'Your node is not affected.';
  if (reason === 'taken')
    return `Another program owns ${printable(path)}, so it was not replaced. ${unaffected} Rename that file, then try again.`;
  if (reason === 'service')
    return `A service runs from the command line tool, so nothing was removed. ${unaffected} Remove the service first: ${printable(path)}.`;
  return `The command line tool can't be installed from here. ${unaffected} Move the app to Applications and open it there.`;
}

/** More than a line can hold would only hide the way out. */
const mostReasons = 4;

function uninstallRefusal({ stateDir, keys, undelivered }: NodeErrorDetails['uninstall-refused']): string {
  const waiting =
    undelivered === null
      ? ['the journal cannot be read, so finished answers may wait in it']
      : undelivered > 0
        ? [
            `${undelivered} finished answer${undelivered === 1 ? ' is' : 's are'} not delivered yet (start the node once more, then drain it)`,
          ]
        : [];
  const reasons = [...waiting, ...keys.flatMap(atStake)];
  const more = reasons.length > mostReasons ? `; and ${reasons.length - mostReasons} more` : '';
  return `Nothing was removed from ${stateDir}, because of what would be lost: ${reasons.slice(0, mostReasons).join('; ')}${more}; see to that first, or say twice that it may be lost: parallelix-operator uninstall --data --lose-key --yes-really`;
}

function atStake(key: NodeErrorDetails['uninstall-refused']['keys'][number]): string[] {
  const { nodeKeyHash, place, nodeId, backup, backupPath, stake, stakeReason } = key;
  const name = nodeKeyHash === null ? `the key in ${place}` : `key ${nodeKeyHash.slice(0, 10)}…`;
  const reasons: string[] = [];
  if (stake === 'staked') {
    reasons.push(
      `node ${nodeId} is staked, and without ${name} it earns nothing until you unstake and 7 days pass`,
    );
  }
  if (stake === 'unknown')
    reasons.push(`whether ${name} is staked is not known (${describeReason(stakeReason ?? '')})`);
  if (backup === 'none')
    reasons.push(`${name} has no backup (parallelix-operator key backup FILE makes one)`);
  if (backup === 'elsewhere') reasons.push(`the backup of ${name} is not at ${backupPath} now`);
  return reasons;
}

/** An error as text, on one line. */
export function describeError<C extends NodeErrorCode>(error: NodeError<C>): string {
  // A code may come over the socket from a newer daemon.
  const text = Object.hasOwn(errorText, error.code) ? errorText[error.code] : null;
  const words = text === null ? `The running node answered: ${error.code}.` : text(error.details);
  return printable(words, 1000);
}

/** The codes of `describeReason`. */
export const reasonNames: readonly string[] = Object.keys(reasonTexts);
