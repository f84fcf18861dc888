import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NodeError } from '../../../../shared/errors.ts';
import { errorCode } from '../../storage/atomic-file.ts';
import type { Clock, Timer } from '../../system/clock.ts';
import { groupMembers } from '../../system/process-group.ts';
import { isOfThisBoot, processStart } from '../../system/process-start.ts';
import { openServerLog, type ServerLog, serverLogTail } from './log.ts';

export interface ServerExit {
  /** Both null for a server that was adopted: only its own parent learns how it ended. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** We told it to end. */
  asked: boolean;
  /** It ended because another program has its address. */
  addressInUse: boolean;
  /** Its last error, as it wrote it; null when it wrote none. */
  lastOutput: string | null;
}

/** A running `ollama serve` of ours. */
export interface ServerProcess {
  readonly pid: number;
  readonly start: string;
  /** Resolves when the process is gone, what it left behind of its own processes included. */
  readonly ended: Promise<ServerExit>;
  /** Asks it to end, waits five seconds, then kills it and the model runners it started. Never rejects. */
  stop(): Promise<void>;
  /** No longer watches it; it goes on by itself. */
  letGo(): void;
}

const patienceMs = 5000;
const pollMs = 100;
/** How often a server that is no child of ours is checked. */
const watchMs = 2000;

/**
 * Starts `ollama serve` in a process group and session of its own: neither Ctrl-C in our terminal nor our own end
 * reaches it.
 *
 * @throws NodeError `ollama-start-failed` when it could not even be run
 */
export async function launchServer(
  options: { binary: string; env: Record<string, string>; logFile: string },
  modules: { clock: Clock },
): Promise<ServerProcess> {
  const { binary, env, logFile } = options;
  const failed = (error: unknown) =>
    new NodeError(
      'ollama-start-failed',
      { reason: errorCode(error) ?? 'unexpected error', logFile },
      { cause: error },
    );
  let log: ServerLog;
  try {
    log = openServerLog(logFile);
  } catch (error) {
    throw failed(error);
  }
  const { promise: exited, resolve: onExit } = Promise.withResolvers<Pick<ServerExit, 'code' | 'signal'>>();
  let pid: number;
  try {
    const stdio = ['ignore', log.descriptor, log.descriptor] as const;
    const child = spawn(binary, ['serve'], { env, cwd: '/', detached: true, stdio: [...stdio] });
    child.once('exit', (code, signal) => onExit({ code, signal }));
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.on('error', () => undefined);
    child.unref();
    pid = child.pid ?? 0;
  } catch (error) {
    throw failed(error);
  } finally {
    closeSync(log.descriptor);
  }
  // One that ended at once has no start any more; then its exit is on its way.
  const start = (await processStart(pid)) ?? 'ended';
  let asked = false;
  const ended = exited.then(({ code, signal }) => {
    killGroup(pid);
    return { code, signal, asked, ...lastOutputOf(serverLogTail(logFile, log.fromByte)) };
  });
  return {
    pid,
    start,
    ended,
    stop() {
      asked = true;
      return stopProcess({ pid, start }, ended, modules.clock);
    },
    letGo() {},
  };
}

/**
 * Adopts a server that an earlier run of ours started; null when that process is gone: then the model runners that it
 * left behind are ended, which would go on holding memory.
 */
export async function adoptServer(
  { pid, start, binary }: { pid: number; start: string; binary: string },
  modules: { clock: Clock },
): Promise<ServerProcess | null> {
  const { clock } = modules;
  const found = await processStart(pid);
  if (found === null && (await isLeftBy({ pid, start, binary }))) killGroup(pid);
  if (found !== start) return null;
  const { promise: ended, resolve } = Promise.withResolvers<ServerExit>();
  let timer: Timer | null = null;
  let everyMs = watchMs;
  let asked = false;
  const pollLater = () => {
    timer?.cancel();
    timer = clock.after(everyMs, () => void poll());
  };
  const poll = async (): Promise<void> => {
    if ((await processStart(pid)) === start) {
      if (timer !== null) pollLater();
      return;
    }
    killGroup(pid);
    resolve({ code: null, signal: null, asked, addressInUse: false, lastOutput: null });
  };
  pollLater();
  return {
    pid,
    start,
    ended,
    stop() {
      asked = true;
      everyMs = pollMs;
      pollLater();
      return stopProcess({ pid, start }, ended, clock);
    },
    letGo() {
      timer?.cancel();
      timer = null;
    },
  };
}

/**
 * Whether what is left of the group of a process that is gone was started by it. A number is not given again while its
 * group is there; that the group runs programs of this Ollama shows that it is no other one of that number. A look at
 * it may have failed for another reason than that it is gone: then it is among its group.
 */
async function isLeftBy({ pid, start, binary }: { pid: number; start: string; binary: string }) {
  if (!(await isOfThisBoot(start))) return false;
  const real = await realpath(binary).catch(() => binary);
  const programs = [binary, real, join(dirname(real), '..', 'lib', 'ollama')];
  const members = await groupMembers(pid);
  if (members.some((member) => member.pid === pid)) return false;
  return members.some(({ command }) => programs.some((program) => command.includes(program)));
}

async function stopProcess(
  { pid, start }: { pid: number; start: string },
  ended: Promise<unknown>,
  clock: Clock,
): Promise<void> {
  // Never a stranger that was given the number since.
  if ((await processStart(pid)) === start) {
    signal(pid, 'SIGTERM');
    const timer = clock.after(patienceMs, () => killGroup(pid));
    await ended;
    timer.cancel();
  } else await ended;
}

/** The model runners belong to the group; left alone they would go on holding the GPU's memory. */
function killGroup(pid: number): void {
  if (pid > 1) signal(-pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

/** `Error: listen tcp 127.0.0.1:11434: bind: address already in use` [ollama serve] */
function lastOutputOf(tail: string): Pick<ServerExit, 'addressInUse' | 'lastOutput'> {
  const errors = tail.split('\n').filter((line) => /^(?:Error|panic|fatal error):/.test(line));
  const lastOutput = errors.at(-1)?.trim().slice(0, 300) ?? null;
  return { lastOutput, addressInUse: /address already in use/i.test(lastOutput ?? '') };
}
