import * as z from 'zod';
import { pullStates } from '../pull-states.ts';
import { lazily } from './lazily.ts';
import { reasonSchema } from './reason.ts';

/** What the daemon reports of Ollama, its models and its pulls. Times are Unix ms; null is "not known". */

const timeMs = z.number().int();
const bytes = z.number().nonnegative();
const modelName = z.string().min(1).max(200);

/**
 * Never conflated. `running`: answers as Ollama does. `failing`: something else answers there. `unreachable`: a
 * remote server that does not answer. `unknown`: not checked yet.
 */
export const ollamaConditions = [
  'unknown',
  'not-installed',
  'stopped',
  'starting',
  'running',
  'crashing',
  'too-old',
  'failing',
  'unreachable',
] as const;
export type OllamaCondition = (typeof ollamaConditions)[number];

const model = z.object({
  name: z.string(),
  sizeBytes: bytes.nullable(),
  parameterSize: z.string().nullable(),
  quantization: z.string().nullable(),
  /** The window the model was trained for, tokens. */
  contextLength: z.number().int().nullable(),
  /** What one token of context takes in memory, beside the weights; missing or null: not known. */
  contextTokenBytes: bytes.nullable().optional(),
  capabilities: z.array(z.string()).nullable(),
  servable: z.boolean(),
  notServableBecause: z.string().nullable(),
  /** When it is tried again, where that is for a while; missing or null: it isn't. */
  asideUntilMs: timeMs.nullable().optional(),
  /** In memory now, and how much of it on the GPU; null: not loaded. */
  loaded: z.object({ sizeBytes: bytes.nullable(), vramBytes: bytes.nullable() }).nullable(),
  /** Whether it fits the memory that is free for models; null: not known. */
  fit: z.enum(['fits', 'tight', 'too-big']).nullable(),
});

export const ollamaSection = z.object({
  url: z.string(),
  remote: z.boolean(),
  /** The last check over HTTP. `condition` says what that means here. */
  state: z.enum(['unknown', 'running', 'unreachable', 'failing']),
  condition: z.enum(ollamaConditions),
  reason: reasonSchema.nullable(),
  sinceMs: timeMs,
  version: z.string().nullable(),
  /** Whose server it is: started by us, somebody else's here, or on another machine. Null: none runs. */
  server: z.enum(['ours', 'users', 'remote']).nullable(),
  /** The program found on this machine; null: none. */
  binary: z.string().nullable(),
  /** Of the server we started. */
  pid: z.number().int().nullable(),
  /** A restart that is waited for. */
  restart: z.object({ attempt: z.number().int(), atMs: timeMs }).nullable(),
  models: z.array(model),
  defaultModel: z.string().nullable(),
  preferredMissing: z.boolean(),
  /** The default model on its way into memory; work is taken once it is `loaded`. */
  warmUp: z.object({
    state: z.enum(['none', 'loading', 'loaded', 'failed']),
    model: z.string().nullable(),
    sinceMs: timeMs.nullable(),
    reason: reasonSchema.nullable(),
  }),
  /** A GPU is there and the model runs on the CPU; the causes that something speaks for, most likely first. */
  gpuUnused: z.object({ model: z.string(), causes: z.array(z.string()) }).nullable(),
  /** A self-test showed that the default model is too slow for the deadline; `better`: what to get instead, if anything. */
  tooSlow: z
    .object({ model: z.string(), tokensPerSecond: z.number(), better: z.string().nullable() })
    .nullable(),
  /** Requests the server runs at once, as far as it is known. */
  parallel: z.number().int().nullable(),
  /** Where the models lie, and what is free there; null for a server elsewhere. */
  modelsVolume: z
    .object({
      path: z.string(),
      /** False: where Ollama usually has them; this server has not said. */
      certain: z.boolean(),
      freeBytes: bytes.nullable(),
      reserveBytes: bytes.nullable(),
    })
    .nullable(),
  asOfMs: timeMs.nullable(),
});

/** A model on its way here, or one whose way ended since the daemon started. */
const pull = z.object({
  model: z.string(),
  state: z.enum(pullStates),
  /** Of all layers; null before it is known. */
  totalBytes: bytes.nullable(),
  /** What it should come to, where `totalBytes` is not known: by the catalogue, and by the layers that were named. */
  estimatedBytes: bytes.nullable().optional(),
  completedBytes: bytes,
  bytesPerSecond: z.number().nonnegative().nullable(),
  leftMs: z.number().nonnegative().nullable(),
  layers: z.array(z.object({ digest: z.string(), totalBytes: bytes, completedBytes: bytes })),
  /** 1 is the first; a stalled pull is resumed up to three times. */
  attempt: z.number().int(),
  /** Why it stands or failed, for `no-room`, `needs-consent`, `stalled` and `failed`: a code of the error list. */
  error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  sinceMs: timeMs,
});
export const pullsSection = z.array(pull);
export type PullReport = z.infer<typeof pull>;

