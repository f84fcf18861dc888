import { describe, expect, it } from 'vitest';
import { cardFromRocm, parseAmdSmi, parseRocmSmi } from '../../electron/daemon/hardware/amd-tools.ts';
import { parseSystemProfiler } from '../../electron/daemon/hardware/apple.ts';
import { type DetectedCard, findingCodes } from '../../electron/daemon/hardware/card.ts';
import { parseNvidia, parseOfficialQuery } from '../../electron/daemon/hardware/nvidia.ts';
import { probeHardware } from '../../electron/daemon/hardware/probe.ts';
import type { RunTool, ToolOutcome } from '../../electron/daemon/system/run-tool.ts';
import { isTier } from '../../shared/hardware/tiers.ts';
import { treeOf } from '../fixtures/hardware-cases.ts';
import { type Seeded, seeded } from './seeded.ts';

const cases = 1500;

const pieces = [
  ...[
    '',
    ' ',
    ',',
    ', ',
    '\n',
    '\r\n',
    '\t',
    '"',
    '{',
    '}',
    '[',
    ']',
    ':',
    '\\',
    '\u0000',
    '\u001b[31m',
    '\u202e',
    '\ud800',
    'é',
  ],
  ...['NVIDIA H100 80GB HBM3', 'NVIDIA GB10', 'Orin (nvgpu)', 'Apple M1', 'kHW_AppleM1Item', 'x'.repeat(300)],
  ...[
    'GPU-8f2c',
    'GPU-',
    '00000000:01:00.0',
    '0000:c1:00.0',
    '0000:c1:00.1',
    '[N/A]',
    '[Insufficient Permissions]',
  ],
  ...[
    '0',
    '-1',
    '81559',
    '24564 MiB',
    '999999999',
    '99999999999999999999',
    '1e308',
    'NaN',
    'Infinity',
    '0x1F',
    '550.54',
    '470',
  ],
  ...[
    'Enabled',
    'Disabled',
    'No devices were found',
    'GPU is lost',
    'name, memory.total [MiB]',
    'WARNING: low power',
  ],
];
const leaves: unknown[] = [
  ...pieces,
  null,
  true,
  0,
  -1,
  1.5,
  17_179_869_184,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  '17179869184',
];
const names = [
  ...[
    'card0',
    'card1',
    'CARD2',
    'system',
    'gpu_data',
    'asic',
    'vram',
    'bus',
    'driver',
    'size',
    'value',
    'unit',
    'bdf',
  ],
  ...[
    'Card Series',
    'card series:',
    'Card Model',
    'Device Name',
    'Unique ID',
    'PCI Bus',
    'VRAM Total Memory (B)',
    'Driver version',
  ],
  ...[
    'market_name',
    'asic_serial',
    'SPDisplaysDataType',
    'sppci_model',
    '_name',
    '__proto__',
    'constructor',
    'toString',
    '',
  ],
];

const noise = (random: Seeded) =>
  Array.from({ length: random.below(30) }, () => random.pick(pieces)).join('');
/** The shape of one of the three reports, with any values in it. */
function report(random: Seeded): unknown {
  const any = () => random.json(leaves, names, 1);
  const card = () => ({
    'Card Series': any(),
    'PCI Bus': any(),
    'Unique ID': any(),
    'VRAM Total Memory (B)': any(),
    [random.pick(names)]: any(),
  });
  const entry = () => ({
    asic: { market_name: any(), asic_serial: any() },
    bus: { bdf: any() },
    vram: random.chance(0.8) ? { size: { value: any(), unit: random.pick(['MB', 'GB', any()]) } } : any(),
    driver: any(),
  });
  return random.pick([
    () => ({ card0: card(), card1: any(), system: any() }),
    () => [entry(), any(), entry()],
    () => ({ gpu_data: [any(), entry()] }),
    () => ({ SPDisplaysDataType: [any(), { _name: any(), sppci_model: any() }] }),
  ])();
}

/** Half of it close to what a tool prints: pure noise seldom gets past the first check. */
function printed(random: Seeded): string {
  if (random.chance(0.2)) return random.bytes(random.below(300)).toString('utf8');
  if (random.chance(0.4)) return noise(random);
  if (random.chance(0.5)) {
    const rows = Array.from({ length: 1 + random.below(4) }, () =>
      Array.from({ length: random.pick([2, 6, 6, 5]) }, () => random.pick(pieces)).join(', '),
    );
    return `${rows.join('\n')}\n`;
  }
  const json =
    JSON.stringify(random.chance(0.6) ? report(random) : random.json(leaves, names, 5), null, 2) ?? '';
  const cut = random.chance(0.2) ? json.slice(0, random.below(json.length + 1)) : json;
  return random.chance(0.3) ? `${noise(random)}\n${cut}\n${noise(random)}` : cut;
}

const isAmount = (value: number | null) => value === null || (Number.isSafeInteger(value) && value >= 0);
const isWord = (text: string | null) =>
  text === null || (text !== '' && [...text].length <= 210 && !/\p{C}/u.test(text));

function expectSound(card: DetectedCard, context: string): void {
  const { name, uuid, pciAddress, vramGb, vramBytes, sharedBytes, driver } = card;
  const sound = {
    amounts: [vramBytes, sharedBytes, vramGb].every(isAmount),
    memory: (vramGb === null) === (vramBytes === null),
    words: [name, uuid, pciAddress, driver].every(isWord),
    uuid: uuid === null || /^GPU-[0-9a-f-]+$/i.test(uuid),
  };
  expect(sound, context).toEqual({ amounts: true, memory: true, words: true, uuid: true });
}

