import { oldestNvidiaDriver } from '../../../shared/hardware/findings.ts';
import { firstLine } from '../system/first-line.ts';
import type { RunTool, ToolOutcome } from '../system/run-tool.ts';
import type { DetectedCard, Finding, Reading } from './card.ts';
import { pciAddress } from './pci.ts';
import { findingOf } from './tool-finding.ts';

const tool = 'nvidia-smi';
/** Without persistence the driver is loaded again for every card, which takes seconds each. */
const timeoutMs = 20_000;
const format = '--format=csv,noheader,nounits';
const columns = ['uuid', 'pci.bus_id', 'memory.total', 'driver_version', 'mig.mode.current'];
const fullQuery = [`--query-gpu=name,${columns.join(',')}`, format];
/** What the official client asks. [network.md 3.1] */
const officialQuery = ['--query-gpu=name,memory.total', format];

const nothing: Reading = { cards: [], findings: [] };

/** Chips with one memory for processor and GPU; they report none of their own. */
const unifiedNames = /\b(GB10|Tegra|Jetson|Xavier|Orin|Thor|nvgpu)\b/i;

/**
 * All NVIDIA cards in the driver's order, on any platform; under WSL2 from the folder of the Windows driver. A driver
 * that does not know one of the fields refuses the whole query, so the official one of two columns follows it.
 */
export async function readNvidia(runTool: RunTool, signal?: AbortSignal): Promise<Reading> {
  const full = await runTool(tool, fullQuery, { timeoutMs, signal });
  const refused = full.kind === 'failed' && /not a valid field to query/i.test(full.printed);
  if (!refused) return readingOf(full, parseNvidia);
  return readingOf(await runTool(tool, officialQuery, { timeoutMs, signal }), parseOfficialQuery);
}

/** Good rows count whatever the exit code: it is also set for warnings, and of one lost card among many. */
function readingOf(outcome: ToolOutcome, parse: (stdout: string) => Reading): Reading {
  if (outcome.kind === 'ran') return parse(outcome.stdout);
  const finding = findingOf(tool, outcome);
  if (finding === null) return nothing;
  if (outcome.kind !== 'failed' && outcome.kind !== 'timed-out') return { ...nothing, findings: [finding] };
  const found = parse(outcome.stdout);
  if (outcome.kind === 'timed-out') return { ...found, findings: [finding, ...found.findings] };
  // A message can be wrapped over lines, and stand on either stream.
  const code = troubleIn(outcome.printed.replace(/\s+/g, ' '));
  if (found.cards.length === 0) return { ...nothing, findings: [{ ...finding, code: code ?? finding.code }] };
  // Cards and no reason for the exit code among them: the tool's own message is all there is.
  return {
    ...found,
    findings: found.findings.length > 0 ? found.findings : [{ ...finding, code: code ?? 'tool-warning' }],
  };
}

