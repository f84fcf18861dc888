import { type FlagOverrides, stateDirVariable, variables } from '../../node/overrides.ts';

/** One flag: the same name means the same thing with every command that takes it. */
export interface Flag {
  type: 'string' | 'boolean';
  short?: string;
  /** How the value is called in the help. */
  value?: string;
  meaning: string;
  /** The environment variable that says the same; the flag wins. */
  env?: string;
  /** What it says in place of what is saved; `value` where the flag itself is the value. */
  overrides?: { setting: keyof FlagOverrides; value?: string };
}

/** Every flag there is. The names of the official client mean what they mean there. [network.md 12] */
export const flags = {
  'node-id': {
    type: 'string',
    value: 'ID',
    meaning: 'the node to serve as; your key’s registration unless given',
    overrides: { setting: 'nodeId' },
  },
  wallet: {
    type: 'string',
    value: 'ADDRESS',
    meaning: 'your staking wallet’s address, 0x and 40 hex digits; never its key',
    overrides: { setting: 'owner' },
  },
  'coordinator-url': {
    type: 'string',
    value: 'URL',
    meaning: 'the coordinator; https, or http on this computer',
    env: variables.coordinatorUrl,
    overrides: { setting: 'coordinatorUrl' },
  },
  'ollama-url': {
    type: 'string',
    value: 'ADDRESS',
    meaning: 'where Ollama listens: host, port or address',
    env: variables.ollamaUrl,
    overrides: { setting: 'ollamaUrl' },
  },
  'rpc-url': {
    type: 'string',
    value: 'URL',
    meaning: 'your own Ethereum RPC, asked before the public ones',
    overrides: { setting: 'rpcUrl' },
  },
  model: {
    type: 'string',
    value: 'NAME',
    meaning: 'the model for requests that name none',
    env: variables.defaultModel,
    overrides: { setting: 'defaultModel' },
  },
  gpu: {
    type: 'boolean',
    meaning: 'report mode gpu; only what is reported, not your tier or what Ollama uses',
    overrides: { setting: 'mode', value: 'gpu' },
  },
  cpu: {
    type: 'boolean',
    meaning: 'report mode cpu; only what is reported, not your tier or what Ollama uses',
    overrides: { setting: 'mode', value: 'cpu' },
  },
  'accept-tier-mismatch': {
    type: 'boolean',
    meaning: 'serve with a tier below the registered one; the network may zero that time',
    env: variables['hardware.acceptTierMismatch'],
    overrides: { setting: 'hardware.acceptTierMismatch' },
  },
  'accept-tier-1': {
    type: 'boolean',
    meaning: 'register as tier 1 although a GPU may be undetected; a tier may be final',
  },
  concurrency: {
    type: 'string',
    value: 'N',
    meaning: 'requests at the same time, 1 to 16',
    overrides: { setting: 'concurrency' },
  },
  for: { type: 'string', value: 'TIME', meaning: 'how long, for example 30m, 2h or 1h30m' },
  follow: { type: 'boolean', short: 'f', meaning: 'keep printing new entries' },
  lines: {
    type: 'string',
    short: 'n',
    value: 'N',
    meaning: 'how many lines or entries to begin with, up to 10000; 50 unless given',
  },
  since: {
    type: 'string',
    value: 'TIME',
    meaning: 'only what is newer: a length such as 2h, or a date such as 2026-11-27 or 2026-11-27T14:00',
  },
  level: { type: 'string', value: 'LEVEL', meaning: 'only this level and above: debug, info, warn or error' },
  grep: { type: 'string', value: 'TEXT', meaning: 'only lines with this text, in any case' },
  changed: { type: 'boolean', meaning: 'only settings that differ from the default' },
  verbose: { type: 'boolean', short: 'v', meaning: 'show more' },
  wait: { type: 'boolean', meaning: 'wait for what is missing instead of ending' },
  'no-wait': { type: 'boolean', meaning: 'return at once instead of waiting for the end' },
  force: {
    type: 'boolean',
    meaning: 'create a new key although there is one; the old one is moved to a backup',
  },
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    meaning: 'a file only you can read with the passphrase; a terminal asks otherwise',
    env: 'PARALLELIX_KEY_PASSPHRASE_FILE',
  },
  passphrase: { type: 'boolean', meaning: 'lock the key file with a passphrase' },
  'no-passphrase': { type: 'boolean', meaning: 'remove the passphrase from the key file' },
  to: { type: 'string', value: 'STORE', meaning: 'where to store the key: file or keychain' },
  'old-machine-is-off': {
    type: 'boolean',
    meaning: 'confirm that the old computer’s node is stopped',
  },
  'different-key': {
    type: 'boolean',
    meaning: 'accept a key of another node; needs --yes-really too',
  },
  'yes-really': {
    type: 'boolean',
    meaning: 'confirms --different-key or --lose-key. The key here is moved to a backup, or deleted',
  },
  data: { type: 'boolean', meaning: 'remove this node’s data on this computer, its key too' },
  'lose-key': {
    type: 'boolean',
    meaning: 'accept losing a key without backup, a stake or unsent answers; needs --yes-really too',
  },
  check: { type: 'boolean', meaning: 'only say whether there is an update' },
  auto: {
    type: 'boolean',
    meaning: 'update unattended: ask nothing, and never retry a version that failed here',
  },
  window: {
    type: 'string',
    value: 'FROM-TO',
    meaning: 'update at a random moment in this window, for example 03:00-05:00',
  },
  'release-url': {
    type: 'string',
    value: 'URL',
    meaning: 'the release folder, over https; signatures are checked either way',
    env: 'PARALLELIX_RELEASE_URL',
  },
  'take-over': {
    type: 'boolean',
    meaning: 'prepare beside a running node and replace it once it ends; used by update',
  },
  system: {
    type: 'boolean',
    meaning: 'the service of the whole computer, with its own user; needs sudo',
  },
  name: {
    type: 'string',
    value: 'NAME',
    meaning: 'which service, if there are several; default unless given',
  },
  linger: { type: 'boolean', meaning: 'keep your services running while you’re signed out' },
  'no-linger': { type: 'boolean', meaning: 'leave lingering as it is, without asking' },
  back: { type: 'boolean', meaning: 'return to the official client' },
  stake: {
    type: 'string',
    value: 'PRLX',
    meaning: 'your stake; 50,000 or yours unless given',
  },
  tier: { type: 'string', value: 'N', meaning: 'hardware tier, 1 to 4; yours unless given' },
  uptime: { type: 'string', value: 'PERCENT', meaning: 'time online; 99.5 or yours unless given' },
  'total-weight': {
    type: 'string',
    value: 'PRLX',
    meaning: 'stake times multiplier of all online nodes, yours included',
  },
  growth: { type: 'string', value: 'PERCENT', meaning: 'growth of that total per month; 0 unless given' },
  watts: { type: 'string', value: 'W', meaning: 'power while waiting for requests' },
  'watts-loaded': { type: 'string', value: 'W', meaning: 'power while answering' },
  loaded: { type: 'string', value: 'PERCENT', meaning: 'time spent answering' },
  'kwh-price': { type: 'string', value: 'USD', meaning: 'price of a kWh' },
  'monthly-cost': { type: 'string', value: 'USD', meaning: 'other cost per month' },
  'hardware-cost': { type: 'string', value: 'USD', meaning: 'hardware, paid once' },
  'token-price': {
    type: 'string',
    value: 'USD',
    meaning: 'price of one PRLX; never looked up online',
  },
  export: {
    type: 'string',
    value: 'FORMAT',
    meaning: 'print everything on record, per day and per claim: csv or json',
  },
  claims: {
    type: 'string',
    value: 'N',
    meaning: 'list so many claims, newest first, or all; 10 unless given',
  },
  node: { type: 'string', value: 'ID', meaning: 'export one node; without it every node on record' },
  watch: { type: 'boolean', meaning: 'keep it up to date until Ctrl-C' },
  open: { type: 'boolean', meaning: 'open the link in your browser' },
  guide: { type: 'boolean', meaning: 'begin with the guide’s example of a year' },
  yes: { type: 'boolean', short: 'y', meaning: 'assume yes; ask nothing and wait for nobody' },
  'state-dir': {
    type: 'string',
    value: 'DIR',
    meaning: 'the directory of this node, an absolute path',
    env: stateDirVariable,
  },
  plain: { type: 'boolean', meaning: 'no color or redraw' },
  json: { type: 'boolean', meaning: 'JSON output' },
  debug: { type: 'boolean', meaning: 'verbose errors' },
  help: { type: 'boolean', short: 'h', meaning: 'explain the command' },
  version: { type: 'boolean', short: 'V', meaning: 'print the version' },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof flags;

/** The flags as they were given. */
export type FlagValues = {
  [Name in FlagName]?: (typeof flags)[Name]['type'] extends 'string' ? string : boolean;
};

/** Taken by every command. */
export const everywhere = [
  'state-dir',
  'plain',
  'json',
  'debug',
  'help',
] as const satisfies readonly FlagName[];

/** What `resolve.ts` reads. */
export const connection = [
  'coordinator-url',
  'ollama-url',
  'rpc-url',
  'model',
] as const satisfies readonly FlagName[];

/** How a node is run, for this once or as saved. */
export const operation = [
  'node-id',
  'wallet',
  'gpu',
  'cpu',
  'concurrency',
  'accept-tier-mismatch',
] as const satisfies readonly FlagName[];

/** What an estimate is made of. */
export const estimation = [
  'guide',
  'stake',
  'tier',
  'uptime',
  'total-weight',
  'growth',
  'watts',
  'watts-loaded',
  'loaded',
  'kwh-price',
  'monthly-cost',
  'hardware-cost',
  'token-price',
] as const satisfies readonly FlagName[];
