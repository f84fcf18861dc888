import { stat } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../shared/errors.ts';
import { type OllamaAddress, parseOllamaAddress } from '../daemon/ollama/api/address.ts';
import { type IdentityRecord, readIdentityRecord } from '../daemon/storage/identity-record.ts';
import { type StatePaths, statePaths } from '../daemon/storage/paths.ts';
import {
  openSettings,
  parseSettingText,
  type Settings,
  type SettingsStore,
} from '../daemon/storage/settings.ts';
import type { FlagName } from './args/flags.ts';
import type { Invocation } from './args/invocation.ts';
import { walletFault } from './args/wallet.ts';
import { settingsNote, stateNote } from './terminal/notes.ts';

/** Where a value comes from, the strongest first. */
export type Source = 'flag' | 'environment' | 'saved' | 'default';

/** What is in force for this call: flag, else environment, else saved, else default. */
export interface Configuration {
  readonly paths: StatePaths;
  readonly store: SettingsStore;
  readonly settings: Settings;
  readonly ollama: OllamaAddress;
  /** Where each setting that a flag or a variable can change comes from; the others are saved or default. */
  readonly sourceOf: (setting: string) => Source;
  /** Null when there is none yet. */
  readonly record: IdentityRecord | null;
  readonly nodeId: { value: string | null; source: Source };
  readonly owner: { value: string | null; source: Source };
}

interface Given {
  text: string;
  source: 'flag' | 'environment';
  /** How it was written: `--model` or `PARALLELIX_MODEL`. */
  name: string;
}

/** Settings, by their dotted names, that a flag or an environment variable can override. */
const overrides: readonly { setting: string; flag: FlagName; env: string | null }[] = [
  { setting: 'coordinatorUrl', flag: 'coordinator-url', env: 'PARALLELIX_API_URL' },
  { setting: 'ollamaUrl', flag: 'ollama-url', env: 'OLLAMA_HOST' },
  { setting: 'rpcUrl', flag: 'rpc-url', env: null },
  { setting: 'defaultModel', flag: 'model', env: 'PARALLELIX_MODEL' },
  { setting: 'concurrency', flag: 'concurrency', env: null },
  {
    setting: 'hardware.acceptTierMismatch',
    flag: 'accept-tier-mismatch',
    env: 'PARALLELIX_ACCEPT_TIER_MISMATCH',
  },
];

/**
 * The state directory of this call; nothing is created.
 *
 * @throws NodeError `usage` when the flag or the variable names one that cannot be
 */
export async function resolvePaths(invocation: Invocation): Promise<StatePaths> {
  const { flags, env, homeDir, platform, terminal } = invocation;
  const stateDir = flags['state-dir'];
  const named: Given | null =
    stateDir !== undefined
      ? { text: stateDir, source: 'flag', name: '--state-dir' }
      : env.PARALLELIX_STATE_DIR !== undefined
        ? { text: env.PARALLELIX_STATE_DIR, source: 'environment', name: 'PARALLELIX_STATE_DIR' }
        : null;
  try {
    const paths = statePaths({ stateDir, env, platform, homeDir });
    const kind = await stat(paths.stateDir).catch(() => null);
    if (kind !== null && !kind.isDirectory()) {
      throw new NodeError('state-dir-unusable', { path: paths.stateDir, reason: 'a file stands there' });
    }
    const note = stateNote(paths);
    if (note !== null) terminal.err(`Note: ${note}`);
    return paths;
  } catch (error) {
    if (named === null || !isNodeError(error, 'state-dir-unusable')) throw error;
    throw refuse(named, `${error.details.reason}; give the full path of a directory for this node`);
  }
}

/**
 * Everything that is in force, each value judged.
 *
 * @throws NodeError `usage` for a flag or a variable that cannot be, `identity-unreadable`
 */
export function resolveConfiguration(invocation: Invocation): Promise<Configuration> {
  return resolve(invocation, readIdentityRecord);
}

/** The same for a command that reports a record it cannot read, rather than fail over it. */
export function resolveConfigurationLeniently(invocation: Invocation): Promise<Configuration> {
  return resolve(invocation, (path) =>
    readIdentityRecord(path).catch((error: unknown) => {
      if (isNodeError(error, 'identity-unreadable')) return null;
      throw error;
    }),
  );
}

