import { resolve } from 'node:path';
import { describeOfficialNote } from '../../../../shared/texts/incumbent-note.ts';
import { openSettings } from '../../../daemon/storage/settings.ts';
import { importNode } from '../../../node/operations/keys/import.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { contextOf } from '../../context.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { resolvePaths } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { adoptionOf, insists, oldMachineIsOff } from './adoption.ts';
import { adoptedFields, adoptedText } from './report.ts';

export const runKeyImport: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal, operands, clock } = invocation;
  const paths = await resolvePaths(invocation);
  const adoption = adoptionOf(invocation, paths, await insists(invocation));
  const [, folder] = operands;
  const { dir, key, taken, notes } = await importNode(
    contextOf(invocation, paths),
    { ...adoption, ...(folder === undefined ? {} : { dir: resolve(folder) }) },
    { oldMachineIsOff: () => oldMachineIsOff(invocation) },
    { settings: await openSettings({ paths }, { clock }) },
  );
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { keyImportDocument } = await import('../../documents/keys.ts');
    printDocument(terminal, keyImportDocument, {
      schemaVersion: 1,
      document: 'key-import',
      source: dir,
      ...adoptedFields(key),
      settings: taken.map(({ name, value }) => ({ name, value })),
      notes: notes.map(({ kind, ...fact }) => ({ kind, fact: Object.values(fact)[0] ?? null })),
    });
    return exitCodes.done;
  }
  terminal.out(adoptedText(terminal, key, dir));
  for (const { name, value } of taken) terminal.out(paragraph(terminal, `Taken over: ${name} ${value}`));
  for (const note of notes)
    terminal.out(paragraph(terminal, `${terminal.paint('warn', '!')} ${describeOfficialNote(note)}`));
  const warning = `The official client’s files in ${dir} are as they were. Do not start it again while this node runs: two programs with one key lose each other’s work.`;
  terminal.out(`\n${paragraph(terminal, warning)}`);
  return exitCodes.done;
};
