import { resolve } from 'node:path';
import { makeSupportReport, saveSupportReport } from '../../node/operations/support-report.ts';
import type { CommandRun } from '../args/invocation.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolveConfigurationLeniently } from '../resolve.ts';

/** Prints the bundle, so that it is read before anybody else does; into a file when one is named. */
export const runDiagnostics: CommandRun = async (invocation) => {
  const { terminal, operands, flags } = invocation;
  const configuration = await resolveConfigurationLeniently(invocation);
  const [file] = operands;
  const context = contextOf(invocation, configuration.paths, 'unattended');
  const text = await makeSupportReport(context, configuration, {
    host: (snapshot) =>
      snapshot === null ? 'the command line, no daemon answers' : 'the command line, a daemon runs',
  });
  const path = file === undefined ? null : resolve(file);
  if (path !== null) await saveSupportReport(path, text, { replaces: false });
  if (flags.json) {
    const { diagnosticsDocument, printDocument } = await import('../documents/documents.ts');
    const head = { schemaVersion: 1 as const, document: 'diagnostics' as const };
    printDocument(terminal, diagnosticsDocument, { ...head, path, text: path === null ? text : null });
  } else if (path === null) terminal.out(text.trimEnd());
  else terminal.out(`Written to ${path}. Read it before you give it to anyone.`);
  return exitCodes.done;
};
