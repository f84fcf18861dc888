import { resolve } from 'node:path';
import { restoreKey } from '../../../node/operations/keys/restore.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { backupPassphrase } from '../../passphrases.ts';
import { resolvePaths } from '../../resolve.ts';
import { adoptionOf, insists, oldMachineIsOff } from './adoption.ts';
import { adoptedFields, adoptedText } from './report.ts';

export const runKeyRestore: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal, operands } = invocation;
  const paths = await resolvePaths(invocation);
  const differentKey = await insists(invocation);
  const file = resolve(operands[1] ?? '');
  const key = await restoreKey(
    contextOf(invocation, paths),
    { ...adoptionOf(invocation, paths, differentKey), file },
    {
      passphrase: () => backupPassphrase(invocation, file),
      oldMachineIsOff: () => oldMachineIsOff(invocation),
    },
  );
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyRestoreDocument } = await import('../../documents/keys.ts');
    printDocument(terminal, keyRestoreDocument, {
      schemaVersion: 1,
      document: 'key-restore',
      source: file,
      ...adoptedFields(key),
    });
  } else terminal.out(adoptedText(terminal, key, file));
  return exitCodes.done;
};
