import * as z from 'zod';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { storedNodeId } from '../../../shared/ids.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import { errorCode, fileError, readSmallFile, writeFileAtomic } from './atomic-file.ts';

const hex = (digits: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${digits}}$`));

const keychainSchema = z.looseObject({
  backend: z.enum(['secret-service', 'macos-keychain']),
  /** The program behind it as the system names it; null when it did not say. */
  program: z.string().max(64).nullable(),
});

/** Which keychain a key was put in: another one under the same name does not hold it. */
export type KeychainFacts = z.infer<typeof keychainSchema>;

/** Unknown fields are kept, so that a newer version finds its own again. */
const recordSchema = z
  .looseObject({
    schemaVersion: z.literal(1),
    nodeKeyHash: hex(64),
    nodeAddress: hex(40),
    publicKey: hex(128),
    nodeId: storedNodeId.nullable(),
    owner: hex(40).nullable(),
    keyStore: z.enum(['file', 'keychain']),
    /** Only with `keyStore: 'keychain'`. */
    keychain: keychainSchema.nullable().optional(),
    createdAt: z.iso.datetime(),
  })
  .refine((record) => record.nodeKeyHash.endsWith(record.nodeAddress.slice(2)), {
    path: ['nodeAddress'],
  });

/** What `identity.json` holds: whose key is expected here, and the registration that goes with it. */
export type IdentityRecord = z.infer<typeof recordSchema>;

/** What can be learned about a registration later; undefined leaves a field as it is. */
export interface RegistrationFacts {
  nodeId?: string | null;
  /** 0x + 40 hex digits in any case; stored in lower case. */
  owner?: string | null;
}

const longestRecordBytes = 65_536;

/**
 * Reads `identity.json`. It is never healed: a record that cannot be trusted stops the node.
 *
 * @returns null when there is none
 * @throws NodeError `identity-unreadable` for anything but a whole, coherent record
 */
export async function readIdentityRecord(path: string): Promise<IdentityRecord | null> {
  const refuse = (reason: Reason, cause?: unknown) =>
    new NodeError('identity-unreadable', { path, reason }, { cause });
  let text: string | null;
  try {
    text = await readSmallFile(path, longestRecordBytes);
  } catch (error) {
    throw refuse(
      isNodeError(error, 'file-too-large') ? 'too-large' : (errorCode(error) ?? 'unexpected error'),
      error,
    );
  }
  if (text === null) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse(text.trim() === '' ? 'empty' : 'not-json', error);
  }
  const version = (parsed as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > 1) throw refuse(`newer-schema(${version})`);
  const record = recordSchema.safeParse(parsed);
  if (record.success) return record.data;
  const issue = record.error.issues[0];
  throw refuse(`field-invalid(${issue?.path.join('.') || 'record'})`);
}

/**
 * Writes `identity.json` whole and durably, mode 0600.
 *
 * @throws NodeError `disk-full`, `state-dir-unusable`
 */
export async function writeIdentityRecord(path: string, record: IdentityRecord): Promise<void> {
  try {
    const whole = recordSchema.parse(record);
    await writeFileAtomic(path, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * A copy of `record` with what was learned about its registration; the key fields cannot change.
 *
 * @throws NodeError `setting-invalid` for a node id or owner that is none
 */
export function withRegistration(record: IdentityRecord, facts: RegistrationFacts): IdentityRecord {
  const changed = {
    ...record,
    nodeId: facts.nodeId === undefined ? record.nodeId : facts.nodeId,
    owner: facts.owner === undefined ? record.owner : (facts.owner?.toLowerCase() ?? null),
  };
  const checked = recordSchema.safeParse(changed);
  if (checked.success) return checked.data;
  const name = String(checked.error.issues[0]?.path[0] ?? 'identity');
  const value = name === 'nodeId' ? facts.nodeId : facts.owner;
  const reason = name === 'nodeId' ? 'needs-node-id' : 'needs-wallet-address';
  throw new NodeError('setting-invalid', { name, value: String(value), reason });
}
