import { existsSync, realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isNodeError } from '../../../../shared/errors.ts';
import { type ControlClient, connectToDaemon } from '../../../daemon/control/client.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { type Clock, sleep } from '../../../daemon/system/clock.ts';
import type { Installation } from './installation.ts';

/** The node that runs on a state directory, as far as another program can see. */
export interface RunningNode {
  readonly pid: number;
  readonly version: string;
  /** How it was started from this installation, to be started the same way; null: it is not of this installation. */
  readonly start: { args: readonly string[]; env: NodeJS.ProcessEnv } | null;
  /** Nobody starts for root what another user has said how to start, flags and variables included. */
  readonly sameUser: boolean;
}

const usualAnswerMs = 5000;
const pollMs = 25;

export async function findRunningNode(
  installation: Installation,
  paths: StatePaths,
  modules: { clock: Clock },
): Promise<RunningNode | null> {
  const found = await findDaemon(paths, modules);
  if (found === null) return null;
  const { pid, version } = found;
  const owner = await stat(`/proc/${pid}`).catch(() => null);
  const sameUser = owner?.uid === process.geteuid?.();
  return { pid, version, start: await startOf(installation, pid), sameUser };
}

/** How a process of this installation was started; null where that cannot be read, or it is another program. */
async function startOf({ root }: Installation, pid: number): Promise<RunningNode['start']> {
  try {
    const [line, variables] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile(`/proc/${pid}/environ`, 'utf8'),
    ]);
    const argv = line.split('\0').slice(0, -1);
    const versions = `${realpathSync(root)}/versions/`;
    const script = argv.findIndex(
      (word) => word.endsWith('.mjs') && existsSync(word) && realpathSync(word).startsWith(versions),
    );
    const args = argv.slice(script + 1).filter((word) => word !== '--take-over');
    if (script < 0 || args[0] !== 'start') return null;
    return { args, env: environmentIn(variables) };
  } catch {
    return null;
  }
}

/** What a service manager gives one process is for no other. */
const onlyFor =
  /^(NOTIFY_SOCKET|WATCHDOG_\w+|LISTEN_\w+|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|MAINPID|NODE_CHANNEL_\w+)$/;

function environmentIn(text: string): NodeJS.ProcessEnv {
  const pairs = text.split('\0').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    const name = line.slice(0, at);
    return at < 1 || onlyFor.test(name) ? [] : [[name, line.slice(at + 1)]];
  });
  return Object.fromEntries(pairs);
}

interface AnswerModules {
  clock: Clock;
  /** How long a node may take to answer before it counts as hung. */
  answerMs?: number;
}

/** Asks the node that runs, whatever its version; null while it does not answer. */
export async function greetingOf(
  paths: StatePaths,
  modules: { clock: Clock },
): Promise<ControlClient['greeting'] | null> {
  return withNode(paths, modules, async ({ greeting }) => greeting);
}

/** True while the heartbeats of the running node are accepted: only then can the next version be judged by its own. */
export async function isOnline(paths: StatePaths, modules: AnswerModules): Promise<boolean> {
  const online = await withNode(paths, modules, async (client) => {
    const accepted = (client.greeting.firstHeartbeatAcceptedAtMs ?? null) !== null;
    if (!client.compatible) return accepted;
    const { heartbeat } = await client.ask('snapshot', {});
    return heartbeat.accepted > 0 && heartbeat.failingSinceMs === null;
  });
  return online ?? false;
}

/**
 * Has a node finish what runs and end. A node of another contract, or one that does not answer, gets a signal.
 *
 * @returns false when it still runs `graceMs` after that limit
 */
export async function endNode(
  paths: StatePaths,
  options: { pid: number; limitMs: number; graceMs: number },
  modules: AnswerModules,
): Promise<boolean> {
  const { pid, limitMs, graceMs } = options;
  const { clock } = modules;
  const asked = await withNode(paths, modules, async (client) => {
    if (client.greeting.pid !== pid) return true;
    return client.ask('drain', { limitMs }).then(
      () => true,
      () => false,
    );
  });
  if (!asked) signalNode(pid, 'SIGTERM');
  return hasEnded(paths, pid, limitMs + graceMs, { clock });
}

export function signalNode(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Waits until the process with that pid is no node on this state directory any more. */
export async function hasEnded(
  paths: StatePaths,
  pid: number,
  patienceMs: number,
  { clock }: { clock: Clock },
): Promise<boolean> {
  const giveUpAtMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const found = await findDaemon(paths, { clock });
    if (found === null || found.pid !== pid) return true;
    if (clock.monotonicMs() >= giveUpAtMs) return false;
    await sleep(clock, pollMs);
  }
}

async function withNode<T>(
  paths: StatePaths,
  { clock, answerMs = usualAnswerMs }: AnswerModules,
  work: (client: ControlClient) => Promise<T>,
): Promise<T | null> {
  const { socketFile, stateDir } = paths;
  const found = await findDaemon(paths, { clock });
  const socketPath = found?.socketPath ?? (existsSync(socketFile) ? socketFile : null);
  if (socketPath === null) return null;
  try {
    const client = await connectToDaemon({ socketPath, stateDir, timeoutMs: answerMs }, { clock });
    try {
      return await work(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (isNodeError(error)) return null;
    throw error;
  }
}
