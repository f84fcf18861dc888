import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTree } from '../../../../electron/daemon/hardware/file-tree.ts';
import { parseNvidiaLoad } from '../../../../electron/daemon/hardware/nvidia-load.ts';
import { powerBetween, readSysfsLoad } from '../../../../electron/daemon/hardware/sysfs-load.ts';

const uuid = 'GPU-5f3d8a52-9c1e-4b7a-8d62-0e1f2a3b4c5d';
const mib = 1024 * 1024;

describe('a line of nvidia-smi', () => {
  it('is read with its units: percent, MiB, degrees, watts', () => {
    expect(parseNvidiaLoad(`${uuid}, 00000000:01:00.0, 75, 12282, 65, 350.50`)).toEqual({
      uuid,
      pciAddress: '0000:01:00.0',
      figures: {
        utilisationPercent: 75,
        vramUsedBytes: 12_282 * mib,
        temperatureCelsius: 65,
        powerWatts: 350.5,
      },
    });
  });

  it('keeps an idle card’s zero apart from what is not reported', () => {
    expect(parseNvidiaLoad(`${uuid}, 00000000:01:00.0, 0, 1, 31, 8.05\r`)?.figures).toEqual({
      utilisationPercent: 0,
      vramUsedBytes: mib,
      temperatureCelsius: 31,
      powerWatts: 8.05,
    });
  });

  it('is read as an H100 printed it under full load', () => {
    expect(parseNvidiaLoad(`${uuid}, 00000000:00:06.0, 99, 21709, 55, 698.63`)).toEqual({
      uuid,
      pciAddress: '0000:00:06.0',
      figures: {
        utilisationPercent: 99,
        vramUsedBytes: 22_763_536_384,
        temperatureCelsius: 55,
        powerWatts: 698.63,
      },
    });
  });

  it.each([
    '[N/A]',
    'N/A',
    '[Not Supported]',
    '[Insufficient Permissions]',
    '[Unknown Error]',
    '',
    '-',
    'ERR!',
  ])('has nothing where the tool says "%s"', (missing) => {
    expect(
      parseNvidiaLoad(`${uuid}, 00000000:01:00.0, ${missing}, ${missing}, ${missing}, ${missing}`)?.figures,
    ).toEqual({
      utilisationPercent: null,
      vramUsedBytes: null,
      temperatureCelsius: null,
      powerWatts: null,
    });
  });

  it('is taken from a card that reports nothing but its temperature, as those with unified memory do', () => {
    expect(parseNvidiaLoad(`${uuid}, 0000000F:01:00.0, [N/A], [N/A], 41, [N/A]`)).toMatchObject({
      pciAddress: '000f:01:00.0',
      figures: { vramUsedBytes: null, temperatureCelsius: 41 },
    });
  });

  it('refuses a utilisation that cannot be', () => {
    expect(
      parseNvidiaLoad(`${uuid}, 00000000:01:00.0, 4294967, 1, 31, 8`)?.figures.utilisationPercent,
    ).toBeNull();
  });

  it.each([
    'NVIDIA-SMI has failed because it couldn’t communicate with the NVIDIA driver.',
    'Unable to determine the device handle for GPU0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU',
    'uuid, pci.bus_id, utilization.gpu [%], memory.used [MiB], temperature.gpu, power.draw [W]',
    'NVRM: Xid (PCI:0000:01:00): 79, pid=1, GPU has fallen off the bus',
    `${uuid}, 00000000:01:00.0, 75, 12282, 65`,
    `${uuid}, 00000000:01:00.0, 75, 12282, 65, 350.50, 7`,
    '',
    ',,,,,',
  ])('is none in "%s"', (line) => {
    expect(parseNvidiaLoad(line)).toBeNull();
  });
});

describe('the kernel’s files', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'px-load-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function files(address: string, contents: Record<string, string>): Promise<void> {
    for (const [name, content] of Object.entries(contents)) {
      const path = join(root, 'sys/bus/pci/devices', address, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${content}\n`);
    }
  }
  const read = (address: string) => readSysfsLoad(openTree(root), address);

  it('report all of an AMD card', async () => {
    await files('0000:03:00.0', {
      gpu_busy_percent: '98',
      mem_info_vram_used: '18253611008',
      'hwmon/hwmon4/name': 'amdgpu',
      'hwmon/hwmon4/temp1_input': '61000',
      'hwmon/hwmon4/temp2_input': '78000',
      'hwmon/hwmon4/power1_average': '301000000',
    });
    expect(await read('0000:03:00.0')).toEqual({
      utilisationPercent: 98,
      vramUsedBytes: 18_253_611_008,
      temperatureCelsius: 61,
      powerWatts: 301,
      energyMicrojoules: null,
    });
  });

  it('report the momentary power where there is no average, and the hottest spot where there is no edge', async () => {
    await files('0000:03:00.0', {
      gpu_busy_percent: '0',
      mem_info_vram_used: '27824128',
      'hwmon/hwmon7/temp2_input': '44500',
      'hwmon/hwmon7/power1_input': '13500000',
    });
    expect(await read('0000:03:00.0')).toMatchObject({ temperatureCelsius: 44.5, powerWatts: 13.5 });
  });

  it('report temperature and a meter of energy of an Intel card, and nothing of its load', async () => {
    await files('0000:06:00.0', {
      'hwmon/hwmon2/name': 'xe',
      'hwmon/hwmon2/temp2_input': '52000',
      'hwmon/hwmon2/energy1_input': '123456789012',
    });
    expect(await read('0000:06:00.0')).toEqual({
      utilisationPercent: null,
      vramUsedBytes: null,
      temperatureCelsius: 52,
      powerWatts: null,
      energyMicrojoules: 123_456_789_012,
    });
  });

  it('report nothing of a card that is not there, or whose files contain something else', async () => {
    const nothing = {
      utilisationPercent: null,
      vramUsedBytes: null,
      temperatureCelsius: null,
      powerWatts: null,
      energyMicrojoules: null,
    };
    expect(await read('0000:99:00.0')).toEqual(nothing);
    await files('0000:03:00.0', {
      gpu_busy_percent: '-1',
      mem_info_vram_used: '0x1000',
      'hwmon/hwmon4/temp1_input': 'N/A',
      'hwmon/hwmon4/power1_average': '-5',
    });
    expect(await read('0000:03:00.0')).toEqual(nothing);
  });

  it('give power as the energy between two readings, unless the meter was set back', () => {
    const first = { microjoules: 5_000_000_000, atMs: 1000 };
    expect(powerBetween(first, { microjoules: 5_240_000_000, atMs: 3000 })).toBe(120);
    expect(powerBetween(first, { microjoules: 1000, atMs: 3000 })).toBeNull();
    expect(powerBetween(first, { microjoules: 6_000_000_000, atMs: 1000 })).toBeNull();
  });
});
