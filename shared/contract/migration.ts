import * as z from 'zod';

/** Changing over from the official client of this computer, from a window. Times are Unix ms. */

const nothing = z.strictObject({});

/** What a migration does just now. */
const stepSchema = z.enum(['importing', 'stopping-official', 'starting', 'taking-back']);

/** Where the app's migration stands, and how the last one of this run of the app ended. */
export const migrationSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), step: stepSchema }),
  z.object({
    state: z.literal('done'),
    atMs: z.number().int(),
    /** Our service, where the official client was one; null where the node runs in this app. */
    service: z.string().nullable(),
    /** Why the service stops at sign-out; null where it doesn't, or where there is none. */
    lingerFault: z.string().nullable(),
    /** For how long at most no heartbeat was sent; null where the official client wasn't running. */
    gapMs: z.number().nullable(),
  }),
  z.object({
    state: z.literal('failed'),
    atMs: z.number().int(),
    /** Says what was taken back too. */
    error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }),
  }),
]);
export type Migration = z.infer<typeof migrationSchema>;
export type MigrationStep = z.infer<typeof stepSchema>;

export const migrationCommands = {
  /** What `node.migrate` would do here; changes nothing. */
  'node.planMigration': {
    input: nothing,
    output: z.object({
      /** Where our node runs afterwards. */
      endsAs: z.enum(['service', 'app']),
    }),
  },
  /**
   * Imports the key of the official client, stops that, starts this node, and keeps it only if a heartbeat is accepted;
   * otherwise the official client is started again. Its progress and end are in the app's state as well.
   */
  'node.migrate': {
    input: nothing,
    output: z.object({
      nodeKeyHash: z.string(),
      nodeId: z.string().nullable(),
      service: z.string().nullable(),
    }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
