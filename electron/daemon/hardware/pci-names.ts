import { firstLine } from '../system/first-line.ts';
import type { FileTree } from './file-tree.ts';
import type { DisplayDevice } from './pci.ts';

/** Where distributions keep the list of PCI ids that `lspci` reads, too. */
const lists = ['usr/share/hwdata/pci.ids', 'usr/share/misc/pci.ids', 'usr/share/pci.ids'];
const largestListBytes = 4 * 1024 * 1024;

/** A card's name in the list of PCI ids; null where there is no list or the card is newer than it. */
export async function namePciDevice(tree: FileTree, device: DisplayDevice): Promise<string | null> {
  for (const path of lists) {
    const list = await tree.read(path, largestListBytes);
    const name = list === null ? null : nameInList(list, device);
    if (name !== null) return name;
  }
  return null;
}

/** `Navi 31 [Radeon RX 7900 XTX]` is a chip and the products on it: the products are what people know. */
export function nameInList(list: string, { vendorId, deviceId }: DisplayDevice): string | null {
  const vendor = new RegExp(`^${vendorId}  .*$`, 'm').exec(list);
  if (vendor === null) return null;
  const rest = list.slice(vendor.index + vendor[0].length);
  const block = rest.slice(0, /^[0-9a-fC]/m.exec(rest)?.index ?? rest.length);
  const entry = new RegExp(`^\\t${deviceId}  (.*)$`, 'm').exec(block)?.[1];
  if (entry === undefined) return null;
  return firstLine(/\[(.+)\]\s*$/.exec(entry)?.[1] ?? entry) || null;
}

/** Ids, where nothing else is known. */
export function plainName(vendor: string, { vendorId, deviceId }: DisplayDevice): string {
  return `${vendor} GPU [${vendorId}:${deviceId}]`;
}
