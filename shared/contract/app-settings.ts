import * as z from 'zod';
import { checkSchema } from './maintenance.ts';

/** Settings as windows show and change them, and what stands beside them. */

const nothing = z.strictObject({});
const done = z.object({});

export const settingEntrySchema = z.object({
  name: z.string(),
  value: z.unknown(),
  default: z.unknown(),
  bounds: z.string(),
  meaning: z.string(),
  source: z.enum(['flag', 'environment', 'saved', 'default']),
  /** The flag or environment variable that gives the value; null for one that is saved or the default. */
  givenBy: z.string().nullable(),
  /** False for what only the program sets, and for what is given by flag or environment. */
  editable: z.boolean(),
});
export type SettingEntry = z.infer<typeof settingEntrySchema>;

/** Settings whose value is a place on this computer: chosen in the system's own dialog. */
export const pathSettings = ['ollama.modelsDir', 'caFile'] as const;
export type PathSetting = (typeof pathSettings)[number];

/** Settings whose address can be tried before anything relies on it. */
export const addressSettings = ['coordinatorUrl', 'ollamaUrl', 'rpcUrl'] as const;
export type AddressSetting = (typeof addressSettings)[number];

export const appSettingsCommands = {
  /** Every setting with its default and what it is for. */
  'settings.list': { input: nothing, output: z.object({ settings: z.array(settingEntrySchema) }) },
  /** Null of `value` may be a value; leaving it out takes the setting back to its default. */
  'settings.set': {
    input: z.strictObject({ name: z.string().max(100), value: z.unknown().optional() }),
    output: z.object({ setting: settingEntrySchema, needsRestart: z.boolean() }),
  },
  /** Takes every setting that a person set back to its default; the key and the login item are no settings. */
  'settings.resetAll': {
    input: z.strictObject({ confirmed: z.literal(true) }),
    output: z.object({ settings: z.array(settingEntrySchema), needsRestart: z.boolean() }),
  },
  /** Asks for a folder or a file in the system's dialog; null when that was cancelled. Nothing is set. */
  'settings.choosePath': {
    input: z.strictObject({ name: z.enum(pathSettings) }),
    output: z.object({ path: z.string().nullable() }),
  },
  /**
   * Tries an address as the node would use it, with the other settings in force; null: the default one. Saves nothing.
   * Refused with `setting-invalid` for what is no such address.
   */
  'settings.testAddress': {
    input: z.strictObject({ name: z.enum(addressSettings), url: z.string().max(2048).nullable() }),
    output: z.object({ check: checkSchema }),
  },
  /** Shows a notification, whatever kinds are switched off; false where this desktop shows none. */
  'settings.testNotification': { input: nothing, output: z.object({ supported: z.boolean() }) },
  /** Opens the folder with the node's files in the file manager. Refused with `folder-not-opened`. */
  'app.openDataFolder': { input: nothing, output: done },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
