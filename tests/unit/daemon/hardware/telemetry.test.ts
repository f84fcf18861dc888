import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Card } from '../../../../electron/daemon/hardware/card.ts';
import type { FileTree, Root } from '../../../../electron/daemon/hardware/file-tree.ts';
import type { HardwareProbe } from '../../../../electron/daemon/hardware/probe.ts';
import {
  createTelemetry,
  freeVramBytes,
  type Telemetry,
} from '../../../../electron/daemon/hardware/telemetry.ts';
import { patienceMs } from '../../../fixtures/patience.ts';
import { sampleProbe } from '../../../fixtures/sample-probe.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';

const mib = 1024 * 1024;
const first = 'GPU-11111111-2222-3333-4444-555555555555';
const second = 'GPU-66666666-7777-8888-9999-aaaaaaaaaaaa';
const patient = { timeout: patienceMs, interval: 5 };

let folder: string;
let clock: SimulatedClock;
let telemetry: Telemetry | null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-telemetry-'));
  clock = createSimulatedClock();
  telemetry = null;
});
afterEach(async () => {
  await telemetry?.stop();
  for (const pid of await pids()) await ended(pid);
  await rm(folder, { recursive: true, force: true });
});

function card(facts: Partial<Card>): Card {
  return {
    ...{ vendor: 'nvidia', name: 'Some card', uuid: null, pciAddress: null, kind: 'discrete' },
    ...{ vramGb: 24, vramBytes: 24_576 * mib, sharedBytes: null, driver: null, tier: 3, counts: true },
    ...facts,
  };
}
const nvidia = card({ uuid: first, pciAddress: '0000:01:00.0' });
const vramBudget = { bytes: 1, basis: 'vram' } as const;

/** A stand-in for nvidia-smi in the search path; each of its runs notes its process id. */
async function tool(script: string): Promise<void> {
  const path = join(folder, 'nvidia-smi');
  await writeFile(
    path,
    `#!/bin/sh\necho $$ >> '${join(folder, 'pids')}'\necho "$*" > '${join(folder, 'args')}'\n${script}\n`,
  );
  await chmod(path, 0o755);
}
const printing = (...lines: string[]) =>
  `while :; do\n${lines.map((line) => `echo '${line}'`).join('\n')}\nsleep 0.02\ndone`;
