import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { stamp } from '../../../../shared/format.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import { type BackupEntry, lastBackupOf } from '../../../daemon/identity/backup-index.ts';
import { createFileKeyStore } from '../../../daemon/identity/file-store.ts';
import { createNodeKey } from '../../../daemon/identity/node-key.ts';
import { readHold } from '../../../daemon/identity/quarantine.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { unattendedPassphrase } from '../../passphrases.ts';
import { resolvePaths } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';
import { modeOf } from './facts.ts';
import { protectionOf } from './report.ts';

export const runKeyShow: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const passphrase = unattendedPassphrase(invocation);
  const store = createFileKeyStore({ keyFile: paths.keyFile, passphrase });
  const known = await publicParts(paths, () => store.readAny());
  const inFile = known.keyStore === 'file';
  const protection = inFile ? await protectionOf(store) : null;
  const problem = inFile ? await problemOf(() => store.read(known.nodeKeyHash)) : null;
  const backup = await lastBackupOf(paths, known.nodeKeyHash);
  const held = (await readHold(paths)) !== null;
  const place = inFile ? paths.keyFile : 'the keychain of this computer';
  const mode = inFile ? await modeOf(paths.keyFile) : null;
  if (flags.json) {
    const { keyShowDocument, printDocument } = await import('../../documents/documents.ts');
    const { nodeKeyHash: _hash, ...lastBackup } = backup ?? { nodeKeyHash: '' };
    printDocument(terminal, keyShowDocument, {
      schemaVersion: 1,
      document: 'key-show',
      ...known,
      place,
      mode,
      protection,
      backup: backup === null ? null : (lastBackup as Omit<BackupEntry, 'nodeKeyHash'>),
      held,
      problem,
    });
    return exitCodes.done;
  }
  terminal.out(
    facts(terminal, [
      ['nodeKeyHash', known.nodeKeyHash],
      ['nodeAddress', known.nodeAddress],
      ['node', known.nodeId ?? '—'],
      ['owner', known.owner ?? '—'],
      ['store', placeText(place, mode, protection)],
      ['backup', backup === null ? 'none was ever made' : `${stamp(backup.atMs)}, ${backup.path}`],
    ]),
  );
  const notes = [
    ...(problem === null ? [] : [problem]),
    ...(held ? [describeError(new NodeError('node-held', { ...known, stateDir: paths.stateDir }))] : []),
    ...(backup === null
      ? [
          'Losing this key would idle your stake until you unstake and 7 days pass. Back up: parallelix-operator key backup FILE',
        ]
      : []),
  ];
  for (const note of notes)
    terminal.out(`\n${paragraph(terminal, `${terminal.paint('warn', '!')} ${note}`)}`);
  return exitCodes.done;
};

interface PublicParts {
  nodeKeyHash: string;
  nodeAddress: string;
  nodeId: string | null;
  owner: string | null;
  keyStore: 'file' | 'keychain';
}

/** @throws NodeError `no-identity`, `identity-unreadable`, and what reading a key without a record throws */
async function publicParts(
  { identityFile, stateDir }: StatePaths,
  readKey: () => Promise<string | null>,
): Promise<PublicParts> {
  const record = await readIdentityRecord(identityFile);
  if (record !== null) {
    const { nodeKeyHash, nodeAddress, nodeId, owner, keyStore } = record;
    return { nodeKeyHash, nodeAddress, nodeId, owner, keyStore };
  }
  const privateKey = await readKey();
  if (privateKey === null) throw new NodeError('no-identity', { stateDir });
  const { nodeKeyHash, nodeAddress } = createNodeKey(privateKey);
  return { nodeKeyHash, nodeAddress, nodeId: null, owner: null, keyStore: 'file' };
}

/** What is wrong with the key, in words. One that merely waits for its passphrase is fine. */
async function problemOf(read: () => Promise<unknown>): Promise<string | null> {
  try {
    await read();
    return null;
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return isNodeError(error, 'passphrase-needed') ? null : describeError(error);
  }
}

function placeText(place: string, mode: string | null, protection: 'none' | 'passphrase' | null): string {
  const facts = [
    ...(mode === null ? [] : [`mode ${mode}`]),
    ...(protection === 'passphrase' ? ['under a passphrase'] : []),
  ];
  return facts.length === 0 ? place : `${place} (${facts.join(', ')})`;
}
