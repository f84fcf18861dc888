import { resolve } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { describeOfficialNote } from '../../../../shared/texts/incumbent-note.ts';
import { officialDirectory, readOfficialNode } from '../../../daemon/incumbent/files.ts';
import { takeOverNode } from '../../../daemon/incumbent/settings.ts';
import { openSettings } from '../../../daemon/storage/settings.ts';
import type { CommandRun } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { findOfficial } from '../../official.ts';
import { resolvePaths } from '../../resolve.ts';
import { paragraph } from '../../terminal/layout.ts';
import { adopt, insists, oldMachineIsOff } from './adoption.ts';
import { adoptedFields, adoptedText, protectionOf } from './report.ts';

export const runKeyImport: CommandRun = async (invocation): Promise<ExitCode> => {
  const { flags, terminal, operands, homeDir, clock } = invocation;
  const paths = await resolvePaths(invocation);
  const differentKey = await insists(invocation);
  const own = officialDirectory(homeDir);
  const dir = operands[1] === undefined ? own : resolve(operands[1]);
  const official = await readOfficialNode({ dir, keyOnly: differentKey });
  const running = await findOfficial(invocation);
  if (running !== null) throw new NodeError('official-running', { name: running.name, pid: running.pid });
  // On this computer the daemon was looked for; what lies in another folder may come from another one.
  const hold = dir !== own && !(await oldMachineIsOff(invocation));
  const { privateKey, nodeId, owner } = official;
  const incoming = { privateKey, nodeId, owner, source: dir };
  const { adopted, fileStore } = await adopt(invocation, paths, { incoming, differentKey, hold });
  const { taken, notes } = await takeOverNode(await openSettings({ paths }, { clock }), official);
  if (flags.json) {
    const { keyImportDocument, printDocument } = await import('../../documents/documents.ts');
    printDocument(terminal, keyImportDocument, {
      schemaVersion: 1,
      document: 'key-import',
      source: dir,
      ...adoptedFields(adopted, await protectionOf(fileStore)),
      settings: taken.map(({ name, value }) => ({ name, value })),
      notes: notes.map(({ kind, ...fact }) => ({ kind, fact: Object.values(fact)[0] ?? null })),
    });
    return exitCodes.done;
  }
  terminal.out(adoptedText(terminal, adopted, dir));
  for (const { name, value } of taken) terminal.out(paragraph(terminal, `Taken over: ${name} ${value}`));
  for (const note of notes)
    terminal.out(paragraph(terminal, `${terminal.paint('warn', '!')} ${describeOfficialNote(note)}`));
  const warning = `The official client’s files in ${dir} are as they were. Do not start it again while this node runs: two programs with one key lose each other’s work.`;
  terminal.out(`\n${paragraph(terminal, warning)}`);
  return exitCodes.done;
};
