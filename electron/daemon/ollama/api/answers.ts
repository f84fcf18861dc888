import type { ModelDetails } from 'ollama';
import * as z from 'zod';

// Lenient on purpose: Ollama adds fields with every version, and Go leaves out what is empty. A field of a wrong
// type counts as missing, unless the answer means nothing without it.
const text = z.string().nullish().catch(null);
const count = z.number().int().nonnegative().nullish().catch(null);

const detailNames = {
  family: text,
  parameter_size: text,
  quantization_level: text,
} satisfies Partial<Record<keyof ModelDetails, unknown>>;
const details = z.object(detailNames).nullish().catch(null);

/** No name and no version of Ollama has control characters or marks of direction in it; what has is somebody else's. */
const plain = /^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u;

export const versionAnswer = z.object({ version: z.string().max(100).regex(plain) });

const listed = z.object({
  name: z.string().min(1).max(600).regex(plain),
  digest: text,
  size: count,
  details,
  remote_model: text,
  remote_host: text,
});
/** `/api/tags`. An entry that cannot be read is left out; it must not hide the others. */
export const tagsAnswer = z.object({
  models: z
    .array(listed.nullable().catch(null))
    .nullable()
    .transform((models) => (models ?? []).filter((model) => model !== null)),
});

/** `/api/show`, without its licence, template and tensors. */
export const showAnswer = z.object({
  capabilities: z.array(z.string()).nullish().catch(null),
  details,
  /** `num_ctx   131072`, one a line: what the model itself sets. */
  parameters: text,
  /** Its `FROM` names the file of the weights. */
  modelfile: text,
  model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
  remote_model: text,
  remote_host: text,
});

const loaded = z.object({
  name: z.string().regex(plain),
  size: count,
  size_vram: count,
  expires_at: text,
  context_length: count,
});
/** `/api/ps`: the models in memory, how much of each is on the GPU, until when they stay, and with what context. */
export const psAnswer = z.object({
  models: z
    .array(loaded.nullable().catch(null))
    .nullable()
    .transform((models) => (models ?? []).filter((model) => model !== null)),
});

/** Errors stand alone, in an answer or as a line of a stream; the status is there since 0.12.6. */
export const errorAnswer = z.object({ error: z.string(), status: count });

/** One line of `/api/generate`. It must say something: text, thinking, or that this is the end. */
export const generateLine = z
  .object({
    response: z.string().nullish(),
    thinking: z.string().nullish(),
    done: z.boolean().nullish(),
    done_reason: text,
    prompt_eval_count: count,
    eval_count: count,
    prompt_eval_duration: count,
    eval_duration: count,
  })
  .refine((line) => line.response != null || line.thinking != null || line.done != null);

const overflow =
  /exceed_context_size_error|exceeds (?:the )?(?:available |maximum )?context (?:length|size)|longer than the context length/i;

/**
 * Whether an error text says that the prompt does not fit the model's context, in the wordings of Ollama since
 * 0.12.6 (which brought `truncate:false` on generate) and of the llama.cpp server behind newer versions.
 */
export function saysContextOverflow(error: string): boolean {
  return overflow.test(error);
}

const memory =
  /requires more (?:system )?memory|out of memory|not enough (?:free )?memory|unable to allocate|failed to allocate|cudaMalloc failed/i;

/** Whether an error text says that there is too little memory for the model, in the wordings of Ollama and llama.cpp. */
export function saysNoMemory(error: string): boolean {
  return memory.test(error);
}
