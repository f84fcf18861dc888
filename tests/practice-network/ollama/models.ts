import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** A model as a test describes it; everything but the name has a default. */
export interface OllamaModel {
  name: string;
  /** As /api/show reports them: "completion", "embedding", "vision", "tools", "thinking"… Default: completion. */
  capabilities?: readonly string[] | undefined;
  contextLength?: number | undefined;
  /** What its key-value cache is made of. Default 16 layers of 8 heads of 64. */
  shape?: { layers: number; kvHeads: number; headDim: number } | undefined;
  sizeBytes?: number | undefined;
  family?: string | undefined;
  parameterSize?: string | undefined;
  quantization?: string | undefined;
  /** Both set: a cloud model, listed but run elsewhere. */
  remoteHost?: string | undefined;
  remoteModel?: string | undefined;
  digest?: string | undefined;
  modifiedAt?: Date | undefined;
  /** What the model sets itself, as /api/show prints it: `num_ctx   1e+06`, one a line. Default: nothing. */
  parameters?: string | undefined;
  /** Its weights can't be loaded, with these words. */
  broken?: string | undefined;
}

export interface InstalledModel {
  name: string;
  capabilities: readonly string[];
  contextLength: number;
  shape: { layers: number; kvHeads: number; headDim: number };
  sizeBytes: number;
  family: string;
  parameterSize: string;
  quantization: string;
  remoteHost: string | null;
  remoteModel: string | null;
  digest: string;
  modifiedAt: Date;
  parameters: string;
  broken: string | null;
}

export const defaultModels: readonly OllamaModel[] = [
  { name: 'llama3.2:latest', family: 'llama', parameterSize: '3.2B', sizeBytes: 2_019_393_189 },
  { name: 'qwen2.5:7b', family: 'qwen2', parameterSize: '7.6B', sizeBytes: 4_683_087_332 },
  {
    name: 'nomic-embed-text:latest',
    capabilities: ['embedding'],
    family: 'nomic-bert',
    parameterSize: '137M',
    quantization: 'F16',
    sizeBytes: 274_302_450,
    contextLength: 2048,
  },
  {
    name: 'gpt-oss:120b-cloud',
    capabilities: ['completion', 'thinking', 'tools'],
    family: 'gptoss',
    parameterSize: '116.8B',
    quantization: 'MXFP4',
    sizeBytes: 384,
    remoteHost: 'https://ollama.com:443',
    remoteModel: 'gpt-oss:120b',
  },
];

/** Ollama's own rule: a name without a tag means `:latest`. */
export function fullName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

export interface ModelStore {
  list(): InstalledModel[];
  find(name: string): InstalledModel | null;
  add(model: OllamaModel): InstalledModel;
  remove(name: string): boolean;
  /** Replaces everything that is installed. */
  replace(models: readonly OllamaModel[]): void;
}

export function createModelStore(initial: readonly OllamaModel[]): ModelStore {
  const installed = new Map<string, InstalledModel>();
  /** Names match without regard to case, as in Ollama. */
  const nameKey = (name: string) => fullName(name).toLowerCase();

  function add(model: OllamaModel): InstalledModel {
    const name = fullName(model.name);
    const complete: InstalledModel = {
      name,
      capabilities: model.capabilities ?? ['completion'],
      contextLength: model.contextLength ?? 4096,
      shape: model.shape ?? { layers: 16, kvHeads: 8, headDim: 64 },
      sizeBytes: model.sizeBytes ?? 1_000_000_000,
      family: model.family ?? 'llama',
      parameterSize: model.parameterSize ?? '1B',
      quantization: model.quantization ?? 'Q4_K_M',
      remoteHost: model.remoteHost ?? null,
      remoteModel: model.remoteModel ?? null,
      digest: model.digest ?? createHash('sha256').update(name).digest('hex'),
      modifiedAt: model.modifiedAt ?? new Date(),
      parameters: model.parameters ?? '',
      broken: model.broken ?? null,
    };
    installed.set(nameKey(name), complete);
    return complete;
  }

  function replace(models: readonly OllamaModel[]): void {
    installed.clear();
    // Listed newest first, so the first one named is the newest unless it says otherwise.
    models.forEach((model, place) => {
      add({ modifiedAt: new Date(Date.now() - place * 60_000), ...model });
    });
  }

  replace(initial);
  return {
    list: () => [...installed.values()].sort((a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime()),
    find: (name) => installed.get(nameKey(name)) ?? null,
    add,
    remove: (name) => installed.delete(nameKey(name)),
    replace,
  };
}

export function detailsOf(model: InstalledModel) {
  return {
    parent_model: '',
    format: 'gguf',
    family: model.family,
    families: [model.family],
    parameter_size: model.parameterSize,
    quantization_level: model.quantization,
  };
}

/** One entry of /api/tags. */
export function tagsEntry(model: InstalledModel) {
  return {
    name: model.name,
    model: model.name,
    ...remoteOf(model),
    modified_at: model.modifiedAt.toISOString(),
    size: model.sizeBytes,
    digest: model.digest,
    details: detailsOf(model),
    capabilities: model.capabilities,
  };
}

/** The context that a model sets itself; null: it leaves that to the server. */
export function ownContextOf({ parameters }: InstalledModel): number | null {
  const value = Number(/^num_ctx\s+(\S+)$/m.exec(parameters)?.[1] ?? Number.NaN);
  return Number.isNaN(value) ? null : value;
}

/** The answer of /api/show, for a server that has its models in `modelsDir`. */
export function showAnswer(model: InstalledModel, modelsDir: string) {
  return {
    license: 'Practice network stand-in: no model behind this name.',
    modelfile: `# Modelfile generated by "ollama show" (stand-in)\nFROM ${join(modelsDir, 'blobs', `sha256-${model.digest}`)}\n`,
    ...(model.parameters === '' ? {} : { parameters: model.parameters }),
    template: '{{ .System }} {{ .Prompt }}',
    details: detailsOf(model),
    model_info: {
      'general.architecture': model.family,
      [`${model.family}.context_length`]: model.contextLength,
      [`${model.family}.block_count`]: model.shape.layers,
      [`${model.family}.attention.head_count`]: model.shape.kvHeads * 4,
      [`${model.family}.attention.head_count_kv`]: model.shape.kvHeads,
      [`${model.family}.attention.key_length`]: model.shape.headDim,
      [`${model.family}.attention.value_length`]: model.shape.headDim,
      [`${model.family}.embedding_length`]: model.shape.kvHeads * 4 * model.shape.headDim,
    },
    tensors: [{ name: 'token_embd.weight', type: 'Q4_K', shape: [model.shape.kvHeads, model.shape.headDim] }],
    capabilities: model.capabilities,
    modified_at: model.modifiedAt.toISOString(),
    ...remoteOf(model),
  };
}

function remoteOf(model: InstalledModel) {
  return {
    ...(model.remoteModel === null ? {} : { remote_model: model.remoteModel }),
    ...(model.remoteHost === null ? {} : { remote_host: model.remoteHost }),
  };
}
