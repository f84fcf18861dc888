/** What the key-value cache of a model is made of. */
export interface ModelArchitecture {
  layers: number;
  /** Key-value heads of one layer; the mean where the layers differ. */
  kvHeads: number;
  /** Numbers in one key or one value; the mean where the two differ. */
  headDim: number;
}

/** Far beyond any model; what is larger is a mistake, and would make nonsense of what follows from it. */
const largest = 1e7;

const positive = (value: unknown): number | null =>
  typeof value === 'number' && value > 0 && value <= largest ? value : null;

/** One number for all layers, or one a layer. Ollama leaves the list out, or empty, when it is long. */
function perLayer(value: unknown): number | null {
  if (!Array.isArray(value)) return positive(value);
  const counts = value.filter((count) => typeof count === 'number' && Number.isFinite(count) && count >= 0);
  if (counts.length === 0 || counts.length !== value.length) return null;
  return positive(counts.reduce((sum: number, count: number) => sum + count, 0) / counts.length);
}

/**
 * Reads a model's shape from the `model_info` of `/api/show`, whose names begin with the architecture's. Null when
 * it does not say enough: no cache (`mamba`), a list left out, or nothing at all.
 */
export function architectureOf(info: Record<string, unknown>): ModelArchitecture | null {
  const of = (name: string) => info[`${String(info['general.architecture'])}.${name}`];
  const layers = positive(of('block_count'));
  const heads = perLayer(of('attention.head_count'));
  const kvHeads =
    perLayer(of('attention.head_count_kv')) ?? (of('attention.head_count_kv') == null ? heads : null);
  const embedding = positive(of('embedding_length'));
  const derived = embedding !== null && heads !== null ? embedding / heads : null;
  const keyLength = positive(of('attention.key_length')) ?? derived;
  const valueLength = positive(of('attention.value_length')) ?? keyLength;
  if (layers === null || kvHeads === null || keyLength === null || valueLength === null) return null;
  return { layers, kvHeads, headDim: (keyLength + valueLength) / 2 };
}
