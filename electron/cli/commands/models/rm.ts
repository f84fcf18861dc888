import { NodeError } from '../../../../shared/errors.ts';
import { formatBytes } from '../../../../shared/format.ts';
import { findModel } from '../../../../shared/model-names.ts';
import { deleteModel } from '../../../daemon/ollama/models/deletion.ts';
import { openConnections } from '../../../node/connections.ts';
import { requireOllama } from '../../../node/ollama-readiness.ts';
import type { Invocation } from '../../args/invocation.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { type Configuration, resolveConfiguration } from '../../resolve.ts';
import { linkToNode, modelsVolume } from '../ollama/link.ts';

interface Removed {
  by: 'node' | 'command';
  model: string;
  freedBytes: number | null;
  sizeBytes: number | null;
}

/** Deletes a model, and says what that freed. One that the running node uses only with --yes. */
export async function removeModel(invocation: Invocation, name: string | undefined): Promise<ExitCode> {
  const { flags, terminal } = invocation;
  const configuration = await resolveConfiguration(invocation);
  const removed = await remove(invocation, configuration, name ?? '');
  if (flags.json) {
    const { printDocument } = await import('../../documents/documents.ts');
    const { modelDeletionDocument } = await import('../../documents/models.ts');
    printDocument(terminal, modelDeletionDocument, {
      schemaVersion: 1,
      document: 'model-deletion',
      ...removed,
    });
  } else terminal.out(removedText(removed));
  return exitCodes.done;
}

async function remove(invocation: Invocation, configuration: Configuration, name: string): Promise<Removed> {
  const link = await linkToNode(invocation, configuration);
  if (link !== null) {
    try {
      const model = installed(name, link.current().ollama.models);
      const evenIfUsed = invocation.flags.yes === true;
      const { freedBytes } = await link.daemon.ask('models.delete', { model: model.name, evenIfUsed });
      return { by: 'node', model: model.name, freedBytes, sizeBytes: model.sizeBytes };
    } finally {
      link.daemon.close();
    }
  }
  const connections = openConnections(invocation, configuration);
  try {
    const status = await requireOllama(invocation, configuration, connections);
    const model = installed(name, status.models);
    const volume = await modelsVolume(invocation, configuration, connections);
    const options = { baseUrl: configuration.ollama.url, model: model.name, volume };
    const { freedBytes } = await deleteModel(options, { http: connections.ollamaHttp() });
    return { by: 'command', model: model.name, freedBytes, sizeBytes: model.sizeBytes };
  } finally {
    await connections.stop();
  }
}

function installed<M extends { name: string }>(name: string, models: readonly M[]): M {
  const found = findModel(name, models);
  if (found === null) throw new NodeError('model-not-installed', { model: name });
  return found;
}

function removedText({ model, freedBytes, sizeBytes }: Removed): string {
  if (freedBytes !== null) return `Deleted ${model}; ${formatBytes(freedBytes)} are free again.`;
  if (sizeBytes === null) return `Deleted ${model}. How much space that freed isn’t known.`;
  return `Deleted ${model}; up to ${formatBytes(sizeBytes)} are free again, less what other models share with it.`;
}
