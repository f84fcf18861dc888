import { describe, expect, it } from 'vitest';
import { parseAmdSmi, parseRocmSmi, uuidOf } from '../../../../electron/daemon/hardware/amd-tools.ts';
import { parseSystemProfiler } from '../../../../electron/daemon/hardware/apple.ts';
import { jsonInText } from '../../../../electron/daemon/hardware/json-in-text.ts';
import { parseNvidia, parseOfficialQuery } from '../../../../electron/daemon/hardware/nvidia.ts';
import { pciAddress } from '../../../../electron/daemon/hardware/pci.ts';
import { nameInList } from '../../../../electron/daemon/hardware/pci-names.ts';

const row = (memory: string, rest = '570.86.15, [N/A]', name = 'NVIDIA Thing') =>
  `${name}, GPU-8f2c, 00000000:01:00.0, ${memory}, ${rest}\n`;

describe('what nvidia-smi prints', () => {
  it('name, UUID, address, memory and driver of each card', () => {
    expect(parseNvidia(row('24564'))).toEqual({
      cards: [
        {
          vendor: 'nvidia',
          name: 'NVIDIA Thing',
          uuid: 'GPU-8f2c',
          pciAddress: '0000:01:00.0',
          kind: 'discrete',
          vramGb: 24,
          vramBytes: 24564 * 1024 ** 2,
          sharedBytes: null,
          driver: '570.86.15',
        },
      ],
      findings: [],
    });
  });

  it.each(['[N/A]', 'N/A', '[Not Supported]', 'Not Supported', '[Unknown Error]'])(
    'memory %j is not reported, and not 0',
    (memory) => {
      const { cards, findings } = parseNvidia(row(memory));
      expect(cards).toMatchObject([
        { name: 'NVIDIA Thing', kind: 'discrete', vramGb: null, vramBytes: null },
      ]);
      expect(findings).toEqual([{ code: 'memory-not-reported', tool: 'nvidia-smi', detail: 'NVIDIA Thing' }]);
      expect(parseOfficialQuery(`NVIDIA Thing, ${memory}\n`).cards).toMatchObject([{ vramGb: null }]);
    },
  );

  it.each(['', '12 GB', '-1', 'NaN', '1e9', 'please reboot'])(
    'with %j for memory it is no card that we know',
    (memory) => {
      const unreadable = [{ code: 'tool-output-unreadable' }];
      expect(parseNvidia(row(memory))).toMatchObject({ cards: [], findings: unreadable });
      expect(parseOfficialQuery(`Error: something, ${memory}\n`)).toMatchObject({
        cards: [],
        findings: unreadable,
      });
    },
  );

  it('a missing permission is told apart, and the card stays', () => {
    const { cards, findings } = parseNvidia(row('[Insufficient Permissions]'));
    expect(cards).toMatchObject([{ vramGb: null }]);
    expect(findings).toMatchObject([{ code: 'tool-not-permitted', detail: 'NVIDIA Thing' }]);
  });

  it.each(['NVIDIA GB10', 'Orin (nvgpu)', 'NVIDIA Thor', 'Xavier'])('%s has one memory for all', (name) => {
    expect(parseNvidia(row('[N/A]', '580.95.05, [N/A]', name)).cards).toMatchObject([{ kind: 'unified' }]);
  });

  it('accepts units and a header that were not asked for, and Windows line ends', () => {
    const printed = 'name, memory.total [MiB]\r\nTesla T4, 15360 MiB\r\n';
    expect(parseOfficialQuery(printed)).toMatchObject({
      cards: [{ name: 'Tesla T4', vramGb: 15 }],
      findings: [],
    });
  });

  it('a comma in the name belongs to the name', () => {
    expect(parseNvidia(row('8192', '570, ', 'Odd, Card')).cards).toMatchObject([
      { name: 'Odd, Card', vramGb: 8 },
    ]);
    expect(parseOfficialQuery('Odd, Card, 8192\n').cards).toMatchObject([{ name: 'Odd, Card', vramGb: 8 }]);
  });

  it.each([
    ['No devices were found', 'gpu-not-started'],
    ['Unable to determine the device handle for GPU0000:01:00.0: Unknown Error', 'card-lost'],
    ['Unable to determine the device handle, GPU is lost, reboot, a, b, c, d', 'card-lost'],
  ])('the message %j makes no GPU', (message, code) => {
    const finding = { code, tool: 'nvidia-smi', detail: message };
    expect(parseNvidia(`${message}\n`)).toEqual({ cards: [], findings: [finding] });
  });

  it('a card that is lost leaves the other one', () => {
    const { cards, findings } = parseNvidia(
      `Unable to determine the device handle: GPU is lost.\n${row('8192')}`,
    );
    expect([cards.length, findings.map(({ code }) => code)]).toEqual([1, ['card-lost']]);
  });

  it('a MIG card is one card, and that is said', () => {
    const { cards, findings } = parseNvidia(row('81559', '570.86.15, Enabled'));
    expect([cards.length, findings]).toEqual([
      1,
      [{ code: 'mig-enabled', tool: 'nvidia-smi', detail: 'NVIDIA Thing' }],
    ]);
  });

  it('a driver too old for Ollama is reported once; Jetson numbers its driver by itself', () => {
    const old = row('8192', '470.223.02, [N/A]');
    expect(parseNvidia(old + old).findings).toEqual([
      { code: 'driver-too-old', tool: 'nvidia-smi', detail: '470.223.02' },
    ]);
    expect(parseNvidia(row('8192', '550.54.15, [N/A]')).findings).toEqual([]);
    expect(parseNvidia(row('[N/A]', '540.4.0, [N/A]', 'Orin (nvgpu)')).findings).toMatchObject([
      { code: 'memory-not-reported' },
    ]);
  });

  it('nothing printed is no card and no finding', () => {
    expect(parseNvidia('\n')).toEqual({ cards: [], findings: [] });
  });
});

