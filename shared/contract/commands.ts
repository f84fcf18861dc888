import * as z from 'zod';
import { activityCommands } from './activity.ts';
import { chainCommands } from './chain.ts';
import { earningsCommands } from './earnings.ts';
import { hardwareCommands } from './hardware.ts';
import { lazily } from './lazily.ts';
import { ollamaCommands } from './ollama.ts';
import { recordsCommands } from './records.ts';
import { snapshotSchema } from './snapshot.ts';

/** Raised whenever a command or a snapshot section changes meaning; see the greeting. */
export const contractVersion = 4;

interface Command {
  input: z.ZodType;
  output: z.ZodType;
}

const nothing = z.strictObject({});
const day = 24 * 60 * 60 * 1000;
const longestDrainMs = 10 * 60 * 1000;

/** The only description of what can be asked of a daemon; every transport is derived from it. */
export const commands = {
  /** Everything the daemon reports, now. */
  snapshot: lazily(() => ({ input: nothing, output: snapshotSchema })),
  /** Take no work for `forMs`, or until resumed when null; heartbeats go on. */
  pause: lazily(() => ({
    input: z.strictObject({
      forMs: z
        .number()
        .int()
        .min(1000)
        .max(30 * day)
        .nullable(),
    }),
    output: z.object({ sinceMs: z.number(), untilMs: z.number().nullable() }),
  })),
  /** Take work again. */
  resume: lazily(() => ({ input: nothing, output: z.object({ wasPaused: z.boolean() }) })),
  /** Finish what runs within `limitMs` (by default the setting), deliver it, send a last heartbeat and end the daemon. */
  drain: lazily(() => ({
    input: z.strictObject({ limitMs: z.number().int().min(1000).max(longestDrainMs).optional() }),
    output: z.object({ limitMs: z.number() }),
  })),
  ...activityCommands,
  ...chainCommands,
  ...earningsCommands,
  ...hardwareCommands,
  ...ollamaCommands,
  ...recordsCommands,
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
export type CommandInput<N extends CommandName> = z.input<(typeof commands)[N]['input']>;
export type CommandOutput<N extends CommandName> = z.output<(typeof commands)[N]['output']>;

/** What a host implements: one handler a command. */
export type CommandHandlers = {
  [N in CommandName]: (input: z.output<(typeof commands)[N]['input']>) => Promise<CommandOutput<N>>;
};

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
