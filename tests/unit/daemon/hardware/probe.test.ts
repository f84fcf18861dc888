import { describe, expect, it } from 'vitest';
import { type ProbeOptions, probeHardware } from '../../../../electron/daemon/hardware/probe.ts';
import { registrationBlock } from '../../../../electron/daemon/hardware/registration-block.ts';
import type { SystemFacts } from '../../../../electron/daemon/hardware/system-facts.ts';
import { firstLine } from '../../../../electron/daemon/system/first-line.ts';
import type { RunTool, ToolOutcome } from '../../../../electron/daemon/system/run-tool.ts';
import { probeCase, treeOf } from '../../../fixtures/hardware-cases.ts';

const clock = {
  now: () => 1_760_000_000_000,
  monotonicMs: () => 0,
  sinceBootMs: () => 0,
  after: () => ({ cancel() {} }),
};
const linux: SystemFacts = { platform: 'linux', arch: 'x64', cores: 16, ramBytes: 64 * 1024 ** 3 };
const mac: SystemFacts = { platform: 'darwin', arch: 'arm64', cores: 10, ramBytes: 16 * 1024 ** 3 };

/** A machine on which exactly these tools answer; everything asked of it is written down. */
function machine(tools: Record<string, ToolOutcome>) {
  const calls: { tool: string; args: readonly string[]; timeoutMs: number }[] = [];
  const runTool: RunTool = async (tool, args, { timeoutMs }) => {
    calls.push({ tool, args, timeoutMs });
    return tools[tool] ?? { kind: 'missing' };
  };
  return { runTool, calls };
}
const ran = (stdout: string): ToolOutcome => ({ kind: 'ran', stdout, stderr: '' });
const failed = (printed: string): ToolOutcome => ({ kind: 'failed', exitCode: 9, printed, stdout: printed });
const probe = (
  system: SystemFacts,
  tools: Record<string, ToolOutcome>,
  files: Record<string, string> = {},
  options: ProbeOptions = {},
) => probeHardware({ root: treeOf(files), ...options }, { runTool: machine(tools).runTool, system, clock });

const fullQuery = [
  '--query-gpu=name,uuid,pci.bus_id,memory.total,driver_version,mig.mode.current',
  '--format=csv,noheader,nounits',
];
const h100 = 'NVIDIA H100 80GB HBM3, GPU-22, 00000000:41:00.0, 81559, 570.86.15, Disabled\n';
const rtx3060 = 'NVIDIA GeForce RTX 3060, GPU-11, 00000000:01:00.0, 12288, 570.86.15, [N/A]\n';
const radeon = JSON.stringify({
  card0: { 'Card Series': 'Radeon RX 7900 XTX', 'VRAM Total Memory (B)': '25753026560', 'Unique ID': '0xab' },
});
/** A card on the bus without a driver, and one with it. */
const onBus = (address: string, id: string, driver?: string) => ({
  [`sys/bus/pci/devices/${address}/uevent`]: `${driver ? `DRIVER=${driver}\n` : ''}PCI_CLASS=30000\nPCI_ID=${id}\n`,
});

