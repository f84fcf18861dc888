import { formatBytes, formatCount, unknown } from '../../../../shared/format.ts';
import type { HardwareProbe } from '../../../daemon/hardware/probe.ts';
import type { CatalogueEntry } from '../../../daemon/ollama/models/catalogue.ts';
import type { ModelFit } from '../../../daemon/ollama/models/fit.ts';

/** `fits: 2.5 GB of 23.2 GB`; what is not known is said to be. */
export function fitText({ fit, neededBytes, kvCacheBytes, budgetBytes }: ModelFit): string {
  if (neededBytes === null) return 'its size is not known';
  const needed = `${kvCacheBytes === null ? 'at least ' : ''}${formatBytes(neededBytes)}`;
  if (fit === null || budgetBytes === null) return `needs ${needed}; the memory for models is not known`;
  const room = formatBytes(budgetBytes);
  return fit === 'too-big' ? `too big: ${needed}, and there are ${room}` : `${fit}: ${needed} of ${room}`;
}

/** Where the memory for models comes from. */
export function budgetText({ modelBudget, gpu }: HardwareProbe): string {
  const { bytes, basis } = modelBudget;
  if (bytes === null) {
    return `How much memory this machine has for models is not known: ${gpu ?? 'its GPU'} does not tell.`;
  }
  const source = {
    vram: `nine tenths of the VRAM of its GPUs (${gpu ?? unknown})`,
    'unified-memory': 'what the system gives to graphics',
    ram: 'half of its RAM, because no GPU is counted',
  }[basis];
  return `This machine has ${formatBytes(bytes)} for models: ${source}.`;
}

/** What a model needs, by its parts. */
export function needsText(
  { weightsBytes, kvCacheBytes, neededBytes }: ModelFit,
  contextTokens: number,
): string {
  if (neededBytes === null || weightsBytes === null) return 'needs an unknown amount of memory';
  const cache =
    kvCacheBytes === null
      ? ''
      : ` (${formatBytes(weightsBytes)} of weights, ${formatBytes(kvCacheBytes)} for a context of ${formatCount(contextTokens)} tokens)`;
  return `needs ${formatBytes(neededBytes)}${cache}`;
}

/** One line on what the official client would pick here, where that is another model. */
export function officialText(official: CatalogueEntry, fit: ModelFit): string {
  return `The official client would pick ${official.id} here, going by its figure of ${official.fitGb} GB. ${fitSentence(fit)}`;
}

const fitVerdicts: Readonly<Record<NonNullable<ModelFit['fit']>, string>> = {
  fits: 'it fits',
  tight: 'it just fits',
  'too-big': 'it is too large',
};

function fitSentence({ fit, neededBytes, budgetBytes }: ModelFit): string {
  if (fit === null || neededBytes === null || budgetBytes === null)
    return 'Whether it fits with its context is unknown.';
  return `With its context ${fitVerdicts[fit]}: ${formatBytes(neededBytes)} of ${formatBytes(budgetBytes)}.`;
}
