import * as z from 'zod';

/** Taking this app and its node off the computer, from a window. */

const nothing = z.strictObject({});

export const uninstallCommands = {
  /** What there is, and how the app itself is removed; changes nothing. */
  'uninstall.look': {
    input: nothing,
    output: z.object({
      /** How the app was installed: a package of the system's is removed by `command`, the rest by hand. */
      kind: z.enum(['AppImage', 'mac', 'deb', 'rpm', 'none']),
      /** The file or folder that is the app; null where a command removes it. */
      program: z.string().nullable(),
      command: z.string().nullable(),
      stateDir: z.string(),
      /** Files of the node, its key among them. */
      files: z.number().int(),
      /** A service that runs the node; it has to go first. */
      service: z.string().nullable(),
    }),
  },
  /**
   * Ends the node and removes its key and data for good. Refused with `uninstall-refused` while a stake, the only key or
   * an answer would be lost, and then the node was not touched; a window cannot insist.
   */
  'uninstall.removeData': {
    input: nothing,
    output: z.object({ removed: z.number().int(), kept: z.array(z.string()) }),
  },
  /** Ends the app at once, once its data is gone: it writes nothing any more. */
  'uninstall.quit': { input: nothing, output: z.object({}) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
