import type { ControlClient } from '../daemon/control/client.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import * as node from '../node/daemon-link.ts';
import type { Invocation } from './args/invocation.ts';

/**
 * The running node of a state directory.
 *
 * @throws NodeError `no-daemon`, `daemon-not-answering`
 */
export function reachDaemon({ clock }: Invocation, paths: StatePaths): Promise<ControlClient> {
  return node.reachDaemon({ paths, clock });
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