const installStates = [
  'downloading',
  'checking',
  'unpacking',
  'starting',
  'done',
  'failed',
  'cancelled',
] as const;
/** Ollama on its way here; null when none was asked for since the daemon started. */
export const installSection = z
  .object({
    state: z.enum(installStates),
    version: z.string(),
    folder: z.string(),
    totalBytes: bytes.nullable(),
    completedBytes: bytes,
    bytesPerSecond: z.number().nonnegative().nullable(),
    leftMs: z.number().nonnegative().nullable(),
    error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
    sinceMs: timeMs,
  })
  .nullable();

/** What a minute's test of a model on this machine showed; the newest of each model. */
const selfTest = z.object({
  model: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  promptTokensPerSecond: z.number().nullable(),
  generationTokensPerSecond: z.number().nullable(),
  firstTokenMs: z.number().nullable(),
  /** Answers that the figures are medians of. */
  runs: z.number().int(),
  ollamaVersion: z.string().nullable(),
  productVersion: z.string(),
  reason: reasonSchema.nullable(),
  atMs: timeMs,
});
export const selfTestsSection = z.array(selfTest);
export type SelfTestReport = z.infer<typeof selfTest>;

const nothing = z.strictObject({});
const oneModel = z.strictObject({ model: modelName });

/** A model of the catalogue, compared with what this machine has free for models; null is "not known". */
const catalogueModel = z.object({
  name: z.string(),
  parameters: z.string(),
  downloadBytes: bytes.nullable(),
  /** Weights plus KV cache at the set context. */
  neededBytes: bytes.nullable(),
  budgetBytes: bytes.nullable(),
  fit: z.enum(['fits', 'tight', 'too-big']).nullable(),
  /** How fast it may be expected to answer here. */
  tokensPerSecond: z.number().positive().nullable(),
});

export const ollamaCommands = {
  /** The network's models with what each needs here, and which of them is recommended. */
  'models.catalogue': lazily(() => ({
    input: nothing,
    output: z.object({ recommended: z.string().nullable(), models: z.array(catalogueModel) }),
  })),
  /** Puts a model in the queue; `large`: goes on although its size is unknown or the person was asked. */
  'models.pull': lazily(() => ({
    input: z.strictObject({ model: modelName, large: z.boolean().default(false) }),
    output: z.object({ state: z.enum(pullStates) }),
  })),
  /** Ends a pull; what has come stays, and a later pull goes on from there. */
  'models.cancelPull': lazily(() => ({ input: oneModel, output: z.object({ wasPulling: z.boolean() }) })),
  /** Takes a pull that ended off the list; what has come stays. */
  'models.forgetPull': lazily(() => ({ input: oneModel, output: z.object({ wasListed: z.boolean() }) })),
  /** Deletes an installed model; one that is in use only with `evenIfUsed`. Freed: what no other model needs. */
  'models.delete': lazily(() => ({
    input: z.strictObject({ model: modelName, evenIfUsed: z.boolean().default(false) }),
    output: z.object({ freedBytes: bytes.nullable() }),
  })),
  /** The model for requests that name none; saved. */
  'models.setDefault': lazily(() => ({
    input: z.strictObject({ model: modelName.nullable() }),
    output: z.object({ defaultModel: z.string().nullable() }),
  })),
  /** Starts a self-test; its figures come with the snapshot. */
  'models.test': lazily(() => ({ input: oneModel, output: z.object({ started: z.boolean() }) })),
  'models.cancelTest': lazily(() => ({ input: nothing, output: z.object({ wasRunning: z.boolean() }) })),
  /** Starts our own server where none runs. */
  'ollama.start': lazily(() => ({
    input: nothing,
    output: z.object({ condition: z.enum(ollamaConditions) }),
  })),
  /** Stops the server we started; never another one. */
  'ollama.stop': lazily(() => ({
    input: nothing,
    output: z.object({ condition: z.enum(ollamaConditions) }),
  })),
  /** Gets the pinned release into the user's own folder. Asking for it is the consent. */
  'ollama.install': lazily(() => ({ input: nothing, output: z.object({ version: z.string() }) })),
  'ollama.cancelInstall': lazily(() => ({
    input: nothing,
    output: z.object({ wasInstalling: z.boolean() }),
  })),
};
