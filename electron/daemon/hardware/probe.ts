import type { Tier } from '../../../shared/hardware/tiers.ts';
import type { Clock } from '../system/clock.ts';
import type { RunTool } from '../system/run-tool.ts';
import { readWiredLimit } from './apple.ts';
import type { Card, Finding } from './card.ts';
import { readContainerLimits } from './container-limits.ts';
import { weighCards } from './deciding-card.ts';
import { readDriverStamp } from './driver-stamp.ts';
import { openTree, type Root } from './file-tree.ts';
import { type ModelBudget, modelBudget } from './model-budget.ts';
import { readCards } from './read-cards.ts';
import type { SystemFacts } from './system-facts.ts';
import { type TierDecision, tierOf } from './tier.ts';

export interface HardwareProbe {
  tier: Tier;
  /** Name of the card that decides the tier; null without a GPU that counts. */
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
  /** What went wrong while probing, and what to know of the cards; empty on a machine that simply has no GPU. */
  findings: Finding[];
  /** How fast weights are read here, bytes a second, where that was measured or tested. See `bytesPerSecondOf`. */
  bytesPerSecond?: number | null;
  probedAtMs: number;
}

export interface ProbeOptions {
  signal?: AbortSignal;
  /**
   * UUIDs of the cards that Ollama is to use; only these count. For a server of our own: on another one the choice
   * has no effect. Null or none: all cards.
   */
  chosenCards?: readonly string[] | null;
  /** Where the machine's files are. */
  root?: Root;
}

/**
 * Reads all vendors' GPUs; of those that count the one with the highest tier decides. Takes seconds when a tool
 * hangs. Never fails: what cannot be found out is a finding. Abort only shortens it; the caller drops the result.
 * [network.md 3.1]
 */
export async function probeHardware(
  options: ProbeOptions,
  modules: { runTool: RunTool; system: SystemFacts; clock: Clock },
): Promise<HardwareProbe> {
  const { runTool, system, clock } = modules;
  const { signal } = options;
  const { platform, cores, ramBytes } = system;
  const tree = openTree(options.root ?? '/');
  const chosenCards = options.chosenCards?.length ? [...options.chosenCards] : null;

  const [reading, limits, driverStamp, wiredLimitBytes] = await Promise.all([
    readCards(tree, { runTool, system }, signal),
    platform === 'linux' ? readContainerLimits(tree, { ramBytes, cores }) : noLimits,
    platform === 'linux' ? readDriverStamp(tree) : null,
    platform === 'darwin' && system.arch === 'arm64' ? readWiredLimit(runTool, signal) : null,
  ]);
  const { cards, findings } = weighCards(reading.cards, {
    platform,
    listedByRocm: reading.listedByRocm,
    chosenCards,
  });
  const deciding = cards[0]?.counts ? cards[0] : null;
  const vramGb = deciding === null ? 0 : deciding.vramGb;
  const decision = tierOf({ gpu: deciding !== null, vramGb, platform });
  return {
    tier: decision.tier,
    gpu: deciding?.name ?? null,
    vramGb,
    cores,
    ramGb: Math.round(ramBytes / 1e9),
    cards,
    decision,
    modelBudget: modelBudget({
      cards,
      ramBytes,
      ramLimitBytes: limits.ramLimitBytes,
      wiredLimitBytes,
      inInstances: reading.inInstances ?? [],
    }),
    ...limits,
    driverStamp,
    chosenCards,
    findings: [...reading.findings, ...findings],
    probedAtMs: clock.now(),
  };
}

const noLimits = { ramLimitBytes: null, cpuLimit: null };
