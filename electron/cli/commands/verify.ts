import { checkNode } from '../../node/operations/checks.ts';
import type { CommandRun } from '../args/invocation.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolveConfigurationLeniently } from '../resolve.ts';
import { checkList, countChecks } from '../terminal/check-list.ts';

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
    terminal.out(checkList(terminal, checks));
    terminal.out(`\n${terminal.bold(verdict(counts))}`);
  }
  return ok ? exitCodes.done : exitCodes.failed;
};

function verdict(counts: ReturnType<typeof countChecks>): string {
  const rest = `${counts.ok} in order, ${counts.warning} to look at, ${counts['not-checked']} not checked`;
  return counts.failed === 0
    ? `Nothing keeps this node from earning. ${rest}.`
    : `${counts.failed} ${counts.failed === 1 ? 'thing keeps' : 'things keep'} this node from earning. ${rest}.`;
}
