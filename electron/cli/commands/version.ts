import type { CommandRun } from '../args/invocation.ts';
import { exitCodes } from '../exit-codes.ts';

export const runVersion: CommandRun = async ({ flags, terminal, version, platform }) => {
  if (flags.json) {
    const { printDocument, versionDocument } = await import('../documents/documents.ts');
    const [node, { arch }] = [process.versions.node, process];
    printDocument(terminal, versionDocument, {
      schemaVersion: 1,
      document: 'version',
      version,
      node,
      platform,
      arch,
    });
  } else terminal.out(`parallelix-operator ${version}`);
  return exitCodes.done;
};
