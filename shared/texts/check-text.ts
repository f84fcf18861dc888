import type { CheckReport, Finding, FindingCode } from '../check-findings.ts';
import { formatBytes, formatCount, formatDate, formatDuration } from '../format.ts';
import { translatable } from '../language.ts';
import { registerLink } from '../links.ts';
import type { RegistrationPlace } from '../registration-place.ts';
import { ollamaTexts } from './check-text-ollama.ts';
import { type FindingWords, failed, notChecked, ok, tier, type Wordings, warning } from './check-wording.ts';
import { describeReason, printable, problemOfFinding, whatOfError } from './error-text.ts';
import { describePlace } from './place-text.ts';
import { type Action, actionOn, eitherWay, type Surface } from './problem.ts';
import { registrationNotes } from './registration-text.ts';
import { systemErrorText } from './system-error-text.ts';

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1000)} s`;

/** Registering, with what is to be known first; that alone where there is no form to open. */
function registering(note: RegistrationPlace['note'], window: string, terminal: string): Action {
  const notes = registrationNotes(note);
  const said = (open: string) => [...notes, ...(note === 'other-network' ? [] : [open])].join(' ');
  return eitherWay(said(window), said(terminal));
}

/** What each finding means, and how to fix it; exhaustive, so that one without a text does not compile. */
const findings: Wordings = {
  'node-version-fits': ok('node-version', ({ version }) => `Node ${version} runs this program.`),
  'node-version-old': failed(
    'node-version',
    ({ version }) => `Node ${version} is too old for this program.`,
    'Install Node 24 or later from https://nodejs.org',
  ),
  'state-dir-private': ok('state-dir', ({ path }) => `${path} can be used, and only by you.`),
  'state-dir-missing': warning(
    'state-dir',
    ({ path }) => `${path} doesn’t exist yet. It’s created with the node key.`,
    eitherWay('Create a key in Setup.', 'Run: parallelix-operator setup'),
  ),
  'state-dir-open': failed(
    'state-dir',
    ({ path, mode }) => `Others on this computer can open ${path} (mode ${mode}), which holds the node key.`,
    ({ path }) => eitherWay('Let only yourself open that folder.', `Run: chmod 700 ${path}`),
  ),
  'state-dir-unusable': failed(
    'state-dir',
    ({ path, reason }) =>
      `${path} can’t be used: ${describeReason(reason)}. Your node can’t start, so you’re not earning.`,
    eitherWay(
      'Make it a directory of the user who runs the node.',
      'Make it a directory of the user who runs the node, or choose another one with --state-dir.',
    ),
  ),
  'settings-healthy': ok('settings', () => 'The settings can be read.'),
  'settings-healed': warning(
    'settings',
    ({ path, reason }) =>
      `${path} couldn’t be used as it was (${describeReason(reason)}). What is valid in it is in use.`,
    eitherWay('Check your settings.', 'Check the values with: parallelix-operator config list'),
  ),
  'settings-newer': warning(
    'settings',
    ({ path }) => `A newer version wrote ${path}. What is known of it is in use, and it isn’t changed.`,
    'Use the newer version.',
  ),
  'settings-unreadable': failed(
    'settings',
    ({ path, reason }) => `${path} can’t be read (${describeReason(reason)}). The defaults are in use.`,
    'Make it readable for the user who runs the node.',
  ),
  'key-private': ok(
    'key',
    ({ place }) => `The node key is in ${place}, readable only by you, and it’s the right one.`,
  ),
  'key-without-record': warning(
    'key',
    ({ place }) => `The key in ${place} is there, but its record is missing. The next start writes it again.`,
    null,
  ),
  'key-none': failed(
    'key',
    () => 'There is no node key yet, so you can’t earn.',
    eitherWay('Create a key in Setup.', 'Run: parallelix-operator setup'),
  ),
  'key-unusable': failed(
    'key',
    whatOfError,
    (facts) =>
      problemOfFinding(facts).action ??
      'Restore the right key, then run the checks again. No new key was made.',
  ),
  'key-in-keychain': notChecked(
    'key',
    () => 'The node key is in the desktop’s keychain. It’s read when the node starts in the app.',
    'Open the app to check it.',
  ),
  'key-locked-away': notChecked(
    'key',
    ({ place }) => `The key in ${place} is locked with a passphrase, which wasn’t entered here.`,
    eitherWay(
      null,
      'To check it too, name a file that holds the passphrase in PARALLELIX_KEY_PASSPHRASE_FILE.',
    ),
  ),
  'key-held': failed(
    'key',
    () => 'Your key was restored, and the old computer isn’t confirmed to be off. You’re not earning.',
    eitherWay(
      'Confirm that the old computer is off.',
      'When it is off: parallelix-operator key confirm --old-machine-is-off',
    ),
  ),
  'backup-made': ok(
    'backup',
    ({ path, atMs }) =>
      `A backup of the key was saved or used on ${formatDate(atMs)}: ${path}. Make sure you still have it.`,
  ),
  'backup-none': warning(
    'backup',
    () =>
      'This key has no backup. If this disk is lost, your stake earns nothing until you unstake and wait 7 days.',
    eitherWay(
      'Save a backup in Settings, and keep it elsewhere.',
      'Save one and keep it elsewhere: parallelix-operator key backup FILE',
    ),
  ),
  'backup-not-checked': notChecked('backup', () => 'Without a node key there is nothing to back up.', null),
  'keychain-not-checked': notChecked(
    'keychain',
    () => 'The keychain of this system can’t be checked without asking you for permission.',
    null,
  ),
  'keychain-not-needed': ok('keychain', () => 'The node key is not in a keychain, so none is needed.'),
  'keychain-holds-key': ok(
    'keychain',
    ({ program }) =>
      `The keychain${program === null ? '' : ` (${printable(program)})`} is open and has an entry for the node key. The key wasn’t read.`,
  ),
  'keychain-unusable': failed(
    'keychain',
    whatOfError,
    (facts) => problemOfFinding(facts).action ?? 'Unlock the keychain. No new key was made.',
  ),
  ...ollamaTexts,
  'disk-has-room': ok('disk', ({ freeBytes }) => `${formatBytes(freeBytes)} are free.`),
  'disk-tight': warning(
    'disk',
    ({ freeBytes, reserveBytes }) =>
      `Only ${formatBytes(freeBytes)} are free. Below ${formatBytes(reserveBytes)} no requests are taken.`,
    'Free up disk space.',
  ),
  'disk-full': failed(
    'disk',
    ({ freeBytes, reserveBytes }) =>
      `Only ${formatBytes(freeBytes)} are free, and ${formatBytes(reserveBytes)} are needed. No requests are taken.`,
    'Free up disk space. Requests resume automatically.',
  ),
  'disk-not-writable': failed(
    'disk',
    ({ path, reason }) => systemErrorText(reason, 'state-dir', path),
    'Fix the disk. Requests resume automatically.',
  ),
  'disk-not-checked': notChecked(
    'disk',
    ({ reason }) => `The free space couldn’t be read (${describeReason(reason)}).`,
    null,
  ),
  'coordinator-answers': ok('coordinator', ({ url }) => `The coordinator answers at ${url}.`),
  'coordinator-unreachable': failed(
    'coordinator',
    ({ url, reason }) =>
      `The coordinator at ${url} can’t be reached: ${describeReason(reason)}. Time without it doesn’t count as online.`,
    'Check the internet connection and the proxy. Your node keeps retrying.',
  ),
  'clock-right': ok('clock', ({ skewMs }) =>
    Math.abs(skewMs) < 1500
      ? 'This computer’s clock is right.'
      : `This computer’s clock is ${seconds(skewMs)} ${skewMs > 0 ? 'ahead' : 'behind'}, which does no harm.`,
  ),
  'clock-off': failed(
    'clock',
    ({ skewMs }) =>
      `This computer’s clock is ${seconds(skewMs)} ${skewMs > 0 ? 'ahead' : 'behind'}. Heartbeats may be rejected, and that time may not earn.`,
    'Turn on automatic time (NTP).',
  ),
  'clock-not-checked': notChecked(
    'clock',
    () => 'No server time was received, so the clock couldn’t be compared.',
    null,
  ),
  registered: ok(
    'registration',
    ({ nodeId, owner }) => `This key is registered as node ${nodeId} of ${owner}.`,
  ),
  'registered-elsewhere': warning(
    'registration',
    ({ nodeId, expected }) => `This key is registered as node ${nodeId}, but node ${expected} was expected.`,
    ({ nodeId }) => eitherWay(null, `If ${nodeId} is the right one, leave out --node-id.`),
  ),
  'registered-by-other-owner': warning(
    'registration',
    ({ nodeId, owner, expected }) =>
      `Node ${nodeId} belongs to ${owner}, but ${expected} was expected. Rewards are paid to ${owner}.`,
    eitherWay(
      'If that wallet isn’t yours, create a new key and register it.',
      'If that wallet isn’t yours, create a new key with init --force and register it.',
    ),
  ),
  'not-registered': failed(
    'registration',
    () => 'This key isn’t registered yet, so you can’t earn.',
    ({ nodeKeyHash, tier: number, hold, note }) =>
      hold === null
        ? registering(note, 'Register in the Console.', `Register here: ${registerLink(nodeKeyHash, number)}`)
        : eitherWay(
            'Check your GPU before you register.',
            'A GPU may be undetected, and a tier can’t be changed later as far as we know. Check first: parallelix-operator setup',
          ),
  ),
  'registration-lost': failed(
    'registration',
    ({ nodeId }) =>
      `This key was registered as node ${nodeId}, but the network doesn’t know that registration now. You’re not earning.`,
    'If the stake was withdrawn, register again. Otherwise check the node in the Console: https://app.parallelix.io',
  ),
  'registration-unknown': notChecked(
    'registration',
    ({ reason }) => `Whether this key is registered couldn’t be checked: ${describeReason(reason)}.`,
    'Run the checks again when the coordinator answers.',
  ),
  'registration-without-key': notChecked(
    'registration',
    () => 'Without a node key there is nothing to check.',
    'Create the key first.',
  ),
  'tier-agrees': ok('tier', ({ tier: number }) => `Registered and detected: ${tier(number)}.`),
  'tier-too-high': failed(
    'tier',
    ({ declared, probed }) =>
      `Registered as tier ${declared}, detected tier ${probed}. The network may zero your uptime. Your stake isn’t affected.`,
    'Connect the registered GPU, or register again with the detected tier.',
  ),
  'tier-risk-accepted': warning(
    'tier',
    ({ declared, probed }) =>
      `Registered as tier ${declared}, detected tier ${probed}. You accepted that the network may zero your uptime.`,
    eitherWay(
      'Connect the registered GPU, or undo this on the Hardware page.',
      'Connect the registered GPU. To undo this: parallelix-operator config set hardware.acceptTierMismatch false',
    ),
  ),
  'tier-too-low': warning(
    'tier',
    ({ declared, probed }) =>
      `Registered as tier ${declared}, but this computer shows tier ${probed}, which earns more.`,
    'To use the higher tier, register another node. As far as we know, a tier can’t be changed.',
  ),
  'tier-not-checked': notChecked(
    'tier',
    ({ probed }) => `This computer shows ${tier(probed)}. Its registered tier isn’t known.`,
    ({ probed, hold }) =>
      hold === null ? `Register with tier ${probed}.` : 'Check your GPU before you register.',
  ),
  'rpc-mainnet': ok('rpc', ({ url }) => `${url} answers for Ethereum.`),
  'rpc-practice': ok(
    'rpc',
    ({ url, chainId }) => `${url} answers for chain ${printable(chainId)}, a practice chain.`,
  ),
  'rpc-other-chain': failed(
    'rpc',
    ({ url, chainId }) =>
      `${url} answers for chain ${printable(chainId)}, which isn’t Ethereum. Its figures would be wrong.`,
    eitherWay('Enter an Ethereum RPC in Settings.', 'Enter an Ethereum RPC with --rpc-url, or none.'),
  ),
  'rpc-unreachable': warning(
    'rpc',
    ({ url, reason }) =>
      `${url} doesn’t answer (${describeReason(reason)}). Serving and earning aren’t affected.`,
    eitherWay('Check its address in Settings.', 'Check the address in --rpc-url.'),
  ),
  'rpc-none': notChecked(
    'rpc',
    () => 'No Ethereum RPC of your own is set. Serving and earning don’t need one.',
    null,
  ),
  'daemon-runs': ok(
    'daemon',
    ({ pid, uptimeMs }) => `The node is running as process ${pid}, up ${formatDuration(uptimeMs)}.`,
  ),
  'daemon-not-running': warning(
    'daemon',
    () => 'Your node is not running, and only time online earns.',
    eitherWay('Start the node.', 'Run: parallelix-operator start'),
  ),
  'heartbeats-accepted': ok(
    'heartbeats',
    ({ accepted }) => `The network accepts your heartbeats, ${formatCount(accepted)} so far.`,
  ),
  'heartbeats-failing': failed(
    'heartbeats',
    ({ reason }) =>
      `The network rejects your heartbeats: ${describeReason(reason)}. This time doesn’t count as online.`,
    eitherWay('Retrying automatically.', 'Retrying automatically. See: parallelix-operator status'),
  ),
  'heartbeats-not-checked': notChecked('heartbeats', () => 'No running node has sent a heartbeat yet.', null),
  'official-not-here': ok(
    'official',
    () => 'The official client doesn’t run with this key on this computer, as far as can be seen.',
  ),
  'official-runs': failed(
    'official',
    ({ name, pid }) =>
      `The official client runs with this key on this computer (${describePlace(name)}${pid === null ? '' : `, process ${pid}`}). Two programs with one key lose each other’s work.`,
    eitherWay('Migrate.', 'Migrate: parallelix-operator switch'),
  ),
  'last-run-ended-well': ok('last-run', () => 'The last run didn’t end by an error.'),
  'last-run-crashed': warning(
    'last-run',
    ({ at }) =>
      `An error in the program ended a run at ${printable(at)}. Time after that didn’t count until the next start.`,
    eitherWay(
      'If it happens again, create a support report.',
      'See: parallelix-operator logs. If it happens again, report it.',
    ),
  ),
  'last-run-none': notChecked('last-run', () => 'Your node hasn’t run here yet.', null),
  'sleep-not-checked': notChecked(
    'sleep',
    () => 'Sleep and restarts aren’t checked yet. Time asleep or off doesn’t earn.',
    eitherWay(
      'Turn on Keep awake and Start at login.',
      'Turn sleep off, and let your service manager run: parallelix-operator start --wait --plain',
    ),
  ),
  'weight-not-checked': notChecked(
    'weight',
    () => 'Your share of the network isn’t checked yet. It falls as others join.',
    'See the Rewards page of the Console: https://app.parallelix.io',
  ),
};

export const findingWords = translatable<FindingWords>(findings);

export const findingNames: readonly string[] = Object.keys(findings);

/** A finding as text; `surface` is where it is read. */
export function describeFinding<C extends FindingCode>(
  { code, facts }: Finding<C>,
  surface: Surface = 'terminal',
): CheckReport {
  const { check, result } = findings[code];
  const { means, action } = findingWords()[code];
  return {
    id: check,
    result,
    finding: code,
    means: means(facts),
    action: actionOn(surface, typeof action === 'function' ? action(facts) : action),
    facts: { ...(facts as Record<string, string | number | null>) },
  };
}
