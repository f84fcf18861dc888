import { link, rm } from 'node:fs/promises';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Clock } from '../system/clock.ts';
import { dateStamp, errorCode, fileError, readSmallFile, writeFileAtomic } from './atomic-file.ts';
import { withWriteLock } from './exclusive.ts';
import { orderedPairs, type Settings, settingsByName } from './settings-fields.ts';

/** Something about the file that the operator should know. */
export type SettingsNotice =
  /** The file could not be used as it was; it lies at `keptAt` now, or is still in place when it could not be moved. */
  | { kind: 'healed'; reason: Reason; dropped: readonly string[]; keptAt: string | null }
  /** A newer program wrote it: what is known is used, nothing is changed. */
  | { kind: 'newer-version'; schemaVersion: number }
  /** Names this program does not know; they are kept. */
  | { kind: 'unknown-names'; names: readonly string[] }
  /** The file is there and cannot be read; the defaults are in use, nothing is changed. */
  | { kind: 'unreadable'; reason: Reason };

const schemaVersion = 1;
const longestFileBytes = 262_144;

/** What a file says, flat, by dotted name: the settings it sets, and what it says beyond them. */
export interface SavedSettings {
  values: ReadonlyMap<string, unknown>;
  unknown: ReadonlyMap<string, unknown>;
  notices: SettingsNotice[];
  /** Not null: the file must not be written, and this is why. */
  readOnly: NodeError | null;
}

/** Reads, and heals when nothing forbids it. */
export async function loadSettingsFile(path: string, lockPath: string, clock: Clock): Promise<SavedSettings> {
  const found = await readSettingsFile(path);
  if (found.readOnly !== null || !found.notices.some(({ kind }) => kind === 'healed')) return found;
  try {
    return await withWriteLock(lockPath, clock, async () => {
      // Another program may have healed it meanwhile.
      const again = await readSettingsFile(path);
      await archiveIfBroken(again, path, clock);
      return again;
    });
  } catch (error) {
    // A directory that cannot be written, or a full disk: what is valid is used anyway.
    if (isNodeError(error)) return found;
    throw error;
  }
}

/** Gives the broken file its second name, then replaces the first by what is valid. */
export async function archiveIfBroken(saved: SavedSettings, path: string, clock: Clock): Promise<void> {
  const notice = saved.notices.find((one) => one.kind === 'healed');
  if (notice === undefined || notice.keptAt !== null) return;
  const keptAt = `${path}.broken-${dateStamp(clock.now())}`;
  try {
    await link(path, keptAt);
  } catch (error) {
    // Broken twice within a second: the first one is kept.
    if (errorCode(error) !== 'EEXIST') throw fileError(error, path);
  }
  if (saved.values.size + saved.unknown.size > 0)
    await writeFileAtomic(path, settingsText(saved.values, saved.unknown));
  else await rm(path, { force: true });
  notice.keptAt = keptAt;
}

export async function readSettingsFile(path: string): Promise<SavedSettings> {
  const nothing = { values: new Map(), unknown: new Map(), readOnly: null };
  const broken = (reason: Reason): SavedSettings => ({
    ...nothing,
    notices: [{ kind: 'healed', reason, dropped: [], keptAt: null }],
  });
  let text: string | null;
  try {
    text = await readSmallFile(path, longestFileBytes);
  } catch (error) {
    if (isNodeError(error, 'file-too-large')) return broken('too-large');
    const reason = errorCode(error) ?? 'unexpected error';
    const readOnly = fileError(error, path, 'settings');
    return { ...nothing, notices: [{ kind: 'unreadable', reason }], readOnly };
  }
  if (text === null) return { ...nothing, notices: [] };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return broken(text.trim() === '' ? 'empty' : 'not-json');
  }
  if (!isObject(parsed)) return broken('not-an-object');
  return judge(parsed, path);
}

/** Takes what is valid by itself. */
function judge(file: Record<string, unknown>, path: string): SavedSettings {
  const version = file.schemaVersion;
  const newer = typeof version === 'number' && version > schemaVersion ? version : null;
  const values = new Map<string, unknown>();
  const unknown = new Map<string, unknown>();
  const dropped: string[] = [];
  if (newer === null && version !== schemaVersion) dropped.push('schemaVersion');
  for (const [name, value] of flat(file)) {
    const checked = settingsByName.get(name)?.schema.safeParse(value);
    if (groups.has(name)) dropped.push(name);
    else if (checked === undefined) unknown.set(name, value);
    else if (checked.success) values.set(name, checked.data);
    else dropped.push(name);
  }
  for (let pair = firstDisorder(values); pair !== null; pair = firstDisorder(values)) {
    for (const name of pair) if (values.delete(name)) dropped.push(name);
  }
  const notices: SettingsNotice[] = [];
  if (newer !== null) notices.push({ kind: 'newer-version', schemaVersion: newer });
  else if (dropped.length > 0)
    notices.push({ kind: 'healed', reason: 'impossible-values', dropped, keptAt: null });
  const strange = [...unknown.keys()];
  if (newer === null && strange.length > 0) notices.push({ kind: 'unknown-names', names: strange });
  const readOnly =
    newer === null ? null : new NodeError('settings-read-only', { path, schemaVersion: newer });
  return { values, unknown, notices, readOnly };
}

export function firstDisorder(values: ReadonlyMap<string, unknown>): readonly [string, string] | null {
  const number = (name: string) => Number(settingValue(name, values));
  return orderedPairs.find(([low, high]) => number(low) > number(high)) ?? null;
}

const groups = new Set(
  [...settingsByName.keys()].filter((name) => name.includes('.')).map((name) => name.split('.')[0]),
);

function* flat(file: Record<string, unknown>): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(file)) {
    if (name === 'schemaVersion' || name === '__proto__') continue;
    if (groups.has(name) && isObject(value)) {
      for (const [inner, innerValue] of Object.entries(value)) yield [`${name}.${inner}`, innerValue];
    } else yield [name, value];
  }
}

function nest(entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    const [group = '', inner] = name.split(/\.(.*)/s);
    if (inner === undefined || !groups.has(group)) nested[name] = value;
    else nested[group] = { ...(nested[group] as object | undefined), [inner]: value };
  }
  return nested;
}

export function settingsText(
  values: ReadonlyMap<string, unknown>,
  unknown: ReadonlyMap<string, unknown>,
): string {
  return `${JSON.stringify({ schemaVersion, ...nest([...unknown, ...values]) }, null, 2)}\n`;
}

export function toSettings(values: ReadonlyMap<string, unknown>): Settings {
  const all = [...settingsByName.keys()].map((name) => [name, settingValue(name, values)] as const);
  return nest(all) as Settings;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The saved value of a setting, or its default. */
export function settingValue(name: string, values: ReadonlyMap<string, unknown>): unknown {
  return values.has(name) ? values.get(name) : settingsByName.get(name)?.fallback;
}
