import { consoleUrl, documentationUrl } from '../../../shared/links.ts';
import { openInBrowser } from '../../node/operations/open-link.ts';
import type { CommandRun } from '../args/invocation.ts';
import { contextOf } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { resolvePaths } from '../resolve.ts';

/** Opens a page of ParalleliX, and prints its address for where there is no browser. */
export const runOpen: CommandRun = async (invocation) => {
  const { operands, flags, terminal } = invocation;
  const link = operands[0] === 'docs' ? documentationUrl : consoleUrl;
  const opened = await openInBrowser(contextOf(invocation, await resolvePaths(invocation)), link);
  if (flags.json) {
    const { printDocument } = await import('../documents/documents.ts');
    const { openDocument } = await import('../documents/open.ts');
    printDocument(terminal, openDocument, { schemaVersion: 1, document: 'open', link, opened });
  } else {
    terminal.out(link);
    if (!opened) terminal.err('Note: no browser could be opened here; open the link yourself.');
  }
  return opened ? exitCodes.done : exitCodes.failed;
};
