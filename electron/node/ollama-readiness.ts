import { NodeError } from '../../shared/errors.ts';
import type { HardwareProbe } from '../daemon/hardware/probe.ts';
import type { OllamaAddress } from '../daemon/ollama/api/address.ts';
import { recommendModel } from '../daemon/ollama/models/catalogue.ts';
import type { OllamaStatus } from '../daemon/ollama/models/watch.ts';
import { ollamaInstalled } from '../daemon/ollama/server/binary.ts';
import { serverContextHere } from '../daemon/ollama/server/server-context.ts';
import type { Configuration } from './configuration.ts';
import { type Connections, openConnections } from './connections.ts';
import type { NodeContext } from './context.ts';
import { knownHardware } from './hardware.ts';
import type { OllamaComputer } from './operations/ollama-server.ts';

type Computer = Pick<NodeContext, 'env' | 'platform'>;

/** What keeps Ollama from serving, or null: a node must not start without it. */
export async function ollamaProblem(
  computer: Computer,
  configuration: Configuration,
  status: OllamaStatus,
  hardware: HardwareProbe,
): Promise<NodeError | null> {
  if (status.state === 'running') {
    if (status.defaultModel !== null) return null;
    const { url } = configuration.ollama;
    const { version } = status;
    const { modelBudget } = hardware;
    const contextTokens = await serverContextHere(configuration, { version, modelBudget });
    const recommended = recommendModel(hardware, contextTokens).id;
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

/** Ollama with a model that can serve, and where it is. */
export interface ReadyOllama {
  status: OllamaStatus;
  ollama: OllamaAddress;
  /** The chosen model, where it is not installed: another one serves meanwhile. */
  missingModel: string | null;
}

/**
 * Ollama as a node needs it before it starts: answering, if need be after it was searched for or started here, and with a
 * model.
 *
 * @param modules `onStarting`: the installed Ollama is about to be started
 * @throws NodeError what keeps Ollama from serving: a node must not start without it
 */
export async function readyOllama(
  computer: OllamaComputer,
  configuration: Configuration,
  modules: { onStarting: () => void },
): Promise<ReadyOllama> {
  const connections = openConnections(computer, configuration);
  try {
    let status = await connections.inspectOllama();
    if (status.state === 'unreachable') {
      // A supervision is made only where it is needed.
      const { reachableOllama, startInstalledOllama } = await import('./operations/ollama-server.ts');
      const ollama = await reachableOllama(computer, configuration, connections);
      if (ollama !== configuration.ollama)
        return await readyOllama(computer, { ...configuration, ollama }, modules);
      if (await startInstalledOllama(computer, configuration, modules.onStarting))
        status = await connections.inspectOllama();
    }
    if (status.state !== 'running' || status.defaultModel === null) {
      const hardware = await knownHardware(computer, configuration.paths);
      throw await ollamaProblem(computer, configuration, status, hardware);
    }
    const missingModel = status.preferredMissing ? configuration.settings.defaultModel : null;
    return { status, ollama: configuration.ollama, missingModel };
  } finally {
    await connections.stop();
  }
}

/**
 * What the first heartbeat needs to know, for a node that takes over from one that runs; null where Ollama cannot serve:
 * what is missing keeps nobody from taking over a node that runs as it is.
 */
export async function ollamaBesideAnother(
  computer: OllamaComputer,
  configuration: Configuration,
): Promise<ReadyOllama | null> {
  const connections = openConnections(computer, configuration);
  try {
    const status = await connections.inspectOllama();
    const serves = status.state === 'running' && status.defaultModel !== null;
    return serves ? { status, ollama: configuration.ollama, missingModel: null } : null;
  } finally {
    await connections.stop();
  }
}

async function notAnswering(
  { env, platform }: Computer,
  { ollama }: Configuration,
  status: OllamaStatus,
): Promise<NodeError> {
  const { url } = ollama;
  const reason = status.reason ?? 'no-answer';
  if (status.state === 'failing') return new NodeError('ollama-answer-invalid', { url, reason });
  if (!ollama.remote && (await ollamaInstalled({ env, platform })) === null)
    return new NodeError('ollama-missing', { url });
  return new NodeError('ollama-unreachable', { url, reason });
}
