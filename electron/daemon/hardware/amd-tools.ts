import { firstLine } from '../system/first-line.ts';
import type { RunTool } from '../system/run-tool.ts';
import type { DetectedCard, Finding } from './card.ts';
import { fieldsOf, jsonInText } from './json-in-text.ts';
import { pciAddress } from './pci.ts';
import { isProcessorPart } from './processor-parts.ts';
import { findingOf } from './tool-finding.ts';

/** What ROCm's tools say of one card; null is "not said". */
export interface RocmCard {
  name: string | null;
  uuid: string | null;
  pciAddress: string | null;
  vramBytes: number | null;
  driver: string | null;
  /** A part of the processor, by its name or id; only that is known of it where the kernel's files are hidden. */
  integrated: boolean;
}

export interface RocmReading {
  /** Which tool reported the cards. */
  tool: string;
  cards: RocmCard[];
  findings: Finding[];
}

const timeoutMs = 15_000;
const amdSmi = ['static', '--asic', '--bus', '--driver', '--vram', '--json'];
const rocmSmi = ['--showproductname', '--showmeminfo', 'vram', '--showuniqueid', '--showbus', '--json'];

/** The cards that ROCm knows: from amd-smi, or from the older rocm-smi where that is missing or fails. */
export async function readRocm(runTool: RunTool, signal?: AbortSignal): Promise<RocmReading> {
  const findings: Finding[] = [];
  const tools = [
    { tool: 'amd-smi', args: amdSmi, parse: parseAmdSmi },
    { tool: 'rocm-smi', args: rocmSmi, parse: parseRocmSmi },
  ];
  for (const { tool, args, parse } of tools) {
    const outcome = await runTool(tool, args, { timeoutMs, signal });
    const finding = findingOf(tool, outcome);
    if (finding !== null) findings.push(finding);
    const cards = outcome.kind === 'ran' ? parse(outcome.stdout) : [];
    // What one tool could not do the other one did.
    if (cards.length > 0) return { tool, cards, findings: [] };
    // They end with 0 although they saw nothing, and say why on either stream.
    if (outcome.kind === 'ran') findings.push(silence(tool, `${outcome.stderr}\n${outcome.stdout}`));
  }
  return { tool: 'amd-smi', cards: [], findings };
}

/** What a tool that answered without a card has to say about it. */
function silence(tool: string, printed: string): Finding {
  const lines = printed.split('\n').map(firstLine);
  const detail = lines.find((line) => /error/i.test(line)) ?? lines.find((line) => line !== '') ?? '';
  const code = /driver not initialized|not found in modules/i.test(detail)
    ? 'driver-not-loaded'
    : 'tool-output-unreadable';
  return { code, tool, detail };
}

/** `amd-smi static --json`: a list of cards, in newer versions within an object; "MB" are MiB. */
export function parseAmdSmi(stdout: string): RocmCard[] {
  const root = jsonInText(stdout);
  const entries = Array.isArray(root) ? root : fieldsOf(root).gpu_data;
  if (!Array.isArray(entries)) return [];
  const cards = entries.flatMap((entry) => {
    const { asic, bus, driver, vram } = fieldsOf(entry);
    if (asic === undefined && vram === undefined) return [];
    const { market_name: name, asic_serial: serial } = fieldsOf(asic);
    return [
      {
        name: productName(name),
        uuid: uuidOf(serial),
        pciAddress: pciAddress(text(fieldsOf(bus).bdf)),
        vramBytes: sizeInBytes(fieldsOf(vram).size),
        driver: known(fieldsOf(driver).version) ?? known(fieldsOf(driver).driver_version),
        integrated: isProcessorPart(productName(name), text(fieldsOf(asic).device_id)),
      },
    ];
  });
  return withoutPartitions(cards);
}

/** `rocm-smi --json`: an object with `card0`, `card1`, …; names of fields changed in case and may end in a colon. */
export function parseRocmSmi(stdout: string): RocmCard[] {
  const cards: RocmCard[] = [];
  const root = fieldsOf(jsonInText(stdout));
  const system = plainKeys(root.system);
  for (const [key, entry] of Object.entries(root)) {
    if (!/^card\d+$/i.test(key)) continue;
    const facts = plainKeys(entry);
    // The model can be a wrong product, and an id; the series is right.
    const names = [facts.get('card series'), facts.get('device name'), facts.get('card model')];
    const name = names.map(productName).find((one) => one !== null) ?? null;
    const id = [facts.get('device id'), facts.get('card model')].map(text).find((one) => /^0x/i.test(one));
    cards.push({
      name,
      integrated: isProcessorPart(name, id ?? ''),
      uuid: uuidOf(facts.get('unique id')),
      pciAddress: pciAddress(text(facts.get('pci bus'))),
      vramBytes: figure(facts.get('vram total memory (b)')),
      driver: known(system.get('driver version')),
    });
  }
  return withoutPartitions(cards);
}

/** A partitioned accelerator is listed once for each partition, with all its memory each time. */
function withoutPartitions(cards: RocmCard[]): RocmCard[] {
  return cards.filter(
    (card, index) =>
      cards.findIndex((other) =>
        card.pciAddress !== null && other.pciAddress !== null
          ? slotOf(other) === slotOf(card)
          : card.uuid !== null && other.uuid === card.uuid,
      ) === index ||
      (card.pciAddress === null && card.uuid === null),
  );
}

/** Partitions differ in the function number only. */
const slotOf = ({ pciAddress: address }: RocmCard) => address?.replace(/\.[0-7]$/, '');

/** A card that only ROCm's tools report. */
export function cardFromRocm(card: RocmCard): DetectedCard {
  const { name, uuid, pciAddress: address, vramBytes, driver, integrated } = card;
  return {
    vendor: 'amd',
    name: name ?? 'AMD GPU (ROCm)',
    uuid,
    pciAddress: address,
    kind: integrated ? 'integrated' : 'unknown',
    vramGb: vramBytes === null ? null : Math.round(vramBytes / 1e9),
    vramBytes,
    sharedBytes: null,
    driver,
  };
}

function plainKeys(entry: unknown): Map<string, unknown> {
  return new Map(
    Object.entries(fieldsOf(entry)).map(([key, value]) => [key.toLowerCase().replace(/[:\s]+$/, ''), value]),
  );
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

function known(value: unknown): string | null {
  const line = firstLine(text(value));
  return line === '' || line === 'N/A' ? null : line;
}

/** Null for a bare id, which is no name. */
function productName(value: unknown): string | null {
  const name = known(value);
  return name === null || /^0x[0-9a-f]+$/i.test(name) ? null : name;
}

function figure(value: unknown): number | null {
  const number =
    typeof value === 'number' ? value : /^\d{1,15}$/.test(text(value)) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** `{value, unit}`; a unit that is not known is no size. */
function sizeInBytes(size: unknown): number | null {
  const { value, unit } = fieldsOf(size);
  const factor = unit === 'MB' ? 1024 ** 2 : unit === 'GB' ? 1024 ** 3 : Number.NaN;
  return figure((figure(value) ?? Number.NaN) * factor);
}

/** ROCm's name of a card is `GPU-` and the sixteen digits of its serial number; parts without one have no such name. */
export function uuidOf(serial: unknown): string | null {
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(text(serial).trim())?.[1]?.toLowerCase();
  return digits === undefined || /^0+$/.test(digits) ? null : `GPU-${digits.padStart(16, '0')}`;
}
