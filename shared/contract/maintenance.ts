import * as z from 'zod';
import { shortestPassphrase } from '../passphrase.ts';
import { computerSchema } from './computer.ts';

/**
 * What the app does with the files of the node itself, whether a daemon runs or not. Times are Unix
 * ms; null is "not known".
 */

const timeMs = z.number().int();
const nothing = z.strictObject({});
const params = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** One check: what was checked, what was found, what that means, how to fix it. */
export const checkSchema = z.object({
  id: z.string(),
  result: z.enum(['ok', 'warning', 'failed', 'not-checked']),
  finding: z.string(),
  means: z.string(),
  action: z.string().nullable(),
  facts: params,
});
export type CheckEntry = z.infer<typeof checkSchema>;

const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** A line of the log as it is in the file, which is redacted, with the text for people. */
const logLineSchema = z.object({
  atMs: timeMs,
  level: z.enum(logLevels),
  event: z.string(),
  text: z.string(),
});
export type LogEntryLine = z.infer<typeof logLineSchema>;

/** The node of the official client, where there is one: the cutover is offered. */
export const officialSchema = z.object({
  path: z.string(),
  /** Null when its key cannot be read. */
  nodeKeyHash: z.string().nullable(),
});

export const maintenanceCommands = {
  /** What this computer is, for people to read; asked of its own tools, so it takes a second, at most a few. */
  'diagnostics.computer': { input: nothing, output: computerSchema },
  /** Everything that could keep this node from earning; takes seconds. */
  'diagnostics.verify': {
    input: nothing,
    output: z.object({ checks: z.array(checkSchema), asOfMs: timeMs }),
  },
  /** The last lines of the log, newest last. */
  'diagnostics.log': {
    input: z.strictObject({ limit: z.number().int().min(1).max(10_000).default(500) }),
    output: z.object({ lines: z.array(logLineSchema) }),
  },
  /** What support needs, redacted, for the person to read; nothing is written. Takes seconds. */
  'diagnostics.bundle': {
    input: nothing,
    output: z.object({ text: z.string(), digest: z.string() }),
  },
  /** Asks for a path and saves the very text that was read, by its digest; null when it was cancelled. */
  'diagnostics.saveBundle': {
    input: z.strictObject({ digest: z.string().length(64) }),
    output: z.object({ saved: z.object({ path: z.string() }).nullable() }),
  },
  /**
   * Asks the person for a place and writes a backup there, locked with `passphrase`, read back before it
   * counts. `made` is null when the person called it off.
   */
  'key.backup': {
    input: z.strictObject({ passphrase: z.string().min(shortestPassphrase).max(1024) }),
    output: z.object({
      made: z.object({ path: z.string(), atMs: timeMs, sameDisk: z.boolean() }).nullable(),
    }),
  },
} as const;
