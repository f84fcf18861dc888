import * as z from 'zod';
import { pullStates } from '../../../shared/pull-states.ts';
import { document } from './documents.ts';

const bytes = z.number().nullable();
const fit = z.enum(['fits', 'tight', 'too-big']).nullable();

export const modelsDocument = z.strictObject({
  ...document('models'),
  ollama: z.strictObject({ url: z.string(), version: z.string().nullable() }),
  defaultModel: z.string().nullable(),
  preferredMissing: z.boolean(),
  recommended: z.string(),
  /** Memory for models on this machine; null: not known, or Ollama runs on another one. */
  budgetBytes: bytes,
  contextTokens: z.number(),
  models: z.array(
    z.strictObject({
      name: z.string(),
      sizeBytes: bytes,
      parameterSize: z.string().nullable(),
      quantization: z.string().nullable(),
      contextLength: z.number().nullable(),
      /** What one token of context takes in memory, beside the weights; null: not known. */
      contextTokenBytes: bytes,
      capabilities: z.array(z.string()).nullable(),
      servable: z.boolean(),
      notServableBecause: z.string().nullable(),
      /** When the node tries it again, where it is set aside for a while. */
      asideUntilMs: z.number().nullable(),
      default: z.boolean(),
      /** Whether it fits this machine by the network's rule; null for a model outside its catalogue. */
      fits: z.boolean().nullable(),
      /** Whether weights and key-value cache fit the memory for models. */
      fit,
      neededBytes: bytes,
      /** In memory now, and how much of it on the GPU; null: not loaded. */
      loaded: z.strictObject({ sizeBytes: bytes, vramBytes: bytes }).nullable(),
    }),
  ),
});

export const catalogueDocument = z.strictObject({
  ...document('catalog'),
  recommended: z.string(),
  /** What the official client would pick. */
  officialPick: z.string(),
  budgetBytes: bytes,
  contextTokens: z.number(),
  models: z.array(
    z.strictObject({
      id: z.string(),
      parameters: z.string(),
      fitGb: z.number(),
      /** By the network's rule. */
      fits: z.boolean(),
      fit,
      downloadBytes: bytes,
      neededBytes: bytes,
      kvCacheBytes: bytes,
      /** How fast it may be expected to answer here; null: not known. */
      tokensPerSecond: z.number().nullable(),
    }),
  ),
});

export const modelPullDocument = z.strictObject({
  ...document('model-pull'),
  model: z.string(),
  /** Who pulled: the running node, or this command. */
  by: z.enum(['node', 'command']),
  state: z.enum(pullStates),
  totalBytes: bytes,
  completedBytes: z.number(),
  attempt: z.number(),
});

export const modelDeletionDocument = z.strictObject({
  ...document('model-deletion'),
  model: z.string(),
  by: z.enum(['node', 'command']),
  /** Counted; null: the folder of the models cannot be read. */
  freedBytes: bytes,
  /** What Ollama listed as its size, of which other models may need a part. */
  sizeBytes: bytes,
});

export const modelTestDocument = z.strictObject({
  ...document('model-test'),
  model: z.string(),
  by: z.enum(['node', 'command']),
  state: z.enum(['done', 'failed', 'cancelled']),
  promptTokensPerSecond: z.number().nullable(),
  generationTokensPerSecond: z.number().nullable(),
  firstTokenMs: z.number().nullable(),
  runs: z.number(),
  ollamaVersion: z.string().nullable(),
  productVersion: z.string(),
  reason: z.string().nullable(),
  atMs: z.number(),
});
