import type { FileTree } from './file-tree.ts';
import type { CardFigures } from './load.ts';

/** Figures of a card from the kernel's files, with the meter of its energy where there is no other figure of power. */
export interface SysfsFigures extends Omit<CardFigures, 'powerWatts'> {
  powerWatts: number | null;
  energyMicrojoules: number | null;
}

/**
 * AMD and Intel cards, read from the files that amdgpu, i915 and xe put beside the PCI device, without a program. How
 * busy an Intel card is, and how much of its memory is used, stands in none of them: null.
 * [docs.kernel.org/gpu/amdgpu/thermal.html; kernel ABI sysfs-driver-intel-i915-hwmon, -xe-hwmon]
 */
export async function readSysfsLoad(tree: FileTree, pciAddress: string): Promise<SysfsFigures> {
  const folder = `sys/bus/pci/devices/${pciAddress}`;
  const sensors = (await tree.list(`${folder}/hwmon`)).find((name) => /^hwmon\d+$/.test(name));
  const firstOf = async (names: readonly string[]) => {
    for (const name of sensors === undefined ? [] : names) {
      const value = whole(await tree.read(`${folder}/hwmon/${sensors}/${name}`));
      if (value !== null) return value;
    }
    return null;
  };
  const percent = whole(await tree.read(`${folder}/gpu_busy_percent`));
  const milliCelsius = await firstOf(['temp1_input', 'temp2_input']);
  const microwatts = await firstOf(['power1_average', 'power1_input']);
  return {
    utilisationPercent: percent !== null && percent >= 0 && percent <= 100 ? percent : null,
    vramUsedBytes: positive(whole(await tree.read(`${folder}/mem_info_vram_used`))),
    temperatureCelsius: milliCelsius === null ? null : milliCelsius / 1000,
    powerWatts: microwatts === null || microwatts < 0 ? null : microwatts / 1e6,
    energyMicrojoules: microwatts === null ? positive(await firstOf(['energy1_input'])) : null,
  };
}

function whole(text: string | null): number | null {
  return text !== null && /^-?\d{1,18}$/.test(text) ? Number(text) : null;
}

function positive(value: number | null): number | null {
  return value !== null && value >= 0 ? value : null;
}

/** Average power between two readings of the meter, watts; null where the meter was set back, or no time passed. */
export function powerBetween(
  earlier: { microjoules: number; atMs: number },
  later: { microjoules: number; atMs: number },
): number | null {
  const joules = (later.microjoules - earlier.microjoules) / 1e6;
  const seconds = (later.atMs - earlier.atMs) / 1000;
  return joules >= 0 && seconds > 0 ? joules / seconds : null;
}
