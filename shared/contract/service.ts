import * as z from 'zod';

/** Running the node as a service of this user, from a window: it goes on when the app is closed. */

const nothing = z.strictObject({});

export const serviceCommands = {
  /** What there is, and what an installation would do. */
  'service.look': {
    input: nothing,
    output: z.object({
      /** Why no service can be installed here: a reason of `service-unavailable`, or `no-program`; null where one can. */
      unavailable: z.string().nullable(),
      /** The service that runs the node of this app; null where there is none. */
      installed: z
        .object({
          label: z.string(),
          scope: z.enum(['user', 'system']),
          /** Goes on without a sign-in; null where that does not matter. */
          lingering: z.boolean().nullable(),
        })
        .nullable(),
      /** The key rests in the keychain, which a service cannot open: it would move to a file. */
      movesKey: z.boolean(),
    }),
  },
  /** Finishes current requests, moves the node to a service, and attaches to it. Undone when a step fails. */
  'service.install': {
    input: z.strictObject({ moveKey: z.boolean(), linger: z.boolean() }),
    output: z.object({
      label: z.string(),
      lingering: z.boolean().nullable(),
      lingerFault: z.string().nullable(),
    }),
  },
  /** Finishes current requests, removes the service, and runs the node in this app again. */
  'service.uninstall': { input: nothing, output: z.object({}) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
