import { firstLine } from '../system/first-line.ts';
import type { Vendor } from './card.ts';
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
/** VGA, 3D and other display controllers, and processing accelerators, as which some of AMD's register. */
const displayClasses = ['0300', '0302', '0380', '1200'];
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
  const devices = new Map<string, PciFacts>();
  for (const address of addresses) devices.set(address, await readFacts(tree, `${devicesFolder}/${address}`));
  return [...devices].flatMap(([address, { deviceClass, ...facts }]) => {
    if (!displayClasses.includes(deviceClass.slice(0, 4))) return [];
    const slot = address.replace(/\.[0-7]$/, '.');
    const besideProcessor = [...devices].some(
      ([other, { vendorId }]) => other.startsWith(slot) && vendorId === amdProcessorVendor,
    );
    return deviceOf(facts, { address, folder: `${devicesFolder}/${address}`, besideProcessor });
  });
}

async function scanDrm(tree: FileTree): Promise<DisplayDevice[]> {
  const found: DisplayDevice[] = [];
  for (const name of await tree.list('sys/class/drm')) {
    if (!/^card\d+$/.test(name)) continue;
    const folder = `sys/class/drm/${name}/device`;
    const facts = await readFacts(tree, folder);
    // `device` is a link to the folder of the PCI device, whose name is the address.
    const linked = (await tree.link(folder))?.split('/').at(-1) ?? '';
    const address = facts.address ?? (isAddress(linked) ? linked.toLowerCase() : '');
    found.push(...deviceOf(facts, { address, folder, besideProcessor: false }));
  }
  return found;
}

function deviceOf(
  { vendorId, deviceId, driver }: Omit<PciFacts, 'deviceClass'>,
  place: Pick<DisplayDevice, 'address' | 'folder' | 'besideProcessor'>,
): DisplayDevice[] {
  return vendorId === null || deviceId === null ? [] : [{ ...place, vendorId, deviceId, driver }];
}

interface PciFacts {
  /** Six hexadecimal digits; empty where it is not known. */
  deviceClass: string;
  vendorId: string | null;
  deviceId: string | null;
  driver: string | null;
  address: string | null;
}

/** `uevent` holds it all in one file; what it lacks is in files of its own. */
async function readFacts(tree: FileTree, folder: string): Promise<PciFacts> {
  const uevent = (await tree.read(`${folder}/uevent`)) ?? '';
  const fact = (name: string) =>
    new RegExp(`^${name}=(.+)$`, 'm').exec(uevent)?.[1]?.trim().toLowerCase() ?? '';
  const ids = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(fact('PCI_ID'));
  const pad = (digits: string | undefined) => digits?.padStart(4, '0') ?? null;
  const bound =
    uevent === '' ? ((await tree.link(`${folder}/driver`))?.split('/').at(-1) ?? '') : fact('DRIVER');
  return {
    deviceClass: (fact('PCI_CLASS') || ((await readHex(tree, `${folder}/class`)) ?? '')).padStart(6, '0'),
    vendorId: pad(ids?.[1]) ?? (await readHex(tree, `${folder}/vendor`)),
    deviceId: pad(ids?.[2]) ?? (await readHex(tree, `${folder}/device`)),
    driver: firstLine(bound) || null,
    address: pciAddress(fact('PCI_SLOT_NAME')),
  };
}

async function readHex(tree: FileTree, path: string): Promise<string | null> {
  return /^0x([0-9a-f]{4,6})$/i.exec((await tree.read(path)) ?? '')?.[1]?.toLowerCase() ?? null;
}

const isAddress = (text: string) => /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(text);

/** One spelling of an address: the kernel's, four digits of domain in lower case. Null when it is not one. */
export function pciAddress(text: string): string | null {
  const match = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(text.trim());
  if (!match) return null;
  const domain = (match[1] ?? '0000').replace(/^0{1,4}(?=[0-9a-f]{4}$)/i, '');
  return `${domain}:${match[2]}`.toLowerCase();
}
