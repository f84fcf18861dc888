import type { DetectedCard, Finding, Reading } from './card.ts';
import { type FileTree, readBytes } from './file-tree.ts';
import { type DisplayDevice, vendorOf } from './pci.ts';
import { namePciDevice, plainName } from './pci-names.ts';

const drivers = ['i915', 'xe'];

/** DG1; Arc A, Pro A and Flex; Ponte Vecchio; Arc B and Pro B. All others of Intel's are a part of the processor. */
const discreteParts = /^(490[5-9]|56[9abc][0-9a-f]|0b[d6][0-9a-f]|0bd[0-9a-f]|e2[012][0-9a-f])$/;

export function isDiscreteIntel({ deviceId }: DisplayDevice): boolean {
  return discreteParts.test(deviceId);
}

/**
 * Intel's GPUs from the kernel's files. The official client knows none of them, so the least is claimed: memory is
 * counted in GiB, and a card whose memory the kernel does not report, as well as everything inside a processor ("Arc
 * Graphics" without a number too), makes no GPU. Sizes of PCI windows are not memory.
 */
export async function readIntel(tree: FileTree, devices: readonly DisplayDevice[]): Promise<Reading> {
  const cards: DetectedCard[] = [];
  const findings: Finding[] = [];
  for (const device of devices) {
    if (vendorOf(device) !== 'intel' || device.driver === null || !drivers.includes(device.driver)) continue;
    const discrete = isDiscreteIntel(device);
    const name = (await namePciDevice(tree, device)) ?? plainName('Intel', device);
    const vramBytes = discrete ? await localMemory(tree, device.folder) : null;
    if (discrete && vramBytes === null)
      findings.push({ code: 'memory-not-reported', tool: device.driver, detail: name });
    cards.push({
      vendor: 'intel',
      name: /^intel/i.test(name) ? name : `Intel ${name}`,
      uuid: null,
      pciAddress: device.address || null,
      kind: discrete ? 'discrete' : 'integrated',
      vramGb: vramBytes === null ? null : Math.round(vramBytes / 1024 ** 3),
      vramBytes,
      sharedBytes: null,
      driver: device.driver,
    });
  }
  return { cards, findings };
}

/** The card's own memory: of each tile with the driver xe, of the card with Intel's own build of i915. */
async function localMemory(tree: FileTree, folder: string): Promise<number | null> {
  let together = 0;
  for (const name of await tree.list(folder)) {
    if (!/^tile\d+$/.test(name)) continue;
    together += (await readBytes(tree, `${folder}/${name}/physical_vram_size_bytes`)) ?? 0;
  }
  if (together > 0) return together;
  for (const name of await tree.list(`${folder}/drm`)) {
    const bytes = /^card\d+$/.test(name)
      ? await readBytes(tree, `${folder}/drm/${name}/lmem_total_bytes`)
      : null;
    if (bytes !== null) return bytes;
  }
  return readBytes(tree, `${folder}/lmem_total_bytes`);
}
