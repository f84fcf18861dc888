import { cpus, totalmem } from 'node:os';
import type { Tier } from '../../../shared/tiers.ts';
import type { Clock } from '../clock.ts';
import { readAmd } from './amd.ts';
import { readAppleSilicon } from './apple.ts';
import type { Card, Finding, Reading, SeenCard } from './card.ts';
import { readDriverStamp } from './driver-stamp.ts';
import type { Root } from './file-tree.ts';
import { type ModelBudget, modelBudget } from './model-budget.ts';
import { readNvidia } from './nvidia.ts';
import { type TierDecision, tierOf } from './tier.ts';
import type { RunTool } from './tool.ts';

export interface HardwareProbe {
  tier: Tier;
  /** Name of the card that decides the tier; null without a GPU. */
  gpu: string | null;
  /** That card's memory in GB as the network counts it; 0 without a GPU, null when not reported. */
  vramGb: number | null;
  /** Logical CPUs. */
  cores: number;
  /** Installed memory in decimal GB, rounded. */
  ramGb: number;
  /** Every card seen, the deciding one first. */
  cards: Card[];
  /** The arithmetic of the tier. */
  decision: TierDecision;
  modelBudget: ModelBudget;
  /** Memory that this process may use, bytes; null where that is all that is installed. */
  ramLimitBytes: number | null;
  /** Processors that this process may use; null where that is all that are installed. */
  cpuLimit: number | null;
  /** Changes when a driver does; null where nothing can be read of drivers. See `readDriverStamp`. */
  driverStamp: string | null;
  /** UUIDs of the cards the operator chose for Ollama; null: all. */
  chosenCards: string[] | null;
  /** What went wrong while looking; empty on a machine that simply has no GPU. */
  findings: Finding[];
  probedAtMs: number;
}

/** What the operating system says of the machine. */
export interface SystemFacts {
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
  cores: number;
  ramBytes: number;
}

export function systemFacts(): SystemFacts {
  return { platform: process.platform, arch: process.arch, cores: cpus().length, ramBytes: totalmem() };
}

/**
 * Looks for the GPU in the official client's order, first hit wins: NVIDIA anywhere, Apple Silicon, AMD on Linux,
 * none. Several cards of that vendor are all listed, the first decides. Takes seconds when a tool hangs. Never
 * fails: what cannot be found out is a finding. Abort only shortens it; the caller drops the result.
 * [network.md 3.1]
 */
export async function probeHardware(
  options: { signal?: AbortSignal; chosenCards?: readonly string[] | null; root?: Root },
  modules: { runTool: RunTool; system: SystemFacts; clock: Clock },
): Promise<HardwareProbe> {
  const { runTool, system, clock } = modules;
  const { signal } = options;
  const ramGb = Math.round(system.ramBytes / 1e9);

  const readers: (() => Promise<Reading>)[] = [() => readNvidia(runTool, signal)];
  if (system.platform === 'darwin' && system.arch === 'arm64') {
    readers.push(() => readAppleSilicon(runTool, { ramGb, ramBytes: system.ramBytes }, signal));
  }
  if (system.platform === 'linux') readers.push(() => readAmd(runTool, signal));

  let seen: SeenCard[] = [];
  const findings: Finding[] = [];
  for (const read of readers) {
    const reading = await read();
    seen = reading.cards;
    findings.push(...reading.findings);
    if (seen.length > 0) break;
  }

  const cards: Card[] = seen.map((card) => ({
    ...card,
    tier: tierOf({ gpu: true, vramGb: card.vramGb, platform: system.platform }).tier,
    counts: true,
  }));
  const first = cards[0];
  const vramGb = first ? first.vramGb : 0;
  const decision = tierOf({ gpu: first !== undefined, vramGb, platform: system.platform });
  return {
    tier: decision.tier,
    gpu: first?.name ?? null,
    vramGb,
    cores: system.cores,
    ramGb,
    cards,
    decision,
    modelBudget: modelBudget({
      cards,
      ramBytes: system.ramBytes,
      ramLimitBytes: null,
      wiredLimitBytes: null,
      migEnabled: false,
    }),
    ramLimitBytes: null,
    cpuLimit: null,
    driverStamp: await readDriverStamp(options.root),
    chosenCards: null,
    findings,
    probedAtMs: clock.now(),
  };
}
