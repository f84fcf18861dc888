import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError } from '../../../../shared/errors.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { CutoverNode, StartedNode } from '../../../node/operations/cutover/node.ts';
import type { Invocation } from '../../args/invocation.ts';
import { withDaemon } from '../../daemon-link.ts';

const pollMs = 100;
/** On top of the time that the node gives its running requests. */
const endGraceMs = 15_000;

/** A node of ours that runs beside this command, and goes on after it. */
interface OwnNode extends StartedNode {
  readonly pid: number;
  terminate(): void;
}

/** The node of a state directory as this command runs it: a process of its own, asked over its socket. */
export function createOwnNode(invocation: Invocation, paths: StatePaths): CutoverNode {
  let own: OwnNode | null = null;
  return {
    async start() {
      own = await startOwnNode(invocation, paths);
      return own;
    },
    snapshot: () =>
      withDaemon(invocation, paths, (daemon) => daemon.ask('snapshot', {})).catch((error: unknown) => {
        if (isNodeError(error)) return null;
        throw error;
      }),
    end: (started) => endOwnNode(invocation, paths, started === null ? null : own),
  };
}

/** Starts the node in a session of its own: neither the end of this command nor of the terminal ends it. */
async function startOwnNode({ env }: Invocation, paths: StatePaths): Promise<OwnNode> {
  const [, program = ''] = process.argv;
  const args = [...process.execArgv, program, 'start', '--wait', '--plain', '--state-dir', paths.stateDir];
  const outputFile = join(paths.logDir, 'start.log');
  const output = await open(outputFile, 'a', 0o600);
  let exitCode: number | null = null;
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', output.fd, output.fd] });
    // Before anything is waited for: one that ends at once is heard only by who listens already.
    child.on('exit', (code) => {
      exitCode = code ?? -1;
    });
    child.on('error', () => {
      exitCode = -1;
    });
  } finally {
    await output.close();
  }
  child.unref();
  return {
    pid: child.pid ?? -1,
    ended: () => (exitCode === null ? null : `exit-code(${exitCode}, ${outputFile})`),
    terminate: () => void child.kill('SIGTERM'),
  };
}

async function endOwnNode(
  invocation: Invocation,
  paths: StatePaths,
  started: OwnNode | null,
): Promise<boolean> {
  const { clock } = invocation;
  const running = await findDaemon(paths, { clock });
  if (started !== null && started.ended() === null && started.pid !== running?.pid) {
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
    await sleep(clock, pollMs);
  }
  return true;
}

/** A node that is still starting would come up beside the official client, which is started again. */
async function endUnfound({ clock }: Invocation, node: OwnNode): Promise<boolean> {
  node.terminate();
  const giveUpAtMs = clock.monotonicMs() + endGraceMs;
  while (node.ended() === null) {
    if (clock.monotonicMs() > giveUpAtMs) return false;
    await sleep(clock, pollMs);
  }
  return true;
}
