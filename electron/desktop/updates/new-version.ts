import { type ChildProcess, spawn } from 'node:child_process';
import { type Reason, said } from '../../../shared/reasons/reason-text.ts';
import { type Clock, sleep } from '../../daemon/system/clock.ts';
import {
  changeUpdateRecord,
  type RecordPlace,
  readUpdateRecord,
  withFailure,
} from '../../node/operations/update/record.ts';
import { putBack } from './replace-file.ts';

export interface WatchTiming {
  /** Until the new version has said that it is up. */
  startMs: number;
  /** Until its first accepted heartbeat. */
  heartbeatMs: number;
  /** For what it has under way, where it has to end. */
  endMs: number;
}

export const usualWatchTiming: WatchTiming = { startMs: 90_000, heartbeatMs: 600_000, endMs: 30_000 };
const pollMs = 250;

/** `left`: it was quit by a person before it could prove itself, and goes on doing so at its next start. */
export type WatchOutcome = 'serves' | 'left' | 'put-back';

/**
 * Starts the version that has taken the place of `file`, and stays until it has proven itself; otherwise the one before
 * is put back and started. To be called by the old version once its node has ended.
 *
 * The new version says itself that it is up and that it serves, in the record; what this process adds is what the new
 * one cannot say: that it never came up, or that it ended.
 */
export async function watchNewVersion(
  options: {
    file: string;
    args: readonly string[];
    env: NodeJS.ProcessEnv;
    place: RecordPlace;
    timing?: WatchTiming;
  },
  { clock }: { clock: Clock },
): Promise<WatchOutcome> {
  const { file, args, env, place, timing = usualWatchTiming } = options;
  const { handover } = await readUpdateRecord(place);
  const started = startProgram({ file, args, env });
  const sinceMs = clock.monotonicMs();
  let why: Reason | null = null;
  let upAtMs: number | null = null;
  while (why === null) {
    await sleep(clock, pollMs);
    // The record is read last: what it said before it ended, or before its time was over, counts.
    const nowMs = clock.monotonicMs();
    const exit = started.exit();
    const now = (await readUpdateRecord(place)).handover;
    if (now === null) return 'serves';
    const up = (now.starts ?? 0) > (handover?.starts ?? 0);
    if (up) upAtMs ??= nowMs;
    if (exit !== null && up && exit === 'exit-code(0)') return 'left';
    if (exit !== null) why = `ended-with(${exit})`;
    else if (!up && nowMs - sinceMs > timing.startMs) why = 'not-started';
    else if (upAtMs !== null && nowMs - upAtMs > timing.heartbeatMs) why = 'no-heartbeat';
  }
  await started.end(clock, timing.endMs);
  if (await putBack(file)) await noteFailure(place, { reason: why, final: false }, clock);
  startProgram({ file, args, env });
  return 'put-back';
}

/** Remembers against the file of the release that it did not serve here; it is not tried for ever. */
export async function noteFailure(
  place: RecordPlace,
  { reason, final }: { reason: Reason; final: boolean },
  clock: Clock,
): Promise<void> {
  await changeUpdateRecord(place, (record) => {
    if (record.handover === null) return record;
    const { to: version, sha256 } = record.handover;
    return withFailure(record, { version, sha256, final, reason, atMs: clock.now() });
  });
}

interface StartedProgram {
  /** Null while it runs. */
  exit(): Reason | null;
  end(clock: Clock, patienceMs: number): Promise<void>;
}

function startProgram(options: {
  file: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}): StartedProgram {
  const { file, args, env } = options;
  let exit: Reason | null = null;
  const child: ChildProcess = spawn(file, [...args], {
    ...{ cwd: '/', env: outsideEnvironment(env), detached: true, stdio: 'ignore' },
  });
  child.once('error', (error) => {
    exit ??= said(error.message);
  });
  child.once('exit', (code, signal) => {
    exit ??= signal === null ? `exit-code(${code})` : `signal(${signal})`;
  });
  child.unref();
  // Of its session: an AppImage has a process for its file system too.
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // Gone already.
    }
  };
  return {
    exit: () => exit,
    async end(clock, patienceMs) {
      signal('SIGTERM');
      const giveUpAtMs = clock.monotonicMs() + patienceMs;
      while (exit === null && clock.monotonicMs() < giveUpAtMs) await sleep(clock, pollMs);
      signal('SIGKILL');
    },
  };
}

const ofTheMount = ['APPDIR', 'APPIMAGE', 'ARGV0', 'OWD'];

/** What an AppImage sets for itself is for no other: its folders are gone with it. */
function outsideEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const mount = env.APPDIR;
  const outside = Object.entries(env).flatMap(([name, value]): [string, string | undefined][] => {
    if (ofTheMount.includes(name)) return [];
    if (!mount || !value?.includes(mount)) return [[name, value]];
    const kept = value.split(':').filter((path) => path !== '' && !path.startsWith(mount));
    return kept.length === 0 ? [] : [[name, kept.join(':')]];
  });
  return Object.fromEntries(outside);
}
