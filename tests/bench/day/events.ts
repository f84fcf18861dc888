import { writeFile } from 'node:fs/promises';
import type { BenchNetwork } from '../bench.ts';
import type { Supervised } from './client.ts';
import type { DayDisk } from './disk.ts';
import type { Span } from './uptime.ts';

/** What an event can do something to. */
export interface Scene {
  readonly client: Supervised;
  readonly network: BenchNetwork;
  /** Null where this machine lets nobody mount a small disk. */
  readonly disk: DayDisk | null;
  /** What the stand-in for nvidia-smi runs. */
  readonly cardFile: string;
  /** Null where no clock can be moved for one program alone. */
  readonly clockFile: string | null;
  pause(ms: number): Promise<void>;
  /** Does something during which no program can be online; the length of it is no lost uptime. */
  excused(run: () => Promise<void>): Promise<Span>;
}

export interface DayEvent {
  readonly name: string;
  /** Why it cannot happen here, or null. */
  notHere(scene: Scene): string | null;
  run(scene: Scene): Promise<void>;
}

const always = () => null;
const needsDisk = ({ disk }: Scene) => (disk === null ? 'mounting a small disk needs Linux and root' : null);
const needsClock = ({ clockFile }: Scene) =>
  clockFile === null ? 'moving the clock of one program needs libfaketime' : null;

export const oneCard =
  'echo "NVIDIA GeForce RTX 3060, GPU-1b2c, 00000000:01:00.0, 12288, 580.95.05, [N/A]"\n';
const lostCard =
  'echo "Unable to determine the device handle for GPU0000:01:00.0: Unknown Error"\nexit 255\n';

/** As long as every event of the script lasts when it is shortened, ms. */
const shortMs = 30_000;

async function reboot({ client, network, pause, excused }: Scene): Promise<void> {
  await excused(async () => {
    await Promise.all([client.cutPower(), network.ollama.setFaults({ down: true })]);
    await pause(15_000);
  });
  client.start();
  // Ollama's own service takes longer.
  await pause(5000);
  await network.ollama.setFaults({ down: false });
}

async function stepClock({ clockFile, pause }: Scene, offset: string): Promise<void> {
  if (clockFile !== null) await writeFile(clockFile, `${offset}\n`);
  await pause(shortMs);
}

/** One scripted day, in its order [design.md 8]. What takes hours there is shortened to half a minute or two. */
export const day: readonly DayEvent[] = [
  {
    name: 'a crash',
    notHere: always,
    run: async ({ client }) => client.signal('SIGABRT'),
  },
  {
    name: 'kill −9 in the middle of an answer',
    notHere: always,
    async run({ client, network }) {
      const { seen } = network.ollama;
      await seen.when('an answer', () => seen.generationsInFlight > 0, { timeoutMs: 60_000 }).catch(() => {});
      client.signal('SIGKILL');
    },
  },
  { name: 'a power cut and a reboot', notHere: always, run: reboot },
  {
    name: 'asleep (6 h, shortened)',
    notHere: always,
    async run({ client, pause, excused }) {
      await excused(async () => {
        client.signal('SIGSTOP');
        await pause(2 * shortMs);
      });
      client.signal('SIGCONT');
    },
  },
  {
    name: 'coordinator down (40 min, shortened)',
    notHere: always,
    async run({ network, pause, excused }) {
      await excused(async () => {
        await network.coordinator.outage('refused');
        await pause(shortMs);
        await network.coordinator.outage('503');
        await pause(shortMs);
        await network.coordinator.outage('off');
      });
    },
  },
  {
    name: 'Ollama dies and comes back',
    notHere: always,
    async run({ network, pause }) {
      await network.ollama.setFaults({ down: true });
      await pause(shortMs);
      await network.ollama.setFaults({ down: false });
    },
  },
  {
    name: 'Ollama hangs in its answers',
    notHere: always,
    async run({ network, pause }) {
      await network.ollama.setFaults({ hangAfterChunks: 2 });
      await pause(shortMs);
      // As its operator helps himself: a restart cuts what hangs.
      await network.ollama.setFaults({ hangAfterChunks: null, down: true });
      await network.ollama.setFaults({ down: false });
    },
  },
  {
    name: 'Ollama takes everything and says nothing',
    notHere: always,
    async run({ network, pause }) {
      await network.ollama.setFaults({ hangBeforeHeaders: true, apiHang: true });
      await pause(shortMs);
      await network.ollama.setFaults({ hangBeforeHeaders: false, apiHang: false, down: true });
      await network.ollama.setFaults({ down: false });
    },
  },
  {
    name: 'the disk is full',
    notHere: needsDisk,
    async run({ disk, pause }) {
      disk?.fill();
      await pause(shortMs);
      disk?.makeRoom();
    },
  },
  {
    name: 'a reboot finds the disk read-only, until it is repaired',
    notHere: needsDisk,
    async run({ client, disk, pause, excused }) {
      await excused(async () => {
        await client.cutPower();
        disk?.setReadOnly(true);
        client.start();
        await pause(shortMs);
        disk?.setReadOnly(false);
      });
    },
  },
  { name: 'the clock jumps ahead by 26 h', notHere: needsClock, run: (scene) => stepClock(scene, '+26h') },
  { name: 'the clock jumps back to 2 h ago', notHere: needsClock, run: (scene) => stepClock(scene, '-2h') },
  { name: 'the clock is right again', notHere: needsClock, run: (scene) => stepClock(scene, '+0') },
  {
    name: 'the GPU falls off the bus and comes back',
    notHere: always,
    async run({ cardFile, pause }) {
      await writeFile(cardFile, lostCard);
      await pause(shortMs);
      await writeFile(cardFile, oneCard);
    },
  },
  {
    name: 'an update: stopped, and started anew',
    notHere: always,
    async run({ client }) {
      await client.stop();
      client.start();
    },
  },
  { name: 'a second reboot', notHere: always, run: reboot },
];