describe('what rocm-smi and amd-smi print', () => {
  const rocm = (facts: Record<string, unknown>) => parseRocmSmi(JSON.stringify({ card0: facts, system: {} }));

  it('reads keys in either case and with a colon behind them, and numbers that are texts', () => {
    const expected = [{ name: 'Radeon', vramBytes: 17_163_091_968, uuid: 'GPU-00000000000000ab' }];
    const memory = { 'VRAM Total Memory (B)': '17163091968', 'Unique ID': '0xAB' };
    expect(rocm({ ...memory, 'Card series': 'Radeon' })).toMatchObject(expected);
    expect(rocm({ ...memory, 'Card Series:': 'Radeon' })).toMatchObject(expected);
  });

  it('the series names the card, not the model, and an id is no name', () => {
    expect(rocm({ 'Card Series': 'AMD INSTINCT MI200', 'Card Model': 'FirePro W4300' })).toMatchObject([
      { name: 'AMD INSTINCT MI200' },
    ]);
    expect(rocm({ 'Card Series': '0x1002', 'Device Name': 'N/A', 'Card Model': '0x744c' })).toMatchObject([
      { name: null },
    ]);
  });

  it('percentages and the PCI window are not memory', () => {
    expect(
      rocm({ 'GPU Memory Allocated (VRAM%)': '12', 'VIS_VRAM Total Memory (B)': '268435456' }),
    ).toMatchObject([{ vramBytes: null }]);
  });

  it('warnings stand around the report', () => {
    const report = JSON.stringify({ card1: { 'Card Series': 'Radeon' } });
    expect(
      parseRocmSmi(`WARNING: AMD GPU device(s) is/are in a low-power state.\n${report}\nWARNING: done\n`),
    ).toMatchObject([{ name: 'Radeon' }]);
    expect(parseRocmSmi('WARNING: No JSON data to report\n')).toEqual([]);
  });

  it.each(['', 'no data', 'ERROR: AMD GPU driver not initialised', '[]', '{}', '{"card0": 1', 'null'])(
    'a report that names no GPU makes none: %j',
    (text) => {
      expect(parseRocmSmi(text)).toEqual([]);
      expect(parseAmdSmi(text)).toEqual([]);
    },
  );

  const entry = (bdf: string, size: unknown) => ({
    gpu: 0,
    asic: { market_name: 'AMD Instinct MI300X', asic_serial: '0x6F1F0A2B3C4D5E6F' },
    bus: { bdf },
    vram: { size },
  });
  it('a list of cards or an object around it; MB are MiB', () => {
    const expected = [
      { name: 'AMD Instinct MI300X', pciAddress: '0000:83:00.0', vramBytes: 196_592 * 1024 ** 2 },
    ];
    const card = entry('0000:83:00.0', { value: 196_592, unit: 'MB' });
    expect(parseAmdSmi(JSON.stringify([card]))).toMatchObject(expected);
    expect(parseAmdSmi(`note\n${JSON.stringify({ gpu_data: [card] }, null, 4)}`)).toMatchObject(expected);
  });

  it('a size without a unit that is known stays unknown', () => {
    expect(parseAmdSmi(JSON.stringify([entry('', { value: 5, unit: 'pages' })]))).toMatchObject([
      { vramBytes: null },
    ]);
    expect(parseAmdSmi(JSON.stringify([entry('', 'N/A')]))).toMatchObject([{ vramBytes: null }]);
  });

  it('partitions of one accelerator are one card', () => {
    const size = { value: 1024, unit: 'MB' };
    expect(
      parseAmdSmi(JSON.stringify(['0', '1', '2'].map((slot) => entry(`0000:c1:00.${slot}`, size)))),
    ).toHaveLength(1);
    expect(
      parseAmdSmi(JSON.stringify([entry('0000:c1:00.0', size), entry('0000:c2:00.0', size)])),
    ).toHaveLength(2);
  });

  it.each([
    ['0x79ccd55167a2124a', 'GPU-79ccd55167a2124a'],
    ['4edfb117a17a07d', 'GPU-04edfb117a17a07d'],
    ['N/A', null],
    ['0x0', null],
    [undefined, null],
  ])('the serial number %j names the card %j', (serial, uuid) => expect(uuidOf(serial)).toBe(uuid));
});

