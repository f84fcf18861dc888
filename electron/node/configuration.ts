import { isNodeError, NodeError } from '../../shared/errors.ts';
import { isNodeId } from '../../shared/ids.ts';
import type { Reason } from '../../shared/reasons/reason-text.ts';
import { type OllamaAddress, parseOllamaAddress } from '../daemon/ollama/api/address.ts';
import { type IdentityRecord, readIdentityRecord } from '../daemon/storage/identity-record.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import {
  openSettings,
  parseSettingText,
  type SettingDescription,
  type Settings,
  type SettingsStore,
} from '../daemon/storage/settings.ts';
import type { NodeContext } from './context.ts';
import { type FlagOverrides, type GivenValue, type OverridableSetting, variables } from './overrides.ts';

/** Where a value comes from, the strongest first. */
export type Source = 'flag' | 'environment' | 'saved' | 'default';

/** The settings in force, and where each comes from. */
export interface SettingsInForce {
  readonly settings: Settings;
  readonly ollama: OllamaAddress;
  readonly sourceOf: (setting: string) => Source;
  /** The flag or variable that gives the value; null for one that is saved or the default. */
  readonly givenBy: (setting: string) => string | null;
}

/** What is in force for a host: flag, else environment, else saved, else default. */
export interface Configuration extends SettingsInForce {
  readonly paths: StatePaths;
  readonly store: SettingsStore;
  /** Null when there is none yet. */
  readonly record: IdentityRecord | null;
  readonly nodeId: { value: string | null; source: Source };
  readonly owner: { value: string | null; source: Source };
}

export type DescribedSetting = Omit<SettingDescription, 'source'> & {
  source: Source;
  givenBy: string | null;
};

/**
 * Everything that is in force, each value checked.
 *
 * @param options `store`: settings that the host keeps open; read from the disk otherwise.
 *   `record`: `lenient` takes an identity record that cannot be read for none, for an operation that reports it
 * @throws NodeError `setting-invalid` with the name of the flag or variable at fault, `identity-unreadable`
 */
export async function resolveConfiguration(
  { paths, env, clock }: Pick<NodeContext, 'paths' | 'env' | 'clock'>,
  options: { flags?: FlagOverrides; record?: 'strict' | 'lenient'; store?: SettingsStore } = {},
): Promise<Configuration> {
  const { flags = {}, record: reading = 'strict' } = options;
  const store = options.store ?? (await openSettings({ paths }, { clock }));
  const inForce = settingsInForce({ env, flags }, store);
  const record = await readIdentityRecord(paths.identityFile).catch((error: unknown) => {
    if (reading === 'lenient' && isNodeError(error, 'identity-unreadable')) return null;
    throw error;
  });
  return {
    paths,
    store,
    ...inForce,
    record,
    nodeId: flags.nodeId ? { value: nodeIdOf(flags.nodeId), source: 'flag' } : recorded(record?.nodeId),
    owner: flags.owner
      ? { value: await walletOf(flags.owner, record), source: 'flag' }
      : recorded(record?.owner),
  };
}

/**
 * The settings of a store as a start would use them now. An empty variable is none.
 *
 * @throws NodeError `setting-invalid` with the name of the flag or variable at fault
 */
export function settingsInForce(
  { env, flags = {} }: { env: NodeJS.ProcessEnv; flags?: FlagOverrides },
  store: SettingsStore,
): SettingsInForce {
  const settings: Settings = structuredClone(store.current);
  const given = new Map<string, { source: Source; name: string }>();
  for (const setting of Object.keys(variables) as OverridableSetting[]) {
    const byFlag = flags[setting];
    const value = byFlag ?? fromEnvironment(setting, env);
    if (value === null) continue;
    given.set(setting, { source: byFlag ? 'flag' : 'environment', name: value.name });
    put(settings, setting.split('.'), checkedValue(setting, value));
  }
  const saved = new Map(store.describe().map(({ name, source }) => [name, source]));
  return {
    settings,
    ollama: parseOllamaAddress(settings.ollamaUrl ?? undefined, 'ollamaUrl'),
    sourceOf: (setting) => given.get(setting)?.source ?? saved.get(setting) ?? 'default',
    givenBy: (setting) => given.get(setting)?.name ?? null,
  };
}

/** Every setting with the value in force and where it comes from. */
export function describeSettings(store: SettingsStore, inForce: SettingsInForce): DescribedSetting[] {
  return store.describe().map((entry) => ({
    ...entry,
    value: entry.name
      .split('.')
      .reduce<unknown>((group, name) => Reflect.get(group as object, name), inForce.settings),
    source: inForce.sourceOf(entry.name),
    givenBy: inForce.givenBy(entry.name),
  }));
}

/**
 * An address of Ollama as it would be used: prompts never go to a third party.
 *
 * @throws NodeError `setting-invalid`
 */
export function checkedOllamaAddress({ name, text }: GivenValue): OllamaAddress {
  if (/[\s\p{Cc}]/u.test(text.trim())) {
    throw refused({ name, text }, 'holds-spaces');
  }
  return parseOllamaAddress(text, name);
}

function fromEnvironment(setting: OverridableSetting, env: NodeJS.ProcessEnv): GivenValue | null {
  const name = variables[setting];
  const text = name === null ? '' : (env[name]?.trim() ?? '');
  return name === null || text === '' ? null : { name, text };
}

function checkedValue(setting: OverridableSetting, given: GivenValue): unknown {
  try {
    return setting === 'ollamaUrl' ? checkedOllamaAddress(given).url : parseSettingText(setting, given.text);
  } catch (error) {
    throw isNodeError(error, 'setting-invalid') ? refused(given, error.details.reason) : error;
  }
}

function put(group: object, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) Object.assign(group, { [first]: value });
  else put(Reflect.get(group, first) as object, rest, value);
}

function recorded(value: string | null | undefined): { value: string | null; source: Source } {
  return { value: value ?? null, source: value ? 'saved' : 'default' };
}

async function walletOf(given: GivenValue, record: IdentityRecord | null): Promise<string> {
  // With the hash of its checksum, which few commands need.
  const { walletFault } = await import('./wallet-address.ts');
  const fault = walletFault(given.text);
  if (fault !== null) throw refused(given, fault);
  if (given.text.toLowerCase() === record?.nodeAddress) {
    throw refused(given, 'address-of-node-key');
  }
  return given.text.toLowerCase();
}

function nodeIdOf(given: GivenValue): string {
  if (isNodeId(given.text)) return given.text;
  throw refused(given, 'needs-node-id');
}

/** Names the input as it was written, without a password that stands in it. */
function refused({ name, text }: GivenValue, reason: Reason): NodeError {
  const value = text.replace(/\/\/[^/]*@/, '//***@').slice(0, 100);
  return new NodeError('setting-invalid', { name, value, reason });
}
