import { checkNode } from '../../node/operations/checks.ts';
import type { CommandRun } from '../args/invocation.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolveConfigurationLeniently } from '../resolve.ts';
import { checkList, countChecks, worstFirst } from '../terminal/check-list.ts';

export const runVerify: CommandRun = async (invocation) => {
  const { flags, terminal } = invocation;
  const configuration = await resolveConfigurationLeniently(invocation);
  const context = contextOf(invocation, configuration.paths, 'unattended');
  const checks = await checkNode(context, configuration);
  const counts = countChecks(checks);
  const ok = counts.failed === 0;
  if (flags.json) {
    const { printDocument, verifyDocument } = await import('../documents/documents.ts');
    printDocument(terminal, verifyDocument, { schemaVersion: 1, document: 'verify', ok, counts, checks });
  } else {
    const shown = worstFirst(checks).filter(
      ({ result }) => flags.verbose || result === 'failed' || result === 'warning',
    );
    if (shown.length > 0) terminal.out(`${checkList(terminal, shown)}\n`);
    terminal.out(terminal.bold(verdict(counts)));
    if (!flags.verbose) terminal.out('See every check with: parallelix-operator verify --verbose');
  }
  return ok ? exitCodes.done : exitCodes.failed;
};

function verdict(counts: ReturnType<typeof countChecks>): string {
  const { failed, warning, ok } = counts;
  const rest = `${failed} failed, ${warning} ${warning === 1 ? 'warning' : 'warnings'}, ${ok} passed, ${counts['not-checked']} skipped`;
  if (failed === 0) return `Nothing keeps your node from earning. ${rest}.`;
  return `${failed} ${failed === 1 ? 'problem keeps' : 'problems keep'} your node from earning. ${rest}.`;
}
