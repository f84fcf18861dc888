import { connection, estimation, everywhere, type FlagName, operation } from './args/flags.ts';
import type { CommandRun } from './args/invocation.ts';

export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** What follows the name, as the help shows it. */
  operands?: string;
  /** How many words may follow the name. */
  most: number;
  /** The words that may follow first, if only certain ones may. */
  words?: readonly string[];
  flags: readonly FlagName[];
  /** Further lines of help. */
  notes?: readonly string[];
  /** Loaded when it is called: no command pays for another. */
  load: () => Promise<CommandRun>;
}

/** Every command, in the order of the help. */
export const commands = {
  setup: {
    summary: 'walk through everything, from the hardware to the first heartbeat',
    most: 0,
    flags: [...everywhere, ...connection, 'wallet', 'gpu', 'cpu', 'accept-tier-1', 'wait', 'yes'],
    notes: [
      'Looks at the hardware, checks Ollama, makes the node key if there is none, shows the link to',
      'register, waits up to 30 minutes for the registration, and checks the whole. Run it as often',
      'as you like: it continues where something is missing. With --yes or --json it waits for nobody',
      'and says what is missing (exit code 5).',
    ],
    load: async () => (await import('./commands/setup/setup.ts')).runSetup,
  },
  probe: {
    summary: 'look at the hardware and print its tier',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/probe/probe.ts')).runProbe,
  },
  init: {
    summary: 'make the node key and print the link to register it',
    most: 0,
    flags: [...everywhere, 'wallet', 'force', 'passphrase', 'passphrase-file', 'accept-tier-1'],
    notes: ['An existing key is never replaced, unless --force has moved it to a dated backup first.'],
    load: async () => (await import('./commands/init.ts')).runInit,
  },
  key: {
    summary: 'show, back up, restore, import and move the node key',
    operands: '[show | backup FILE | restore FILE | import [DIR] | move --to STORE | repair | confirm]',
    most: 2,
    words: ['show', 'backup', 'restore', 'import', 'move', 'repair', 'confirm'],
    flags: [
      ...everywhere,
      'wallet',
      'passphrase-file',
      'passphrase',
      'no-passphrase',
      'to',
      'different-key',
      'yes-really',
      'old-machine-is-off',
    ],
    notes: [
      'show           whose key it is, where it rests, and whether it has a backup; never the key itself',
      'backup FILE    one file, locked with a passphrase (Ethereum V3 keystore), read back before it counts',
      'restore FILE   puts a backup in place; nothing is sent before the old machine is confirmed to be off',
      'import [DIR]   takes over the node of the official client from ~/.parallelix, which stays as it is',
      'move           to the other store, or with --to file under a passphrase and from under it',
      'repair         writes the key record again from your key; makes and changes no key',
      'confirm        says that the old machine is off; then the restored key may be used',
      'A passphrase is typed in a terminal or read from a file, never given as an argument. No seed phrase',
      'or wallet key belongs anywhere in this program.',
    ],
    load: async () => (await import('./commands/key/key.ts')).runKey,
  },
  switch: {
    summary: 'change over from the official client to this one, or back',
    most: 0,
    flags: [...everywhere, 'for', 'back'],
    notes: [
      'Takes over its key, checks everything, stops and disables its service, and starts this node, which is',
      'kept only if a heartbeat is accepted within --for (1m unless given); else the official one is started',
      'again. Says for how long no heartbeat was sent. Its files are not touched; --back returns to it.',
    ],
    load: async () => (await import('./commands/switch/switch.ts')).runSwitch,
  },
  models: {
    summary: 'list, get, delete and test models',
    operands: '[list | pull NAME | catalog | recommend | rm NAME | test [NAME]]',
    most: 2,
    words: ['list', 'pull', 'catalog', 'recommend', 'rm', 'test'],
    flags: [...everywhere, 'ollama-url', 'model', 'yes'],
    notes: [
      'list           what is installed, whether it can serve, whether it fits, and where it is in memory',
      'pull NAME      downloads a model, with its progress. Ctrl-C cancels; the next pull resumes.',
      '               Looks for room first. Of unknown size and above 5 GB only with --yes, or when asked',
      'catalog        the network’s models, each held against this machine',
      'recommend      the one to get here, and why',
      'rm NAME        deletes a model and says what that freed; the one in use only with --yes',
      'test [NAME]    measures a model on this machine for about a minute',
      'Where a node runs, it pulls, deletes and tests; else this command does it itself.',
    ],
    load: async () => (await import('./commands/models/models.ts')).runModels,
  },
  ollama: {
    summary: 'look at, start, stop and install the Ollama that runs the models',
    operands: '[status | start | stop | install]',
    most: 1,
    words: ['status', 'start', 'stop', 'install'],
    flags: [...everywhere, 'ollama-url', 'yes'],
    notes: [
      'status    whether it runs, whose it is, and why not (exit code 5 while it does not)',
      'start     starts the installed one; it keeps running without a node, and a node uses it',
      'stop      stops the one that this program started; never another one',
      'install   gets the official release into a folder of your own, checked against its published checksum;',
      '          asks first, unless --yes is given; resumes where it was interrupted',
    ],
    load: async () => (await import('./commands/ollama/ollama.ts')).runOllama,
  },
  start: {
    summary: 'run the node: heartbeats, and serving what is asked',
    most: 0,
    flags: [...everywhere, ...connection, ...operation, 'wait', 'take-over'],
    notes: [
      'Refuses to start while Ollama or a model that can serve is missing; --wait waits for them, as a',
      'service should. Ctrl-C finishes what runs and ends; a second Ctrl-C ends at once.',
    ],
    load: async () => (await import('./commands/start/start.ts')).runStart,
  },
  service: {
    summary: 'run the node as a service, in the background and after a restart',
    operands: '[install | uninstall | start | stop | restart | status | logs]',
    most: 1,
    words: ['install', 'uninstall', 'start', 'stop', 'restart', 'status', 'logs'],
    flags: [
      ...everywhere,
      ...(['system', 'name', 'linger', 'no-linger', 'passphrase-file', 'yes'] as const),
      ...(['node-id', 'gpu', 'cpu', 'model'] as const),
      ...(['follow', 'lines', 'data', 'lose-key', 'yes-really'] as const),
    ],
    notes: [
      'install     says what it will do, asks, and starts the service; run it again after a change or an upgrade',
      '            The key must be readable without a sign-in: one in the keychain is moved to a file, if you agree',
      'uninstall   finishes current requests and removes the service; key and data stay, unless --data is given',
      'start, stop, restart   stopping finishes current requests first',
      'status      exit code 3 while it is not running',
      'logs        the log of the service',
      'A user service runs while you are signed in, or always with --linger. With --system it belongs to the computer.',
      'With --node-id, --gpu, --cpu or --model and no verb it installs, as with the official client.',
    ],
    load: async () => (await import('./commands/service/service.ts')).runService,
  },
  verify: {
    summary: 'check everything that could keep this node from earning',
    most: 0,
    flags: [...everywhere, ...connection, 'node-id', 'wallet'],
    load: async () => (await import('./commands/verify.ts')).runVerify,
  },
  diagnostics: {
    summary: 'collect what support needs, redacted, to be read before it is given away',
    operands: '[FILE]',
    most: 1,
    flags: [...everywhere, ...connection],
    notes: [
      'Prints it, or writes it to a new FILE. No keys, passphrases, requests or answers are in it; where anything',
      'is found that looks like one after the redaction, nothing is made. It is sent nowhere.',
    ],
    load: async () => (await import('./commands/diagnostics.ts')).runDiagnostics,
  },
  status: {
    summary: 'say how the running node is',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/status/status.ts')).runStatus,
  },
  earnings: {
    summary: 'show what the node earns: balance, rate and claims',
    most: 0,
    flags: [...everywhere, 'claims', 'watch', 'export', 'node'],
    notes: [
      'Read from the chain by the running node. What cannot be read is a dash with its reason, never zero.',
      'Save a spreadsheet with: parallelix-operator earnings --export csv > earnings.csv',
    ],
    load: async () => (await import('./commands/earnings/earnings.ts')).runEarnings,
  },
  nodes: {
    summary: 'list the nodes of your wallet that can be known',
    operands: '[list | add ID | remove ID | scan]',
    most: 2,
    words: ['list', 'add', 'remove', 'scan'],
    flags: everywhere,
    notes: [
      'Your own node is always listed. Add others by their ID, or scan the IDs near yours for nodes of the same',
      'wallet; a scan runs in your node and continues where it was.',
    ],
    load: async () => (await import('./commands/nodes/nodes.ts')).runNodes,
  },
  estimate: {
    summary: 'estimate a year of rewards and cost',
    most: 0,
    flags: [...everywhere, ...estimation],
    notes: [
      'A calibration, not a forecast. Begins with what your node knows, or with the least stake and the guide’s',
      'total; whatever you give replaces that. Works without a running node.',
    ],
    load: async () => (await import('./commands/estimate/estimate.ts')).runEstimate,
  },
  register: {
    summary: 'show how to register this node: calls, links and a QR code',
    most: 0,
    flags: [...everywhere, 'stake', 'wallet', 'accept-tier-1', 'open'],
    notes: [
      'Your wallet signs in the Console; nothing is signed or sent here. With --wallet ADDRESS and a running',
      'node it also says what that address holds and what is missing.',
    ],
    load: async () => (await import('./commands/wallet/wallet.ts')).runRegister,
  },
  claim: {
    summary: 'show how to claim what the node has earned',
    most: 0,
    flags: [...everywhere, 'open'],
    notes: ['Your wallet signs in the Console; nothing is signed or sent here.'],
    load: async () => (await import('./commands/wallet/wallet.ts')).runClaim,
  },
  unstake: {
    summary: 'show how to request unstaking; starts the 7-day cooldown',
    most: 0,
    flags: [...everywhere, 'open'],
    notes: ['Your wallet signs in the Console; nothing is signed or sent here.'],
    load: async () => (await import('./commands/wallet/wallet.ts')).runUnstake,
  },
  'cancel-unstake': {
    summary: 'show how to cancel unstaking during the cooldown',
    most: 0,
    flags: [...everywhere, 'open'],
    notes: ['Your wallet signs in the Console; nothing is signed or sent here.'],
    load: async () => (await import('./commands/wallet/wallet.ts')).runCancelUnstake,
  },
  withdraw: {
    summary: 'show how to withdraw the stake after the cooldown',
    most: 0,
    flags: [...everywhere, 'open'],
    notes: ['Your wallet signs in the Console; nothing is signed or sent here.'],
    load: async () => (await import('./commands/wallet/wallet.ts')).runWithdraw,
  },
  pause: {
    summary: 'stop taking requests for a while; heartbeats continue',
    most: 0,
    flags: [...everywhere, 'for'],
    load: async () => (await import('./commands/pause.ts')).runPause,
  },
  resume: {
    summary: 'take work again',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/pause.ts')).runResume,
  },
  drain: {
    summary: 'finish what runs, deliver it, and stop the node',
    most: 0,
    flags: [...everywhere, 'no-wait'],
    load: async () => (await import('./commands/drain.ts')).runDrain,
  },
  logs: {
    summary: 'print what happened last',
    most: 0,
    flags: [...everywhere, 'follow', 'lines'],
    notes: ['With --json the lines are printed as they are in the file.'],
    load: async () => (await import('./commands/logs.ts')).runLogs,
  },
  config: {
    summary: 'list, read and change settings',
    operands: '[list | get NAME | set NAME VALUE | unset NAME]',
    most: 3,
    words: ['list', 'get', 'set', 'unset'],
    flags: [...everywhere, ...connection, ...operation],
    notes: ['The list says where each value comes from: flag, environment, saved or default.'],
    load: async () => (await import('./commands/config.ts')).runConfig,
  },
  update: {
    summary: 'update this program',
    operands: '[schedule | unschedule]',
    most: 1,
    words: ['schedule', 'unschedule'],
    flags: [...everywhere, 'check', 'auto', 'window', 'release-url', 'yes'],
    notes: [
      'Downloads the newest release, checks its signature, and starts it beside your node. The new version takes',
      'over once current requests are complete. If no heartbeat is accepted within 30 seconds, the old version',
      'comes back. Only for what install.sh installed; otherwise it says what updates this program.',
      '--check        only says whether there is an update (exit code 0 either way)',
      '--auto         for a scheduler: asks nothing, and never retries a version that failed here',
      '--window       waits for a random moment of this part of the day; needs --auto',
      'schedule       has systemd run: update --auto --window 03:00-05:00 (or the --window you give) each day',
      'unschedule     ends that',
    ],
    load: async () => (await import('./commands/update/update.ts')).runUpdate,
  },
  uninstall: {
    summary: 'say what stays here without this program; with --data, remove it',
    most: 0,
    flags: [...everywhere, 'data', 'lose-key', 'yes-really', 'yes'],
    notes: [
      'With --data the state directory is emptied, key and dated key backups in it too, and the entry in the',
      'keychain; a terminal shows the list first. Refused while the node runs, finished answers wait, a key has',
      'no backup that lies elsewhere, or its node is staked or nobody knows: only --lose-key --yes-really',
      'overrules the last three. Backups elsewhere stay, and so does any file that is not known to be ours.',
    ],
    load: async () => (await import('./commands/uninstall.ts')).runUninstall,
  },
  version: {
    summary: 'print the version',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/version.ts')).runVersion,
  },
  help: {
    summary: 'explain a command',
    operands: '[COMMAND]',
    most: 1,
    flags: everywhere,
    load: async () => (await import('./commands/help.ts')).runHelp,
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

export function commandNamed(name: CommandName): Command {
  return commands[name];
}
