import { isNodeError } from '../../../shared/errors.ts';
import type { OfficialNote } from '../../../shared/texts/incumbent-note.ts';
import { parseOllamaAddress } from '../ollama/api/address.ts';
import { parseSetting, type SettingsStore } from '../storage/settings.ts';
import type { OfficialNode } from './files.ts';

export interface TakenSetting {
  name: 'coordinatorUrl' | 'ollamaUrl';
  /** `kept`: another value was saved here before, and that is what the operator chose. */
  outcome: 'taken' | 'kept' | 'unusable';
  value: string;
}

/**
 * Saves the addresses that the official client used, where they are not the defaults anyway and
 * nothing was chosen here. It never reads them back itself, which is why they may be unusable.
 *
 * @throws NodeError `disk-full`, `state-dir-unusable`, `settings-read-only`
 */
export async function importSettings(
  store: SettingsStore,
  { coordinatorUrl, ollamaUrl }: Pick<OfficialNode, 'coordinatorUrl' | 'ollamaUrl'>,
): Promise<TakenSetting[]> {
  const results: TakenSetting[] = [];
  const take = async (name: TakenSetting['name'], text: string, read: () => string) => {
    let value: string;
    try {
      value = read();
      parseSetting(name, value);
    } catch (error) {
      if (!isNodeError(error, 'setting-invalid')) throw error;
      results.push({ name, outcome: 'unusable', value: text });
      return;
    }
    const described = store.describe().find((one) => one.name === name);
    const fallback = name === 'ollamaUrl' ? parseOllamaAddress(undefined).url : described?.default;
    const saved = described?.source === 'saved';
    if (value === (saved ? described.value : fallback)) return;
    if (!saved) await store.set(name, value);
    results.push({ name, outcome: saved ? 'kept' : 'taken', value });
  };
  if (coordinatorUrl !== null) await take('coordinatorUrl', coordinatorUrl, () => coordinatorUrl);
  if (ollamaUrl !== null) await take('ollamaUrl', ollamaUrl, () => parseOllamaAddress(ollamaUrl).url);
  return results;
}

/**
 * `importSettings`, returned as what was imported and what there is to note of the official client's files.
 *
 * @throws NodeError as `importSettings`
 */
export async function importSettingsWithNotes(
  store: SettingsStore,
  official: OfficialNode,
): Promise<{ taken: TakenSetting[]; notes: OfficialNote[] }> {
  const notes: OfficialNote[] = [...official.notes];
  const taken: TakenSetting[] = [];
  for (const setting of await importSettings(store, official)) {
    const { name, outcome } = setting;
    if (outcome === 'taken') taken.push(setting);
    else if (outcome === 'kept') notes.push({ kind: 'setting-kept', name });
    else notes.push({ kind: 'field-unusable', field: name });
  }
  return { taken, notes };
}
