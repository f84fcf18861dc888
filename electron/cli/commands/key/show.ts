import { NodeError } from '../../../../shared/errors.ts';
import { stamp } from '../../../../shared/format.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import type { BackupEntry } from '../../../daemon/identity/backup-index.ts';
import { describeKey } from '../../../node/operations/keys/show.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { facts, paragraph } from '../../terminal/layout.ts';

export const runKeyShow: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal } = invocation;
  const paths = await resolvePaths(invocation);
  const {
    place,
    mode,
    protection,
    backup,
    quarantined,
    problem: fault,
    ...known
  } = await describeKey(contextOf(invocation, paths, 'unattended'));
  const problem = fault === null ? null : describeError(fault);
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyShowDocument } = await import('../../documents/keys.ts');
    const { nodeKeyHash: _hash, ...lastBackup } = backup ?? { nodeKeyHash: '' };
    printDocument(terminal, keyShowDocument, {
      schemaVersion: 1,
      document: 'key-show',
      ...known,
      place,
      mode,
      protection,
      backup: backup === null ? null : (lastBackup as Omit<BackupEntry, 'nodeKeyHash'>),
      held: quarantined,
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
      ['store', locationText(place, mode, protection)],
      ['backup', backup === null ? 'none was ever made' : `${stamp(backup.atMs)}, ${backup.path}`],
    ]),
  );
  const notes = [
    ...(problem === null ? [] : [problem]),
    ...(quarantined
      ? [describeError(new NodeError('node-held', { ...known, stateDir: paths.stateDir }))]
      : []),
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

function locationText(place: string, mode: string | null, protection: 'none' | 'passphrase' | null): string {
  const facts = [
    ...(mode === null ? [] : [`mode ${mode}`]),
    ...(protection === 'passphrase' ? ['under a passphrase'] : []),
  ];
  return facts.length === 0 ? place : `${place} (${facts.join(', ')})`;
}
