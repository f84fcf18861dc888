import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Card } from '../../../../electron/daemon/hardware/card.ts';
import { readContainerLimits } from '../../../../electron/daemon/hardware/container-limits.ts';
import { readDriverStamp } from '../../../../electron/daemon/hardware/driver-stamp.ts';
import { openTree } from '../../../../electron/daemon/hardware/file-tree.ts';
import { modelBudget } from '../../../../electron/daemon/hardware/model-budget.ts';
import { scanDisplayDevices } from '../../../../electron/daemon/hardware/pci.ts';
import { probeHardware } from '../../../../electron/daemon/hardware/probe.ts';
import { visibleDeviceLines, visibleDevices } from '../../../../electron/daemon/hardware/visible-devices.ts';
import { treeOf } from '../../../fixtures/hardware-cases.ts';

const gib = 1024 ** 3;
const card = (facts: Partial<Card> = {}): Card => ({
  vendor: 'nvidia',
  name: 'A card',
  uuid: 'GPU-1',
  pciAddress: null,
  kind: 'discrete',
  vramGb: 24,
  vramBytes: 24 * gib,
  sharedBytes: null,
  driver: null,
  tier: 3,
  counts: true,
  ...facts,
});

describe('what a container leaves of the machine', () => {
  const installed = { ramBytes: 64 * gib, cores: 16 };
  const limits = (files: Record<string, string>) => readContainerLimits(treeOf(files), installed);

  it('the smallest limit of the group and all groups around it counts', async () => {
    const files = {
      'proc/self/cgroup': '0::/kubepods/pod1/box\n',
      'sys/fs/cgroup/kubepods/memory.max': `${32 * gib}`,
      'sys/fs/cgroup/kubepods/pod1/memory.max': `${8 * gib}`,
      'sys/fs/cgroup/kubepods/pod1/box/memory.max': 'max',
      'sys/fs/cgroup/kubepods/pod1/box/cpu.max': '150000 100000',
    };
    expect(await limits(files)).toEqual({ ramLimitBytes: 8 * gib, cpuLimit: 1.5 });
  });

  it('inside a container its own group is the root', async () => {
    const files = { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.max': `${4 * gib}` };
    expect(await limits(files)).toEqual({ ramLimitBytes: 4 * gib, cpuLimit: null });
  });

  it('version 1 names a limit for each controller', async () => {
    const files = {
      'proc/self/cgroup': '4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
      'sys/fs/cgroup/memory/box/memory.limit_in_bytes': `${2 * gib}`,
      'sys/fs/cgroup/cpu/box/cpu.cfs_quota_us': '50000',
      'sys/fs/cgroup/cpu/box/cpu.cfs_period_us': '100000',
    };
    expect(await limits(files)).toEqual({ ramLimitBytes: 2 * gib, cpuLimit: 0.5 });
  });

  it.each([
    [
      'no limit at all',
      {
        'proc/self/cgroup': '0::/\n',
        'sys/fs/cgroup/memory.max': 'max',
        'sys/fs/cgroup/cpu.max': 'max 100000',
      },
    ],
    ['more than is installed', { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.max': `${65 * gib}` }],
    [
      'version 1 without a quota',
      { 'proc/self/cgroup': '2:cpu:/\n', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1' },
    ],
    ['nothing to read', {}],
  ])('%s is no limit', async (_what, files) => {
    expect(await limits(files as Record<string, string>)).toEqual({ ramLimitBytes: null, cpuLimit: null });
  });
});

describe('memory that models may fill', () => {
  const machine = { ramBytes: 64 * gib, ramLimitBytes: null, wiredLimitBytes: null, inInstances: [] };
  const budget = (cards: Card[], facts: Partial<typeof machine> & { ramLimitBytes?: number | null } = {}) =>
    modelBudget({ ...machine, ...facts, cards });
  const apple = card({ vendor: 'apple', kind: 'unified' });

  it('is nine tenths of all cards of the deciding vendor that count', () => {
    const amd = card({ vendor: 'amd', vramBytes: 16 * gib });
    const off = card({ counts: false });
    expect(budget([card(), card(), amd, off])).toEqual({ bytes: Math.floor(48 * gib * 0.9), basis: 'vram' });
    expect(budget([amd, card()])).toEqual({ bytes: Math.floor(16 * gib * 0.9), basis: 'vram' });
  });

  it('is not known where the deciding card does not tell, or is cut into instances', () => {
    const silent = card({ vramGb: null, vramBytes: null });
    expect(budget([silent, card()])).toEqual({ bytes: null, basis: 'vram' });
    expect(budget([card(), silent])).toMatchObject({ bytes: Math.floor(24 * gib * 0.9) });
    expect(modelBudget({ ...machine, inInstances: [card().uuid], cards: [card()] })).toEqual({
      bytes: null,
      basis: 'vram',
    });
    expect(budget([card({ kind: 'unified', vramBytes: null })])).toEqual({
      bytes: null,
      basis: 'unified-memory',
    });
  });

  it.each([
    [16, 0.66],
    [36, 0.66],
    [37, 0.75],
    [128, 0.75],
  ])('of %i GiB of a Mac it is the share %d', (ramGib, share) => {
    const bytes = Math.floor(ramGib * gib * share);
    expect(modelBudget({ ...machine, ramBytes: ramGib * gib, cards: [apple] })).toEqual({
      bytes,
      basis: 'unified-memory',
    });
  });

  it('is what the owner of a Mac set', () => {
    expect(modelBudget({ ...machine, wiredLimitBytes: 20 * gib, cards: [apple] })).toEqual({
      bytes: 20 * gib,
      basis: 'unified-memory',
    });
  });

  it('of a GPU in the processor is what the BIOS set aside for it, where that is more', () => {
    const large = card({ kind: 'integrated', vramBytes: 96 * gib });
    expect(budget([large])).toEqual({ bytes: Math.floor(96 * gib * 0.9), basis: 'vram' });
  });

  it('counts one of equal AMD cards that have neither address nor UUID: they may be partitions of one', () => {
    const partition = card({ vendor: 'amd', kind: 'unknown', uuid: null, pciAddress: null });
    expect(budget([partition, partition, partition])).toMatchObject({ bytes: Math.floor(24 * gib * 0.9) });
    const apart = card({ vendor: 'amd', kind: 'unknown', pciAddress: '0000:03:00.0' });
    const other = card({ vendor: 'amd', kind: 'unknown', pciAddress: '0000:04:00.0' });
    expect(budget([apart, other])).toMatchObject({ bytes: Math.floor(48 * gib * 0.9) });
  });

  it('is half of the memory without a GPU or with one inside the processor, and of a container’s share', () => {
    expect(budget([])).toEqual({ bytes: 32 * gib, basis: 'ram' });
    const small = card({ kind: 'integrated', vramBytes: gib });
    expect(budget([small])).toEqual({ bytes: 32 * gib, basis: 'ram' });
    expect(modelBudget({ ...machine, ramLimitBytes: 8 * gib, cards: [] })).toEqual({
      bytes: 4 * gib,
      basis: 'ram',
    });
  });

  it('a Mac is asked for the limit that its owner set', async () => {
    const clock = {
      now: () => 0,
      monotonicMs: () => 0,
      sinceBootMs: () => 0,
      after: () => ({ cancel() {} }),
    };
    const system = { platform: 'darwin', arch: 'arm64', cores: 8, ramBytes: 32 * gib } as const;
    const budgetAt = async (printed: string) => {
      const runTool = async (tool: string) =>
        tool === 'sysctl'
          ? ({ kind: 'ran', stdout: printed, stderr: '' } as const)
          : ({ kind: 'missing' } as const);
      return (await probeHardware({ root: treeOf({}) }, { runTool, system, clock })).modelBudget.bytes;
    };
    expect(await budgetAt('28672\n')).toBe(28 * gib);
    expect(await budgetAt('0\n')).toBe(Math.floor(32 * gib * 0.66));
    expect(await budgetAt('unknown oid\n')).toBe(Math.floor(32 * gib * 0.66));
  });
});

describe('the environment of an Ollama server under a choice of cards', () => {
  const cards = [card({ uuid: 'GPU-a' }), card({ uuid: 'GPU-b' }), card({ vendor: 'amd', uuid: 'GPU-c' })];
  it.each([
    [null, {}],
    [[], {}],
    [['GPU-b'], { CUDA_VISIBLE_DEVICES: 'GPU-b', ROCR_VISIBLE_DEVICES: '-1' }],
    [['gpu-A', 'GPU-c'], { CUDA_VISIBLE_DEVICES: 'GPU-a', ROCR_VISIBLE_DEVICES: 'GPU-c' }],
    [['GPU-x'], { CUDA_VISIBLE_DEVICES: '-1', ROCR_VISIBLE_DEVICES: '-1' }],
  ])('%j: %j', (chosen, env) => expect(visibleDevices(cards, chosen)).toEqual(env));

  it('says nothing of a vendor that is not there', () => {
    expect(visibleDevices([card({ uuid: 'GPU-a' })], ['GPU-a'])).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-a' });
    expect(visibleDevices([], ['GPU-a'])).toEqual({});
  });

  it('is a line of a systemd drop-in, or a command on macOS', () => {
    const devices = { CUDA_VISIBLE_DEVICES: 'GPU-a,GPU-b' };
    expect(visibleDeviceLines(devices, 'linux')).toEqual(['Environment="CUDA_VISIBLE_DEVICES=GPU-a,GPU-b"']);
    expect(visibleDeviceLines(devices, 'darwin')).toEqual([
      'launchctl setenv CUDA_VISIBLE_DEVICES GPU-a,GPU-b',
    ]);
  });
});

describe('the stamp of the drivers', () => {
  const nvidia = {
    'sys/module/nvidia/version': '570.86.15\n',
    'proc/driver/nvidia/version': 'NVRM version: 570.86.15\nGCC version: 13\n',
    'sys/bus/pci/devices/0000:01:00.0/uevent': 'DRIVER=nvidia\nPCI_CLASS=30000\nPCI_ID=10DE:2204\n',
  };
  const stamp = (files: Record<string, string>) => readDriverStamp(treeOf(files));

  it('stays the same while nothing changes', async () => {
    expect(await stamp(nvidia)).toBe(await stamp({ ...nvidia }));
    expect(await stamp(nvidia)).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a driver is updated on disk', { 'sys/module/nvidia/version': '580.95.05\n' }],
    ['another driver runs', { 'proc/driver/nvidia/version': 'NVRM version: 580.95.05\n' }],
    ['a driver is loaded', { 'sys/module/amdgpu/srcversion': 'ABC\n' }],
    [
      'a card is bound to another driver',
      { 'sys/bus/pci/devices/0000:01:00.0/uevent': 'DRIVER=vfio-pci\nPCI_CLASS=30000\nPCI_ID=10DE:2204\n' },
    ],
    ['a card appears', { 'sys/bus/pci/devices/0000:02:00.0/uevent': 'PCI_CLASS=30000\nPCI_ID=10DE:2204\n' }],
    ['the Windows driver appears', { 'usr/lib/wsl/lib/nvidia-smi': '' }],
  ])('changes when %s', async (_what, change) => {
    expect(await stamp({ ...nvidia, ...(change as Record<string, string>) })).not.toBe(await stamp(nvidia));
  });

  it('does not change with a disk or a network card, and is none where nothing can be read', async () => {
    const disk = {
      'sys/bus/pci/devices/0000:09:00.0/uevent': 'DRIVER=nvme\nPCI_CLASS=10802\nPCI_ID=144D:A80C\n',
    };
    expect(await stamp({ ...nvidia, ...disk })).toBe(await stamp(nvidia));
    expect(await stamp({})).toBeNull();
  });
});

describe('the files of a real folder', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'px-tree-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  async function put(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }

  it('a device is found with its ids, its class and the driver that is linked to it', async () => {
    const folder = 'sys/bus/pci/devices/0000:01:00.0';
    await put(`${folder}/vendor`, '0x10de\n');
    await put(`${folder}/device`, '0x2204\n');
    await put(`${folder}/class`, '0x030000\n');
    await symlink('../../../bus/pci/drivers/nouveau', join(root, folder, 'driver'));
    expect(await scanDisplayDevices(openTree(root))).toEqual([
      {
        address: '0000:01:00.0',
        vendorId: '10de',
        deviceId: '2204',
        driver: 'nouveau',
        folder,
        besideProcessor: false,
      },
    ]);
  });

  it('what is not there, a folder, and a file without end cost nothing', async () => {
    await put('a/b', 'x'.repeat(100_000));
    const tree = openTree(root);
    expect(await tree.read('a/nothing')).toBeNull();
    expect(await tree.read('a')).toBeNull();
    expect((await tree.read('a/b'))?.length).toBe(8192);
    expect(await tree.list('nothing')).toEqual([]);
    expect(await tree.link('a/b')).toBeNull();
    expect([await tree.exists('a'), await tree.exists('a/b'), await tree.exists('c')]).toEqual([
      true,
      true,
      false,
    ]);
    expect((await openTree('/').read('dev/zero'))?.length).toBe(8192);
  });
});