describe('whatever a vendor’s tool prints', () => {
  it(`${cases} seeded outputs are read without an error, and no card has memory that cannot be`, () => {
    const random = seeded(20_261_125);
    const seen = { nvidia: 0, official: 0, amdSmi: 0, rocmSmi: 0, apple: 0, memory: 0 };
    for (let round = 0; round < cases; round++) {
      const text = printed(random);
      const context = JSON.stringify(text).slice(0, 500);
      const nvidia = parseNvidia(text);
      const official = parseOfficialQuery(text);
      const amdSmi = parseAmdSmi(text).map(cardFromRocm);
      const rocmSmi = parseRocmSmi(text).map(cardFromRocm);
      const all = [...nvidia.cards, ...official.cards, ...amdSmi, ...rocmSmi];
      for (const card of all) expectSound(card, context);
      for (const { code, detail } of [...nvidia.findings, ...official.findings]) {
        expect(findingCodes, context).toContain(code);
        expect(isWord(detail), context).toBe(true);
      }
      const chip = parseSystemProfiler(text);
      if (chip !== null) expect(chip, context).not.toMatch(/^$|^kHW_|\p{C}/u);
      seen.nvidia += nvidia.cards.length;
      seen.official += official.cards.length;
      seen.amdSmi += amdSmi.length;
      seen.rocmSmi += rocmSmi.length;
      seen.apple += chip === null ? 0 : 1;
      seen.memory += all.filter(({ vramBytes }) => vramBytes !== null).length;
    }
    // Every reader got something to read, and often.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
    expect(Object.prototype).not.toHaveProperty('vram');
  });
});

describe('whatever the kernel’s files contain', () => {
  const values = [
    ...pieces,
    ...[
      '0x10de',
      '0x1002',
      '0x8086',
      '0x030000',
      '0x120000',
      '17179869184',
      '9007199254740993',
      'max',
      '200000 100000',
      '0::/a/../b',
    ],
    ...[
      '-> ../../../bus/pci/drivers/amdgpu',
      '-> ../drivers/nvidia',
      '-> /',
      'DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744C',
    ],
    ...[
      'DRIVER=xe\nPCI_CLASS=30000\nPCI_ID=8086:56A0\nPCI_SLOT_NAME=x',
      'PCI_CLASS=30200\nPCI_ID=10DE:2330',
      'location_id 768\nunique_id 99999999999999999999',
    ],
  ];
  const device = (random: Seeded) =>
    `sys/bus/pci/devices/${random.pick(['0000:03:00.0', '0000:41:00.0', 'x', '..'])}`;
  const paths = (random: Seeded) =>
    random.pick([
      ...[
        'uevent',
        'vendor',
        'device',
        'class',
        'driver',
        'mem_info_vram_total',
        'mem_info_gtt_total',
        'unique_id',
      ].map((name) => `${device(random)}/${name}`),
      ...[
        'product_name',
        'current_compute_partition',
        'tile0/physical_vram_size_bytes',
        'drm/card0/lmem_total_bytes',
      ].map((name) => `${device(random)}/${name}`),
      ...[
        'proc/self/cgroup',
        'sys/fs/cgroup/memory.max',
        'sys/fs/cgroup/cpu.max',
        'sys/fs/cgroup/memory/memory.limit_in_bytes',
      ],
      ...[
        'proc/version',
        'run/WSL',
        'dev/dri/card0',
        'sys/module/amdgpu/version',
        'usr/share/hwdata/pci.ids',
      ],
      ...['sys/class/kfd/kfd/topology/nodes/1/properties', 'sys/class/drm/card0/device/uevent'],
    ]);

  it('600 seeded machines are probed, never with an error, a tier that is none, or memory that cannot be', async () => {
    const random = seeded(4_711);
    const tiers = new Set<number>();
    for (let round = 0; round < 600; round++) {
      const files: Record<string, string> = {};
      for (let count = random.below(25); count > 0; count--) files[paths(random)] = random.pick(values);
      const runTool: RunTool = async (): Promise<ToolOutcome> =>
        random.chance(0.5)
          ? { kind: 'missing' }
          : random.chance(0.7)
            ? { kind: 'ran', stdout: printed(random), stderr: '' }
            : { kind: 'failed', exitCode: null, printed: printed(random), stdout: printed(random) };
      const system = {
        platform: random.pick(['linux', 'linux', 'darwin'] as const),
        arch: random.pick(['x64', 'arm64'] as const),
        cores: 4,
        ramBytes: 2 ** 34,
      };
      const clock = {
        now: () => 0,
        monotonicMs: () => 0,
        sinceBootMs: () => 0,
        after: () => ({ cancel() {} }),
      };
      const chosenCards = random.chance(0.2) ? [random.pick(pieces)] : null;
      const probe = await probeHardware({ root: treeOf(files), chosenCards }, { runTool, system, clock });
      const context = JSON.stringify(files).slice(0, 800);
      for (const card of probe.cards) expectSound(card, context);
      expect(isTier(probe.tier), context).toBe(true);
      expect(
        probe.cards.some(({ counts }) => counts),
        context,
      ).toBe(probe.gpu !== null);
      for (const limit of [probe.modelBudget.bytes, probe.ramLimitBytes, probe.cpuLimit]) {
        if (limit !== null) expect(Number.isFinite(limit) && limit >= 0, context).toBe(true);
      }
      tiers.add(probe.tier);
    }
    expect([...tiers].toSorted()).toEqual([1, 2, 3, 4]);
  });
});
