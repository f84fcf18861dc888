import { NodeError } from '../../shared/errors.ts';
import { recommendModel } from '../daemon/ollama/models/catalogue.ts';
import { ollamaInstalled } from '../daemon/ollama/server/binary.ts';
import type { OllamaStatus } from '../daemon/ollama/watch.ts';
import type { Configuration } from './configuration.ts';
import type { Connections } from './connections.ts';
import type { NodeContext } from './context.ts';

type Computer = Pick<NodeContext, 'env' | 'platform'>;

/** What keeps Ollama from serving, or null: a node must not start without it. */
export async function ollamaProblem(
  computer: Computer,
  configuration: Configuration,
  status: OllamaStatus,
  hardware: { gpu: string | null; vramGb: number | null; ramGb: number },
): Promise<NodeError | null> {
  if (status.state === 'running') {
    if (status.defaultModel !== null) return null;
    const { url } = configuration.ollama;
    const recommended = recommendModel(hardware).id;
    return new NodeError('no-servable-model', { url, installed: status.models.length, recommended });
  }
  return notAnswering(computer, configuration, status);
}

/**
 * Ollama as it answers now, whatever can serve on it.
 *
 * @throws NodeError `ollama-answer-invalid`, `ollama-missing`, `ollama-unreachable`
 */
export async function requireOllama(
  computer: Computer,
  configuration: Configuration,
  connections: Connections,
): Promise<OllamaStatus> {
  const status = await connections.inspectOllama();
  if (status.state !== 'running') throw await notAnswering(computer, configuration, status);
  return status;
}

async function notAnswering(
  { env, platform }: Computer,
  { ollama }: Configuration,
  status: OllamaStatus,
): Promise<NodeError> {
  const { url } = ollama;
  const reason = status.reason ?? 'no answer';
  if (status.state === 'failing') return new NodeError('ollama-answer-invalid', { url, reason });
  if (!ollama.remote && (await ollamaInstalled({ env, platform })) === null)
    return new NodeError('ollama-missing', { url });
  return new NodeError('ollama-unreachable', { url, reason });
}
