import type { CheckReport, Finding, FindingCode } from '../check-findings.ts';
import { formatBytes, formatCount, formatDate, formatDuration } from '../format.ts';
import { registerLink } from '../links.ts';
import { ollamaTexts } from './check-text-ollama.ts';
import { failed, notChecked, ok, tier, type Wordings, warning } from './check-wording.ts';
import { describeReason, printable } from './error-text.ts';
import { systemErrorText } from './system-error-text.ts';

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1000)} s`;

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
    ({ path }) => `${path} is not there yet; it is made with the node key.`,
    'Run: parallelix-operator setup',
  ),
  'state-dir-open': failed(
    'state-dir',
    ({ path, mode }) => `Others on this computer can enter ${path} (mode ${mode}), where the node key lies.`,
    ({ path }) => `Run: chmod 700 ${path}`,
  ),
  'state-dir-unusable': failed(
    'state-dir',
    ({ path, reason }) => `${path} cannot be used: ${describeReason(reason)}; the node cannot start.`,
    'Make it a directory of the user who runs the node, or name another one with --state-dir.',
  ),
  'settings-healthy': ok('settings', () => 'The settings can be read.'),
  'settings-healed': warning(
    'settings',
    ({ path, reason }) =>
      `${path} could not be used as it was (${printable(reason)}); what is valid in it is in use.`,
    'Look at the values with: parallelix-operator config list',
  ),
  'settings-newer': warning(
    'settings',
    ({ path }) => `A newer version wrote ${path}; what is known of it is in use, and it is not changed.`,
    'Use the newer version.',
  ),
  'settings-unreadable': failed(
    'settings',
    ({ path, reason }) => `${path} cannot be read (${describeReason(reason)}); the defaults are in use.`,
    'Make it readable for the user who runs the node.',
  ),
  'key-private': ok(
    'key',
    ({ place }) => `The node key is in ${place}, readable only by you, and it is the right one.`,
  ),
  'key-without-record': warning(
    'key',
    ({ place }) => `The key in ${place} is there and its record is gone; the next start writes it anew.`,
    'Nothing to do; node id and wallet are looked up again.',
  ),
  'key-none': failed(
    'key',
    () => 'There is no node key yet, so nothing can be earned.',
    'Run: parallelix-operator setup',
  ),
  'key-unusable': failed(
    'key',
    ({ reason }) => reason,
    'No new key is made where one is expected: put the right one back, then verify again.',
  ),
  'key-in-keychain': notChecked(
    'key',
    () => 'The node key is in the keychain of the desktop; it is read when the node starts in the app.',
    'Open the app to check it.',
  ),
  'key-locked-away': notChecked(
    'key',
    ({ place }) => `The key in ${place} is locked with a passphrase, which was not given here.`,
    'To check it too, name a file that holds the passphrase with PARALLELIX_KEY_PASSPHRASE_FILE.',
  ),
  'key-held': failed(
    'key',
    () => 'The key was restored and is not used before the old machine is confirmed to be off.',
    'When it is off: parallelix-operator key confirm --old-machine-is-off',
  ),
  'backup-made': ok(
    'backup',
    ({ path, atMs }) =>
      `A backup of the key was made or used on ${formatDate(atMs)}: ${path}. Whether it is still there is for you to know.`,
  ),
  'backup-none': warning(
    'backup',
    () => 'This key has no backup; losing this disk would idle your stake until you unstake and 7 days pass.',
    'Make one, and keep it elsewhere: under Settings in the app, or with parallelix-operator key backup FILE',
  ),
  'backup-not-checked': notChecked('backup', () => 'Without a node key there is nothing to back up.', null),
  'keychain-not-checked': notChecked(
    'keychain',
    () => 'The keychain of this system cannot be looked at without asking you for permission.',
    null,
  ),
  'keychain-not-needed': ok('keychain', () => 'The node key is not in a keychain, so none is needed.'),
  'keychain-holds-key': ok(
    'keychain',
    ({ program }) =>
      `The keychain${program === null ? '' : ` (${printable(program)})`} is open and has an entry for the node key, which was not read.`,
  ),
  'keychain-unusable': failed(
    'keychain',
    ({ reason }) => reason,
    'Until the keychain gives the key, the node cannot sign; no new key is made meanwhile.',
  ),
  ...ollamaTexts,
  'disk-has-room': ok('disk', ({ freeBytes }) => `${formatBytes(freeBytes)} are free.`),
  'disk-tight': warning(
    'disk',
    ({ freeBytes, reserveBytes }) =>
      `Only ${formatBytes(freeBytes)} are free; below ${formatBytes(reserveBytes)} no work is taken.`,
    'Free some space.',
  ),
  'disk-full': failed(
    'disk',
    ({ freeBytes, reserveBytes }) =>
      `Only ${formatBytes(freeBytes)} are free, and ${formatBytes(reserveBytes)} are needed; no work is taken.`,
    'Free some space; the node takes work again by itself.',
  ),
  'disk-not-writable': failed(
    'disk',
    ({ path, reason }) => systemErrorText(reason, 'state-dir', path),
    'The node takes requests again by itself once it can write.',
  ),
  'disk-not-checked': notChecked(
    'disk',
    ({ reason }) => `The free space could not be read (${describeReason(reason)}).`,
    null,
  ),
  'coordinator-answers': ok('coordinator', ({ url }) => `The coordinator answers at ${url}.`),
  'coordinator-unreachable': failed(
    'coordinator',
    ({ url, reason }) =>
      `The coordinator at ${url} cannot be reached: ${describeReason(reason)}; time without it does not count as online.`,
    'Check the internet connection and the proxy; the node itself keeps trying.',
  ),
  'clock-right': ok('clock', ({ skewMs }) =>
    Math.abs(skewMs) < 1500
      ? 'The clock of this computer is right.'
      : `The clock of this computer is ${seconds(skewMs)} ${skewMs > 0 ? 'ahead' : 'behind'}, which does no harm.`,
  ),
  'clock-off': failed(
    'clock',
    ({ skewMs }) =>
      `The clock of this computer is ${seconds(skewMs)} ${skewMs > 0 ? 'ahead' : 'behind'}; heartbeats carry the time and may be refused.`,
    'Turn on automatic time (NTP).',
  ),
  'clock-not-checked': notChecked(
    'clock',
    () => 'The clock could not be compared, because the coordinator told no time.',
    null,
  ),
  registered: ok(
    'registration',
    ({ nodeId, owner }) => `This key is registered as node ${nodeId} of ${owner}.`,
  ),
  'registered-elsewhere': warning(
    'registration',
    ({ nodeId, expected }) => `This key is registered as node ${nodeId}, and node ${expected} was expected.`,
    ({ nodeId }) => `If ${nodeId} is the right one, leave --node-id away; the registration decides.`,
  ),
  'registered-by-other-owner': warning(
    'registration',
    ({ nodeId, owner, expected }) =>
      `Node ${nodeId} belongs to ${owner}, and ${expected} was expected; rewards go to ${owner}.`,
    'If that wallet is not yours, make a new key with init --force and register that one.',
  ),
  'not-registered': failed(
    'registration',
    () => 'No registration for this key was found; nothing is earned before there is one.',
    ({ nodeKeyHash, tier: number, hold }) =>
      hold === null
        ? `Register here: ${registerLink(nodeKeyHash, number)}`
        : 'A GPU may only be out of order, and a registered tier is not known to be changeable, so look first: parallelix-operator setup',
  ),
  'registration-lost': failed(
    'registration',
    ({ nodeId }) =>
      `This key was registered as node ${nodeId}, and the network knows no such registration now; nothing is earned.`,
    'If the stake was withdrawn, register again; otherwise look at the node in the Console: https://app.parallelix.io',
  ),
  'registration-unknown': notChecked(
    'registration',
    ({ reason }) => `Whether this key is registered could not be asked: ${describeReason(reason)}.`,
    'Verify again when the coordinator answers.',
  ),
  'registration-without-key': notChecked(
    'registration',
    () => 'Without a node key there is nothing to look up.',
    'Make the key first.',
  ),
  'tier-agrees': ok('tier', ({ tier: number }) => `Registered and seen here: ${tier(number)}.`),
  'tier-too-high': failed(
    'tier',
    ({ declared, probed }) =>
      `Registered as tier ${declared}, but this machine shows tier ${probed}; the network may set its uptime to zero. The stake is not touched.`,
    'Attach the hardware that was registered, or register this machine anew with the tier it shows.',
  ),
  'tier-risk-accepted': warning(
    'tier',
    ({ declared, probed }) =>
      `Registered as tier ${declared}, and this machine shows tier ${probed}; it serves because you accepted that the network may set its uptime to zero.`,
    'Attach the hardware that was registered; to stop serving like this: parallelix-operator config set hardware.acceptTierMismatch false',
  ),
  'tier-too-low': warning(
    'tier',
    ({ declared, probed }) =>
      `Registered as tier ${declared}, though this machine shows tier ${probed}, which weighs more.`,
    'To earn by the higher tier, register another node; a tier is not known to be changeable.',
  ),
  'tier-not-checked': notChecked(
    'tier',
    ({ probed }) => `This machine shows ${tier(probed)}; with which tier it is registered is not known.`,
    ({ probed, hold }) =>
      hold === null
        ? `Register with tier ${probed}.`
        : 'Mend the GPU that may be out of order before a tier is registered.',
  ),
  'rpc-mainnet': ok('rpc', ({ url }) => `${url} answers for Ethereum.`),
  'rpc-practice': ok(
    'rpc',
    ({ url, chainId }) => `${url} answers for chain ${printable(chainId)}, a practice chain.`,
  ),
  'rpc-other-chain': failed(
    'rpc',
    ({ url, chainId }) =>
      `${url} answers for chain ${printable(chainId)}, which is not Ethereum; its figures would be wrong.`,
    'Give an address of an Ethereum RPC with --rpc-url, or none.',
  ),
  'rpc-unreachable': warning(
    'rpc',
    ({ url, reason }) =>
      `${url} does not answer (${describeReason(reason)}); serving and earning are not affected.`,
    'Check the address given with --rpc-url.',
  ),
  'rpc-none': notChecked(
    'rpc',
    () => 'No Ethereum RPC of your own is set; serving and earning do not need one.',
    null,
  ),
  'daemon-runs': ok(
    'daemon',
    ({ pid, uptimeMs }) => `The node is running as process ${pid}, up ${formatDuration(uptimeMs)}.`,
  ),
  'daemon-not-running': warning(
    'daemon',
    () => 'The node is not running; only time online earns.',
    'Run: parallelix-operator start',
  ),
  'heartbeats-accepted': ok(
    'heartbeats',
    ({ accepted }) =>
      `The network accepts the heartbeats of the running node, ${formatCount(accepted)} so far.`,
  ),
  'heartbeats-failing': failed(
    'heartbeats',
    ({ reason }) =>
      `The heartbeats of the running node are not accepted: ${describeReason(reason)}; this time does not count as online.`,
    'The node keeps trying; see: parallelix-operator status',
  ),
  'heartbeats-not-checked': notChecked('heartbeats', () => 'No running node has sent a heartbeat yet.', null),
  'official-not-here': ok(
    'official',
    () => 'The official client does not serve with this key on this computer, as far as can be seen.',
  ),
  'official-runs': failed(
    'official',
    ({ name, pid }) =>
      `The official client serves with this key on this computer (${name}${pid === null ? '' : `, process ${pid}`}); two programs with one key lose each other’s work.`,
    'Change over: parallelix-operator switch',
  ),
  'last-run-ended-well': ok('last-run', () => 'The last run did not end by a fault.'),
  'last-run-crashed': warning(
    'last-run',
    ({ at }) =>
      `A fault in the program ended a run at ${printable(at)}; time after that did not count until the next start.`,
    'See: parallelix-operator logs. If it happens again, report it.',
  ),
  'last-run-none': notChecked('last-run', () => 'The node has not run here yet.', null),
  'sleep-not-checked': notChecked(
    'sleep',
    () =>
      'Whether this computer sleeps, or starts the node by itself after a restart, is not checked yet; time asleep or off earns nothing.',
    'Turn sleep off, and let your service manager run: parallelix-operator start --wait --plain',
  ),
  'weight-not-checked': notChecked(
    'weight',
    () =>
      'How the share of this node moves with the total weight online is not checked yet; it falls as others join.',
    'See the Rewards page of the Console: https://app.parallelix.io',
  ),
};

export const findingNames: readonly string[] = Object.keys(findings);

export function describeFinding<C extends FindingCode>({ code, facts }: Finding<C>): CheckReport {
  const { check, result, means, mend } = findings[code];
  return {
    id: check,
    result,
    finding: code,
    means: means(facts),
    mend: typeof mend === 'function' ? mend(facts) : mend,
    facts: { ...(facts as Record<string, string | number | null>) },
  };
}
