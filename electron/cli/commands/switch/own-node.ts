import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError } from '../../../../shared/errors.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { Invocation } from '../../args/invocation.ts';
import { withDaemon } from '../../daemon-link.ts';

const lookMs = 100;
/** On top of the time that the node gives its running requests. */
const endGraceMs = 15_000;

/** A node of ours that runs beside this command, and goes on after it. */
export interface OwnNode {
  readonly pid: number;
  /** Null while it runs. */
  readonly exitCode: () => number | null;
  readonly terminate: () => void;
}

/** Starts the node in a session of its own: neither the end of this command nor of the terminal ends it. */
export async function startOwnNode({ env }: Invocation, paths: StatePaths): Promise<OwnNode> {
  const [, program = ''] = process.argv;
  const args = [...process.execArgv, program, 'start', '--wait', '--plain', '--state-dir', paths.stateDir];
  const output = await open(join(paths.logDir, 'start.log'), 'a', 0o600);
  let exitCode: number | null = null;
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', output.fd, output.fd] });
  } finally {
    await output.close();
  }
  child.on('exit', (code) => {
    exitCode = code ?? -1;
  });
  child.on('error', () => {
    exitCode = -1;
  });
  child.unref();
  return { pid: child.pid ?? -1, exitCode: () => exitCode, terminate: () => void child.kill('SIGTERM') };
}

/**
 * Waits for the first accepted heartbeat of the node that runs here.
 *
 * @param options.patienceMs how long at most
 * @returns when it was accepted, Unix ms; or why there is none, in words
 */
export async function waitForHeartbeat(
  invocation: Invocation,
  paths: StatePaths,
  options: { patienceMs: number; signal: AbortSignal; node: OwnNode | null },
): Promise<{ acceptedAtMs: number; nodeId: string | null } | { why: string }> {
  const { clock } = invocation;
  const { patienceMs, signal, node } = options;
  const giveUpAtMs = clock.monotonicMs() + patienceMs;
  let lastFailure: string | null = null;
  while (clock.monotonicMs() < giveUpAtMs) {
    if (signal.aborted) return { why: 'it was called off' };
    const exitCode = node?.exitCode() ?? null;
    // Another one that is up is the node to wait for: a call that was killed had started it just before.
    if (exitCode !== null && (await findDaemon(paths, { clock })) === null) {
      return {
        why: `our node ended by itself (exit code ${exitCode}); see ${join(paths.logDir, 'start.log')}`,
      };
    }
    const snapshot = await withDaemon(invocation, paths, (daemon) => daemon.ask('snapshot', {})).catch(
      (error: unknown) => {
        if (isNodeError(error)) return null;
        throw error;
      },
    );
    const acceptedAtMs = snapshot?.heartbeat.firstAcceptedAtMs ?? null;
    if (acceptedAtMs !== null) return { acceptedAtMs, nodeId: snapshot?.identity.nodeId ?? null };
    lastFailure = snapshot?.heartbeat.lastFailure ?? lastFailure;
    await sleep(clock, lookMs, signal);
  }
  const reason = lastFailure === null ? '' : ` (${lastFailure})`;
  return { why: `no heartbeat of ours was accepted in ${Math.round(patienceMs / 1000)} s${reason}` };
}

/**
 * Ends the node that runs here, after it has finished and delivered its work.
 *
 * @param started by this command, which ends too where it has not come as far as to be found
 * @returns false when it still runs after all patience
 */
export async function endOwnNode(
  invocation: Invocation,
  paths: StatePaths,
  started: OwnNode | null = null,
): Promise<boolean> {
  const { clock } = invocation;
  const running = await findDaemon(paths, { clock });
  if (started !== null && started.exitCode() === null && started.pid !== running?.pid) {
    if (!(await endUnfound(invocation, started))) return false;
  }
  if (running === null) return true;
  const limitMs = await withDaemon(invocation, paths, (daemon) => daemon.ask('drain', {})).then(
    (answer) => answer.limitMs,
    () => {
      // Just starting, or of another version: it understands a signal.
      process.kill(running.pid, 'SIGTERM');
      return 30_000;
    },
  );
  const giveUpAtMs = clock.monotonicMs() + limitMs + endGraceMs;
  while ((await findDaemon(paths, { clock })) !== null) {
    if (clock.monotonicMs() > giveUpAtMs) return false;
    await sleep(clock, lookMs);
  }
  return true;
}

/** A node that is still starting would come up beside the official client, which is started again. */
async function endUnfound({ clock }: Invocation, node: OwnNode): Promise<boolean> {
  node.terminate();
  const giveUpAtMs = clock.monotonicMs() + endGraceMs;
  while (node.exitCode() === null) {
    if (clock.monotonicMs() > giveUpAtMs) return false;
    await sleep(clock, lookMs);
  }
  return true;
}
