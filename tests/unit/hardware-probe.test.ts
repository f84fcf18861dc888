import { describe, expect, it } from 'vitest';
import { parseAmd } from '../../electron/daemon/hardware/amd.ts';
import { parseChipset } from '../../electron/daemon/hardware/apple.ts';
import { firstLine } from '../../electron/daemon/hardware/card.ts';
import { parseNvidia } from '../../electron/daemon/hardware/nvidia.ts';
import { probeHardware, type SystemFacts } from '../../electron/daemon/hardware/probe.ts';
import type { RunTool, ToolOutcome } from '../../electron/daemon/hardware/tool.ts';

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
const probe = (system: SystemFacts, tools: Record<string, ToolOutcome>) =>
  probeHardware({}, { runTool: machine(tools).runTool, system, clock });

const rocm = `
============================ ROCm System Management Interface ============================
GPU[0]		: Card series: 		Radeon RX 7900 XTX
GPU[0]		: GFX Version: 		gfx1100
GPU[0]		: VRAM Total Memory (B): 25753026560
GPU[0]		: VRAM Total Used Memory (B): 27824128
GPU[1]		: VRAM Total Memory (B): 536870912
`;

describe('probing the hardware', () => {
  it('asks the tools exactly as the rule says, with their time limits', async () => {
    const onLinux = machine({});
    await probeHardware({}, { runTool: onLinux.runTool, system: linux, clock });
    expect(onLinux.calls).toEqual([
      {
        tool: 'nvidia-smi',
        args: ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'],
        timeoutMs: 4000,
      },
      { tool: 'rocm-smi', args: ['--showproductname', '--showmeminfo', 'vram'], timeoutMs: 4000 },
    ]);
    const onMac = machine({});
    await probeHardware({}, { runTool: onMac.runTool, system: mac, clock });
    expect(onMac.calls.map(({ tool, timeoutMs }) => [tool, timeoutMs])).toEqual([
      ['nvidia-smi', 4000],
      ['system_profiler', 5000],
    ]);
  });

  it('a machine without a GPU is tier 1, without a finding', async () => {
    expect(await probe(linux, {})).toMatchObject({
      tier: 1,
      gpu: null,
      vramGb: 0,
      cores: 16,
      ramGb: 69,
      cards: [],
      findings: [],
      probedAtMs: 1_760_000_000_000,
    });
  });

  it('lists every NVIDIA card, the first decides the tier', async () => {
    const result = await probe(linux, {
      'nvidia-smi': ran('NVIDIA GeForce RTX 3060, 12288\nNVIDIA H100 80GB HBM3, 81559\n'),
      'rocm-smi': ran(rocm),
    });
    expect(result).toMatchObject({ tier: 2, gpu: 'NVIDIA GeForce RTX 3060', vramGb: 12 });
    expect(result.cards).toMatchObject([
      { vendor: 'nvidia', name: 'NVIDIA GeForce RTX 3060', vramGb: 12, vramBytes: 12288 * 1024 ** 2 },
      { vendor: 'nvidia', name: 'NVIDIA H100 80GB HBM3', vramGb: 80, vramBytes: 81559 * 1024 ** 2 },
    ]);
  });

  it('a card that does not report its memory stays a card of tier 2', async () => {
    const result = await probe(linux, { 'nvidia-smi': ran('NVIDIA GB10, [N/A]\n') });
    expect(result).toMatchObject({ tier: 2, gpu: 'NVIDIA GB10', vramGb: null });
    expect(result.findings).toEqual([
      { code: 'memory-not-reported', tool: 'nvidia-smi', detail: 'NVIDIA GB10' },
    ]);
  });

  it('an NVIDIA tool that fails is a finding, and the next vendor is asked', async () => {
    const result = await probe(linux, {
      'nvidia-smi': {
        kind: 'failed',
        exitCode: 9,
        printed:
          "\nNVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\nMake sure that…",
      },
      'rocm-smi': ran(rocm),
    });
    expect(result).toMatchObject({ tier: 3, gpu: 'AMD GPU (ROCm)', vramGb: 26 });
    expect(result.findings).toEqual([
      {
        code: 'tool-failed',
        tool: 'nvidia-smi',
        detail: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
      },
    ]);
  });

  it('a tool that hangs is a finding', async () => {
    const result = await probe(linux, { 'nvidia-smi': { kind: 'timed-out', timeoutMs: 4000, printed: '' } });
    expect(result).toMatchObject({
      tier: 1,
      findings: [{ code: 'tool-timed-out', tool: 'nvidia-smi', detail: 'no answer in 4000 ms' }],
    });
  });

  it('a Mac whose profiler fails still has its GPU', async () => {
    const result = await probe(mac, {
      system_profiler: { kind: 'failed', exitCode: 1, printed: 'not allowed' },
    });
    expect(result).toMatchObject({ tier: 3, gpu: 'Apple Silicon GPU', vramGb: 17 });
    expect(result.findings).toEqual([
      { code: 'tool-failed', tool: 'system_profiler', detail: 'not allowed' },
    ]);
  });

  it('an Intel Mac has no unified GPU memory', async () => {
    const result = await probe(
      { ...mac, arch: 'x64' },
      { system_profiler: ran('  Chipset Model: AMD Radeon\n') },
    );
    expect(result).toMatchObject({ tier: 1, gpu: null, vramGb: 0 });
  });

  it('AMD counts on Linux only', async () => {
    expect(await probe({ ...linux, platform: 'freebsd' }, { 'rocm-smi': ran(rocm) })).toMatchObject({
      tier: 1,
    });
  });
});

