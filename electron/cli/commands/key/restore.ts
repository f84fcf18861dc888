import { resolve } from 'node:path';
import { openBackup } from '../../../daemon/identity/backup.ts';
import { noteBackup } from '../../../daemon/identity/backup-index.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { backupPassphrase } from '../../passphrases.ts';
import { resolvePaths } from '../../resolve.ts';
import { adopt, insists, oldMachineIsOff } from './adoption.ts';
import { adoptedFields, adoptedText, protectionOf } from './report.ts';

/** Asks nothing of the network: nothing at all is sent before the old machine is off. */
export const runKeyRestore: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal, clock, operands } = invocation;
  const paths = await resolvePaths(invocation);
  const differentKey = await insists(invocation);
  const file = resolve(operands[1] ?? '');
  const { privateKey, belonging } = await openBackup(file, () => backupPassphrase(invocation, file));
  const incoming = {
    privateKey,
    nodeId: belonging?.nodeId ?? null,
    owner: belonging?.owner ?? null,
    source: file,
  };
  const hold = !(await oldMachineIsOff(invocation));
  const { adopted, fileStore } = await adopt(invocation, paths, { incoming, differentKey, hold });
  await noteBackup(
    paths,
    { nodeKeyHash: adopted.record.nodeKeyHash, path: file, atMs: clock.now() },
    { clock },
  );
  if (flags.json) {
    const { keyRestoreDocument, printDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, keyRestoreDocument, {
      schemaVersion: 1,
      document: 'key-restore',
      source: file,
      ...adoptedFields(adopted, await protectionOf(fileStore)),
    });
  } else terminal.out(adoptedText(terminal, adopted, file));
  return exitCodes.done;
};
