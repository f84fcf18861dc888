import { applyEvent, type Reported } from '../../../../shared/contract/changes.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import {
  isNodeError,
  NodeError,
  type NodeErrorCode,
  type NodeErrorDetails,
} from '../../../../shared/errors.ts';
import type { ControlClient } from '../../../daemon/control/client.ts';
import { findModelsVolume } from '../../../daemon/ollama/models/own-volume.ts';
import type { ModelsVolume } from '../../../daemon/ollama/models/volume.ts';
import type { Connections } from '../../../node/connections.ts';
import type { Invocation } from '../../args/invocation.ts';
import { reachDaemon } from '../../daemon-link.ts';
import type { Configuration } from '../../resolve.ts';

/** The running node, where it uses the Ollama that this command means. */
export interface NodeLink {
  readonly daemon: ControlClient;
  /** Everything it reports; kept up to date. */
  current(): Snapshot;
  onChange(listener: () => void): void;
  /** Rejects with `daemon-not-answering` when the node goes away while something waits for it. */
  readonly lost: Promise<never>;
}

/**
 * The running node to work through; null when there is none, or it uses another Ollama: then the command works itself.
 *
 * @throws NodeError `daemon-not-answering`, `contract-mismatch`
 */
export async function linkToNode(
  invocation: Invocation,
  { paths, ollama }: Configuration,
): Promise<NodeLink | null> {
  const daemon = await reachDaemon(invocation, paths).catch((error: unknown) => {
    if (isNodeError(error, 'no-daemon')) return null;
    throw error;
  });
  if (daemon === null) return null;
  const listeners: (() => void)[] = [];
  let known: Reported | null = null;
  let snapshot: Snapshot = await daemon.ask('snapshot', {});
  if (snapshot.ollama.url !== ollama.url) {
    daemon.close();
    return null;
  }
  await daemon.subscribe((event) => {
    known = applyEvent(known, event);
    snapshot = known?.snapshot ?? snapshot;
    for (const listener of listeners) listener();
  });
  const { stateDir } = paths;
  const lost = daemon.closed.then(() => {
    throw new NodeError('daemon-not-answering', { stateDir, reason: 'ended' });
  });
  // Also without anybody who waits.
  lost.catch(() => undefined);
  return { daemon, current: () => snapshot, onChange: (listener) => void listeners.push(listener), lost };
}

/** Where the models of the Ollama that is meant lie; null for one on another machine. */
export function modelsVolume(
  { env, platform }: Invocation,
  { ollama, settings }: Configuration,
  connections: Pick<Connections, 'ollamaClient'>,
): Promise<ModelsVolume | null> {
  return findModelsVolume({ settings, ollama, env, platform }, connections.ollamaClient());
}

/** An error that came in a report, as one to throw. */
export function reportedError({
  code,
  details,
}: {
  code: string;
  details: Record<string, unknown>;
}): NodeError {
  return new NodeError(code as NodeErrorCode, details as unknown as NodeErrorDetails[NodeErrorCode]);
}
