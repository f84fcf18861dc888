import type { RunTool } from '../system/run-tool.ts';
import { isIntegratedAmd, readAmd } from './amd.ts';
import { readAppleSilicon, readTranslation } from './apple.ts';
import type { DetectedCard, Finding, Reading } from './card.ts';
import type { FileTree } from './file-tree.ts';
import { isDiscreteIntel, readIntel } from './intel.ts';
import { readNvidia } from './nvidia.ts';
import { type DisplayDevice, scanDisplayDevices, vendorOf } from './pci.ts';
import { namePciDevice } from './pci-names.ts';
import { namesReason } from './registration-block.ts';
import type { SystemFacts } from './system-facts.ts';

export interface MachineReading extends Reading {
  /** ROCm lists its GPUs, the ones inside processors too. */
  listedByRocm: boolean;
}

/**
 * Every GPU of the machine, in the official client's order of vendors, and what keeps others from being seen. Never
 * rejects. [network.md 3.1]
 */
export async function readCards(
  tree: FileTree,
  modules: { runTool: RunTool; system: SystemFacts },
  signal?: AbortSignal,
): Promise<MachineReading> {
  const { runTool, system } = modules;
  const { ramBytes } = system;
  const onLinux = system.platform === 'linux';
  const askNvidia = readNvidia(runTool, signal);
  const apple =
    system.platform === 'darwin' && system.arch === 'arm64'
      ? await readAppleSilicon(runTool, { ramGb: Math.round(ramBytes / 1e9), ramBytes }, signal)
      : nothing;
  const translated =
    system.platform === 'darwin' && system.arch === 'x64' ? await readTranslation(runTool, signal) : [];
  const { amd, intel, devices, unreachable } = onLinux ? await readKernel(tree, runTool, signal) : noKernel;
  const nvidia = await askNvidia;
  const detected = [nvidia, apple, amd, intel];
  const cards = detected.flatMap((reading) => reading.cards);
  // What a tool says of its own cards is more precise than their absence.
  const explained = nvidia.findings.some(({ code }) => namesReason(code));
  const hidden = devices
    .filter((device) => !isDetected(device, cards, unreachable))
    .filter((device) => !(explained && vendorOf(device) === 'nvidia' && device.driver === 'nvidia'));
  const findings = [
    ...(await Promise.all(hidden.map((device) => withoutDriver(tree, device)))),
    ...detected.flatMap((reading) => reading.findings),
    ...translated,
    ...(onLinux && nvidia.cards.length === 0 ? await withoutBus(tree, nvidia) : []),
  ];
  const { listedByRocm } = amd;
  return { cards, findings, listedByRocm, inInstances: nvidia.inInstances ?? [] };
}

/** Where there is no NVIDIA card on a bus and yet there may be one. */
async function withoutBus(tree: FileTree, { findings }: Reading): Promise<Finding[]> {
  if (await isWsl(tree)) return [{ code: 'wsl-nvidia-only', tool: 'WSL', detail: '' }];
  // A Jetson's GPU is no PCI device, and its older systems come without the tool.
  const compatible = (await tree.read('proc/device-tree/compatible')) ?? '';
  const chip = /nvidia,(tegra\d+)/.exec(compatible)?.[1];
  if (chip === undefined || findings.length > 0) return [];
  return [{ code: 'jetson-without-tool', tool: 'nvidia-smi', detail: `NVIDIA Jetson (${chip})` }];
}

const nothing: Reading = { cards: [], findings: [] };
const noKernel = {
  amd: { ...nothing, listedByRocm: false },
  intel: nothing,
  devices: [] as DisplayDevice[],
  unreachable: false,
};

async function readKernel(tree: FileTree, runTool: RunTool, signal?: AbortSignal) {
  const devices = (await scanDisplayDevices(tree)).filter((device) => vendorOf(device) !== null);
  const kernelVisible = (await tree.exists('sys/bus/pci/devices')) || (await tree.exists('sys/class/drm'));
  // A container sees the host's bus, and a GPU only where its device files were passed on.
  const unreachable =
    (await tree.exists('dev')) && !(await tree.exists('dev/dri')) && !(await tree.exists('dev/kfd'));
  const usable = unreachable ? [] : devices;
  const amd = await readAmd(tree, usable, runTool, { kernelVisible, signal });
  const intel = await readIntel(tree, usable);
  return { amd, intel, devices, unreachable };
}

/** Whether a reader reported it, or it is a part of a processor, which nobody misses. */
function isDetected(device: DisplayDevice, cards: readonly DetectedCard[], unreachable: boolean): boolean {
  const vendor = vendorOf(device);
  if (vendor === 'amd' && isIntegratedAmd(device)) return true;
  if (vendor === 'intel' && !isDiscreteIntel(device)) return true;
  if (unreachable && vendor !== 'nvidia') return false;
  const own = cards.filter((card) => card.vendor === vendor);
  // The official query does not say which card is which: then the ones with NVIDIA's driver are those.
  if (own.some(({ pciAddress }) => pciAddress === null))
    return device.driver === vendor || vendor !== 'nvidia';
  return own.some(({ pciAddress }) => pciAddress === device.address);
}

async function withoutDriver(tree: FileTree, device: DisplayDevice): Promise<Finding> {
  const { address, vendorId, deviceId, driver } = device;
  const vendor = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', apple: 'Apple' }[
    vendorOf(device) ?? 'nvidia'
  ];
  const name = (await namePciDevice(tree, device)) ?? 'GPU';
  const detail = `${vendor} ${name} [${vendorId}:${deviceId}] at ${address || 'an unknown place'}`;
  return { code: 'gpu-without-driver', tool: driver ?? 'none', detail };
}

async function isWsl(tree: FileTree): Promise<boolean> {
  return /microsoft/i.test((await tree.read('proc/version')) ?? '') || (await tree.exists('run/WSL'));
}
