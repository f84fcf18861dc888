import { NodeError } from '../../shared/errors.ts';
import { ollamaInstalled } from '../daemon/ollama/binary.ts';
import { recommendModel } from '../daemon/ollama/catalogue.ts';
import type { OllamaStatus } from '../daemon/ollama/watch.ts';
import type { Invocation } from './invocation.ts';
import type { Configuration } from './resolve.ts';

/** What keeps Ollama from serving, or null: a node must not start without it. */
export async function ollamaProblem(
  invocation: Invocation,
  { ollama }: Configuration,
  status: OllamaStatus,
  hardware: { gpu: string | null; vramGb: number | null; ramGb: number },
): Promise<NodeError | null> {
  const { url } = ollama;
  const { env, platform } = invocation;
  if (status.state === 'running') {
    if (status.defaultModel !== null) return null;
    const recommended = recommendModel(hardware).id;
    return new NodeError('no-servable-model', { url, installed: status.models.length, recommended });
  }
  const reason = status.reason ?? 'no answer';
  if (status.state === 'failing') return new NodeError('ollama-answer-invalid', { url, reason });
  if (!ollama.remote && (await ollamaInstalled({ env, platform })) === null)
    return new NodeError('ollama-missing', { url });
  return new NodeError('ollama-unreachable', { url, reason });
}
