import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { spreadOf } from './statistics.ts';

/** The kernel counts processor time in ticks of 10 ms on every Linux that Node runs on. */
const tickMs = 10;

/** False where the system has no /proc: nothing is said of other processes then. */
export const hasProc = existsSync('/proc/self/stat');

/** Processor time of a process so far, ms; its children that ended are counted with `withChildren`. */
export function processorMs(pid: number | 'self', withChildren = false): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // proc(5): the name may hold anything, so count from its closing parenthesis; utime is field 14.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, withChildren ? 15 : 13).reduce((sum, field) => sum + Number(field), 0);
  return ticks * tickMs;
}

/** How often the threads of a process have gone to sleep, and so been woken, so far. */
export function wakeUps(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]);
  }, 0);
}

/** Resident memory of a process, MB (10^6 bytes). */
export function residentMb(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, 'VmRSS');
}

/** The share of memory that is a process's own, pages shared with others divided among them, MB. */
export function proportionalMb(pid: number): number {
  return kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss');
}

function kilobytes(file: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'));
  if (!found) throw new Error(`${file} holds no ${name}`);
  return (Number(found[1]) * 1024) / 1e6;
}

/** Up to this share of one core is what a machine does that does nothing. */
const quietShare = 0.1;

/** How busy the machine was with work that is not the bench's own. */
export interface NoiseWatch {
  /** To be called when every process that the bench started has ended: only then is its time known here. */
  end(): string;
}

export function watchNoise(): NoiseWatch {
  if (!hasProc) return { end: () => 'noise: not measured here' };
  const before = { machine: machineMs(), own: processorMs('self', true), atMs: performance.now() };
  return {
    end() {
      const lastedMs = performance.now() - before.atMs;
      const machine = machineMs();
      const own = processorMs('self', true) - before.own;
      const others = Math.max(0, machine.busyMs - before.machine.busyMs - own);
      const stolen = machine.stolenMs - before.machine.stolenMs;
      const share = (ms: number) => `${((100 * ms) / lastedMs).toFixed(0)} %`;
      const verdict = others > quietShare * lastedMs ? '; on a quiet machine the figures are better' : '';
      return `noise: everything else on this machine used ${share(others)} of a core meanwhile (of ${cpus().length * 100} %), and the hypervisor took ${share(stolen)}${verdict}`;
    },
  };
}

function machineMs(): { busyMs: number; stolenMs: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) * tickMs);
  return { busyMs: user + nice + system + irq + softirq, stolenMs: steal };
}

/** The load average of the last minute. */
export function readLoad(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

/** What one durable write costs in `directory`, median, ms: a request takes three of them. */
export function durableWriteMs(directory: string): number {
  const path = join(directory, `durable-write-${process.pid}`);
  const file = openSync(path, 'w');
  const samples: number[] = [];
  try {
    const page = Buffer.alloc(4096, 1);
    for (let count = 0; count < 100; count++) {
      const startedMs = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      samples.push(performance.now() - startedMs);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  return spreadOf(samples).median;
}
