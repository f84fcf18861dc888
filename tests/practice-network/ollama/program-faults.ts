import * as z from 'zod';

/** What the stand-in for the program `ollama` can be told to do wrong; what is left out is done right. */
export const programFaultsSchema = z.strictObject({
  /** Exit code of an `ollama serve` that ends before it listens. */
  crashAtStart: z.int().min(1).max(255).nullable().default(null),
  /** Ends in a panic so long after it began to listen. */
  crashAfterMs: z.int().nonnegative().nullable().default(null),
  /** Lives and does not listen. */
  silent: z.boolean().default(false),
  /** Does not end when it is asked to. */
  ignoreSigterm: z.boolean().default(false),
  /** Has a child like a model runner, whose process id it writes there. */
  runnerPidFile: z.string().nullable().default(null),
  /** Leaves that child behind when it ends. */
  leaveRunner: z.boolean().default(false),
  /** Reported by /api/version. */
  version: z.string().nullable().default(null),
});
export type ProgramFaults = z.infer<typeof programFaultsSchema>;
