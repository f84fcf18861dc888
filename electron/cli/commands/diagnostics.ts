import { resolve } from 'node:path';
import { NodeError } from '../../../shared/errors.ts';
import { createFile } from '../../daemon/storage/atomic-file.ts';
import { bundleNotWritten, makeBundle } from '../../daemon/support-report/sources.ts';
import type { CommandRun } from '../args/invocation.ts';
import { checkUp } from '../checks.ts';
import { withDaemon } from '../daemon-link.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolveConfigurationLeniently } from '../resolve.ts';

/** Prints the bundle, so that it is read before anybody else does; into a file when one is named. */
export const runDiagnostics: CommandRun = async (invocation) => {
  const { terminal, operands, clock, env, platform, homeDir, version, flags } = invocation;
  const configuration = await resolveConfigurationLeniently(invocation);
  const { paths, store } = configuration;
  const [file] = operands;
  const snapshot = await withDaemon(invocation, paths, (daemon) => daemon.ask('snapshot', {})).catch(
    () => null,
  );
  const text = await makeBundle(
    { paths, version, platform, env, homeDir },
    {
      clock,
      node: snapshot === null ? 'the command line, no daemon answers' : 'the command line, a daemon runs',
      snapshot,
      settings: store.describe(),
      checks: await checkUp(invocation, configuration),
    },
  );
  const path = file === undefined ? null : resolve(file);
  if (path !== null) {
    const created = await createFile(path, text).catch((error: unknown) => {
      throw bundleNotWritten(path, error);
    });
    if (!created)
      throw new NodeError('bundle-not-written', { path, reason: 'something stands there already' });
  }
  if (flags.json) {
    const { diagnosticsDocument, printDocument } = await import('../documents/documents.ts');
    const head = { schemaVersion: 1 as const, document: 'diagnostics' as const };
    printDocument(terminal, diagnosticsDocument, { ...head, path, text: path === null ? text : null });
  } else if (path === null) terminal.out(text.trimEnd());
  else terminal.out(`Written to ${path}. Read it before you give it to anyone.`);
  return exitCodes.done;
};
