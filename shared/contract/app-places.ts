import * as z from 'zod';

/** Where else this computer knows the app: as a command in its terminals, and among its applications. */

const nothing = z.strictObject({});
const done = z.object({});
const onOff = z.strictObject({ on: z.boolean() });

export const appPlacesCommands = {
  'places.look': {
    input: nothing,
    output: z.object({
      command: z.object({
        /** `package`: deb, rpm or install.sh have brought it. `unavailable`: this copy of the app brings none, or cannot give it. */
        state: z.enum(['package', 'installed', 'missing', 'unavailable']),
        path: z.string(),
        /** Its folder is on this user's PATH; null where that cannot be known. */
        onPath: z.boolean().nullable(),
      }),
      /** `broken`: the entry starts another file. `unsupported`: a package brings it, or this is no AppImage. */
      menuEntry: z.enum(['on', 'off', 'broken', 'unsupported']),
    }),
  },
  /** Installs the command line for this user, or removes it. Refused with `command-not-installed`. */
  'places.setCommand': { input: onOff, output: done },
  /** Adds the AppImage to the applications of this desktop, or removes it. Refused with `menu-entry-failed`. */
  'places.setMenuEntry': { input: onOff, output: done },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;
