import * as z from 'zod';
import catalogueFile from '../../../resources/catalogue.json' with { type: 'json' };
import { sameModel } from './model-names.ts';

export interface CatalogueEntry {
  /** Ollama's name for it, as the network publishes it. */
  id: string;
  /** Size in words: `7B`. */
  parameters: string;
  /** Memory it needs in four-bit quantisation, GB; advisory. */
  fitGb: number;
}

/** The network's nine models, smallest first; any other Ollama model may be served too. [network.md 11] */
export const catalogue: readonly CatalogueEntry[] = z
  .array(z.object({ id: z.string(), parameters: z.string(), fitGb: z.number().int().positive() }))
  .nonempty()
  .parse(catalogueFile);

/** The official client's default model. [network.md 6.2] */
export const defaultModelName = 'llama3.2';

/** The catalogue entry of an installed model, `phi4:latest` being `phi4`; null for any other model. */
export function catalogueEntry(name: string): CatalogueEntry | null {
  return catalogue.find((entry) => sameModel(entry.id, name)) ?? null;
}

/**
 * The official recommendation: 90 % of the GPU's memory, without a GPU half of the machine's, is the budget; the
 * last entry of the catalogue that fits, or the first when none does. Memory that is not reported fits nothing.
 * [network.md 11]
 */
export function recommendModel(hardware: {
  gpu: string | null;
  vramGb: number | null;
  ramGb: number;
}): CatalogueEntry {
  // In tenths of a GB, whole numbers: 0.9 has no exact float.
  const budgetTenths = hardware.gpu === null ? hardware.ramGb * 5 : (hardware.vramGb ?? 0) * 9;
  const fitting = catalogue.findLast((entry) => entry.fitGb * 10 <= budgetTenths);
  const first = catalogue[0];
  if (!first) throw new TypeError('the catalogue is empty');
  return fitting ?? first;
}
