import { describe, expect, it } from 'vitest';
import { architectureOf } from '../../../../electron/daemon/ollama/api/architecture.ts';

/** `model_info` as `/api/show` gives it. */
const info = (architecture: string, facts: Record<string, unknown>) => ({
  'general.architecture': architecture,
  ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`${architecture}.${name}`, value])),
});

describe('the shape of a model', () => {
  it('is read under the name of its architecture', () => {
    const llama32 = info('llama', {
      block_count: 28,
      embedding_length: 3072,
      'attention.head_count': 24,
      'attention.head_count_kv': 8,
      'attention.key_length': 128,
      'attention.value_length': 128,
    });
    expect(architectureOf(llama32)).toEqual({ layers: 28, kvHeads: 8, headDim: 128 });
  });

  it('is derived from the embedding where the length of a key is not given', () => {
    const facts = { block_count: 28, embedding_length: 3584, 'attention.head_count': 28 };
    expect(architectureOf(info('qwen2', { ...facts, 'attention.head_count_kv': 4 }))).toEqual({
      layers: 28,
      kvHeads: 4,
      headDim: 128,
    });
    // Without grouped queries every head has its own key and value.
    expect(architectureOf(info('qwen2', facts))).toEqual({ layers: 28, kvHeads: 28, headDim: 128 });
  });

  it('is a mean where the layers differ', () => {
    const facts = { block_count: 4, 'attention.head_count_kv': [8, 0, 8, 0], 'attention.key_length': 64 };
    expect(architectureOf(info('lfm2', facts))).toEqual({ layers: 4, kvHeads: 4, headDim: 64 });
  });

  it.each([
    ['nothing is told', {}],
    ['another architecture is told of', { 'general.architecture': 'mamba', 'llama.block_count': 28 }],
    [
      'a list was left out',
      info('gemma4', { block_count: 42, 'attention.head_count_kv': [], 'attention.key_length': 256 }),
    ],
    [
      'a number is none',
      info('llama', { block_count: '28', 'attention.head_count_kv': 8, 'attention.key_length': 128 }),
    ],
    [
      'a number cannot be',
      info('llama', { block_count: -1, 'attention.head_count_kv': 8, 'attention.key_length': 128 }),
    ],
  ])('is not known when %s', (_what, given) => {
    expect(architectureOf(given)).toBeNull();
  });
});