async function resolve(
  invocation: Invocation,
  readRecord: (path: string) => Promise<IdentityRecord | null>,
): Promise<Configuration> {
  const { flags, terminal, clock } = invocation;
  const paths = await resolvePaths(invocation);
  const store = await openSettings({ paths }, { clock });
  for (const notice of store.notices) terminal.err(`Note: ${settingsNote(notice, paths.settingsFile)}`);
  const saved = new Map(store.describe().map(({ name, source }) => [name, source]));
  const sources = new Map<string, Source>();
  const settings: Settings = structuredClone(store.current);

  for (const { setting, flag, env } of overrides) {
    const given = givenFor(invocation, flag, env);
    if (given === null) continue;
    sources.set(setting, given.source);
    const value = setting === 'ollamaUrl' ? ollamaAddress(given).url : settingValue(setting, given);
    put(settings, setting.split('.'), value);
  }
  if (flags.gpu || flags.cpu) {
    settings.mode = flags.gpu ? 'gpu' : 'cpu';
    sources.set('mode', 'flag');
  }

  const record = await readRecord(paths.identityFile);
  const owner = fromFlag(invocation, 'wallet', (given) => wallet(given, record));
  const nodeId = fromFlag(invocation, 'node-id', nodeIdOf);
  return {
    paths,
    store,
    settings,
    ollama: parseOllamaAddress(settings.ollamaUrl ?? undefined, 'ollamaUrl'),
    sourceOf: (setting) => sources.get(setting) ?? saved.get(setting) ?? 'default',
    record,
    nodeId: nodeId ?? recorded(record?.nodeId),
    owner: owner ?? recorded(record?.owner),
  };
}

function put(group: object, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) Object.assign(group, { [first]: value });
  else put(Reflect.get(group, first) as object, rest, value);
}

/** The value that counts for a flag with a variable of the same meaning; an empty variable is none. */
function givenFor({ flags, env }: Invocation, flag: FlagName, variable: string | null): Given | null {
  const byFlag = flags[flag];
  if (byFlag !== undefined) return { text: String(byFlag), source: 'flag', name: `--${flag}` };
  const byEnvironment = variable === null ? undefined : env[variable]?.trim();
  if (variable === null || !byEnvironment) return null;
  return { text: byEnvironment, source: 'environment', name: variable };
}

function fromFlag(
  invocation: Invocation,
  flag: FlagName,
  judge: (given: Given) => string,
): { value: string; source: Source } | null {
  const given = givenFor(invocation, flag, null);
  return given === null ? null : { value: judge(given), source: 'flag' };
}

function recorded(value: string | null | undefined): { value: string | null; source: Source } {
  return { value: value ?? null, source: value ? 'saved' : 'default' };
}

function settingValue(setting: string, given: Given): unknown {
  try {
    return parseSettingText(setting, given.text);
  } catch (error) {
    throw isNodeError(error, 'setting-invalid') ? refuse(given, error.details.reason) : error;
  }
}

/** Also judges a value that is to be saved: prompts never go to a third party. */
export function ollamaAddress(given: { text: string; name: string }): OllamaAddress {
  try {
    if (/[\s\p{Cc}]/u.test(given.text.trim()))
      throw refuse(given, 'must hold no spaces or control characters');
    return parseOllamaAddress(given.text, given.name);
  } catch (error) {
    throw isNodeError(error, 'setting-invalid') ? refuse(given, error.details.reason) : error;
  }
}

function wallet(given: Given, record: IdentityRecord | null): string {
  const fault = walletFault(given.text);
  if (fault !== null) throw refuse(given, fault);
  if (given.text.toLowerCase() === record?.nodeAddress) {
    throw refuse(given, 'is the address of the node key; give that of your staking wallet');
  }
  return given.text.toLowerCase();
}

function nodeIdOf(given: Given): string {
  if (/^(0|[1-9]\d{0,77})$/.test(given.text)) return given.text;
  throw refuse(given, 'must be the number that the registration gave, 1 to 78 digits');
}

/** Names the input as it was written, without a password that stands in it. */
function refuse({ text, name }: { text: string; name: string }, remedy: string): NodeError {
  const value = text.replace(/\/\/[^/]*@/, '//***@').slice(0, 100);
  const input = name.startsWith('--') ? `${name} ${value}` : `${name}=${value}`;
  return new NodeError('usage', { input, remedy });
}
