import { firstLine, type Vendor } from './card.ts';
import type { FileTree } from './file-tree.ts';

/** A display controller on the PCI bus as the kernel lists it. Ids are four hexadecimal digits in lower case. */
export interface DisplayDevice {
  /** `0000:01:00.0`. */
  address: string;
  vendorId: string;
  deviceId: string;
  /** The driver bound to it; null: none. */
  driver: string | null;
  /** The folder of its files, without a slash in front. */
  folder: string;
  /** Processor and GPU are one piece: a function of the same slot belongs to AMD's processor. */
  besideProcessor: boolean;
}

const devicesFolder = 'sys/bus/pci/devices';
/** VGA, 3D and other display controllers. */
const displayClasses = ['0x0300', '0x0302', '0x0380'];
const amdProcessorVendor = '1022';
const gpuVendors: Readonly<Record<string, Vendor>> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' };

/** Whose GPU it is; null for management consoles and adapters of virtual machines, which are no GPUs. */
export function vendorOf({ vendorId, deviceId }: DisplayDevice): Vendor | null {
  const vendor = gpuVendors[vendorId] ?? null;
  return vendor === 'amd' && managementChips.includes(deviceId) ? null : vendor;
}

/** Rage XL, RV100 and ES1000: consoles of servers. */
const managementChips = ['4752', '5159', '515e'];

/** All display controllers in bus order; without the bus, those of /sys/class/drm. */
export async function scanDisplayDevices(tree: FileTree): Promise<DisplayDevice[]> {
  const addresses = await tree.list(devicesFolder);
  if (addresses.length === 0) return scanDrm(tree);
  const vendors = new Map<string, string | null>();
  for (const address of addresses)
    vendors.set(address, await readId(tree, `${devicesFolder}/${address}/vendor`));
  const found: DisplayDevice[] = [];
  for (const address of addresses) {
    const folder = `${devicesFolder}/${address}`;
    const deviceClass = (await tree.read(`${folder}/class`))?.slice(0, 6).toLowerCase();
    if (deviceClass === undefined || !displayClasses.includes(deviceClass)) continue;
    const slot = address.replace(/\.[0-7]$/, '.');
    const besideProcessor = [...vendors].some(
      ([other, vendor]) => other.startsWith(slot) && vendor === amdProcessorVendor,
    );
    const device = await readDevice(tree, folder, address, besideProcessor);
    if (device !== null) found.push(device);
  }
  return found;
}

async function scanDrm(tree: FileTree): Promise<DisplayDevice[]> {
  const found: DisplayDevice[] = [];
  for (const name of await tree.list('sys/class/drm')) {
    if (!/^card\d+$/.test(name)) continue;
    const folder = `sys/class/drm/${name}/device`;
    // `device` is a link to the folder of the PCI device, whose name is the address.
    const target = (await tree.link(folder))?.split('/').at(-1) ?? '';
    const address = isAddress(target) ? target.toLowerCase() : '';
    const device = await readDevice(tree, folder, address, false);
    if (device !== null) found.push(device);
  }
  return found;
}

async function readDevice(
  tree: FileTree,
  folder: string,
  address: string,
  besideProcessor: boolean,
): Promise<DisplayDevice | null> {
  const vendorId = await readId(tree, `${folder}/vendor`);
  const deviceId = await readId(tree, `${folder}/device`);
  if (vendorId === null || deviceId === null) return null;
  const driver = firstLine((await tree.link(`${folder}/driver`))?.split('/').at(-1) ?? '') || null;
  return { address, vendorId, deviceId, driver, folder, besideProcessor };
}

async function readId(tree: FileTree, path: string): Promise<string | null> {
  return /^0x([0-9a-f]{4})$/i.exec((await tree.read(path)) ?? '')?.[1]?.toLowerCase() ?? null;
}

const isAddress = (text: string) => /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(text);

/** One spelling of an address: the kernel's, four digits of domain in lower case. Null when it is not one. */
export function pciAddress(text: string): string | null {
  const match = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(text.trim());
  if (!match) return null;
  const domain = (match[1] ?? '0000').replace(/^0{1,4}(?=[0-9a-f]{4}$)/i, '');
  return `${domain}:${match[2]}`.toLowerCase();
}
