import { firstLine } from '../system/first-line.ts';
import type { RunTool } from '../system/run-tool.ts';
import { cardFromRocm, type RocmCard, readRocm, uuidOf } from './amd-tools.ts';
import type { DetectedCard, Finding, Reading } from './card.ts';
import { type FileTree, readBytes } from './file-tree.ts';
import { type DisplayDevice, vendorOf } from './pci.ts';
import { namePciDevice, plainName } from './pci-names.ts';
import { isProcessorPart } from './processor-parts.ts';

/** The driver whose files are read, and whose cards ROCm and so Ollama can use. */
const driverName = 'amdgpu';

interface KernelCard {
  card: DetectedCard;
  named: boolean;
  finding: Finding | null;
}

/**
 * All AMD GPUs. What the kernel driver says comes first: it needs no ROCm. ROCm's tools are asked where a name is
 * missing, where the kernel's files cannot be seen, and for a GPU inside the processor: the tier rule counts one only
 * where they list it. Linux only. [network.md 3.1]
 */
export async function readAmd(
  tree: FileTree,
  devices: readonly DisplayDevice[],
  runTool: RunTool,
  options: { kernelVisible: boolean; signal?: AbortSignal | undefined },
): Promise<Reading & { listedByRocm: boolean }> {
  const detected: KernelCard[] = [];
  for (const device of devices) {
    if (vendorOf(device) === 'amd' && (await isServed(tree, device)))
      detected.push(await readKernelCard(tree, device));
  }
  const enough = detected.every(({ card, named }) => named && card.kind === 'discrete');
  if (options.kernelVisible && enough) return { ...readingOf(detected), listedByRocm: false };

  const rocm = await readRocm(runTool, options.signal);
  const listedByRocm = rocm.cards.length > 0;
  if (detected.length === 0) {
    const cards = rocm.cards.map(cardFromRocm);
    const silent = cards.filter(({ vramBytes }) => vramBytes === null);
    const findings = [...rocm.findings, ...silent.map(({ name }) => notReported(rocm.tool, name))];
    return { cards, findings, listedByRocm };
  }
  const merged = detected.map(({ card, named, finding }) => ({
    card: withRocm(card, named, rocm.cards),
    named,
    finding,
  }));
  const { cards, findings } = readingOf(merged);
  return { cards, findings: [...findings, ...rocm.findings], listedByRocm };
}

/** The driver is bound to it; no other one has these files. */
async function isServed(tree: FileTree, { driver, folder }: DisplayDevice): Promise<boolean> {
  return driver === driverName || (driver === null && (await tree.exists(`${folder}/mem_info_vram_total`)));
}

/** A part of the processor and not a card. */
export function isIntegratedAmd({ besideProcessor, deviceId }: DisplayDevice): boolean {
  return besideProcessor || isProcessorPart(null, deviceId);
}

async function readKernelCard(tree: FileTree, device: DisplayDevice): Promise<KernelCard> {
  const { folder, address } = device;
  const vramBytes = await readBytes(tree, `${folder}/mem_info_vram_total`);
  const product = firstLine((await tree.read(`${folder}/product_name`)) ?? '');
  const listed = product === '' ? await namePciDevice(tree, device) : null;
  const integrated = isIntegratedAmd(device);
  const name = product || (listed === null ? plainName('AMD', device) : `AMD ${listed}`);
  const partition = firstLine((await tree.read(`${folder}/current_compute_partition`)) ?? '');
  const card: DetectedCard = {
    vendor: 'amd',
    name,
    uuid: (await kfdUuid(tree, address)) ?? uuidOf(await tree.read(`${folder}/unique_id`)),
    pciAddress: address || null,
    kind: integrated ? 'integrated' : 'discrete',
    vramGb: vramBytes === null ? null : Math.round(vramBytes / 1e9),
    vramBytes,
    sharedBytes: integrated ? await readBytes(tree, `${folder}/mem_info_gtt_total`) : null,
    driver: firstLine((await tree.read(`sys/module/${driverName}/version`)) ?? '') || null,
  };
  const partitioned = partition !== '' && partition !== 'SPX' && !/^N\/A$/i.test(partition);
  const finding: Finding | null = partitioned
    ? { code: 'partitioned', tool: driverName, detail: `${name}, ${partition}` }
    : vramBytes === null
      ? notReported(driverName, name)
      : null;
  return { card, named: product !== '' || listed !== null, finding };
}

/**
 * What ROCm's runtime takes in `ROCR_VISIBLE_DEVICES`, from the kernel's own table of compute nodes; serial numbers
 * that tools print can be others on virtual functions.
 */
async function kfdUuid(tree: FileTree, address: string): Promise<string | null> {
  const nodes = 'sys/class/kfd/kfd/topology/nodes';
  for (const node of await tree.list(nodes)) {
    const properties = await tree.read(`${nodes}/${node}/properties`);
    const value = (name: string) => new RegExp(`^${name} (\\d{1,20})$`, 'm').exec(properties ?? '')?.[1];
    const location = Number(value('location_id') ?? 0);
    const uniqueId = value('unique_id');
    if (location === 0 || uniqueId === undefined) continue;
    const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
    const slot = `${hex((location >> 3) & 0x1f, 2)}.${location & 7}`;
    if (`${hex(Number(value('domain') ?? 0), 4)}:${hex(location >> 8, 2)}:${slot}` !== address) continue;
    return uuidOf(BigInt(uniqueId).toString(16));
  }
  return null;
}

function withRocm(card: DetectedCard, named: boolean, cards: readonly RocmCard[]): DetectedCard {
  const match = cards.find(
    ({ pciAddress, uuid }) =>
      (pciAddress !== null && pciAddress === card.pciAddress) || (uuid !== null && uuid === card.uuid),
  );
  if (match === undefined) return card;
  const vramBytes = card.vramBytes ?? match.vramBytes;
  return {
    ...card,
    name: named ? card.name : (match.name ?? card.name),
    uuid: card.uuid ?? match.uuid,
    vramBytes,
    vramGb: vramBytes === null ? null : Math.round(vramBytes / 1e9),
    driver: card.driver ?? match.driver,
  };
}

function readingOf(detected: readonly KernelCard[]): Reading {
  return {
    cards: detected.map(({ card }) => card),
    findings: detected.flatMap(({ card, finding }) =>
      finding === null || (finding.code === 'memory-not-reported' && card.vramBytes !== null)
        ? []
        : [finding],
    ),
  };
}

const notReported = (tool: string, name: string): Finding => ({
  code: 'memory-not-reported',
  tool,
  detail: name,
});
