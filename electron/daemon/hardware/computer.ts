import type { Worker } from 'node:worker_threads';
import type { Systeminformation } from 'systeminformation';
import type { Computer } from '../../../shared/contract/computer.ts';
import type { Clock } from '../system/clock.ts';
import { computerWorkerText } from './computer-worker-text.ts';

interface Answers {
  cpu?: Systeminformation.CpuData | null;
  battery?: Systeminformation.BatteryData | null;
  blockDevices?: Systeminformation.BlockDevicesData[] | null;
  osInfo?: Systeminformation.OsData | null;
}
const wanted = 4;

const usualLimitMs = 4000;
/** For a thread that waits for a program when its time is over. */
const graceMs = 1000;

/**
 * What systeminformation is right about, for people to read: never VRAM, and nothing that a tier rests on. Read only when
 * somebody asks, in a thread that is gone afterwards, so that a node which is not asked pays nothing for it. What does
 * not come in time is not known. Never fails.
 */
export async function readComputer(
  { limitMs = usualLimitMs }: { limitMs?: number },
  { clock }: { clock: Clock },
): Promise<Computer> {
  const answers = await askWorker(limitMs, clock);
  const { cpu, battery, blockDevices, osInfo } = answers;
  return {
    processor: named([cpu?.manufacturer, cpu?.brand]),
    physicalCores: positive(cpu?.physicalCores),
    system: named([osInfo?.distro, osInfo?.release]),
    hasBattery: battery?.hasBattery ?? null,
    battery: battery?.hasBattery
      ? { percent: positive(battery.percent), charging: battery.isCharging === true }
      : null,
    disks: blockDevices == null ? null : disksOf(blockDevices),
  };
}

async function askWorker(limitMs: number, clock: Clock): Promise<Answers> {
  const answers: Answers = {};
  const settled = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const timer = clock.after(limitMs + graceMs, settled.resolve);
  let worker: Worker | null = null;
  try {
    const { Worker } = await import('node:worker_threads');
    const workerData = { limitMs };
    worker =
      computerWorkerText === null
        ? new Worker(new URL('./computer-worker.ts', import.meta.url), { workerData })
        : new Worker(computerWorkerText(), { workerData, eval: true });
    worker.on('message', ({ name, value }: { name: keyof Answers | 'over'; value: never }) => {
      if (name === 'over') return over.resolve();
      answers[name] = value;
      if (Object.keys(answers).length < wanted) return;
      settled.resolve();
      over.resolve();
    });
    worker.once('error', () => settled.resolve());
    worker.once('exit', () => settled.resolve());
    await settled.promise;
  } catch {
    // No thread, no answer: a limit of processes, for one.
  } finally {
    timer.cancel();
    // Nobody waits for a thread that waits for a program. It first ends what it has started, however late it began.
    worker?.unref();
    void over.promise.then(() => worker?.terminate());
  }
  return answers;
}

/** Virtual ones and those that can be pulled out are no disks to speak of. */
const virtual = /^(zram|ram|loop|nbd|md|dm-|sr|fd)/;
const ofMachine = /^x?vd/;

function disksOf(devices: readonly Systeminformation.BlockDevicesData[]): NonNullable<Computer['disks']> {
  return devices
    .filter(
      ({ type, name, size, removable }) => type === 'disk' && !virtual.test(name) && size > 0 && !removable,
    )
    .map(({ name: device, model, physical, size }) => ({
      name: named([model]) ?? device,
      // Those of a virtual machine call themselves what they like.
      kind: !ofMachine.test(device) && (physical === 'SSD' || physical === 'HDD') ? physical : null,
      bytes: positive(size),
    }));
}

/** What the package says where it does not know. */
const nothing = new Set(['', 'unknown', 'default string', 'to be filled by o.e.m.']);

function named(parts: readonly (string | undefined)[]): string | null {
  const known = parts.map((part) => part?.trim() ?? '').filter((part) => !nothing.has(part.toLowerCase()));
  return known.length === 0 ? null : known.join(' ').slice(0, 200);
}

function positive(value: number | undefined | null): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}
