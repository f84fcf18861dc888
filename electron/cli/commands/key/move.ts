import { NodeError } from '../../../../shared/errors.ts';
import { moveKey } from '../../../node/operations/keys/move.ts';
import type { CommandRun, Invocation } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { newPassphrase } from '../../passphrases.ts';
import { resolvePaths } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';

export const runKeyMove: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const to = destination(invocation);
  const paths = await resolvePaths(invocation);
  const lockWith = flags.passphrase ? await newPassphrase(invocation, paths.keyFile) : null;
  const unlock = flags['no-passphrase'] === true;
  const moved = await moveKey(contextOf(invocation, paths), { to, lockWith, unlock });
  const { protection } = moved;
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyMoveDocument } = await import('../../documents/keys.ts');
    const { record, from, to: place, alreadyThere } = moved;
    printDocument(terminal, keyMoveDocument, {
      schemaVersion: 1,
      document: 'key-move',
      nodeKeyHash: record.nodeKeyHash,
      keyStore: record.keyStore,
      from: alreadyThere ? null : from,
      place,
      protection,
      alreadyThere,
    });
    return exitCodes.done;
  }
  const head = moved.alreadyThere
    ? terminal.bold(restsText(flags, protection))
    : `${terminal.bold('The key has moved.')} It was read back and signed there before it was erased from ${moved.from}.`;
  terminal.out(`${terminal.paint('good', '✓')} ${head}\n`);
  const lock = protection === 'passphrase' ? ', under a passphrase' : '';
  terminal.out(
    facts(terminal, [
      ['nodeKeyHash', moved.record.nodeKeyHash],
      ['store', `${moved.to}${lock}`],
    ]),
  );
  if (to === 'keychain') {
    const note =
      'Only the desktop app can use it there, while you are logged in. To run the node from the command line or as a service: parallelix-operator key move --to file';
    terminal.out(`\n${paragraph(terminal, note)}`);
  }
  return exitCodes.done;
};

function restsText(flags: Invocation['flags'], protection: 'none' | 'passphrase' | null): string {
  if (flags.passphrase) return 'The key file is locked with the new passphrase.';
  if (flags['no-passphrase'] && protection === 'none') return 'The key file needs no passphrase now.';
  return 'The key rests there.';
}

/** @throws NodeError `usage` */
function destination({ flags }: Invocation): 'file' | 'keychain' {
  const { to } = flags;
  const refuse = (input: string, remedy: string) => new NodeError('usage', { input, remedy });
  if (to === undefined) throw refuse('key move', 'needs --to file or --to keychain');
  if (to !== 'file' && to !== 'keychain') throw refuse(`--to ${to}`, 'must be file or keychain');
  if (flags.passphrase && flags['no-passphrase']) {
    throw refuse('--passphrase --no-passphrase', 'give one of them, or none');
  }
  if (to === 'keychain' && (flags.passphrase || flags['no-passphrase'])) {
    throw refuse('--to keychain', 'a passphrase belongs to the file; the keychain has its own');
  }
  return to;
}
