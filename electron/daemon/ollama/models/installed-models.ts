import { isNodeError } from '../../../../shared/errors.ts';
import { findModel, isCloudName, parseModelName } from '../../../../shared/model-names.ts';
import type { ModelArchitecture } from '../api/architecture.ts';
import type { ListedModel, ModelFacts, OllamaClient } from '../api/client.ts';
import { catalogueEntry, defaultModelName } from './catalogue.ts';
import { kvCacheBytes } from './fit.ts';

/** `needs-memory`, `failing`: for a while, see `ModelsAside`. */
export type NotServable = 'embedding' | 'cloud' | 'no-completion' | 'needs-memory' | 'failing';

export interface InstalledModel {
  /** As Ollama lists it. */
  name: string;
  digest: string | null;
  sizeBytes: number | null;
  parameterSize: string | null;
  quantization: string | null;
  family: string | null;
  /** Null when the server is too old to say. */
  capabilities: string[] | null;
  /** The window the model was trained for, tokens. */
  contextLength: number | null;
  /** The context that the model itself asks for, tokens; null: it leaves that to the server. */
  ownContextTokens: number | null;
  /** The folder that the server has it in; null when not said. */
  modelsDir: string | null;
  /** For the size of its key-value cache; null when not reported. */
  architecture: ModelArchitecture | null;
  /** The host that Ollama forwards requests to. */
  remoteHost: string | null;
  servable: boolean;
  notServableBecause: NotServable | null;
  /** When it is tried again, Unix ms, where it is set aside for a while. */
  asideUntilMs: number | null;
}

/** What people are shown of a model that is here. */
export function modelReport(model: InstalledModel) {
  const { name, sizeBytes, parameterSize, quantization, contextLength } = model;
  const { capabilities, servable, notServableBecause, asideUntilMs } = model;
  return {
    name,
    sizeBytes,
    parameterSize,
    quantization,
    contextLength,
    capabilities,
    servable,
    notServableBecause,
    asideUntilMs,
    contextTokenBytes: model.architecture === null ? null : kvCacheBytes(model.architecture, 1),
  };
}

/** Enough to hide the time one answer takes, little enough not to get in the way of an inference. */
const showsAtOnce = 4;

/** Reads the list of installed models; what `show` says of each is asked once per digest. */
export interface InstalledModelsReader {
  /** Errors: those of `tags`; a model that cannot be shown is judged by its name and family. */
  read(signal: AbortSignal): Promise<InstalledModel[]>;
}

export function createInstalledModelsReader(client: OllamaClient): InstalledModelsReader {
  let factsByDigest = new Map<string, ModelFacts>();

  /** The facts of one model, 'unknown' when it is not known now, 'gone' when it was just removed. */
  async function factsOf(model: ListedModel, signal: AbortSignal): Promise<ModelFacts | 'unknown' | 'gone'> {
    // The server would ask its cloud about a cloud model.
    if (model.cloud || isCloudName(model.name)) return 'unknown';
    const known = model.digest === null ? undefined : factsByDigest.get(model.digest);
    if (known) return known;
    try {
      return await client.show(model.name, signal);
    } catch (error) {
      if (isNodeError(error, 'model-not-installed')) return 'gone';
      if (isNodeError(error, 'cancelled') || isNodeError(error, 'ollama-unreachable')) throw error;
      return 'unknown';
    }
  }

  return {
    async read(signal) {
      const listed = await client.tags(signal);
      const models: (InstalledModel | null)[] = listed.map(() => null);
      const nextFacts = new Map<string, ModelFacts>();
      let next = 0;
      const work = async () => {
        for (let index = next++; index < listed.length; index = next++) {
          const model = listed[index];
          if (!model) return;
          const facts = await factsOf(model, signal);
          if (facts === 'gone') continue;
          if (facts !== 'unknown' && model.digest !== null) nextFacts.set(model.digest, facts);
          models[index] = installedModel(model, facts === 'unknown' ? null : facts);
        }
      };
      await Promise.all(Array.from({ length: showsAtOnce }, work));
      factsByDigest = nextFacts;
      return models.filter((model) => model !== null);
    },
  };
}

/** Joins what list and `show` say, and decides whether the model can serve. */
export function installedModel(listed: ListedModel, facts: ModelFacts | null): InstalledModel {
  const capabilities = facts?.capabilities ?? null;
  const cloud = listed.cloud || facts?.cloud === true || isCloudName(listed.name);
  const notServableBecause = cloud ? 'cloud' : whyNoCompletion(listed, capabilities);
  return {
    name: listed.name,
    digest: listed.digest,
    sizeBytes: listed.sizeBytes,
    parameterSize: listed.parameterSize,
    quantization: listed.quantization,
    family: listed.family,
    capabilities,
    contextLength: facts?.contextLength ?? null,
    ownContextTokens: facts?.ownContextTokens ?? null,
    modelsDir: facts?.modelsDir ?? null,
    architecture: facts?.architecture ?? null,
    remoteHost: listed.remoteHost ?? facts?.remoteHost ?? null,
    servable: notServableBecause === null,
    notServableBecause,
    asideUntilMs: null,
  };
}

/** Families and names of embedding models, for servers that do not say: `bert`, `nomic-bert-moe`, `mxbai-embed-large`. */
const embeddingFamily = /(?:^|-)bert(?:-|$)/;
const embeddingName = /embed|^all-minilm$|^bge-/;

function whyNoCompletion(
  listed: ListedModel,
  capabilities: string[] | null,
): InstalledModel['notServableBecause'] {
  if (capabilities !== null) {
    if (capabilities.includes('completion')) return null;
    return capabilities.includes('embedding') ? 'embedding' : 'no-completion';
  }
  const name = parseModelName(listed.name)?.model ?? listed.name.toLowerCase();
  const embeds = embeddingFamily.test(listed.family?.toLowerCase() ?? '') || embeddingName.test(name);
  return embeds ? 'embedding' : null;
}

/**
 * The model for requests that name none. In this order, among the servable ones: the preferred model; `llama3.2`;
 * the catalogue's models, the smallest first; any other, the smallest on disk first, then by name; those that the
 * server could not describe come last. Names are compared whole (modulo Ollama's defaults), never by prefix. Null when none can serve. [network.md 6.2]
 */
export function chooseDefaultModel(
  preferred: string | null,
  servable: readonly InstalledModel[],
): { defaultModel: string | null; preferredMissing: boolean } {
  const wanted = preferred === null ? null : findModel(preferred, servable);
  const chosen = wanted ?? findModel(defaultModelName, servable) ?? servable.toSorted(bySmallest)[0];
  return { defaultModel: chosen?.name ?? null, preferredMissing: preferred !== null && wanted === null };
}

function bySmallest(a: InstalledModel, b: InstalledModel): number {
  return (
    compare(unknown(a), unknown(b)) ||
    compare(fitGb(a), fitGb(b)) ||
    compare(a.sizeBytes ?? Number.MAX_VALUE, b.sizeBytes ?? Number.MAX_VALUE) ||
    (a.name < b.name ? -1 : 1)
  );
}

/** A server that describes its models and not this one may be unable to read its files. */
const unknown = ({ capabilities }: InstalledModel) => (capabilities === null ? 1 : 0);
const fitGb = (model: InstalledModel) => catalogueEntry(model.name)?.fitGb ?? Number.MAX_VALUE;
const compare = (a: number, b: number) => (a === b ? 0 : a - b);
