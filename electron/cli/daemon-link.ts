import { existsSync } from 'node:fs';
import { NodeError } from '../../shared/errors.ts';
import { type ControlClient, connectToDaemon } from '../daemon/control/client.ts';
import { findDaemon } from '../daemon/storage/lock.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';
import type { Invocation } from './args/invocation.ts';

const timeoutMs = 5000;

/**
 * The running node of a state directory.
 *
 * @throws NodeError `no-daemon`, `daemon-not-answering`
 */
export async function reachDaemon({ clock }: Invocation, paths: StatePaths): Promise<ControlClient> {
  const { stateDir, socketFile } = paths;
  const found = await findDaemon(paths, { clock });
  // `control.json` is missing while a daemon starts, or when the disk had no room for it.
  const socketPath = found?.socketPath ?? (existsSync(socketFile) ? socketFile : null);
  if (socketPath !== null) return connectToDaemon({ socketPath, stateDir, timeoutMs }, { clock });
  if (found === null) throw new NodeError('no-daemon', { stateDir });
  throw new NodeError('daemon-not-answering', { stateDir, reason: `process ${found.pid} is just starting` });
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