/** What an error message of nvidia-smi means; null when it is not a known one. */
function troubleIn(message: string): Finding['code'] | null {
  if (/version mismatch/i.test(message)) return 'driver-mismatch';
  if (/couldn't communicate with the NVIDIA driver|driver not loaded/i.test(message))
    return 'driver-not-loaded';
  if (/GPU is lost|unable to determine the device handle|fallen off the bus/i.test(message))
    return 'card-lost';
  if (/insufficient permissions/i.test(message)) return 'tool-not-permitted';
  if (/blocked by the operating system/i.test(message)) return 'gpu-access-blocked';
  if (/no devices were found|no supported GPUs were found/i.test(message)) return 'gpu-not-started';
  if (/failed to initialize NVML: unknown error/i.test(message)) return 'gpu-lost-in-container';
  if (/^WARNING\b/.test(message)) return 'tool-warning';
  return null;
}

/** Cards from the CSV of name, uuid, pci.bus_id, memory.total, driver_version, mig.mode.current. */
export function parseNvidia(stdout: string): Reading {
  const cards: DetectedCard[] = [];
  const findings: Finding[] = [];
  const inInstances: (string | null)[] = [];
  for (const { name, values } of rows(stdout, { valueCount: columns.length, memoryAt: 2 }, findings)) {
    const [uuid, bus, memory, driver, mig] = values;
    const card = cardOf(name, memory ?? '', findings);
    const driverVersion = /^\d[\d.]*$/.exec(driver ?? '')?.[0] ?? null;
    const ownUuid = /^GPU-[0-9a-f-]+$/i.exec(uuid ?? '')?.[0] ?? null;
    cards.push({
      ...card,
      uuid: ownUuid,
      pciAddress: pciAddress(bus ?? ''),
      driver: driverVersion,
    });
    if (mig === 'Enabled') {
      inInstances.push(ownUuid);
      findings.push({ code: 'mig-enabled', tool, detail: name });
    }
    // Jetson's driver is numbered by itself.
    if (
      driverVersion !== null &&
      card.kind !== 'unified' &&
      Number.parseInt(driverVersion, 10) < oldestNvidiaDriver
    ) {
      if (!findings.some(({ code }) => code === 'driver-too-old'))
        findings.push({ code: 'driver-too-old', tool, detail: driverVersion });
    }
  }
  return inInstances.length === 0 ? { cards, findings } : { cards, findings, inInstances };
}

/** Cards from the CSV of name, memory.total. */
export function parseOfficialQuery(stdout: string): Reading {
  const findings: Finding[] = [];
  const cards = rows(stdout, { valueCount: 1, memoryAt: 0 }, findings).map(({ name, values }) =>
    cardOf(name, values[0] ?? '', findings),
  );
  return { cards, findings };
}

/** How drivers spell a value that they do not have: `[N/A]`, `[Not Supported]`, `[Insufficient Permissions]`. */
const absent = /^(\[[^[\]]+\]|N\/A|Not Supported)$/;
/** No machine holds more. */
const mostCards = 64;
const amount = /^(\d{1,9})(?: ?MiB)?$/;

/**
 * Lines as a name and the values behind it, the memory at `memoryAt`; a comma in the name belongs to the name. A line
 * that is no card, such as an error printed with exit code 0, is a finding.
 */
function rows(
  stdout: string,
  { valueCount, memoryAt }: { valueCount: number; memoryAt: number },
  findings: Finding[],
): { name: string; values: string[] }[] {
  const found: { name: string; values: string[] }[] = [];
  const unreadable: string[] = [];
  for (const line of stdout.split(/\r?\n/)) {
    if (firstLine(line) === '' || /^name,.*memory\.total/.test(line)) continue;
    const cells = line.split(',');
    const name = firstLine(cells.slice(0, Math.max(0, cells.length - valueCount)).join(','));
    const values = cells.slice(-valueCount).map((cell) => firstLine(cell));
    const memory = values[memoryAt] ?? '';
    // "[Insufficient Permissions]" as a value is no error message.
    const trouble = troubleIn(line.replace(/\[[^[\]]*\]/g, ''));
    if (trouble !== null) {
      // One message can be printed for each card; it is reported once.
      if (!findings.some(({ code, detail }) => code === trouble && detail === firstLine(line)))
        findings.push({ code: trouble, tool, detail: firstLine(line) });
    } else if (name === '' || !(amount.test(memory) || absent.test(memory))) unreadable.push(firstLine(line));
    else found.push({ name, values });
  }
  // Counted, not listed: a wrapper can print anything.
  const [first, ...more] = unreadable;
  if (first !== undefined) {
    const detail = more.length === 0 ? first : firstLine(`${unreadable.length} lines, the first: ${first}`);
    findings.push({ code: 'tool-output-unreadable', tool, detail });
  }
  return found.slice(0, mostCards);
}

/**
 * Memory is in MiB and rounded to whole GiB as the tier rule does. Where the driver reports none (no permission,
 * one memory for all) it is not 0 and the card stays a card. [network.md 3.1]
 */
function cardOf(name: string, memory: string, findings: Finding[]): DetectedCard {
  const reported = amount.exec(memory)?.[1];
  const mib = reported === undefined ? null : Number(reported);
  if (mib === null) {
    const forbidden = /permission/i.test(memory);
    findings.push({ code: forbidden ? 'tool-not-permitted' : 'memory-not-reported', tool, detail: name });
  }
  return {
    vendor: 'nvidia',
    name,
    uuid: null,
    pciAddress: null,
    kind: mib === null && unifiedNames.test(name) ? 'unified' : 'discrete',
    vramGb: mib === null ? null : Math.round(mib / 1024),
    vramBytes: mib === null ? null : mib * 1024 * 1024,
    sharedBytes: null,
    driver: null,
  };
}
