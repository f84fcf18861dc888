import { NodeError } from '../../../shared/errors.ts';
import { isReasonCode, type Reason } from '../../../shared/reasons/reason-text.ts';
import type { Clock } from '../system/clock.ts';
import { writeFileAtomic } from './atomic-file.ts';
import { withWriteLock } from './exclusive.ts';
import type { StatePaths } from './paths.ts';
import { type Settings, settingsByName } from './settings-fields.ts';
import {
  archiveIfBroken,
  firstDisorder,
  loadSettingsFile,
  readSettingsFile,
  type SavedSettings,
  type SettingsNotice,
  settingsText,
  settingValue,
  toSettings,
} from './settings-file.ts';

export type { Settings } from './settings-fields.ts';
export type { SettingsNotice } from './settings-file.ts';

export interface SettingDescription {
  name: string;
  value: unknown;
  default: unknown;
  bounds: string;
  meaning: string;
  source: 'saved' | 'default';
}

/** The operator's settings: only what was set is in the file, so that better defaults reach everyone. */
export interface SettingsStore {
  readonly current: Settings;
  readonly notices: readonly SettingsNotice[];
  /** @throws NodeError `setting-invalid` for an unknown name */
  get(name: string): unknown;
  /**
   * Checks, saves durably, and takes into use; what other processes saved meanwhile is kept.
   *
   * @param value undefined takes the setting back to its default
   * @throws NodeError `setting-invalid`, `settings-read-only`, `disk-full`, `state-dir-unusable`
   */
  set(name: string, value: unknown): Promise<Settings>;
  /** Takes all of them back to their defaults at once. Throws as `set` does. */
  unsetAll(names: readonly string[]): Promise<Settings>;
  describe(): SettingDescription[];
  /** Reads the file again. */
  reload(): Promise<Settings>;
}

/**
 * Opens the settings of a state directory, healing the file if it is torn or holds values that
 * cannot be: it is archived, and every value that is valid by itself stays in use.
 */
export async function openSettings(
  options: { paths: StatePaths },
  modules: { clock: Clock },
): Promise<SettingsStore> {
  const { settingsFile, writeLockFile } = options.paths;
  const { clock } = modules;
  let saved = await loadSettingsFile(settingsFile, writeLockFile, clock);
  let current = toSettings(saved.values);
  let writing: Promise<unknown> = Promise.resolve();
  const use = (fresh: SavedSettings) => {
    saved = fresh;
    current = toSettings(fresh.values);
    return current;
  };

  const write = async (changes: ReadonlyMap<string, unknown>): Promise<Settings> => {
    const checked = new Map(
      [...changes].map(([name, value]) => [name, value === undefined ? value : parseSetting(name, value)]),
    );
    return withWriteLock(writeLockFile, clock, async () => {
      const fresh = await readSettingsFile(settingsFile);
      if (fresh.readOnly !== null) throw fresh.readOnly;
      const values = new Map(fresh.values);
      for (const [name, value] of checked) {
        if (value === undefined) values.delete(name);
        else values.set(name, value);
      }
      const disorder = firstDisorder(values);
      const [[name, value] = ['', '']] = changes;
      if (disorder !== null) {
        throw new NodeError('setting-invalid', {
          name,
          value: String(value),
          reason: `setting-above(${disorder[0]}, ${disorder[1]})`,
        });
      }
      await archiveIfBroken(fresh, settingsFile, clock);
      await writeFileAtomic(settingsFile, settingsText(values, fresh.unknown));
      return use({ ...fresh, values, notices: saved.notices });
    });
  };

  const queue = (changes: ReadonlyMap<string, unknown>): Promise<Settings> => {
    for (const name of changes.keys()) field(name);
    const written = writing.then(() => write(changes));
    writing = written.catch(() => undefined);
    return written;
  };

  return {
    get current() {
      return current;
    },
    get notices() {
      return saved.notices;
    },
    get(name) {
      field(name);
      return settingValue(name, saved.values);
    },
    set: (name, value) => queue(new Map([[name, value]])),
    unsetAll: (names) => queue(new Map(names.map((name) => [name, undefined]))),
    describe: () =>
      [...settingsByName].map(([name, { fallback, bounds, meaning }]) => ({
        name,
        value: settingValue(name, saved.values),
        default: fallback,
        bounds,
        meaning,
        source: saved.values.has(name) ? 'saved' : 'default',
      })),
    async reload() {
      return use(await loadSettingsFile(settingsFile, writeLockFile, clock));
    },
  };
}

/**
 * The value of a setting as it would be used.
 *
 * @throws NodeError `setting-invalid` with the reason, for an unknown name too
 */
export function parseSetting(name: string, value: unknown): unknown {
  const { schema, bounds } = field(name);
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const own = issue?.code === 'custom' || issue?.code === 'invalid_format' ? issue.message : '';
  const reason: Reason = isReasonCode(own) ? own : `setting-expected(${bounds})`;
  throw new NodeError('setting-invalid', { name, value: shown(value), reason });
}

/**
 * The same for a value typed on a command line (`none` for no value, `true`, `10000`).
 *
 * @throws NodeError `setting-invalid`
 */
export function parseSettingText(name: string, text: string): unknown {
  const { fromText } = field(name);
  if (fromText === null)
    throw new NodeError('setting-invalid', { name, value: text, reason: 'not-set-by-hand' });
  return parseSetting(name, fromText(text));
}

function field(name: string) {
  const found = settingsByName.get(name);
  if (found) return found;
  throw new NodeError('setting-invalid', { name, value: '', reason: 'no-such-setting' });
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : String(JSON.stringify(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