describe('probing the hardware', () => {
  it('asks each vendor’s tool, with its time limit, where the kernel does not say', async () => {
    const onLinux = machine({});
    await probeHardware({ root: treeOf({}) }, { runTool: onLinux.runTool, system: linux, clock });
    expect(onLinux.calls.map(({ tool, timeoutMs }) => [tool, timeoutMs])).toEqual([
      ['nvidia-smi', 20_000],
      ['amd-smi', 15_000],
      ['rocm-smi', 15_000],
    ]);
    expect(onLinux.calls[0]?.args).toEqual(fullQuery);
    const onMac = machine({});
    await probeHardware({ root: treeOf({}) }, { runTool: onMac.runTool, system: mac, clock });
    expect(onMac.calls.map(({ tool, timeoutMs }) => [tool, timeoutMs])).toEqual([
      ['nvidia-smi', 20_000],
      ['system_profiler', 5000],
      ['sysctl', 2000],
    ]);
  });

  it('starts no ROCm tool where the bus shows no AMD GPU, or the kernel reports all of it', async () => {
    const without = machine({});
    const files = onBus('0000:01:00.0', '10DE:2204', 'nvidia');
    await probeHardware({ root: treeOf(files) }, { runTool: without.runTool, system: linux, clock });
    expect(without.calls.map(({ tool }) => tool)).toEqual(['nvidia-smi']);
    const told = machine({});
    const card = 'sys/bus/pci/devices/0000:03:00.0';
    const kernel = {
      ...onBus('0000:03:00.0', '1002:744C', 'amdgpu'),
      [`${card}/mem_info_vram_total`]: '25753026560',
      [`${card}/product_name`]: 'Radeon',
    };
    await probeHardware({ root: treeOf(kernel) }, { runTool: told.runTool, system: linux, clock });
    expect(told.calls.map(({ tool }) => tool)).toEqual(['nvidia-smi']);
  });

  it('a driver that refuses a field is asked the official question', async () => {
    const calls: string[] = [];
    const runTool: RunTool = async (tool, args) => {
      if (tool !== 'nvidia-smi') return { kind: 'missing' };
      calls.push(args[0] ?? '');
      return args[0]?.includes('mig')
        ? failed('Field "mig.mode.current" is not a valid field to query.\n')
        : ran('Tesla K80, 11441\n');
    };
    const result = await probeHardware({ root: treeOf({}) }, { runTool, system: linux, clock });
    expect(calls).toEqual([fullQuery[0], '--query-gpu=name,memory.total']);
    expect(result).toMatchObject({ tier: 2, gpu: 'Tesla K80', vramGb: 11, findings: [] });
  });

  it('a machine without a GPU is tier 1, without a finding', async () => {
    expect(await probe(linux, {})).toEqual({
      tier: 1,
      gpu: null,
      vramGb: 0,
      cores: 16,
      ramGb: 69,
      cards: [],
      decision: expect.objectContaining({ tier: 1 }),
      modelBudget: { bytes: 32 * 1024 ** 3, basis: 'ram' },
      ramLimitBytes: null,
      cpuLimit: null,
      driverStamp: null,
      chosenCards: null,
      findings: [],
      probedAtMs: 1_760_000_000_000,
    });
  });

  it('of several cards the one with the highest tier decides, and all are listed', async () => {
    const result = await probe(linux, { 'nvidia-smi': ran(rtx3060 + h100), 'rocm-smi': ran(radeon) });
    expect(result).toMatchObject({ tier: 4, gpu: 'NVIDIA H100 80GB HBM3', vramGb: 80 });
    expect(result.cards.map(({ name, tier, counts }) => [name, tier, counts])).toEqual([
      ['NVIDIA H100 80GB HBM3', 4, true],
      ['NVIDIA GeForce RTX 3060', 2, true],
      ['Radeon RX 7900 XTX', 3, true],
    ]);
  });

  it('of equal tiers the one with the most memory decides, then the first', async () => {
    const cards = ['A, GPU-1, , 16384, 570, ', 'B, GPU-2, , 24576, 570, ', 'C, GPU-3, , 24576, 570, '].join(
      '\n',
    );
    expect(await probe(linux, { 'nvidia-smi': ran(cards) })).toMatchObject({
      gpu: 'B',
      cards: [{ name: 'B' }, { name: 'A' }, { name: 'C' }],
    });
  });

  it('the arithmetic is part of the result', async () => {
    expect((await probe(linux, { 'nvidia-smi': ran(h100) })).decision).toMatchObject({
      tier: 4,
      multiplierTenths: 30,
      arithmetic: { gpu: true, vramGb: 80, thresholdGb: 40 },
    });
  });

  it('only chosen cards count, and one that is not there is a finding', async () => {
    const tools = { 'nvidia-smi': ran(rtx3060 + h100) };
    const chosen = await probe(linux, tools, {}, { chosenCards: ['gpu-11'] });
    expect(chosen).toMatchObject({
      tier: 2,
      gpu: 'NVIDIA GeForce RTX 3060',
      chosenCards: ['gpu-11'],
      findings: [],
    });
    expect(chosen.cards.map(({ counts }) => counts)).toEqual([true, false]);
    const missing = await probe(linux, tools, {}, { chosenCards: ['GPU-99'] });
    expect(missing).toMatchObject({
      tier: 1,
      gpu: null,
      findings: [{ code: 'chosen-card-missing', detail: 'GPU-99' }],
    });
    expect(registrationBlock(missing)).toBe('chosen-card-missing');
    expect(await probe(linux, tools, {}, { chosenCards: [] })).toMatchObject({ tier: 4, chosenCards: null });
  });

  it('the GPU inside the processor does not count beside a card of its own', async () => {
    const all = await probeCase('constructed-amd-card-beside-processor');
    expect(all.cards.map(({ counts }) => counts)).toEqual([true, false]);
    const chosen = await probeCase('constructed-amd-card-beside-processor', ['GPU-d1e05b8fcfaa6a2f']);
    expect(chosen).toMatchObject({ tier: 3, gpu: 'AMD Radeon RX 7900 XTX' });
  });

  it('a tool that fails is a finding, and the other vendors are asked', async () => {
    const result = await probe(linux, {
      'nvidia-smi': failed(
        "\nNVIDIA-SMI has failed because it couldn't communicate with\nthe NVIDIA driver. Make sure…",
      ),
      'rocm-smi': ran(radeon),
    });
    expect(result).toMatchObject({ tier: 3, gpu: 'Radeon RX 7900 XTX', vramGb: 26 });
    expect(result.findings).toEqual([
      {
        code: 'driver-not-loaded',
        tool: 'nvidia-smi',
        detail: "NVIDIA-SMI has failed because it couldn't communicate with",
      },
    ]);
    expect(registrationBlock(result)).toBeNull();
  });

  it('a tool that hangs is a finding, and blocks the registration', async () => {
    const result = await probe(linux, {
      'nvidia-smi': { kind: 'timed-out', timeoutMs: 4000, printed: '', stdout: '' },
    });
    expect(result).toMatchObject({
      tier: 1,
      findings: [{ code: 'tool-timed-out', tool: 'nvidia-smi', detail: 'no-answer-in(4000)' }],
    });
    expect(registrationBlock(result)).toBe('tool-timed-out');
  });

  it('a GPU on the bus without a working driver is a finding of its own', async () => {
    const files = {
      ...onBus('0000:01:00.0', '10DE:2204', 'nouveau'),
      ...onBus('0000:02:00.0', '10DE:2330', 'vfio-pci'),
      ...onBus('0000:03:00.0', '1002:744C'),
      ...onBus('0000:04:00.0', '8086:56A0'),
      ...onBus('0000:00:02.0', '8086:A780'),
    };
    const result = await probe(linux, {}, files);
    expect(result.findings.map(({ code, tool, detail }) => [code, tool, detail])).toEqual([
      ['gpu-without-driver', 'nouveau', 'NVIDIA GPU [10de:2204] at 0000:01:00.0'],
      ['gpu-without-driver', 'vfio-pci', 'NVIDIA GPU [10de:2330] at 0000:02:00.0'],
      ['gpu-without-driver', 'none', 'AMD GPU [1002:744c] at 0000:03:00.0'],
      ['gpu-without-driver', 'none', 'Intel GPU [8086:56a0] at 0000:04:00.0'],
    ]);
    expect(registrationBlock(result)).toBe('gpu-without-driver');
  });

  it('a card given to a virtual machine is reported beside the one that works', async () => {
    const files = {
      ...onBus('0000:41:00.0', '10DE:2330', 'nvidia'),
      ...onBus('0000:01:00.0', '10DE:2204', 'vfio-pci'),
    };
    const result = await probe(linux, { 'nvidia-smi': ran(h100) }, files);
    expect(result).toMatchObject({ tier: 4, findings: [{ code: 'gpu-without-driver', tool: 'vfio-pci' }] });
    expect(registrationBlock(result)).toBeNull();
  });

  it('a Mac whose profiler fails still has its GPU', async () => {
    const result = await probe(mac, { system_profiler: failed('not allowed') });
    expect(result).toMatchObject({ tier: 3, gpu: 'Apple Silicon GPU', vramGb: 17 });
    expect(result.findings).toEqual([
      { code: 'tool-failed', tool: 'system_profiler', detail: 'not allowed' },
    ]);
  });

  it('an Intel Mac has no unified GPU memory', async () => {
    const report = JSON.stringify({ SPDisplaysDataType: [{ sppci_model: 'AMD Radeon' }] });
    expect(await probe({ ...mac, arch: 'x64' }, { system_profiler: ran(report) })).toMatchObject({
      tier: 1,
      gpu: null,
      vramGb: 0,
    });
  });

  it('AMD counts on Linux only', async () => {
    expect(await probe({ ...linux, platform: 'freebsd' }, { 'rocm-smi': ran(radeon) })).toMatchObject({
      tier: 1,
    });
  });
});

describe('the first line of what a tool printed', () => {
  it('has no control characters and at most 200 characters', () => {
    expect(firstLine('\n \u001b[31mred\u001b[0m\u0007 line\u0000\nsecond')).toBe('red line');
    expect([...firstLine('é😀'.repeat(300))].length).toBe(200);
    expect(firstLine('\n\t\n')).toBe('');
  });
});
