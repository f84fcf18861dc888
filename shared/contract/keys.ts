import * as z from 'zod';

/**
 * What the app does with the node key itself, from a window. No key ever crosses this line, and no path
 * comes from a page: files are chosen in the system's own dialogs. Nothing here runs while another
 * program has the state directory. Times are Unix ms; null is "not known".
 */

const nothing = z.strictObject({});
const done = z.object({});
const keyStoreSchema = z.enum(['keychain', 'file']);
const passphraseSchema = z.string().min(1).max(1024);
const errorSchema = z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) });

const adoptedSchema = z.object({
  nodeKeyHash: z.string(),
  nodeId: z.string().nullable(),
  keyStore: keyStoreSchema,
  place: z.string(),
  /** This very key was here already, and stayed. */
  alreadyHere: z.boolean(),
  /** Nothing is sent with it before the person says that the old machine is off. */
  held: z.boolean(),
  /** Where the key and the record that gave way lie now. */
  setAside: z.object({ keyFile: z.string().nullable(), recordFile: z.string().nullable() }).nullable(),
  /** Why it rests in a file though the keychain was asked for; null where it is where it was to be. */
  notMoved: errorSchema.nullable(),
});
export type AdoptedEntry = z.infer<typeof adoptedSchema>;

const noteSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('config-missing') }),
  z.object({ kind: z.literal('config-torn') }),
  z.object({ kind: z.literal('config-of-another-key'), field: z.string() }),
  z.object({ kind: z.literal('field-unusable'), field: z.string() }),
  z.object({ kind: z.literal('key-open-to-others'), mode: z.string() }),
  z.object({ kind: z.literal('setting-kept'), name: z.string() }),
]);

export const keyCommands = {
  /** Whether a keychain answers here that a new key could be kept in. Prompts nobody. */
  'key.stores': {
    input: nothing,
    output: z.object({ keychain: z.enum(['open', 'locked', 'none']) }),
  },
  /** Asks the person for the file of a backup and remembers it for `key.restore`; null when they called it off. */
  'key.chooseBackup': {
    input: nothing,
    output: z.object({
      chosen: z
        .object({
          path: z.string(),
          /** A passphrase is needed to open it. */
          locked: z.boolean(),
          /** As the file says, which is believed only once it is open. */
          nodeId: z.string().nullable(),
          nodeKeyHash: z.string().nullable(),
        })
        .nullable(),
    }),
  },
  /**
   * Puts the key of the chosen file in place. `differentKey` is heeded only after this very file was refused
   * with `key-not-expected` or `key-in-the-way`: whoever insists has read why not.
   */
  'key.restore': {
    input: z.strictObject({
      passphrase: passphraseSchema.nullable(),
      keyStore: keyStoreSchema,
      differentKey: z.boolean(),
      oldMachineIsOff: z.boolean(),
    }),
    output: adoptedSchema,
  },
  /** Imports the key of the official client on this computer, which must not run; `differentKey` as above. */
  'key.import': {
    input: z.strictObject({ keyStore: keyStoreSchema, differentKey: z.boolean() }),
    output: z.object({
      adopted: adoptedSchema,
      taken: z.array(z.object({ name: z.string(), value: z.string() })),
      notes: z.array(noteSchema),
    }),
  },
  /**
   * Writes the record of the node again from its key, where it is missing or cannot be read, and starts the node.
   * Makes no key and changes none.
   */
  'key.repair': {
    input: nothing,
    output: z.object({
      nodeKeyHash: z.string(),
      place: z.string(),
      /** False when the record was fine; nothing was changed then. */
      rebuilt: z.boolean(),
      /** Where an unreadable record is now. */
      oldRecordFile: z.string().nullable(),
    }),
  },
  /** A person says that the machine which had this key is off; the node starts. */
  'key.confirmOldMachineOff': { input: nothing, output: done },
  /** Asks the system to open the keychain, which asks the person; waits for them. */
  'key.unlockKeychain': { input: nothing, output: done },
  /** Opens a key file that is under a passphrase, and starts the node. Kept in memory until the app ends. */
  'key.unlockFile': { input: z.strictObject({ passphrase: passphraseSchema }), output: done },
  /** Finishes what runs, moves the key, and starts the node again. */
  'key.move': {
    input: z.strictObject({ to: keyStoreSchema }),
    output: z.object({ place: z.string(), alreadyThere: z.boolean() }),
  },
} as const;