const pids = async () =>
  (await readFile(join(folder, 'pids'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
const runs = (count: number) => vi.waitFor(async () => expect(await pids()).toHaveLength(count), patient);
const ended = (pid: number) =>
  vi.waitFor(async () => {
    // A killed child of ours stays a zombie until it is reaped; it runs no more.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
    if (process.platform === 'linux') expect(stat).toMatch(/\) [ZX]/);
    else expect(() => process.kill(pid, 0)).toThrow();
  }, patient);

const openHandles = (kind: string) => process.getActiveResourcesInfo().filter((one) => one === kind).length;
/** Those of the test runner itself. */
const ownPipes = openHandles('PipeWrap');

/** Resolves when this process has noticed that its program ended: it is gone, and its output read to the end. */
async function noticed(): Promise<void> {
  await vi.waitFor(() => {
    expect(openHandles('ProcessWrap')).toBe(0);
    expect(openHandles('PipeWrap')).toBeLessThanOrEqual(ownPipes);
  }, patient);
  await clock.settle();
}

function open(cards: Card[], root: Root = join(folder, 'root')): Telemetry {
  const probe: HardwareProbe = sampleProbe({ cards });
  telemetry = createTelemetry(
    { env: { PATH: `${folder}:/usr/bin:/bin` }, root },
    { hardware: () => probe, clock, log: silentLog },
  );
  return telemetry;
}
const figures = (of: Telemetry) => vi.waitFor(() => expect(of.current).not.toBeNull(), patient);

describe('live figures of NVIDIA cards', () => {
  it('are read only while somebody watches', async () => {
    await tool(printing(`${first}, 00000000:01:00.0, 75, 12282, 65, 350.50`));
    const live = open([nvidia]);
    await clock.advance(60_000);
    expect([live.current, await pids()]).toEqual([null, []]);
    expect(live.watch(5000)).toBe(clock.now() + 5000);
    await figures(live);
    expect(live.current).toEqual({
      asOfMs: clock.now(),
      cards: [
        {
          card: first,
          utilisationPercent: 75,
          vramUsedBytes: 12_282 * mib,
          temperatureCelsius: 65,
          powerWatts: 350.5,
        },
      ],
    });
    expect(await readFile(join(folder, 'args'), 'utf8')).toContain('-lms 2000');
    await clock.advance(5000);
    expect(live.current).toBeNull();
    const [pid = 0] = await pids();
    await ended(pid);
    await clock.advance(60_000);
    expect(await pids()).toEqual([pid]);
    expect(clock.timers).toBe(0);
  });

  it('go on as long as somebody watches again, with the same program', async () => {
    await tool(printing(`${first}, 00000000:01:00.0, 75, 12282, 65, 350.50`));
    const live = open([nvidia]);
    for (let time = 0; time < 20; time += 1) {
      live.watch(3000);
      await figures(live);
      await clock.advance(2000);
    }
    expect(live.watch(1000)).toBe(clock.now() + 1000);
    expect(await pids()).toHaveLength(1);
  });

  it('name each card as the probe does, and know nothing of what is not reported', async () => {
    await tool(
      printing(
        `${second}, 00000000:41:00.0, [N/A], [Insufficient Permissions], 40, [Not Supported]`,
        'NVRM: Xid (PCI:0000:41:00): 31',
        '[N/A], 00000000:01:00.0, 3, 500, 50, 60.10',
        'GPU-00000000-0000-0000-0000-000000000000, 00000000:99:00.0, 1, 1, 1, 1',
      ),
    );
    const live = open([nvidia, card({ uuid: second }), card({ vendor: 'apple', name: 'Apple M4' })]);
    live.watch(5000);
    await vi.waitFor(
      () =>
        expect(live.current?.cards.filter(({ temperatureCelsius }) => temperatureCelsius)).toHaveLength(2),
      patient,
    );
    const nothing = {
      utilisationPercent: null,
      vramUsedBytes: null,
      temperatureCelsius: null,
      powerWatts: null,
    };
    expect(live.current?.cards).toEqual([
      {
        card: first,
        utilisationPercent: 3,
        vramUsedBytes: 500 * mib,
        temperatureCelsius: 50,
        powerWatts: 60.1,
      },
      { card: second, ...nothing, temperatureCelsius: 40 },
      { card: 'Apple M4', ...nothing },
    ]);
  });

  it('are withdrawn when the tool says nothing any more, which is killed and started again', async () => {
    await tool(`echo '${first}, 00000000:01:00.0, 75, 12282, 65, 350.50'\nsleep 1000`);
    const live = open([nvidia]);
    live.watch(60_000);
    await figures(live);
    const [hanging = 0] = await pids();
    await clock.advance(8000);
    expect(live.current).toBeNull();
    await clock.advance(2000);
    await ended(hanging);
    expect(await pids()).toHaveLength(1);
    await clock.advance(30_000);
    await runs(2);
    await figures(live);
  });

  it('come back by themselves after the tool died', async () => {
    await tool(
      `echo '${first}, 00000000:01:00.0, 75, 12282, 65, 350.50'\n[ "$(wc -l < '${join(folder, 'pids')}')" = 1 ] && exit 9\n${printing(`${first}, 00000000:01:00.0, 10, 100, 40, 20.00`)}`,
    );
    const live = open([nvidia]);
    live.watch(60_000);
    await figures(live);
    await noticed();
    await clock.advance(8000);
    expect(live.current).toBeNull();
    await clock.advance(30_000);
    await vi.waitFor(() => expect(live.current?.cards[0]?.utilisationPercent).toBe(10), patient);
    expect(await pids()).toHaveLength(2);
  });

  it('are asked for one by one where the tool holds them back while it goes on', async () => {
    await tool(
      `case "$*" in *-lms*) sleep 1000;; esac\necho '${first}, 00000000:01:00.0, 5, 100, 40, 20.00'`,
    );
    const live = open([nvidia]);
    live.watch(60_000);
    await runs(1);
    await clock.advance(12_000);
    for (let count = 2; count < 5; count += 1) {
      await runs(count);
      await figures(live);
      await noticed();
      await clock.advance(2000);
    }
    expect(await readFile(join(folder, 'args'), 'utf8')).not.toContain('-lms');
    await clock.advance(60_000);
    expect(live.current).toBeNull();
  });

  it('are none where the tool cannot be run or prints no end of a line', async () => {
    await tool("printf '%8192s' x\nsleep 1000");
    const live = open([nvidia]);
    live.watch(5000);
    await runs(1);
    const [pid = 0] = await pids();
    await ended(pid);
    expect(live.current).toBeNull();
    await live.stop();
    await rm(join(folder, 'nvidia-smi'));
    const without = open([nvidia]);
    without.watch(5000);
    await clock.advance(5000);
    expect(without.current).toBeNull();
  });

  it('end with the daemon, and with it the program', async () => {
    await tool(printing(`${first}, 00000000:01:00.0, 75, 12282, 65, 350.50`));
    const live = open([nvidia]);
    live.watch(60_000);
    await figures(live);
    await live.stop();
    const [pid = 0] = await pids();
    await ended(pid);
    live.watch(60_000);
    await clock.advance(60_000);
    expect([live.current, await pids(), clock.timers]).toEqual([null, [pid], 0]);
  });

  it.each([
    ['goes on printing', printing(`${first}, 00000000:01:00.0, 75, 12282, 65, 350.50`)],
    ['hangs', `echo '${first}, 00000000:01:00.0, 75, 12282, 65, 350.50'\nsleep 1000`],
  ])('leave no program behind that %s when the daemon is killed', async (_what, script) => {
    await tool(script);
    const daemon = spawn(process.execPath, ['--input-type=module', '-e', watchForEver], {
      env: { PATH: `${folder}:/usr/bin:/bin`, CARD: JSON.stringify(nvidia) },
      cwd: join(import.meta.dirname, '../../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => daemon.stdout.once('data', resolve));
    const [pid = 0] = await pids();
    expect(pid).not.toBe(0);
    daemon.kill('SIGKILL');
    await ended(pid);
  });

  it('are not asked for where the probe knows of no such card', async () => {
    await tool(printing(`${first}, 00000000:01:00.0, 75, 12282, 65, 350.50`));
    const live = open([card({ vendor: 'apple', name: 'Apple M4', kind: 'unified' })]);
    live.watch(60_000);
    await clock.advance(30_000);
    expect([live.current, await pids()]).toEqual([null, []]);
  });

  it('are not shown after the computer slept', async () => {
    await tool(printing(`${first}, 00000000:01:00.0, 75, 12282, 65, 350.50`));
    const live = open([nvidia]);
    live.watch(60_000);
    await figures(live);
    clock.suspend(3_600_000);
    expect(live.current).toBeNull();
  });
});

/** What a daemon does with its telemetry, and nothing else. */
const watchForEver = `
  const { createTelemetry } = await import('./electron/daemon/hardware/telemetry.ts');
  const { systemClock } = await import('./electron/daemon/system/clock.ts');
  const none = () => {};
  const log = { debug: none, info: none, warn: none, error: none };
  const hardware = () => ({ cards: [JSON.parse(process.env.CARD)] });
  const telemetry = createTelemetry({ env: process.env }, { hardware, clock: systemClock, log });
  telemetry.onChange(() => telemetry.current && console.log('figures'));
  telemetry.watch(60_000);
`;

describe('live figures of other cards', () => {
  const amd = card({ vendor: 'amd', pciAddress: '0000:03:00.0', uuid: 'GPU-abcdef' });
  const intel = card({ vendor: 'intel', pciAddress: '0000:06:00.0' });

  async function file(address: string, name: string, content: string): Promise<void> {
    const path = join(folder, 'root/sys/bus/pci/devices', address, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${content}\n`);
  }

  it('come from the kernel’s files, read anew every interval, without a program', async () => {
    await tool('exit 1');
    await file('0000:03:00.0', 'gpu_busy_percent', '10');
    const live = open([amd]);
    let changes = 0;
    live.onChange(() => {
      changes += 1;
    });
    live.watch(60_000);
    await clock.settle();
    expect(live.current).toMatchObject({
      asOfMs: clock.now(),
      cards: [{ card: 'GPU-abcdef', utilisationPercent: 10, vramUsedBytes: null }],
    });
    await file('0000:03:00.0', 'gpu_busy_percent', '90');
    await file('0000:03:00.0', 'mem_info_vram_used', '1000');
    await clock.advance(2000);
    expect(live.current).toMatchObject({
      asOfMs: clock.now(),
      cards: [{ utilisationPercent: 90, vramUsedBytes: 1000 }],
    });
    expect([changes, await pids()]).toEqual([2, []]);
  });

  it('give the power of an Intel card from its meter', async () => {
    await file('0000:06:00.0', 'hwmon/hwmon1/energy1_input', '1000000000');
    const live = open([intel]);
    live.watch(60_000);
    await clock.settle();
    expect(live.current).toBeNull();
    await file('0000:06:00.0', 'hwmon/hwmon1/energy1_input', '1150000000');
    await clock.advance(2000);
    expect(live.current?.cards[0]).toMatchObject({ card: '0000:06:00.0', powerWatts: 75 });
  });

  it('are withdrawn while a file of a hung card cannot be read, and it is read once', async () => {
    let reads = 0;
    const stuck: FileTree = {
      read: () => {
        reads += 1;
        return new Promise(() => undefined);
      },
      list: async () => [],
      link: async () => null,
      exists: async () => true,
    };
    const live = open([amd], stuck);
    live.watch(60_000);
    await clock.advance(30_000);
    expect([live.current, reads]).toEqual([null, 1]);
    await live.stop();
  });
});

describe('memory that is free for models', () => {
  const load = (...used: (number | null)[]) => ({
    asOfMs: 0,
    cards: [first, second].map((name, index) => ({
      card: name,
      utilisationPercent: null,
      vramUsedBytes: used[index] ?? null,
      temperatureCelsius: null,
      powerWatts: null,
    })),
  });
  const other = card({ uuid: second, vramBytes: 1000 });
  const probe = (...cards: Card[]) => sampleProbe({ cards, modelBudget: vramBudget });

  it('is what nobody uses of all cards that count', () => {
    const small = card({ uuid: first, vramBytes: 5000 });
    expect(freeVramBytes(load(1000, 400), probe(small, other))).toBe(4600);
    expect(freeVramBytes(load(1000, 400), probe(small, { ...other, counts: false }))).toBe(4000);
    expect(freeVramBytes(load(6000, 400), probe(small, other))).toBe(600);
  });

  it('is not known where one card does not say, nobody watches, or there is no such memory', () => {
    expect(freeVramBytes(load(1000), probe(nvidia, other))).toBeNull();
    expect(freeVramBytes(null, probe(nvidia))).toBeNull();
    expect(freeVramBytes(load(1000), probe(card({ uuid: first, vramBytes: null })))).toBeNull();
    expect(freeVramBytes(load(1000), sampleProbe({ cards: [nvidia] }))).toBeNull();
    expect(freeVramBytes(load(), sampleProbe())).toBeNull();
  });
});
