import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { ensureStateDir } from '../../daemon/storage/paths.ts';
import {
  parseSetting,
  parseSettingText,
  type SettingDescription,
  type SettingsStore,
} from '../../daemon/storage/settings.ts';
import { settingsByName } from '../../daemon/storage/settings-fields.ts';
import {
  checkedOllamaAddress,
  type DescribedSetting,
  describeSettings,
  settingsInForce,
} from '../configuration.ts';
import type { NodeContext } from '../context.ts';
import type { FlagOverrides } from '../overrides.ts';

/** A setting with the value in force. */
export interface SettingInForce extends DescribedSetting {
  /** False for what only the program sets, and for what is given by flag or environment. */
  editable: boolean;
}

/** A value as a host has it: typed on a command line, or already of its type. */
export type GivenSetting = { text: string } | { value: unknown };

export interface SettingChange {
  saved: SettingDescription;
  /** The same with what a start of this host would use. */
  inForce: SettingInForce;
  /** A node is running that goes on with the old value until it is restarted. */
  needsRestart: boolean;
}

/** The operator's settings, for every host alike. */
export interface SettingsOperations {
  list(): SettingInForce[];
  /** @throws NodeError `setting-invalid` for an unknown name */
  get(name: string): SettingInForce;
  /** Throws as `set` does of a value that can't be, and saves nothing. */
  check(name: string, given: GivenSetting): void;
  /**
   * @throws NodeError `setting-invalid` for an unknown name, a value that cannot be and a setting that only the
   *   program sets; `settings-read-only`, `disk-full`, `state-dir-unusable`
   */
  set(name: string, given: GivenSetting): Promise<SettingChange>;
  /** Takes it back to its default. Throws as `set` does. */
  unset(name: string): Promise<SettingChange>;
  /** Takes back to its default whatever a person set here, except for what the system keeps itself. Throws as `set` does. */
  unsetAll(): Promise<{ needsRestart: boolean }>;
}

/** Says how the login item was left, and is no wish of its own. */
const keptBySystem = 'desktop.startAtLogin';

export function createSettingsOperations(
  { paths, env, clock }: Pick<NodeContext, 'paths' | 'env' | 'clock'>,
  modules: {
    store: SettingsStore;
    flags?: FlagOverrides;
    /** Where a node runs: in this host, so that flags and environment count for it as they do here, or elsewhere. */
    running: () => Promise<'here' | 'elsewhere' | null>;
  },
): SettingsOperations {
  const { store, flags = {}, running } = modules;

  /** A variable that cannot be used keeps nobody from changing what is saved. */
  function described(): DescribedSetting[] {
    try {
      return describeSettings(store, settingsInForce({ env, flags }, store));
    } catch (error) {
      if (!isNodeError(error, 'setting-invalid')) throw error;
      return store.describe().map((setting) => ({ ...setting, givenBy: null }));
    }
  }

  function list(): SettingInForce[] {
    return described().map((setting) => ({
      ...setting,
      editable: setting.givenBy === null && isForPeople(setting.name),
    }));
  }

  function get(name: string): SettingInForce {
    const found = list().find((setting) => setting.name === name);
    if (found !== undefined) return found;
    throw new NodeError('setting-invalid', { name, value: '', reason: 'no-such-setting' });
  }

  async function save(name: string, value: unknown): Promise<SettingChange> {
    await ensureStateDir(paths, { clock });
    await store.set(name, value);
    const saved = store.describe().find((setting) => setting.name === name);
    if (saved === undefined) throw new NodeError('internal-error', {});
    const inForce = get(name);
    const where = name.startsWith('desktop.') ? null : await running();
    return { saved, inForce, needsRestart: where === 'elsewhere' || (where === 'here' && !inForce.givenBy) };
  }

  return {
    list,
    get,
    check(name, given) {
      get(name);
      checked(name, given);
    },
    async set(name, given) {
      get(name);
      return save(name, checked(name, given));
    },
    async unset(name) {
      get(name);
      refuseOwn(name, '');
      return save(name, undefined);
    },
    async unsetAll() {
      const saved = new Set(store.describe().flatMap(({ name, source }) => (source === 'saved' ? name : [])));
      const names = [...saved].filter((name) => isForPeople(name) && name !== keptBySystem);
      await ensureStateDir(paths, { clock });
      await store.unsetAll(names);
      const ofNode = names.some((name) => !name.startsWith('desktop.'));
      return { needsRestart: ofNode && (await running()) !== null };
    },
  };
}

function isForPeople(name: string): boolean {
  return settingsByName.get(name)?.fromText !== null;
}

function refuseOwn(name: string, value: string): void {
  if (isForPeople(name)) return;
  throw new NodeError('setting-invalid', { name, value, reason: 'not-set-by-hand' });
}

function checked(name: string, given: GivenSetting): unknown {
  refuseOwn(name, 'text' in given ? given.text : String(given.value));
  const value = 'text' in given ? parseSettingText(name, given.text) : parseSetting(name, given.value);
  // Judged by Ollama's own rules too: prompts never go to a third party.
  if (name === 'ollamaUrl' && typeof value === 'string') checkedOllamaAddress({ text: value, name });
  return value;
}
