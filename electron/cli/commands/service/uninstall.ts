import { NodeError } from '../../../../shared/errors.ts';
import { uninstallService } from '../../../node/operations/service/uninstall.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { paragraph } from '../../terminal/layout.ts';
import { askLine, canAsk } from '../../terminal/prompt.ts';
import { meantService, serviceContext } from './service.ts';

export async function runServiceUninstall(invocation: Invocation): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const service = await meantService(invocation, await serviceContext(invocation));
  const label = service.manager.label(service.file.name);
  if (!flags.yes) {
    if (!canAsk())
      throw new NodeError('usage', {
        input: 'service uninstall',
        remedy: 'needs --yes where nobody can be asked',
      });
    const answer = await askLine(`Stop and remove ${label}? The node earns nothing after that. [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new NodeError('cancelled', { reason: 'aborted' });
  }
  if (!flags.json) terminal.err('Finishing current requests …');
  const done = await uninstallService(service);
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { serviceUninstallDocument } = await import('../../documents/service.ts');
    printDocument(terminal, serviceUninstallDocument, {
      schemaVersion: 1,
      document: 'service-uninstall',
      service: done.label,
      scope: done.scope,
      stateDir: done.stateDir,
      removed: done.removed,
    });
    if (!flags.data) return exitCodes.done;
  } else {
    terminal.out(`${terminal.paint('good', '✓')} ${terminal.bold(`${done.label} is removed.`)}`);
    if (!flags.data) {
      const keep = `The node’s key and data stay in ${done.stateDir}. To remove them too: parallelix-operator uninstall --data`;
      terminal.out(paragraph(terminal, keep));
      return exitCodes.done;
    }
  }
  // With the data the same command as without a service decides what may be lost.
  const { runUninstall } = await import('../uninstall.ts');
  return runUninstall({ ...invocation, operands: [], flags: { ...flags, 'state-dir': done.stateDir } });
}
