import childProcess, { type ChildProcess } from 'node:child_process';
import { parentPort, workerData } from 'node:worker_threads';

/*
 * Runs in a thread of its own: systeminformation waits for programs without an end, and for some of them while nothing
 * else of its thread runs. Answers are posted one by one, as they come. What it has started ends when its time is over.
 */

const { limitMs } = workerData as { limitMs: number };
const { execSync } = childProcess;
const child = childProcess.ChildProcess.prototype as unknown as { spawn: (options: object) => number };
const { spawn } = child;
const running = new Set<ChildProcess>();
let over = false;

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** A group of its own: a shell and what it runs end together. */
child.spawn = function (this: ChildProcess, options) {
  const result = spawn.call(this, { ...options, detached: true });
  running.add(this);
  this.once('exit', () => running.delete(this));
  // What fails is asked in another way, which would hang just as well.
  if (over) endGroup(this);
  return result;
};
// Before the package is loaded, which keeps the function that it finds.
childProcess.execSync = ((command: string, options: object = {}) =>
  execSync(command, {
    ...{ stdio: ['ignore', 'pipe', 'ignore'], ...options },
    ...{ timeout: limitMs, killSignal: 'SIGKILL' },
  })) as typeof execSync;

setTimeout(() => {
  over = true;
  running.forEach(endGroup);
  parentPort?.postMessage({ name: 'over' });
}, limitMs).unref();

void readAll();

async function readAll(): Promise<void> {
  const { battery, blockDevices, cpu, osInfo } = await import('systeminformation');
  const parts = { cpu, battery, blockDevices, osInfo };
  for (const [name, read] of Object.entries(parts))
    void read()
      .catch(() => null)
      .then((value) => parentPort?.postMessage({ name, value }));
}
