import type { ModelArchitecture } from '../api/architecture.ts';
import { contextOf } from './context.ts';

/** `fits`: up to 80 % of the budget; `tight`: up to all of it. */
export type Fit = 'fits' | 'tight' | 'too-big';

export interface ModelNeeds {
  /** What the weights take: the size Ollama lists. Null: not known. */
  weightsBytes: number | null;
  /** Null: the cache is not known and only the weights are counted. */
  architecture: ModelArchitecture | null;
  /** The longest context the model takes, tokens; null: not known. */
  contextLength: number | null;
}

export interface FitBudget {
  /** Memory that models may fill on this machine; null: not known. */
  bytes: number | null;
  /** What of it is free just now, where that is known. */
  freeBytes?: number | null;
}

export interface ModelFit {
  /** Null: the size or the memory is not known. */
  fit: Fit | null;
  neededBytes: number | null;
  weightsBytes: number | null;
  /** Null: not known, and then not part of `neededBytes`. */
  kvCacheBytes: number | null;
  budgetBytes: number | null;
}

const fitsShare = 0.8;
/** Ollama keeps the cache in f16 unless `OLLAMA_KV_CACHE_TYPE` says otherwise. [ollama docs/faq] */
const bytesPerNumber = 2;

/**
 * The key-value cache for a context, bytes: a key and a value for every layer, head and token. Models with a sliding
 * window take less; none takes more.
 */
export function kvCacheBytes({ layers, kvHeads, headDim }: ModelArchitecture, contextTokens: number): number {
  return Math.round(2 * layers * kvHeads * headDim * contextTokens * bytesPerNumber);
}

/**
 * Whether a model fits: weights and key-value cache against the memory there is for models.
 *
 * @param contextTokens of one request, times the requests that Ollama runs at once
 */
export function fitOf(model: ModelNeeds, budget: FitBudget, contextTokens: number): ModelFit {
  const { weightsBytes, architecture, contextLength } = model;
  const tokens = Math.min(contextTokens, contextLength ?? contextTokens);
  const cacheBytes = architecture === null ? null : kvCacheBytes(architecture, tokens);
  const neededBytes = weightsBytes === null ? null : weightsBytes + (cacheBytes ?? 0);
  const free = budget.freeBytes ?? null;
  const budgetBytes = budget.bytes !== null && free !== null ? Math.min(budget.bytes, free) : budget.bytes;
  return {
    fit: neededBytes === null || budgetBytes === null ? null : judge(neededBytes, budgetBytes),
    neededBytes,
    weightsBytes,
    kvCacheBytes: cacheBytes,
    budgetBytes,
  };
}

/** The same for a model that is here, loaded with the context that it will have, as often as requests run at once. */
export function fitOfInstalled(
  model: {
    sizeBytes: number | null;
    architecture: ModelArchitecture | null;
    contextLength: number | null;
    ownContextTokens: number | null;
  },
  budget: FitBudget,
  context: { contextTokens: number; serverTokens: number; concurrency: number },
): ModelFit {
  const { sizeBytes: weightsBytes, architecture } = model;
  const tokens = contextOf(model, context) * context.concurrency;
  return fitOf({ weightsBytes, architecture, contextLength: null }, budget, tokens);
}

function judge(neededBytes: number, budgetBytes: number): Fit {
  if (neededBytes <= budgetBytes * fitsShare) return 'fits';
  return neededBytes <= budgetBytes ? 'tight' : 'too-big';
}