describe('what system_profiler prints', () => {
  const report = (entry: object) => JSON.stringify({ SPDisplaysDataType: [entry] }, null, 2);
  it('names the chip, and not the system’s placeholder for it', () => {
    expect(parseSystemProfiler(report({ _name: 'kHW_AppleM5Item', sppci_model: 'Apple M5' }))).toBe(
      'Apple M5',
    );
    expect(parseSystemProfiler(report({ _name: 'Apple M2 Pro' }))).toBe('Apple M2 Pro');
    expect(parseSystemProfiler(report({ _name: 'spdisplays_builtin' }))).toBeNull();
  });
  it('takes log lines before, within and behind the report in stride', () => {
    const log = '2026-01-01 10:00:00.000 system_profiler[1:2] {note}';
    const text = report({ sppci_model: 'Apple M2' }).replace('[', `[\n${log}`);
    expect(parseSystemProfiler(`${log}\n${text}\n${log}\n`)).toBe('Apple M2');
  });
  it.each([
    '',
    '{}',
    '{"SPDisplaysDataType":{}}',
    '{"SPDisplaysDataType":[1,null,"x"]}',
    'Graphics/Displays:\n',
  ])('a report without a name gives none: %j', (text) => expect(parseSystemProfiler(text)).toBeNull());
});

describe('JSON among other text', () => {
  it('brackets in texts and remarks do not confuse it', () => {
    expect(jsonInText('[warning] low power\n{"a": "}]\\"{", "b": [1]}\ntrailing }')).toEqual({
      a: '}]"{',
      b: [1],
    });
    expect(jsonInText('{broken\n  {"a": 1}')).toEqual({ a: 1 });
    expect(jsonInText('{"a": 1')).toBeNull();
  });
});

describe('names and addresses on the PCI bus', () => {
  it.each([
    ['00000000:C1:00.0', '0000:c1:00.0'],
    ['0000000F:01:00.0', '000f:01:00.0'],
    ['65:00.0', '0000:65:00.0'],
    ['[N/A]', null],
    ['', null],
  ])('%j is the address %j', (text, address) => expect(pciAddress(text)).toBe(address));

  const list =
    '# c\n1002  AMD\n\t744c  Navi 31 [Radeon RX 7900 XTX]\n\t\t1da2 e471  NITRO+\n\t164e  Raphael\n10de  NVIDIA\n\t2204  GA102 [GeForce RTX 3090]\nC 03  Display\n\t00  VGA\n';
  const device = (vendorId: string, deviceId: string) => ({
    ...{ address: '', vendorId, deviceId, driver: null, folder: '', besideProcessor: false },
  });
  it.each([
    ['1002', '744c', 'Radeon RX 7900 XTX'],
    ['1002', '164e', 'Raphael'],
    ['1002', '2204', null],
    ['8086', '2204', null],
  ])('%s:%s is %s', (vendor, id, name) => expect(nameInList(list, device(vendor, id))).toBe(name));
});
