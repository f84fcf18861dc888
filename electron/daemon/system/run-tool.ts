import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import type { Clock } from './clock.ts';

/**
 * How a tool ended. `missing`: it is not installed, which is nothing to report. `printed` is both streams; what stands
 * on `stdout` may be good although the tool failed or was too slow.
 */
export type ToolOutcome =
  | { kind: 'ran'; stdout: string; stderr: string }
  | { kind: 'failed'; exitCode: number | null; printed: string; stdout: string }
  | { kind: 'timed-out'; timeoutMs: number; printed: string; stdout: string }
  | { kind: 'too-large'; printed: string }
  | { kind: 'cancelled' }
  | { kind: 'missing' };

export interface ToolCall {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Runs a program with arguments, without a shell. Never rejects. */
export type RunTool = (tool: string, args: readonly string[], call: ToolCall) => Promise<ToolOutcome>;

const largestOutputBytes = 1024 * 1024;

/**
 * Where vendors install their tools outside of PATH: services and desktop programs start with a short PATH, and a
 * card must not vanish because of who started the node.
 */
const usualFolders = [
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/sbin',
  '/usr/lib/wsl/lib',
  '/opt/rocm/bin',
];

/** The environment in which vendors' tools are found and print what the readers know. */
export function toolEnvironment(options: {
  env: NodeJS.ProcessEnv;
  places?: readonly string[];
}): NodeJS.ProcessEnv {
  const { env, places = usualFolders } = options;
  const path = [env.PATH ?? '', ...places].filter(Boolean).join(delimiter);
  // Vendors translate and colour their output; the readers know the plain English one.
  return { ...env, PATH: path, LC_ALL: 'C', NO_COLOR: '1' };
}

/**
 * Kills a program that was started detached, with its whole process group (SIGKILL, it cannot be ignored). Does not
 * wait for its end: one stuck in its driver cannot even be killed.
 */
export function killTool(child: ChildProcess): void {
  if (child.pid !== undefined) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** Makes the runner: output bounded to 1 MiB, the tool killed when its time is over. */
export function createToolRunner(
  options: { env: NodeJS.ProcessEnv; places?: readonly string[] },
  modules: { clock: Clock },
): RunTool {
  const env = toolEnvironment(options);

  const run: RunTool = (tool, args, { timeoutMs, signal }) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve({ kind: 'cancelled' });
      const child: ChildProcess = spawn(tool, args, {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let bytes = 0;

      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      const printed = () => `${text(err)}\n${text(out)}`;
      const finish = (outcome: ToolOutcome) => {
        timer.cancel();
        signal?.removeEventListener('abort', cancel);
        resolve(outcome);
      };
      const end = (outcome: ToolOutcome) => {
        killTool(child);
        finish(outcome);
      };
      const cancel = () => end({ kind: 'cancelled' });
      const timer = modules.clock.after(timeoutMs, () =>
        end({ kind: 'timed-out', timeoutMs, printed: printed(), stdout: text(out) }),
      );
      // Before anything that can throw: without descriptors left a child has no streams, and an unheard error ends the node.
      child.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') finish({ kind: 'missing' });
        else finish({ kind: 'failed', exitCode: null, printed: error.code ?? error.message, stdout: '' });
      });
      signal?.addEventListener('abort', cancel, { once: true });

      const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > largestOutputBytes) return end({ kind: 'too-large', printed: printed() });
        chunks.push(chunk);
      };
      child.stdout?.on('data', collect(out));
      child.stderr?.on('data', collect(err));
      child.on('close', (exitCode) => {
        if (exitCode === 0) finish({ kind: 'ran', stdout: text(out), stderr: text(err) });
        else finish({ kind: 'failed', exitCode, printed: printed(), stdout: text(out) });
      });
    });
  // Some failures to start are thrown instead of emitted: no memory, a program for another machine.
  return (tool, args, call) =>
    run(tool, args, call).catch((error: unknown) => ({
      kind: 'failed',
      exitCode: null,
      printed: error instanceof Error ? error.message : String(error),
      stdout: '',
    }));
}
