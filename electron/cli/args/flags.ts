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
    meaning: 'the node to serve as, digits; without it the registration of the key decides',
    overrides: { setting: 'nodeId' },
  },
  wallet: {
    type: 'string',
    value: 'ADDRESS',
    meaning: 'the staking wallet that owns the node, 0x and 40 hex digits; never its key',
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
    meaning: 'where Ollama listens; host, port or a full address',
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
    meaning: 'report mode "gpu"; sets only what is reported, neither the tier nor what Ollama uses',
    overrides: { setting: 'mode', value: 'gpu' },
  },
  cpu: {
    type: 'boolean',
    meaning: 'report mode "cpu"; sets only what is reported, neither the tier nor what Ollama uses',
    overrides: { setting: 'mode', value: 'cpu' },
  },
  'accept-tier-mismatch': {
    type: 'boolean',
    meaning:
      'serve although the chain names a higher tier than this machine shows; the network may zero that time',
    env: variables['hardware.acceptTierMismatch'],
    overrides: { setting: 'hardware.acceptTierMismatch' },
  },
  'accept-tier-1': {
    type: 'boolean',
    meaning: 'register as tier 1 although a GPU may be undetected; it may stay so',
  },
  concurrency: {
    type: 'string',
    value: 'N',
    meaning: 'requests run at the same time, 1 to 16',
    overrides: { setting: 'concurrency' },
  },
  for: { type: 'string', value: 'TIME', meaning: 'how long, for example 30m, 2h or 1h30m' },
  follow: { type: 'boolean', short: 'f', meaning: 'keep printing new entries' },
  lines: {
    type: 'string',
    short: 'n',
    value: 'N',
    meaning: 'how many lines to begin with, 0 to 10000; 50 unless given',
  },
  wait: { type: 'boolean', meaning: 'wait for what is missing instead of giving up' },
  'no-wait': { type: 'boolean', meaning: 'return at once instead of waiting for the end' },
  force: {
    type: 'boolean',
    meaning: 'make a new key although there is one; the old one is moved to a backup first',
  },
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    meaning: 'a file only you can read that holds the passphrase; without it a terminal asks',
    env: 'PARALLELIX_KEY_PASSPHRASE_FILE',
  },
  passphrase: { type: 'boolean', meaning: 'lock the key file with a passphrase' },
  'no-passphrase': { type: 'boolean', meaning: 'take the key file from under its passphrase' },
  to: { type: 'string', value: 'STORE', meaning: 'where the key is to rest: file or keychain' },
  'old-machine-is-off': {
    type: 'boolean',
    meaning: 'the machine that this key comes from is off, or its node is; only then is it used here',
  },
  'different-key': {
    type: 'boolean',
    meaning: 'take a key that is not the one of this node; needs --yes-really too',
  },
  'yes-really': {
    type: 'boolean',
    meaning: 'confirms --different-key or --lose-key. The key here is moved to a backup, or deleted',
  },
  data: { type: 'boolean', meaning: 'remove what this node keeps on this computer, its key too' },
  'lose-key': {
    type: 'boolean',
    meaning:
      'although the key has no backup, its node may be staked, or answers wait for delivery; needs --yes-really too',
  },
  check: { type: 'boolean', meaning: 'only say whether there is an update' },
  auto: {
    type: 'boolean',
    meaning: 'update unattended: ask nothing, and never retry a version that failed here',
  },
  window: {
    type: 'string',
    value: 'FROM-TO',
    meaning: 'update at a random moment of this part of the day, for example 03:00-05:00',
  },
  'release-url': {
    type: 'string',
    value: 'URL',
    meaning: 'the folder of releases, over https; signatures are always checked',
    env: 'PARALLELIX_RELEASE_URL',
  },
  'take-over': {
    type: 'boolean',
    meaning: 'get ready beside a running node and take its place once it has ended; used by update',
  },
  system: {
    type: 'boolean',
    meaning: 'the service of the whole computer, under a user of its own; needs sudo',
  },
  name: {
    type: 'string',
    value: 'NAME',
    meaning: 'which service, where there are several; "default" unless given',
  },
  linger: { type: 'boolean', meaning: 'keep your services running while you are signed out' },
  'no-linger': { type: 'boolean', meaning: 'ask nothing about lingering and leave it as it is' },
  back: { type: 'boolean', meaning: 'go back to the official client' },
  stake: {
    type: 'string',
    value: 'PRLX',
    meaning: 'what is staked, or to be staked; 50,000 or yours unless given',
  },
  tier: { type: 'string', value: 'N', meaning: 'the hardware tier, 1 to 4; yours unless given' },
  uptime: { type: 'string', value: 'PERCENT', meaning: 'the part of the time online; 99.5 or yours' },
  'total-weight': {
    type: 'string',
    value: 'PRLX',
    meaning: 'stake times multiplier of all online nodes, yours included',
  },
  growth: { type: 'string', value: 'PERCENT', meaning: 'growth of that total per month; 0 unless given' },
  watts: { type: 'string', value: 'W', meaning: 'power while waiting for requests' },
  'watts-loaded': { type: 'string', value: 'W', meaning: 'power while answering' },
  loaded: { type: 'string', value: 'PERCENT', meaning: 'the part of the time spent answering' },
  'kwh-price': { type: 'string', value: 'USD', meaning: 'price of a kWh' },
  'monthly-cost': { type: 'string', value: 'USD', meaning: 'other cost per month' },
  'hardware-cost': { type: 'string', value: 'USD', meaning: 'hardware, paid once' },
  'token-price': {
    type: 'string',
    value: 'USD',
    meaning: 'price of one PRLX; no price is looked up anywhere',
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
  watch: { type: 'boolean', meaning: 'print a line for every reading until Ctrl-C' },
  open: { type: 'boolean', meaning: 'open the link in your browser' },
  guide: { type: 'boolean', meaning: 'begin with the guide’s example of a year' },
  yes: { type: 'boolean', short: 'y', meaning: 'ask nothing and wait for nobody; say what is missing' },
  'state-dir': {
    type: 'string',
    value: 'DIR',
    meaning: 'the directory of this node, an absolute path',
    env: stateDirVariable,
  },
  plain: { type: 'boolean', meaning: 'plain lines: no colours, nothing redrawn' },
  json: { type: 'boolean', meaning: 'print JSON documents, each with a schemaVersion' },
  debug: { type: 'boolean', meaning: 'say more when something goes wrong' },
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