describe('what nvidia-smi prints', () => {
  it.each(['[N/A]', 'N/A', '[Not Supported]', '[Insufficient Permissions]', '', '12 GB', '-1'])(
    'memory %j is not reported, and not 0',
    (memory) => {
      expect(parseNvidia(`NVIDIA Thing, ${memory}\n`).cards).toMatchObject([
        { vendor: 'nvidia', name: 'NVIDIA Thing', vramGb: null, vramBytes: null },
      ]);
    },
  );

  it('accepts the unit that nounits leaves out, and Windows line ends', () => {
    expect(parseNvidia('Tesla T4, 15360 MiB\r\n').cards).toMatchObject([{ name: 'Tesla T4', vramGb: 15 }]);
  });

  it('a comma in the name belongs to the name', () => {
    expect(parseNvidia('Odd, Card, 8192\n').cards).toMatchObject([{ name: 'Odd, Card', vramGb: 8 }]);
  });

  it.each(['No devices were found', 'Unable to determine the device handle for GPU0000:01:00.0'])(
    'the message %j makes no GPU',
    (message) => {
      expect(parseNvidia(`${message}\n`)).toEqual({
        cards: [],
        findings: [{ code: 'tool-output-unreadable', tool: 'nvidia-smi', detail: message }],
      });
    },
  );

  it('nothing printed is no card and no finding', () => {
    expect(parseNvidia('\n')).toEqual({ cards: [], findings: [] });
  });
});

describe('what system_profiler prints', () => {
  const report = `Graphics/Displays:

    Apple M2 Pro:

      Chipset Model: Apple M2 Pro
      Type: GPU
      Total Number of Cores: 19
`;
  it('names the chip', () => expect(parseChipset(report)).toBe('Apple M2 Pro'));
  it('takes log lines before the report in stride', () => {
    expect(parseChipset(`2026-01-01 10:00:00.000 system_profiler[1:2] note\n${report}`)).toBe('Apple M2 Pro');
  });
  it.each(['', 'Graphics/Displays:\n', '      Chipset Model: kHW_AppleM5Item\n', '      Chipset Model:\n'])(
    'a report without a name gives none: %j',
    (text) => expect(parseChipset(text)).toBeNull(),
  );
});

describe('what rocm-smi prints', () => {
  it('the first long number is the memory, in decimal GB', () => {
    expect(parseAmd(rocm).cards).toMatchObject([
      { vendor: 'amd', name: 'AMD GPU (ROCm)', vramGb: 26, vramBytes: 25_753_026_560 },
    ]);
  });

  it('a GPU without a memory figure keeps it unknown', () => {
    const reading = parseAmd('GPU[0]: Card series: Radeon Pro\n');
    expect(reading.cards).toMatchObject([{ vramGb: null }]);
    expect(reading.findings).toMatchObject([{ code: 'memory-not-reported' }]);
  });

  it.each(['', 'no data', 'ERROR: AMD GPU driver not initialised', ' WARNING: AMD GPU 123456789012 is low'])(
    'a report that names no GPU makes none: %j',
    (text) => expect(parseAmd(text)).toEqual({ cards: [], findings: [] }),
  );
});

describe('the first line of what a tool printed', () => {
  it('has no control characters and at most 200 characters', () => {
    expect(firstLine('\n \u001b[31mred\u001b[0m\u0007 line\u0000\nsecond')).toBe('red line');
    expect([...firstLine('é😀'.repeat(300))].length).toBe(200);
    expect(firstLine('\n\t\n')).toBe('');
  });
});
