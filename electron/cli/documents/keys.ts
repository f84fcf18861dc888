import * as z from 'zod';
import { document } from './documents.ts';

const backup = z.strictObject({
  keyFile: z.string().nullable(),
  recordFile: z.string().nullable(),
  nodeKeyHash: z.string().nullable(),
});

export const initDocument = z.strictObject({
  ...document('init'),
  nodeKeyHash: z.string(),
  nodeAddress: z.string(),
  tier: z.number(),
  /** Null while registering waits; `setup --accept-tier-1` shows it. */
  registerLink: z.string().nullable(),
  /** Why registering waits until the person accepts tier 1; null: nothing blocks it, or it is accepted. */
  registrationHold: z.string().nullable(),
  keyFile: z.string(),
  keyMode: z.string(),
  owner: z.string().nullable(),
  /** What stood there before and where it is now. */
  backup: backup.nullable(),
});

const protection = z.enum(['none', 'passphrase']).nullable();

/** Public parts only; the key itself is in no document. */
export const keyShowDocument = z.strictObject({
  ...document('key-show'),
  nodeKeyHash: z.string(),
  nodeAddress: z.string(),
  nodeId: z.string().nullable(),
  owner: z.string().nullable(),
  keyStore: z.enum(['file', 'keychain']),
  place: z.string(),
  mode: z.string().nullable(),
  protection,
  /** The newest one that was made or restored; null when there never was one. */
  backup: z.strictObject({ path: z.string(), atMs: z.number() }).nullable(),
  /** Restored, and not used before the old machine is confirmed to be off. */
  held: z.boolean(),
  /** Why the key cannot be read, as text. */
  problem: z.string().nullable(),
});
export const keyBackupDocument = z.strictObject({
  ...document('key-backup'),
  nodeKeyHash: z.string(),
  nodeId: z.string().nullable(),
  owner: z.string().nullable(),
  path: z.string(),
  atMs: z.number(),
  sameDisk: z.boolean(),
});
const adoptedKey = {
  source: z.string(),
  nodeKeyHash: z.string(),
  nodeAddress: z.string(),
  nodeId: z.string().nullable(),
  owner: z.string().nullable(),
  keyFile: z.string(),
  protection,
  alreadyHere: z.boolean(),
  held: z.boolean(),
  setAside: backup.nullable(),
};
export const keyRestoreDocument = z.strictObject({ ...document('key-restore'), ...adoptedKey });
export const keyImportDocument = z.strictObject({
  ...document('key-import'),
  ...adoptedKey,
  settings: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  notes: z.array(z.strictObject({ kind: z.string(), fact: z.string().nullable() })),
});
export const keyMoveDocument = z.strictObject({
  ...document('key-move'),
  nodeKeyHash: z.string(),
  keyStore: z.enum(['file', 'keychain']),
  /** Null when the key rested there already. */
  from: z.string().nullable(),
  place: z.string(),
  protection,
  alreadyThere: z.boolean(),
});
export const keyRepairDocument = z.strictObject({
  ...document('key-repair'),
  nodeKeyHash: z.string(),
  nodeAddress: z.string(),
  keyStore: z.enum(['file', 'keychain']),
  place: z.string(),
  /** False when the record was fine; nothing was changed then. */
  rebuilt: z.boolean(),
  /** Where an unreadable record is now. */
  oldRecordFile: z.string().nullable(),
});
export const keyConfirmDocument = z.strictObject({ ...document('key-confirm'), wasHeld: z.boolean() });
