import { describe, expect, it } from 'vitest';
import {
  catalogue,
  catalogueEntry,
  entryFit,
  officialPick,
  recommendModel,
} from '../../../../electron/daemon/ollama/models/catalogue.ts';

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

const gib = 1024 ** 3;
/** A machine with that much memory on its GPU, as the probe reports it. */
const withGpu = (vramGib: number) => ({
  gpu: 'card',
  vramGb: vramGib,
  ramGb: 8,
  modelBudget: { bytes: Math.floor(vramGib * gib * 0.9) },
});

describe('the pick of the official client', () => {
  it.each(byVram)('for a GPU with %i GB is %s', (vramGb, pick) => {
    expect(officialPick({ gpu: 'card', vramGb, ramGb: 8 }).id).toBe(pick);
  });
  it.each(byRam)('without a GPU and %i GB of memory is %s', (ramGb, pick) => {
    expect(officialPick({ gpu: null, vramGb: 0, ramGb }).id).toBe(pick);
  });
});

describe('the recommended model', () => {
  it.each([
    [2, 'llama3.2'],
    [4, 'llama3.2'],
    [6, 'llama3.2'],
    [8, 'qwen2.5:7b'],
    [10, 'gemma2:9b'],
    [12, 'gemma2:9b'],
    [16, 'qwen2.5:14b'],
    [24, 'qwen2.5:14b'],
    [32, 'qwen2.5:32b'],
    [40, 'qwen2.5:32b'],
    [44, 'qwen2.5:32b'],
    [48, 'qwen2.5:32b'],
    [80, 'llama3.3:70b'],
  ])('on a GPU with %i GiB is the largest that fits: %s', (vramGib, pick) => {
    const machine = withGpu(vramGib);
    expect(recommendModel(machine).id).toBe(pick);
    const chosen = catalogueEntry(pick);
    if (chosen === null) throw new Error('not in the catalogue');
    const larger = catalogue.filter(({ fitGb }) => fitGb > chosen.fitGb);
    expect(larger.map((entry) => entryFit(entry, machine).fit)).not.toContain('fits');
  });
  it('is one that is tight where none fits, and the smallest where none is even that', () => {
    const tight = { gpu: null, vramGb: 0, ramGb: 8, modelBudget: { bytes: 2_700_000_000 } };
    expect(entryFit(recommendModel(tight), tight).fit).toBe('tight');
    const none = { gpu: null, vramGb: 0, ramGb: 1 };
    expect([recommendModel(none).id, entryFit(recommendModel(none), none).fit]).toEqual([
      'llama3.2',
      'too-big',
    ]);
  });
  it('does not send the 70B to a card of 40 to 44 GiB, which it would overflow', () => {
    const large = catalogueEntry('llama3.3:70b');
    if (large === null) throw new Error('not in the catalogue');
    for (const vramGib of [40, 44]) expect(entryFit(large, withGpu(vramGib)).fit).toBe('too-big');
    expect(entryFit(large, withGpu(48)).fit).toBe('tight');
  });
  it('needs more memory for a longer context', () => {
    const machine = withGpu(10);
    expect(recommendModel(machine, 4096).id).toBe('gemma2:9b');
    expect(recommendModel(machine, 8192).id).toBe('qwen2.5:7b');
  });
  it('goes by the figures of the GPU and the machine where no budget was measured', () => {
    expect(recommendModel({ gpu: 'card', vramGb: 80, ramGb: 8 }).id).toBe('llama3.3:70b');
    expect(recommendModel({ gpu: null, vramGb: 0, ramGb: 16 }).id).toBe('qwen2.5:7b');
  });
  it('is the smallest when the GPU does not report its memory', () => {
    expect(recommendModel({ gpu: 'NVIDIA GB10', vramGb: null, ramGb: 128 }).id).toBe('llama3.2');
    expect(
      recommendModel({ gpu: 'NVIDIA GB10', vramGb: null, ramGb: 128, modelBudget: { bytes: null } }).id,
    ).toBe('llama3.2');
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
