import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../../electron/daemon/hardware/card.ts';
import { readDriverStamp } from '../../../../electron/daemon/hardware/driver-stamp.ts';
import type { HardwareProbe } from '../../../../electron/daemon/hardware/probe.ts';
import { readCachedProbe, writeCachedProbe } from '../../../../electron/daemon/hardware/probe-cache.ts';
import { createProbeKeeper, type ProbeKeeper } from '../../../../electron/daemon/hardware/probe-keeper.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import type { Tier } from '../../../../shared/hardware/tiers.ts';
import { sampleProbe } from '../../../fixtures/sample-probe.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';

const minuteMs = 60_000;
const hung: Finding = { code: 'tool-timed-out', tool: 'nvidia-smi', detail: 'no-answer-in(4000)' };

let folder: string;
let root: string;
let cacheFile: string;
let clock: SimulatedClock;
let keeper: ProbeKeeper | null;
/** What the machine shows when it is checked, and when that happened. */
let machine: { tier: Tier; findings: Finding[] };
let looks: number[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px-keeper-'));
  root = join(folder, 'root');
  cacheFile = join(folder, 'hardware.json');
  clock = createSimulatedClock();
  keeper = null;
  machine = { tier: 4, findings: [] };
  looks = [];
  await driver('580.95.05');
});
afterEach(async () => {
  await keeper?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The version of the NVIDIA driver that runs. */
async function driver(version: string): Promise<void> {
  const file = join(root, 'sys/module/nvidia/version');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${version}\n`);
}

async function probe(): Promise<HardwareProbe> {
  looks.push(clock.monotonicMs());
  return sampleProbe({ ...machine, driverStamp: await readDriverStamp(root), probedAtMs: clock.now() });
}

async function open(chosenCards: string[] | null = null): Promise<ProbeKeeper> {
  keeper = await createProbeKeeper(
    { cacheFile, env: {}, chosenCards, root },
    { clock, log: silentLog, probe },
  );
  return keeper;
}

/** A probe of an earlier run, made with the driver that runs now. */
async function remember(facts: Partial<HardwareProbe> = {}): Promise<void> {
  await writeCachedProbe(
    cacheFile,
    sampleProbe({ tier: 4, driverStamp: await readDriverStamp(root), ...facts }),
  );
}

describe('the probe that is kept', () => {
  it('is probed once where there is none, and written down', async () => {
    const { fromCache, current } = await open();
    expect([fromCache, current().tier, looks.length]).toEqual([false, 4, 1]);
    expect(await readCachedProbe(cacheFile)).toMatchObject({ tier: 4, probedAtMs: clock.now() });
  });

  it('is at hand at once where an earlier run made one, without looking', async () => {
    await remember({ tier: 3, probedAtMs: 1_700_000_000_000 });
    const { fromCache, current } = await open();
    expect([fromCache, current().tier, current().probedAtMs]).toEqual([true, 3, 1_700_000_000_000]);
    expect(looks).toEqual([]);
  });

  it('is not taken from a run in which other cards were chosen', async () => {
    await remember({ tier: 2, chosenCards: ['GPU-a'] });
    const { fromCache, current } = await open(['GPU-b', 'GPU-a']);
    expect([fromCache, current().tier]).toEqual([false, 4]);
  });

  it('is renewed on request, as often as it is asked for, and says so', async () => {
    await remember();
    const kept = await open();
    let changes = 0;
    kept.onChange(() => {
      changes += 1;
    });
    machine.tier = 2;
    await Promise.all([kept.renew(), kept.renew()]);
    expect([looks.length, changes, kept.current().tier]).toEqual([1, 1, 2]);
    await kept.renew();
    expect([looks.length, changes]).toEqual([2, 2]);
    expect(await readCachedProbe(cacheFile)).toMatchObject({ tier: 2 });
  });

  it('stays as it is, and nothing fails, when looking fails', async () => {
    await remember({ tier: 3 });
    keeper = await createProbeKeeper(
      { cacheFile, env: {}, root },
      { clock, log: silentLog, probe: () => Promise.reject(new Error('no')) },
    );
    await keeper.renew();
    await keeper.renew();
    expect(keeper.current().tier).toBe(3);
  });

  it('is not replaced by a probe that the end interrupts', async () => {
    await remember({ tier: 3 });
    const kept = await open();
    const renewing = kept.renew();
    await kept.stop();
    await renewing;
    expect(kept.current().tier).toBe(3);
    expect(clock.timers).toBe(0);
  });
});

describe('a driver that changes', () => {
  it('brings a new probe, once two checks of the files agree', async () => {
    await remember();
    const kept = await open();
    await clock.advance(6 * minuteMs);
    expect(looks).toEqual([]);
    await driver('590.10.01');
    machine.tier = 3;
    await clock.advance(5 * minuteMs);
    expect(looks).toEqual([]);
    await clock.advance(minuteMs);
    expect([looks.length, kept.current().tier]).toEqual([1, 3]);
    await clock.advance(60 * minuteMs);
    expect(looks).toHaveLength(1);
  });

  it('is not probed in the middle of its update', async () => {
    await remember();
    await open();
    await rm(join(root, 'sys'), { recursive: true });
    await clock.advance(minuteMs);
    await driver('580.95.05');
    await clock.advance(10 * minuteMs);
    expect(looks).toEqual([]);
  });

  it('is noticed also where the probe comes from before the change', async () => {
    await remember();
    await driver('590.10.01');
    const { fromCache } = await open();
    expect(fromCache).toBe(true);
    await clock.advance(2 * minuteMs);
    expect(looks).toHaveLength(1);
  });

  it('starts no tool more often than every 10 minutes, however often it changes', async () => {
    await remember();
    await open();
    for (let minute = 0; minute < 120; minute += 1) {
      if (minute % 4 === 0) await driver(`590.10.${minute}`);
      await clock.advance(minuteMs);
    }
    expect(looks.length).toBeGreaterThan(5);
    const gaps = looks.slice(1).map((atMs, index) => atMs - (looks[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10 * minuteMs);
  });

  it('waits its turn after a probe that was asked for', async () => {
    await remember();
    const kept = await open();
    await kept.renew();
    await driver('590.10.01');
    await clock.advance(9 * minuteMs);
    expect(looks).toHaveLength(1);
    await clock.advance(minuteMs);
    expect(looks).toHaveLength(2);
  });
});

describe('a card that may only be out of order', () => {
  it('is searched for once more half a minute after waking', async () => {
    await remember();
    const kept = await open();
    machine = { tier: 1, findings: [hung] };
    await kept.renew();
    expect(kept.current().tier).toBe(1);
    machine = { tier: 4, findings: [] };
    await clock.advance(30_000);
    expect([kept.current().tier, looks.length]).toEqual([4, 2]);
  });

  it('is searched for also where another card is left', async () => {
    await remember();
    const kept = await open();
    machine = { tier: 2, findings: [hung] };
    await kept.renew();
    machine = { tier: 4, findings: [] };
    await clock.advance(30_000);
    expect(kept.current().tier).toBe(4);
  });

  it('is searched for again every 10 minutes while it stays away', async () => {
    machine = { tier: 1, findings: [hung] };
    const kept = await open();
    await clock.advance(31 * minuteMs);
    expect(looks).toHaveLength(4);
    machine = { tier: 4, findings: [] };
    await clock.advance(60 * minuteMs);
    expect([kept.current().tier, looks.length]).toEqual([4, 5]);
  });

  it('is not assumed on a machine that simply has none', async () => {
    machine = { tier: 1, findings: [] };
    const kept = await open();
    await clock.advance(120 * minuteMs);
    await kept.renew();
    await clock.advance(120 * minuteMs);
    expect(looks).toHaveLength(2);
  });
});

describe('the keeper of this machine', () => {
  it('probes with the tools in the search path', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(
      join(bin, 'nvidia-smi'),
      '#!/bin/sh\necho run >> "$CALLS"\necho "[Unknown Error]"\nexit 9\n',
    );
    await chmod(join(bin, 'nvidia-smi'), 0o755);
    const calls = join(folder, 'calls');
    const env = { PATH: [bin, '/usr/bin', '/bin'].join(delimiter), CALLS: calls };
    keeper = await createProbeKeeper({ cacheFile, env, root }, { clock: systemClock, log: silentLog });
    expect(keeper.current().findings).toContainEqual(expect.objectContaining({ tool: 'nvidia-smi' }));
    const before = (await readFile(calls, 'utf8')).length;
    await keeper.renew();
    expect((await readFile(calls, 'utf8')).length).toBeGreaterThan(before);
  });
});
