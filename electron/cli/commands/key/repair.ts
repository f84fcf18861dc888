import { repairIdentity } from '../../../node/operations/keys/repair.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';

export const runKeyRepair: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const { record, place, rebuilt, oldRecordFile } = await repairIdentity(contextOf(invocation, paths));
  const { nodeKeyHash, nodeAddress, keyStore } = record;
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyRepairDocument } = await import('../../documents/keys.ts');
    printDocument(terminal, keyRepairDocument, {
      schemaVersion: 1,
      document: 'key-repair',
      nodeKeyHash,
      nodeAddress,
      keyStore,
      place,
      rebuilt,
      oldRecordFile,
    });
    return exitCodes.done;
  }
  const head = rebuilt
    ? `${terminal.bold('The key record is repaired.')} It was written again from your key and checked.`
    : `${terminal.bold('Nothing to repair.')} The key record is fine, and nothing was changed.`;
  terminal.out(`${terminal.paint('good', '✓')} ${head}\n`);
  terminal.out(
    facts(terminal, [
      ['nodeKeyHash', nodeKeyHash],
      ['store', place],
      ...(oldRecordFile === null ? [] : [['old record', oldRecordFile] as [string, string]]),
    ]),
  );
  if (rebuilt)
    terminal.out(
      `\n${paragraph(terminal, 'Node ID and owner are looked up at the next start. Start with: parallelix-operator start')}`,
    );
  return exitCodes.done;
};
