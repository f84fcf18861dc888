import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { makeBackup } from '../../../daemon/identity/backup.ts';
import { createFileKeyStore } from '../../../daemon/identity/file-store.ts';
import { openIdentity } from '../../../daemon/identity/identity.ts';
import { createKeychainStore } from '../../../daemon/identity/keychain/store.ts';
import { keyNamedByJournals } from '../../../daemon/serving/journal-key.ts';
import { readIdentityRecord } from '../../../daemon/storage/identity-record.ts';
import { isLoopbackHost } from '../../../daemon/storage/settings-fields.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { keyFilePassphrase, newPassphrase } from '../../passphrases.ts';
import { resolveConfiguration } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';

const ethereumMainnet = 1;

export const runKeyBackup: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal, clock, operands, env, platform } = invocation;
  const { paths, settings } = await resolveConfiguration(invocation);
  const file = resolve(operands[1] ?? '');
  const passphrase = keyFilePassphrase(invocation);
  const fileStore = createFileKeyStore({ keyFile: paths.keyFile, passphrase });
  let record = await readIdentityRecord(paths.identityFile);
  if (record === null) {
    const modules = { clock, fileStore, journalNamesKey: () => keyNamedByJournals(paths) };
    record = (await openIdentity({ paths }, modules)).record;
  }
  // Before a passphrase is thought up for nothing.
  if ((await lstat(file).catch(() => null)) !== null) throw new NodeError('backup-exists', { path: file });
  const { coordinatorUrl } = settings;
  const practice = isLoopbackHost(new URL(coordinatorUrl).hostname);
  const store = record.keyStore === 'file' ? fileStore : createKeychainStore({ platform, env }, { clock });
  const made = await makeBackup(
    {
      paths,
      file,
      passphrase: await newPassphrase(invocation, 'the backup'),
      record,
      network: { coordinatorUrl, chainId: practice ? null : ethereumMainnet },
    },
    { clock, store },
  );
  const { nodeKeyHash, nodeId, owner } = record;
  if (flags.json) {
    const { keyBackupDocument, printDocument } = await import('../../documents/documents.ts');
    const head = { schemaVersion: 1 as const, document: 'key-backup' as const };
    printDocument(terminal, keyBackupDocument, { ...head, nodeKeyHash, nodeId, owner, ...made });
    return exitCodes.done;
  }
  terminal.out(
    `${terminal.paint('good', '✓')} ${terminal.bold('The backup is made')}, read back and compared with the key.\n`,
  );
  terminal.out(
    facts(terminal, [
      ['file', `${made.path} (locked with your passphrase, Ethereum V3 keystore)`],
      ['nodeKeyHash', nodeKeyHash],
      ['node', nodeId ?? 'not registered yet'],
    ]),
  );
  const elsewhere = made.sameDisk
    ? 'It lies on the same disk as the key and would be lost with it: copy it to another computer or a stick. '
    : '';
  terminal.out(
    `\n${paragraph(terminal, `${elsewhere}Keep the passphrase apart from it; without the passphrase the backup is worth nothing. To use it: parallelix-operator key restore FILE`)}`,
  );
  return exitCodes.done;
};
