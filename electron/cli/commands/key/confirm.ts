import { NodeError } from '../../../../shared/errors.ts';
import { readHold, releaseHold } from '../../../daemon/identity/quarantine.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { oldMachineIsOff } from './adoption.ts';

export const runKeyConfirm: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const wasHeld = (await readHold(paths)) !== null;
  if (wasHeld && !(await oldMachineIsOff(invocation))) {
    const remedy = 'say what is confirmed: parallelix-operator key confirm --old-machine-is-off';
    throw new NodeError('usage', { input: 'key confirm', remedy });
  }
  if (wasHeld) await releaseHold(paths);
  if (flags.json) {
    const { keyConfirmDocument, printDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, keyConfirmDocument, { schemaVersion: 1, document: 'key-confirm', wasHeld });
  } else {
    terminal.out(
      wasHeld
        ? 'The key may be used here now. Start with: parallelix-operator start'
        : 'Nothing was waiting for a confirmation; nothing was changed.',
    );
  }
  return exitCodes.done;
};
