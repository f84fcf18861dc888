import { NodeError } from '../../../../shared/errors.ts';
import { confirmOldMachineOff } from '../../../node/operations/keys/confirm.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { oldMachineIsOff } from './adoption.ts';

export const runKeyConfirm: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const wasQuarantined = await confirmOldMachineOff(contextOf(invocation, paths), async () => {
    if (await oldMachineIsOff(invocation)) return;
    const remedy = 'say what is confirmed: parallelix-operator key confirm --old-machine-is-off';
    throw new NodeError('usage', { input: 'key confirm', remedy });
  });
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyConfirmDocument } = await import('../../documents/keys.ts');
    printDocument(terminal, keyConfirmDocument, {
      schemaVersion: 1,
      document: 'key-confirm',
      wasHeld: wasQuarantined,
    });
  } else {
    terminal.out(
      wasQuarantined
        ? 'The key may be used here now. Start with: parallelix-operator start'
        : 'Nothing was waiting for a confirmation; nothing was changed.',
    );
  }
  return exitCodes.done;
};
