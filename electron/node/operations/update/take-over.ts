import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Reason, said } from '../../../../shared/reasons/reason-text.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { type Clock, sleep } from '../../../daemon/system/clock.ts';
import { greetingOf, hasEnded, signalNode } from './running.ts';

/** How long each part of a take-over may take. */
export interface TakeOverTiming {
  /** Until the new version says that it is prepared. */
  prepareMs: number;
  /** For an answer of the running node; without one it counts as hung. */
  answerMs: number;
  /** For the running requests: longer than their deadline, so that none is cut off. */
  drainMs: number;
  /** On top of it, for posting and the last heartbeat. */
  graceMs: number;
  /** Until the first accepted heartbeat. */
  heartbeatMs: number;
  /** A node that cannot be judged by heartbeats has to stay up for so long. */
  steadyMs: number;
}

export const usualTiming: TakeOverTiming = {
  prepareMs: 60_000,
  answerMs: 5000,
  drainMs: 150_000,
  graceMs: 15_000,
  heartbeatMs: 30_000,
  steadyMs: 5000,
};

/** A version that was started beside the running one; it lives on when this program ends. */
export interface StartedNode {
  readonly pid: number;
  /** Null while it runs. */
  readonly exit: () => Reason | null;
  /** Resolves with null once it says that it could take over at once, or with why it cannot. */
  prepared(limitMs: number): Promise<Reason | null>;
  /** From now on it waits for the lock by itself, whatever becomes of this program. */
  go(withinMs: number): void;
  end(): Promise<void>;
}

const pollMs = 50;
/**
 * So many heartbeats in a row, where those of the version before it were accepted, are no accident. Each that is waited for
 * beyond is one that the old version doesn't send.
 */
const mostFailed = 2;
const endMs = 5000;

/**
 * Starts a node by the launcher of a version, in a session of its own; why it could not start is in the log folder.
 *
 * @param options.beside prepare and wait, rather than refuse because a node runs
 */
export async function startNode(
  options: { launcher: string; args: readonly string[]; env: NodeJS.ProcessEnv; beside: boolean },
  modules: { paths: StatePaths; clock: Clock },
): Promise<StartedNode> {
  const { launcher, args, env, beside } = options;
  const { paths, clock } = modules;
  await mkdir(paths.logDir, { recursive: true, mode: 0o700 });
  const output = await open(join(paths.logDir, 'start.log'), 'a', 0o600);
  const from = (await output.stat()).size;
  const named = args.some((arg) => /^--state-dir(=|$)/.test(arg)) ? [] : ['--state-dir', paths.stateDir];
  let exit: Reason | null = null;
  let isPrepared = false;
  let child: ChildProcess;
  try {
    child = spawn(launcher, [...args, ...named, ...(beside ? ['--take-over'] : [])], {
      cwd: '/',
      env,
      detached: true,
      // What it prints of its work is in its log, which is rotated; this file is not.
      stdio: ['ignore', 'ignore', output.fd, ...(beside ? (['ipc'] as const) : [])],
    });
    // Before anything is waited for: one that ends at once is heard only by who listens already.
    child.on('error', (error) => {
      exit ??= said(error.message);
    });
    child.on('exit', (code, signal) => {
      exit ??= signal === null ? `exit-code(${code})` : `signal(${signal})`;
    });
    child.on('message', (message) => {
      if ((message as { takeOver?: unknown } | null)?.takeOver === 'prepared') isPrepared = true;
    });
  } finally {
    await output.close();
  }
  child.unref();
  const why = async (): Promise<Reason> => {
    const line = await lastLine(join(paths.logDir, 'start.log'), from);
    return line === '' ? (exit ?? 'no-answer') : said(line);
  };
  return {
    pid: child.pid ?? -1,
    exit: () => exit,
    async prepared(limitMs) {
      const giveUpAtMs = clock.monotonicMs() + limitMs;
      while (!isPrepared) {
        if (exit !== null) return why();
        if (clock.monotonicMs() > giveUpAtMs) return 'not-ready-in-time';
        await sleep(clock, pollMs);
      }
      return null;
    },
    go(withinMs) {
      child.send({ takeOver: 'go', withinMs }, (error) => {
        if (error !== null) exit ??= said(error.message);
      });
      // From here on it must not end with this program.
      child.disconnect();
    },
    async end() {
      if (exit === null) signalNode(child.pid ?? -1, 'SIGTERM');
      const giveUpAtMs = clock.monotonicMs() + endMs;
      while (exit === null && clock.monotonicMs() < giveUpAtMs) await sleep(clock, pollMs);
      if (exit !== null) return;
      signalNode(child.pid ?? -1, 'SIGKILL');
      await hasEnded(paths, child.pid ?? -1, endMs, { clock });
    },
  };
}

/**
 * Waits until the version runs and its first heartbeat was accepted, or cannot be expected any more.
 *
 * @param options.online false: the node before it had no heartbeat accepted either, so that staying up has to do
 * @param options.exit why it has ended, where that can be told; null while it runs
 * @returns null when it serves; else why not, in words
 */
export async function whyNotServing(
  options: {
    version: string;
    online: boolean;
    timing: TakeOverTiming;
    exit: () => Reason | null | Promise<Reason | null>;
  },
  modules: { paths: StatePaths; clock: Clock },
): Promise<Reason | null> {
  const { version, online, timing, exit } = options;
  const { paths, clock } = modules;
  const giveUpAtMs = clock.monotonicMs() + timing.heartbeatMs;
  let upSinceMs: number | null = null;
  while (clock.monotonicMs() < giveUpAtMs) {
    const greeting = await greetingOf(paths, { clock });
    if (greeting?.version === version) {
      if ((greeting.firstHeartbeatAcceptedAtMs ?? null) !== null) return null;
      const { failedHeartbeats = 0 } = greeting;
      if (online && failedHeartbeats >= mostFailed) return `heartbeats-failed(${failedHeartbeats})`;
      upSinceMs ??= clock.monotonicMs();
      // A version from before the greeting said so can only be seen to run.
      const reportsIt = greeting.firstHeartbeatAcceptedAtMs !== undefined;
      if ((!online || !reportsIt) && clock.monotonicMs() - upSinceMs >= timing.steadyMs) return null;
    } else upSinceMs = null;
    const ended = await exit();
    if (ended !== null) return `ended-with(${ended})`;
    await sleep(clock, pollMs);
  }
  return upSinceMs === null
    ? `not-run-within(${timing.heartbeatMs})`
    : `no-heartbeat-in(${timing.heartbeatMs})`;
}

/** What a program said last, for whoever has to find out why it ended. */
async function lastLine(file: string, from: number): Promise<string> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - 4096);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    await handle.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  } finally {
    await handle.close();
  }
}
