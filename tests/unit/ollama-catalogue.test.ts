import { describe, expect, it } from 'vitest';
import { catalogue, catalogueEntry, recommendModel } from '../../electron/daemon/ollama/catalogue.ts';

// The published arithmetic of the reference client. [network.md 11]
const byVram = [
  [2, 'llama3.2'],
  [4, 'llama3.2'],
  [6, 'mistral:7b'],
  [8, 'gemma2:9b'],
  [10, 'gemma2:9b'],
  [11, 'gemma2:9b'],
  [12, 'phi4'],
  [13, 'qwen2.5:14b'],
  [16, 'qwen2.5:14b'],
  [20, 'qwen2.5:14b'],
  [22, 'qwen2.5:14b'],
  [23, 'qwen2.5:32b'],
  [24, 'qwen2.5:32b'],
  [32, 'qwen2.5:32b'],
  [40, 'qwen2.5:32b'],
  [44, 'qwen2.5:32b'],
  [45, 'llama3.3:70b'],
  [48, 'llama3.3:70b'],
  [80, 'llama3.3:70b'],
] as const;
const byRam = [
  [4, 'llama3.2'],
  [8, 'llama3.2'],
  [10, 'mistral:7b'],
  [12, 'deepseek-r1:8b'],
  [14, 'gemma2:9b'],
  [16, 'gemma2:9b'],
  [17, 'gemma2:9b'],
  [20, 'phi4'],
  [22, 'qwen2.5:14b'],
  [32, 'qwen2.5:14b'],
  [34, 'qwen2.5:14b'],
  [40, 'qwen2.5:32b'],
  [64, 'qwen2.5:32b'],
  [69, 'qwen2.5:32b'],
  [80, 'llama3.3:70b'],
  [128, 'llama3.3:70b'],
] as const;

describe('the recommended model', () => {
  it.each(byVram)('for a GPU with %i GB it is %s', (vramGb, pick) => {
    expect(recommendModel({ gpu: 'card', vramGb, ramGb: 8 }).id).toBe(pick);
  });
  it.each(byRam)('without a GPU and %i GB of memory it is %s', (ramGb, pick) => {
    expect(recommendModel({ gpu: null, vramGb: 0, ramGb }).id).toBe(pick);
  });
  it('is the smallest when the GPU does not report its memory', () => {
    expect(recommendModel({ gpu: 'NVIDIA GB10', vramGb: null, ramGb: 128 }).id).toBe('llama3.2');
  });
});

describe('the catalogue', () => {
  it('holds the nine published models', () => {
    expect(catalogue.map(({ id, fitGb }) => [id, fitGb])).toEqual([
      ['llama3.2', 4],
      ['mistral:7b', 5],
      ['qwen2.5:7b', 6],
      ['deepseek-r1:8b', 6],
      ['gemma2:9b', 7],
      ['phi4', 10],
      ['qwen2.5:14b', 11],
      ['qwen2.5:32b', 20],
      ['llama3.3:70b', 40],
    ]);
  });
  it('an installed model is recognised with the tag that Ollama lists it under', () => {
    expect(catalogueEntry('phi4:latest')?.id).toBe('phi4');
    expect(catalogueEntry('llama3.2:latest')?.id).toBe('llama3.2');
    expect(catalogueEntry('llama3.2-vision:latest')).toBeNull();
    expect(catalogueEntry('qwen2.5:latest')).toBeNull();
  });
});
