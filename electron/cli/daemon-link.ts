import type { ControlClient } from '../daemon/control/client.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import * as node from '../node/daemon-link.ts';
import type { Invocation } from './args/invocation.ts';

/**
 * The running node of a state directory, or of the computer's own service; then that is said.
 *
 * @throws NodeError `no-daemon`, `daemon-not-answering`
 */
export async function reachDaemon(
  { clock, terminal }: Invocation,
  paths: StatePaths,
): Promise<ControlClient> {
  const daemon = await node.reachDaemon({ paths, clock });
  const { systemService } = daemon;
  if (systemService !== null) terminal.err(`Note: this is the node of the service ${systemService}.`);
  return daemon;
}

/** Asks the running node for one thing. */
export async function withDaemon<T>(
  invocation: Invocation,
  paths: StatePaths,
  work: (daemon: ControlClient) => Promise<T>,
): Promise<T> {
  const daemon = await reachDaemon(invocation, paths);
  try {
    return await work(daemon);
  } finally {
    daemon.close();
  }
}
