import { productUnit, type ServiceDefinition, type ServiceFile } from './definition.ts';
import type { SystemUnit, UserUnit } from './directives.ts';

/** Below the folder that systemd makes in `/var/lib` and `/run`. */
export const systemStateRoot = `/var/lib/${productUnit}`;
export const systemSocketFolder = `/run/${productUnit}`;

/** Exit codes that no restart fixes: command line, something missing, key, this computer [exit-codes.ts]. */
const finalExitCodes = '2 5 6 7';
/** Systemd ignores sections that begin so; here the product finds its own service again. */
const ownSection = 'X-ParalleliX-Operator';

const restart = [
  ['Restart', 'on-failure'],
  ['RestartSec', '3'],
  ['RestartPreventExitStatus', finalExitCodes],
] as const;

const stop = [
  ['TimeoutStartSec', '300'],
  // Running requests are finished first; a longer drain asks for more time.
  ['TimeoutStopSec', '90'],
  // The signal is for the node alone: an Ollama that it started has to answer until the last request is done.
  ['KillMode', 'mixed'],
  // A model that runs out of memory takes its Ollama down, not the node.
  ['OOMPolicy', 'continue'],
] as const;

const care = [
  ['UMask', '0077'],
  // A core would hold the key.
  ['LimitCORE', '0'],
] as const;

/** Nothing here may keep Node (no MemoryDenyWriteExecute) or the vendors' GPU tools (no PrivateDevices) from working. */
const hardening = [
  ['NoNewPrivileges', 'yes'],
  ['CapabilityBoundingSet', ''],
  ['AmbientCapabilities', ''],
  ['ProtectSystem', 'strict'],
  ['ProtectHome', 'yes'],
  ['PrivateTmp', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectClock', 'yes'],
  ['ProtectHostname', 'yes'],
  ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['LockPersonality', 'yes'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['RemoveIPC', 'yes'],
] as const;

/**
 * The unit of a service as a file. One file for one node, `parallelix-operator@NAME.service`: an instance with its own
 * paths, so that none of them has to be guessed from its name.
 */
export function unitText(definition: ServiceDefinition): string {
  const unit = definition.scope === 'user' ? userUnit(definition) : systemUnit(definition);
  const sections = Object.entries(unit).map(
    ([name, lines]) => `[${name}]\n${lines.map(([key, value]) => `${key}=${value}`).join('\n')}\n`,
  );
  const own = [
    ['StateDir', definition.stateDir],
    ['Version', definition.version],
  ].map(([key, value]) => `${key}=${oneLine(value ?? '')}`);
  const head = '# Written by parallelix-operator service install. Change it with: systemctl edit\n';
  return [head, ...sections, `[${ownSection}]\n${own.join('\n')}\n`].join('\n');
}

function userUnit(definition: ServiceDefinition): UserUnit {
  return {
    Unit: unitLines(definition, 'ollama.service'),
    Service: [...running(definition), ...credential(definition), ...restart, ...stop, ...care],
    Install: [['WantedBy', 'default.target']],
  };
}

function systemUnit(definition: ServiceDefinition): SystemUnit {
  const { name, account, passphrase } = definition;
  if (account === null) throw new TypeError('a service of the computer runs as somebody');
  const { user, group, supplementaryGroups } = account;
  return {
    Unit: [
      ...unitLines(definition, 'network-online.target ollama.service'),
      ['Wants', 'network-online.target'],
    ],
    Service: [
      ...running(definition),
      // Without a desktop nobody has made NVIDIA's device files yet, and the service itself may not.
      [
        'ExecStartPre',
        `-+/bin/sh -c 'if command -v nvidia-modprobe >/dev/null; then nvidia-modprobe -u -c0; fi'`,
      ],
      ['User', user],
      ['Group', group],
      ...(supplementaryGroups.length > 0
        ? ([['SupplementaryGroups', supplementaryGroups.join(' ')]] as const)
        : []),
      ['StateDirectory', `${productUnit}/${name}`],
      ['StateDirectoryMode', '0700'],
      ['RuntimeDirectory', productUnit],
      ['RuntimeDirectoryMode', '0750'],
      // Shared by every node of this computer: it stays when one of them stops.
      ['RuntimeDirectoryPreserve', 'yes'],
      ...(passphrase?.encrypted
        ? ([['LoadCredentialEncrypted', credentialValue(passphrase.path)]] as const)
        : credential(definition)),
      ...restart,
      ...stop,
      ...care,
      ...hardening,
    ],
    Install: [['WantedBy', 'multi-user.target']],
  };
}

function unitLines({ name }: ServiceDefinition, after: string) {
  return [
    ['Description', `ParalleliX Operator node (${name})`],
    ['After', after],
    // It starts again for as long as it takes: a limit would be used up by an outage.
    ['StartLimitIntervalSec', '0'],
  ] as const;
}

function running({ program, args, environment, notify }: ServiceDefinition) {
  const command = [...program, ...args].map(quoteArgument).join(' ');
  const notifyDirectives = [
    ['Type', 'notify'],
    // Each message is sent by a helper.
    ['NotifyAccess', 'all'],
    ['WatchdogSec', '60'],
    // A node that hangs cannot end by itself; what it finished is on disk.
    ['WatchdogSignal', 'SIGKILL'],
  ] as const;
  return [
    ...(notify ? notifyDirectives : ([['Type', 'exec']] as const)),
    ['ExecStart', command] as const,
    ...Object.entries(environment).map(([key, value]) => ['Environment', quote(`${key}=${value}`)] as const),
  ];
}

function credential({ passphrase }: ServiceDefinition) {
  return passphrase === null ? [] : ([['LoadCredential', credentialValue(passphrase.path)]] as const);
}

const credentialValue = (path: string) => `parallelix-key-passphrase:${specifiers(oneLine(path))}`;

/** @throws TypeError for what would begin another line of the unit */
function oneLine(text: string): string {
  if (/[\p{Cc}]/u.test(text)) throw new TypeError('a unit cannot hold a control character');
  return text;
}

const specifiers = (text: string) => text.replaceAll('%', '%%');

/** A value of `Environment=`: quoted, with nothing in it that systemd would expand [systemd.syntax(7)]. */
function quote(text: string): string {
  return `"${specifiers(oneLine(text)).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A word of `ExecStart=`, where variables are expanded too [systemd.service(5), "Command lines"]. */
function quoteArgument(text: string, at: number): string {
  if (/^[A-Za-z0-9_./:=@+-]+$/.test(text)) return text;
  // The program itself is looked up as it is written.
  return quote(at === 0 ? text : text.replaceAll('$', '$$$$'));
}

/**
 * Reads back what `unitText` wrote.
 *
 * @returns null for a unit that is not of this product
 */
export function readUnit(path: string, text: string): ServiceFile | null {
  const name = new RegExp(`/${productUnit}@([^/]+)\\.service$`).exec(path)?.[1];
  const own = text.split(`[${ownSection}]\n`)[1];
  if (name === undefined || own === undefined) return null;
  const field = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(own)?.[1] ?? '';
  const user = /^User=(.+)$/m.exec(text)?.[1] ?? null;
  return { name, path, stateDir: field('StateDir'), version: field('Version'), user, text };
}

/** Where the node of the computer's own service is reached. */
export const systemSocket = (name: string): string => `${systemSocketFolder}/${name}.sock`;
