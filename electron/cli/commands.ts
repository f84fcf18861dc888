import type { Command } from './args/command.ts';
import { connection, estimation, everywhere, operation } from './args/flags.ts';

/** What a wallet does for a node. */
const walletNotes = ['Your wallet signs in the Console; nothing is signed or sent here.'] as const;

type WalletRun = 'runClaim' | 'runUnstake' | 'runCancelUnstake' | 'runWithdraw';

/** A command that explains what a wallet is to sign. */
const walletCommand = (summary: string, run: WalletRun) =>
  ({
    group: 'earn',
    summary,
    most: 0,
    flags: [...everywhere, 'open'],
    notes: walletNotes,
    load: async () => (await import('./commands/wallet/wallet.ts'))[run],
  }) as const satisfies Command;

/** Every command, in the order of the help. */
export const commands = {
  setup: {
    group: 'setup',
    summary: 'Check hardware, get a model, create a key and register',
    most: 0,
    flags: [...everywhere, ...connection, 'wallet', 'gpu', 'cpu', 'accept-tier-1', 'wait', 'yes'],
    notes: [
      'Checks the hardware and Ollama, and creates the node key if there is none. Shows the link to register, and waits',
      'up to 30 minutes for the registration. Run it as often as you like: it continues where something is missing.',
      'With --yes or --json it waits for nobody and says what is missing (exit code 5).',
    ],
    load: async () => (await import('./commands/setup/setup.ts')).runSetup,
  },
  switch: {
    group: 'setup',
    summary: 'Migrate from the official client',
    aliases: ['migrate'],
    most: 0,
    flags: [...everywhere, 'for', 'back'],
    notes: [
      'Imports its key, checks everything, stops and disables its service, and starts this node. It stays only if a',
      'heartbeat is accepted within --for (1m unless given); otherwise the official client is started again. Says for',
      'how long no heartbeat was sent. Its files are not changed.',
    ],
    load: async () => (await import('./commands/switch/switch.ts')).runSwitch,
  },
  probe: {
    group: 'setup',
    summary: 'Detect hardware and tier',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/probe/probe.ts')).runProbe,
  },
  init: {
    group: 'setup',
    summary: 'Create a node key',
    most: 0,
    flags: [...everywhere, 'wallet', 'force', 'passphrase', 'passphrase-file', 'accept-tier-1'],
    notes: ['An existing key is never replaced, unless --force has moved it to a dated backup first.'],
    load: async () => (await import('./commands/init.ts')).runInit,
  },
  register: {
    group: 'setup',
    summary: 'Show how to register this node: calls, link and QR code',
    most: 0,
    flags: [...everywhere, 'stake', 'wallet', 'accept-tier-1', 'open'],
    notes: [
      ...walletNotes,
      'With --wallet ADDRESS and a running node it also says what that address holds and what is missing.',
    ],
    load: async () => (await import('./commands/wallet/wallet.ts')).runRegister,
  },
  key: {
    group: 'setup',
    summary: 'Show, back up, restore, import and move the node key',
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
      'show           its public parts, where it is stored, and its backup; never the key itself',
      'backup FILE    one file under a passphrase (Ethereum V3 keystore), read back before it counts',
      'restore FILE   puts a backup in place; nothing is sent before you confirm that the old computer is off',
      'import [DIR]   imports the key of the official client from ~/.parallelix, which stays as it is',
      'move           to the other store, or with --to file under a passphrase or out of it',
      'repair         writes the key record again from your key; creates and changes no key',
      'confirm        confirms that the old computer is off, so that the restored key is used',
      'A passphrase is typed in a terminal or read from a file, never given as an argument. No seed phrase or wallet',
      'key belongs anywhere in this program.',
    ],
    load: async () => (await import('./commands/key/key.ts')).runKey,
  },
  start: {
    group: 'run',
    summary: 'Go online and answer requests',
    most: 0,
    flags: [...everywhere, ...connection, ...operation, 'wait', 'take-over'],
    notes: [
      'Refuses to start while Ollama or a model is missing; --wait waits for them, as a service should. Ctrl-C finishes',
      'current requests and ends; a second Ctrl-C ends at once. With --debug each change of state is printed too.',
    ],
    load: async () => (await import('./commands/start/start.ts')).runStart,
  },
  drain: {
    group: 'run',
    summary: 'Finish and stop',
    aliases: ['stop'],
    most: 0,
    flags: [...everywhere, 'no-wait'],
    notes: [
      'Finishes current requests, sends the answers, and stops the node. You won’t earn until it runs again.',
    ],
    load: async () => (await import('./commands/drain.ts')).runDrain,
  },
  restart: {
    group: 'run',
    summary: 'Finish, stop and start again',
    most: 0,
    flags: [...everywhere, ...connection, ...operation, 'wait'],
    notes: [
      'Restarts the service of this node, where it has one. Without a service it stops the running node and starts it',
      'again in this terminal.',
    ],
    load: async () => (await import('./commands/restart.ts')).runRestart,
  },
  pause: {
    group: 'run',
    summary: 'Stop taking requests',
    operands: '[TIME]',
    most: 1,
    flags: [...everywhere, 'for'],
    notes: [
      'Your node stays online. ParalleliX hasn’t said whether paused time earns. Resume within 24 hours.',
    ],
    load: async () => (await import('./commands/pause.ts')).runPause,
  },
  resume: {
    group: 'run',
    summary: 'Take requests again',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/pause.ts')).runResume,
  },
  service: {
    group: 'run',
    summary: 'Run in the background, also after a restart',
    operands: '[install | uninstall | start | stop | restart | status | logs]',
    most: 1,
    words: ['install', 'uninstall', 'start', 'stop', 'restart', 'status', 'logs'],
    flags: [
      ...everywhere,
      ...(['system', 'name', 'linger', 'no-linger', 'passphrase-file', 'yes'] as const),
      ...(['node-id', 'gpu', 'cpu', 'model'] as const),
      ...(['follow', 'lines', 'since', 'level', 'grep', 'data', 'lose-key', 'yes-really'] as const),
    ],
    notes: [
      'install     says what it will do, asks, and starts the service; run it again after a change or an upgrade.',
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
  status: {
    group: 'check',
    summary: 'Show node status',
    most: 0,
    flags: [...everywhere, 'verbose', 'watch'],
    notes: [
      'With --verbose also IDs, addresses and counts. With --watch and --json it prints a document at every change.',
    ],
    load: async () => (await import('./commands/status/status.ts')).runStatus,
  },
  verify: {
    group: 'check',
    summary: 'Check for problems',
    aliases: ['doctor'],
    most: 0,
    flags: [...everywhere, ...connection, 'node-id', 'wallet', 'verbose'],
    notes: ['Shows problems, the worst first. With --verbose also what passed and what was skipped.'],
    load: async () => (await import('./commands/verify.ts')).runVerify,
  },
  requests: {
    group: 'check',
    summary: 'Show recent requests',
    most: 0,
    flags: [...everywhere, 'lines'],
    notes: ['From the record of the running node, newest first. Prompts and answers are never saved.'],
    load: async () => (await import('./commands/requests.ts')).runRequests,
  },
  logs: {
    group: 'check',
    summary: 'Show recent log',
    most: 0,
    flags: [...everywhere, 'follow', 'lines', 'since', 'level', 'grep'],
    notes: ['With --json the lines are printed as they are in the file.'],
    load: async () => (await import('./commands/logs.ts')).runLogs,
  },
  diagnostics: {
    group: 'check',
    summary: 'Create a support report',
    operands: '[FILE]',
    most: 1,
    flags: [...everywhere, ...connection],
    notes: [
      'Versions, hardware, settings, checks and recent logs. No keys, passphrases, prompts or answers. Prints it, or',
      'writes it to a new FILE. Review it before you share it; it is never sent.',
    ],
    load: async () => (await import('./commands/diagnostics.ts')).runDiagnostics,
  },
  models: {
    group: 'models',
    summary: 'List, download, delete and test models',
    operands: '[list | pull NAME | catalog | recommend | rm NAME | test [NAME]]',
    most: 2,
    words: ['list', 'pull', 'catalog', 'recommend', 'rm', 'test'],
    flags: [...everywhere, 'ollama-url', 'model', 'yes', 'verbose'],
    notes: [
      'list           installed models, whether they serve and fit, and where they are loaded; more with --verbose',
      'pull NAME      downloads a model. Ctrl-C cancels it; what was downloaded stays for the next pull.',
      '               Checks for space first. Of unknown size and above 5 GB only with --yes, or when asked',
      'catalog        the models of the network, each compared with this computer',
      'recommend      the best one for this computer, and why',
      'rm NAME        deletes a model and says what that freed; the one in use only with --yes',
      'test [NAME]    measures a model on this computer for about a minute',
      'Where a node runs, it downloads, deletes and tests; otherwise this command does it itself.',
    ],
    load: async () => (await import('./commands/models/models.ts')).runModels,
  },
  ollama: {
    group: 'models',
    summary: 'Show, start, stop and install Ollama',
    operands: '[status | start | stop | install]',
    most: 1,
    words: ['status', 'start', 'stop', 'install'],
    flags: [...everywhere, 'ollama-url', 'yes'],
    notes: [
      'status    whether it runs, who manages it, and why not (exit code 5 while it does not run)',
      'start     starts the installed one; without a node it keeps running, and a node adopts it',
      'stop      stops the one that this program started; never another one',
      'install   downloads the official release to a folder of yours and verifies it. No password needed.',
      '          Asks first, or takes --yes; resumes a download that stopped',
    ],
    load: async () => (await import('./commands/ollama/ollama.ts')).runOllama,
  },
  earnings: {
    group: 'earn',
    summary: 'Show balance, rate and claims',
    most: 0,
    flags: [...everywhere, 'claims', 'watch', 'export', 'node'],
    notes: [
      'Read from the chain by the running node. What cannot be read is a dash with its reason, never zero.',
    ],
    load: async () => (await import('./commands/earnings/earnings.ts')).runEarnings,
  },
  estimate: {
    group: 'earn',
    summary: 'Estimate a year of rewards and cost',
    most: 0,
    flags: [...everywhere, ...estimation],
    notes: [
      'A calibration, not a forecast. Begins with what your node knows, or with the least stake and the total of the',
      'guide; what you give replaces that. Works without a running node.',
    ],
    load: async () => (await import('./commands/estimate/estimate.ts')).runEstimate,
  },
  nodes: {
    group: 'earn',
    summary: 'List the nodes of your wallet',
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
  claim: walletCommand('Show how to claim rewards', 'runClaim'),
  unstake: walletCommand('Show how to request unstaking; starts the 7-day cooldown', 'runUnstake'),
  'cancel-unstake': walletCommand('Show how to cancel unstaking during the cooldown', 'runCancelUnstake'),
  withdraw: walletCommand('Show how to withdraw the stake after the cooldown', 'runWithdraw'),
  config: {
    group: 'manage',
    summary: 'List, read and change settings',
    operands: '[list | get NAME | set NAME VALUE | unset NAME | edit]',
    most: 3,
    words: ['list', 'get', 'set', 'unset', 'edit'],
    flags: [...everywhere, ...connection, ...operation, 'changed'],
    notes: [
      'The list says where each value comes from: flag, environment, saved or default.',
      'edit opens all settings in $VISUAL or $EDITOR and saves what you changed, or nothing if a line is wrong.',
    ],
    load: async () => (await import('./commands/config/config.ts')).runConfig,
  },
  open: {
    group: 'manage',
    summary: 'Open the Console or the documentation in your browser',
    operands: '[console | docs]',
    most: 1,
    words: ['console', 'docs'],
    flags: everywhere,
    load: async () => (await import('./commands/open.ts')).runOpen,
  },
  update: {
    group: 'manage',
    summary: 'Update this program',
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
      '--window       waits for a random moment in this window; needs --auto',
      'schedule       has systemd run: update --auto --window 03:00-05:00 (or the --window you give) each day',
      'unschedule     ends that',
    ],
    load: async () => (await import('./commands/update/update.ts')).runUpdate,
  },
  uninstall: {
    group: 'manage',
    summary: 'Show or remove node data',
    most: 0,
    flags: [...everywhere, 'data', 'lose-key', 'yes-really', 'yes'],
    notes: [
      'With --data the state directory is emptied, with the key and its dated backups, and the keychain entry is',
      'deleted; a terminal shows the list first. Refused while the node runs, answers wait, a key has no backup',
      'elsewhere, or its node is staked or may be: only --lose-key --yes-really overrules the last three. Backups',
      'elsewhere stay, and so does any file that is not known to be ours.',
    ],
    load: async () => (await import('./commands/uninstall.ts')).runUninstall,
  },
  completion: {
    group: 'manage',
    summary: 'Print the completion for your shell',
    operands: 'bash | zsh | fish',
    most: 1,
    words: ['bash', 'zsh', 'fish'],
    flags: everywhere,
    notes: ['The deb and rpm packages install it already.'],
    load: async () => (await import('./commands/completion/completion.ts')).runCompletion,
  },
  version: {
    group: 'manage',
    summary: 'Print the version',
    most: 0,
    flags: everywhere,
    load: async () => (await import('./commands/version.ts')).runVersion,
  },
  help: {
    group: 'manage',
    summary: 'Explain a command or a topic',
    operands: '[COMMAND | TOPIC]',
    most: 1,
    flags: everywhere,
    load: async () => (await import('./commands/help.ts')).runHelp,
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

export function commandNamed(name: CommandName): Command {
  return commands[name];
}

const named = new Map<string, CommandName>(
  (Object.entries(commands) as [CommandName, Command][]).flatMap(([name, { aliases = [] }]) =>
    [name, ...aliases].map((word) => [word, name] as const),
  ),
);

/** Every word that calls a command, other names included. */
export const commandWords: readonly string[] = [...named.keys()];

/** The command that a word calls, by its name or another one; null for none. */
export const commandCalled = (word: string): CommandName | null => named.get(word) ?? null;
