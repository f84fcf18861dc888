import * as z from 'zod';
import catalogueFile from '../../../../resources/catalogue.json' with { type: 'json' };
import { sameModel } from '../../../../shared/model-names.ts';
import { vramShare } from '../../hardware/model-budget.ts';
import { defaultContextTokens } from './context.ts';
import { fitOf, type ModelFit } from './fit.ts';
import { expectedTokensPerSecond, isFastEnough, type MachineSpeed } from './speed.ts';

const entry = z.strictObject({
  /** Ollama's name for it, as the network publishes it. */
  id: z.string(),
  /** Size as text: `7B`. */
  parameters: z.string(),
  /** Memory it needs in four-bit quantisation, GB; advisory. */
  fitGb: z.number().int().positive(),
  /** What a pull brings; null: not published. */
  downloadBytes: z.number().int().positive().nullable(),
  architecture: z
    .strictObject({
      layers: z.number().int().positive(),
      kvHeads: z.number().int().positive(),
      headDim: z.number().int().positive(),
    })
    .nullable(),
  contextLength: z.number().int().positive().nullable(),
  /** Where size and shape were published. */
  source: z.string(),
});
export type CatalogueEntry = z.infer<typeof entry>;

/** The network's nine models, smallest first; any other Ollama model may be served too. [network.md 11] */
export const catalogue: readonly CatalogueEntry[] = z.array(entry).nonempty().parse(catalogueFile);

/** The official client's default model. [network.md 6.2] */
export const defaultModelName = 'llama3.2';

/** What a model may be recommended by; a hardware probe will do. */
export interface MachineMemory extends MachineSpeed {
  vramGb: number | null;
  ramGb: number;
  /** What the probe measured for models; without it, it is taken from the figures above. */
  modelBudget?: { bytes: number | null; basis?: 'vram' | 'unified-memory' | 'ram' } | undefined;
}

/** The catalogue entry of an installed model, `phi4:latest` being `phi4`; null for any other model. */
export function catalogueEntry(name: string): CatalogueEntry | null {
  return catalogue.find(({ id }) => sameModel(id, name)) ?? null;
}

/** Memory for models on this machine, bytes; null when the GPU does not report what it has. */
function modelBudgetBytes({ gpu, vramGb, ramGb, modelBudget }: MachineMemory): number | null {
  if (modelBudget !== undefined) return modelBudget.bytes;
  if (gpu === null) return ramGb * 1e9 * 0.5;
  return vramGb === null ? null : vramGb * 1e9 * vramShare;
}

/** Whether an entry of the catalogue fits this machine, from its published size and shape. */
export function entryFit(
  candidate: CatalogueEntry,
  machine: MachineMemory,
  contextTokens = defaultContextTokens,
): ModelFit {
  const { architecture, contextLength } = candidate;
  const needs = { weightsBytes: weightsOf(candidate), architecture, contextLength };
  return fitOf(needs, { bytes: modelBudgetBytes(machine) }, contextTokens);
}

const weightsOf = ({ downloadBytes, fitGb }: CatalogueEntry) => downloadBytes ?? fitGb * 1e9;

/** The weights of a model of the catalogue, bytes; null for any other. */
export function catalogueWeights(name: string): number | null {
  const known = catalogueEntry(name);
  return known === null ? null : weightsOf(known);
}

/** How many tokens a second an entry may be expected to answer with here; null: not known. */
export function entrySpeed(candidate: CatalogueEntry, machine: MachineSpeed): number | null {
  return expectedTokensPerSecond(weightsOf(candidate), machine);
}

/**
 * The model to get on this machine: of those that answer well within the deadline, the largest of the catalogue that
 * fits, else the largest for which it is tight, else the smallest there is. The size that counts is the published `fitGb`; of two alike the first, which is how
 * `qwen2.5:7b`, the class that the network runs, comes before `deepseek-r1:8b`, which thinks before it answers.
 * Memory that is not reported fits nothing. [network.md 11, W27]
 */
export function recommendModel(machine: MachineMemory, contextTokens = defaultContextTokens): CatalogueEntry {
  const largest = (fit: ModelFit['fit']) =>
    catalogue
      .filter((candidate) => isFastEnough(entrySpeed(candidate, machine)))
      .filter((candidate) => entryFit(candidate, machine, contextTokens).fit === fit)
      .reduce<CatalogueEntry | null>(
        (best, candidate) => (best === null || candidate.fitGb > best.fitGb ? candidate : best),
        null,
      );
  return largest('fits') ?? largest('tight') ?? smallest();
}

/** GB that the network's own rule gives to a model: 90 % of the GPU's memory, without a GPU half of the machine's. */
function networkBudgetTenths({ gpu, vramGb, ramGb }: MachineMemory): number {
  // In tenths, whole numbers: 0.9 has no exact float.
  return gpu === null ? ramGb * 5 : (vramGb ?? 0) * 9;
}

/** Whether an entry fits by the network's rule, which knows only its `fitGb`. [network.md 11] */
export function fitsByNetworkRule({ fitGb }: CatalogueEntry, machine: MachineMemory): boolean {
  return fitGb * 10 <= networkBudgetTenths(machine);
}

/**
 * What the official client picks: the last entry that fits by the network's rule, or the first when none does. Only to
 * say where ours differs. [network.md 11]
 */
export function officialPick(machine: MachineMemory): CatalogueEntry {
  return catalogue.findLast((candidate) => fitsByNetworkRule(candidate, machine)) ?? smallest();
}

/** The catalogue compared with this machine, as `models.catalogue` reports it. */
export function modelCatalogue(
  machine: MachineMemory,
  contextTokens = defaultContextTokens,
): {
  recommended: string;
  models: {
    name: string;
    parameters: string;
    downloadBytes: number | null;
    neededBytes: number | null;
    budgetBytes: number | null;
    fit: ModelFit['fit'];
    tokensPerSecond: number | null;
  }[];
} {
  return {
    recommended: recommendModel(machine, contextTokens).id,
    models: catalogue.map((candidate) => {
      const { neededBytes, budgetBytes, fit } = entryFit(candidate, machine, contextTokens);
      const { id, parameters, downloadBytes } = candidate;
      const tokensPerSecond = entrySpeed(candidate, machine);
      return { name: id, parameters, downloadBytes, neededBytes, budgetBytes, fit, tokensPerSecond };
    }),
  };
}

function smallest(): CatalogueEntry {
  const [first] = catalogue;
  if (!first) throw new TypeError('the catalogue is empty');
  return first;
}
