import { resolve } from 'node:path';
import { backUpKey } from '../../../node/operations/keys/backup.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { newPassphrase } from '../../passphrases.ts';
import { resolveConfiguration } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';

export const runKeyBackup: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal, operands } = invocation;
  const { paths, settings } = await resolveConfiguration(invocation);
  const done = await backUpKey(
    contextOf(invocation, paths),
    { coordinatorUrl: settings.coordinatorUrl },
    {
      file: async () => resolve(operands[1] ?? ''),
      passphrase: () => newPassphrase(invocation, 'the backup'),
    },
  );
  // The file was named, so nobody was there to cancel.
  if (done === null) return exitCodes.failed;
  const { record, made } = done;
  const { nodeKeyHash, nodeId, owner } = record;
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyBackupDocument } = await import('../../documents/keys.ts');
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
    ? 'It’s on the same disk as the key and would be lost with it. Copy it to another computer or a USB drive. '
    : '';
  terminal.out(
    `\n${paragraph(terminal, `${elsewhere}Keep the passphrase apart from it; without the passphrase the backup is worth nothing. To use it: parallelix-operator key restore FILE`)}`,
  );
  return exitCodes.done;
};
