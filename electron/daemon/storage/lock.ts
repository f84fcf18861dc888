import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { type Clock, sleep } from '../system/clock.ts';
import { isAlive, processStart } from '../system/process-start.ts';
import { readSmallFile, writeFileAtomic } from './atomic-file.ts';
import { tryExclusive } from './exclusive.ts';
import { ensureStateDir, type StatePaths } from './paths.ts';

const controlSchema = z.object({
  schemaVersion: z.literal(1),
  pid: z.int().positive(),
  /** Unix time, ms: for people. The uptime is counted since boot, which setting the clock leaves alone. */
  startedAtMs: z.number(),
  startedSinceBootMs: z.number(),
  /** Distinguishes this process from a later one with the same pid. */
  processStart: z.string().nullable(),
  socketPath: z.string().nullable(),
  version: z.string(),
});

type ControlRecord = z.infer<typeof controlSchema>;

/** The daemon that runs on a state directory, as `control.json` says; the lock alone proves that one runs. */
export interface RunningDaemon {
  pid: number;
  uptimeMs: number;
  startedAtMs: number;
  socketPath: string | null;
  version: string;
}

/** Held by the one daemon of a state directory for as long as it lives, however it ends. */
export interface DaemonLock {
  /** Not null when `control.json` could not be written; the daemon can run, but is hard to find. */
  readonly controlFault: NodeError | null;
  /** Where the control socket of a daemon lies that could not remove it any more, or null. */
  readonly leftSocketPath: string | null;
  /** Lets others find the control socket. */
  publish(socketPath: string): Promise<void>;
  /** False once the lock file was removed or replaced under us: then another daemon can start. */
  intact(): boolean;
  release(): Promise<void>;
}

/** A dying daemon needs a moment; two that start at once can send each other away. */
const patienceMs = 250;
/** How long the winner of a race may take to say who it is. */
const introductionMs = 500;

/**
 * Takes the exclusive lock of a state directory.
 *
 * @throws NodeError `other-daemon` with pid and uptime of the one that holds it (null where it does
 *   not say), `state-dir-unusable`, `database-unusable`
 */
export async function acquireLock(
  options: { paths: StatePaths; version: string },
  modules: { clock: Clock },
): Promise<DaemonLock> {
  const { paths, version } = options;
  const { clock } = modules;
  const beganMs = clock.monotonicMs();
  let held = tryExclusive(paths.lockFile);
  while (held === null) {
    const waitedMs = clock.monotonicMs() - beganMs;
    const other = await findDaemon(paths, modules);
    if (other !== null || waitedMs >= patienceMs + introductionMs) {
      const { stateDir } = paths;
      throw new NodeError('other-daemon', {
        pid: other?.pid ?? null,
        uptimeMs: other?.uptimeMs ?? null,
        stateDir,
      });
    }
    await sleep(clock, 5 + Math.random() * 20);
    // Past its patience it only waits to learn who won.
    if (waitedMs < patienceMs) held = tryExclusive(paths.lockFile);
  }
  const exclusive = held;
  const inode = statSync(paths.lockFile).ino;
  const left = await readControl(paths.controlFile);
  const control: ControlRecord = {
    schemaVersion: 1,
    pid: process.pid,
    startedAtMs: clock.now(),
    startedSinceBootMs: clock.sinceBootMs(),
    processStart: await processStart(process.pid),
    socketPath: null,
    version,
  };
  let controlFault: NodeError | null = null;
  const write = async () => {
    try {
      await writeFileAtomic(paths.controlFile, `${JSON.stringify(control, null, 2)}\n`);
      controlFault = null;
    } catch (error) {
      // A full disk must not keep the node from its heartbeats.
      if (!isNodeError(error)) throw error;
      controlFault = error;
    }
  };
  await write();
  let released = false;
  const intact = () => {
    try {
      return !released && statSync(paths.lockFile).ino === inode;
    } catch {
      return false;
    }
  };
  return {
    get controlFault() {
      return controlFault;
    },
    leftSocketPath: left?.socketPath ?? null,
    async publish(socketPath) {
      control.socketPath = socketPath;
      await write();
    },
    intact,
    async release() {
      if (released) return;
      const ours = intact();
      released = true;
      // Only while the lock is ours: otherwise the file is another daemon's, or will be.
      if (ours) await rm(paths.controlFile, { force: true }).catch(() => undefined);
      exclusive.release();
    },
  };
}

/**
 * The daemon that `control.json` names, if that very process is still there. Opens no lock.
 *
 * @returns null when none is named, or only one that is gone
 */
export async function findDaemon(
  paths: StatePaths,
  modules: { clock: Clock },
): Promise<RunningDaemon | null> {
  const control = await readControl(paths.controlFile);
  if (control === null || !isAlive(control.pid)) return null;
  const start = await processStart(control.pid);
  // Not the same start: the pid was given to another process.
  if (control.processStart !== null && !isSameStart(control, start, modules.clock)) return null;
  const { pid, startedAtMs, socketPath, version } = control;
  const uptimeMs = Math.max(0, Math.round(modules.clock.sinceBootMs() - control.startedSinceBootMs));
  return { pid, uptimeMs, startedAtMs, socketPath, version };
}

/** Clocks are read one after the other, and corrected a little. */
const bootSlackMs = 5_000;

/**
 * In a container the same boot can go by two names: a hardened service sees another file in the place of the boot's id
 * than everybody else. Then the moment of the boot has to be the same, beside process and ticks since.
 */
function isSameStart(
  { processStart: written, startedAtMs, startedSinceBootMs }: ControlRecord,
  seen: string | null,
  clock: Clock,
): boolean {
  if (written === seen) return true;
  const ticksOf = (text: string | null) => text?.split('/')[1] ?? null;
  const bootedAtMs = clock.now() - clock.sinceBootMs();
  const sameBoot = Math.abs(bootedAtMs - (startedAtMs - startedSinceBootMs)) <= bootSlackMs;
  return sameBoot && ticksOf(seen) !== null && ticksOf(seen) === ticksOf(written);
}

/**
 * Whether some daemon holds the lock of this state directory, found or not. Takes it for a moment where nobody does;
 * whoever starts at that moment has the patience for it.
 *
 * @throws NodeError `state-dir-unusable`, `database-unusable`
 */
export function isLockHeld({ lockFile }: Pick<StatePaths, 'lockFile'>): boolean {
  if (statSync(lockFile, { throwIfNoEntry: false }) === undefined) return false;
  const held = tryExclusive(lockFile);
  held?.release();
  return held === null;
}

async function readControl(path: string): Promise<ControlRecord | null> {
  try {
    const control = controlSchema.safeParse(JSON.parse((await readSmallFile(path, 65_536)) ?? 'null'));
    return control.success ? control.data : null;
  } catch {
    return null;
  }
}

/**
 * Works on a state directory while no node runs on it.
 *
 * @throws NodeError `other-daemon`, `state-dir-unusable`, `disk-full`, and what `work` throws
 */
export async function whileNoNodeRuns<T>(
  options: { paths: StatePaths; version: string },
  modules: { clock: Clock },
  work: () => Promise<T>,
): Promise<T> {
  await ensureStateDir(options.paths, modules);
  const lock = await acquireLock(options, modules);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
