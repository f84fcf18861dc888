import * as z from 'zod';

/** What `uninstall --json` prints; as stable as `documents.ts` promises. */
export const uninstallDocument = z.strictObject({
  schemaVersion: z.literal(1),
  document: z.literal('uninstall'),
  stateDir: z.string(),
  /** The file that was started; nothing of the program lies outside its folder. */
  program: z.string(),
  /** False: nothing was asked to be removed, and nothing was. */
  data: z.boolean(),
  /** Null without `data`: then they were not checked. */
  keys: z
    .array(
      z.strictObject({
        nodeKeyHash: z.string().nullable(),
        place: z.string(),
        nodeId: z.string().nullable(),
        backup: z.enum(['found', 'elsewhere', 'none']),
        backupPath: z.string().nullable(),
        stake: z.enum(['staked', 'none', 'unknown']),
        stakeReason: z.string().nullable(),
      }),
    )
    .nullable(),
  /** Finished answers that the network had not got; null when not checked or not known. */
  undelivered: z.number().nullable(),
  removed: z.array(z.string()),
  /** What is here still, and why. */
  stays: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
});
