import { lstat } from 'node:fs/promises';
import { NodeError } from '../../../../shared/errors.ts';
import { type MadeBackup, makeBackup } from '../../../daemon/identity/backup.ts';
import { openIdentity, storeOf } from '../../../daemon/identity/identity.ts';
import { judgeNewPassphrase } from '../../../daemon/identity/passphrase.ts';
import { type IdentityRecord, readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import { isLoopbackHost } from '../../../daemon/storage/settings-fields.ts';
import type { NodeContext } from '../../context.ts';
import { keyModules, witnesses } from './modules.ts';

const ethereumMainnet = 1;

/** What a person is asked for a backup. */
export interface BackupQuestions {
  /** Where it is to lie; null when the person cancelled. */
  file(proposedName: string): Promise<string | null>;
  /** The passphrase to lock it with; asked last, so that none is thought up for nothing. */
  passphrase(): Promise<string>;
}

export interface KeyBackup {
  record: IdentityRecord;
  made: MadeBackup;
}

/**
 * Makes a backup of the node key, read back before it counts. A record that is missing is derived again from
 * the key file; no key is ever made for it.
 *
 * @param input.passphrase one that was given already, with the path it comes from; else it is asked for
 * @param input.coordinatorUrl the network that the backup is noted to belong to
 * @returns null when the person cancelled
 * @throws NodeError `passphrase-unusable`, `wallet-phrase`, `no-identity`, `record-missing`, `identity-unreadable`,
 *   `backup-exists`, `backup-not-written`, and what the key store says
 */
export async function backUpKey(
  context: NodeContext,
  input: { coordinatorUrl: string; passphrase?: { text: string; source: string } },
  ask: BackupQuestions,
): Promise<KeyBackup | null> {
  const { paths, clock } = context;
  const { coordinatorUrl, passphrase: given } = input;
  if (given !== undefined) judgeNewPassphrase(given.text, given.source);
  const record = await recordOf(context);
  const node = record.nodeId === null ? record.nodeAddress.slice(0, 10) : `node-${record.nodeId}`;
  const file = await ask.file(`parallelix-${node}-key.json`);
  if (file === null) return null;
  if ((await lstat(file).catch(() => null)) !== null) throw new NodeError('backup-exists', { path: file });
  const passphrase = given?.text ?? (await ask.passphrase());
  const practice = isLoopbackHost(new URL(coordinatorUrl).hostname);
  const network = { coordinatorUrl, chainId: practice ? null : ethereumMainnet };
  const store = storeOf(record.keyStore, keyModules(context));
  const made = await makeBackup({ paths, file, passphrase, record, network }, { clock, store });
  return { record, made };
}

async function recordOf(context: NodeContext): Promise<IdentityRecord> {
  const { paths } = context;
  const record = await readIdentityRecord(paths.identityFile);
  return record ?? (await openIdentity({ paths }, witnesses(context))).record;
}
