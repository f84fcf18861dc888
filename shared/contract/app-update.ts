import * as z from 'zod';

/** Updates of the app itself, as its windows see them. Times are Unix ms. */

const nothing = z.strictObject({});
const done = z.object({});
const timeMs = z.number().int();

export const appUpdateSchema = z.object({
  /** `app`: updates itself. `command`: a package of the system's, updated by the command in `offered`. `nobody`: a build without releases. */
  by: z.enum(['app', 'command', 'nobody']),
  /** The switch of the settings: checked, downloaded and installed without being asked. */
  automatic: z.boolean(),
  /** `waiting`: for a download of a model or a change that must not be cut off. `ready`: on disk, not installed. */
  status: z.enum(['idle', 'checking', 'downloading', 'ready', 'waiting', 'installing']),
  /** What is newer than this version; null when nothing is, or it is not known. */
  offered: z
    .object({
      version: z.string(),
      /** Plain text, as long as the manifest allows; shown as it is. */
      notes: z.string(),
      /** Of `by: command`; null otherwise. */
      command: z.string().nullable(),
    })
    .nullable(),
  /** Of a download, 0 to 1; null where nothing is downloaded or its size is not known. */
  progress: z.number().min(0).max(1).nullable(),
  /** The person has put it off until then. */
  laterUntilMs: timeMs.nullable(),
  /** When releases were last asked for with success. */
  checkedAtMs: timeMs.nullable(),
  failure: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
});
export type AppUpdate = z.infer<typeof appUpdateSchema>;

export const appUpdateCommands = {
  /** Asks for a newer version now, and downloads it where this app updates itself. Its end is in the app's state. */
  'update.check': { input: nothing, output: done },
  /** Installs what is offered: as soon as nothing is under way that must not be cut off. The app starts again. */
  'update.install': { input: nothing, output: done },
  /** Puts it off for a day. */
  'update.later': { input: nothing, output: done },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
