import { describe, expect, it } from 'vitest';
import {
  catalogue,
  catalogueEntry,
  catalogueWeights,
  entrySpeed,
  modelCatalogue,
  recommendModel,
} from '../../../../electron/daemon/ollama/models/catalogue.ts';
import {
  bytesPerSecondOf,
  isFastEnough,
  slowestTokensPerSecond,
} from '../../../../electron/daemon/ollama/models/speed.ts';
import type { SelfTestReport } from '../../../../shared/contract/ollama.ts';
import { formatTokenRate } from '../../../../shared/format.ts';

/** Room for every model of the catalogue; what is left is speed. */
const roomy = (bytesPerSecond: number | null, cores = 2) => ({
  gpu: null,
  vramGb: 0,
  ramGb: 128,
  cores,
  modelBudget: { bytes: 64e9, basis: 'ram' as const },
  bytesPerSecond,
});

const test = (model: string, generationTokensPerSecond: number | null, atMs = 1): SelfTestReport => ({
  model,
  state: 'done',
  promptTokensPerSecond: null,
  generationTokensPerSecond,
  firstTokenMs: null,
  runs: 3,
  ollamaVersion: null,
  productVersion: '0.1.0',
  reason: null,
  atMs,
});

describe('a model is recommended', () => {
  it('to two cores only if it is small, whatever memory there is: 14B would take minutes an answer', () => {
    expect(recommendModel(roomy(12e9)).id).toBe('llama3.2');
    expect(recommendModel(roomy(null)).id).toBe('llama3.2');
    const large = catalogueEntry('qwen2.5:14b');
    if (large === null) throw new Error('not in the catalogue');
    const speed = entrySpeed(large, roomy(12e9));
    expect(speed).toBeCloseTo(12e9 / 8_988_124_069);
    expect(256 / (speed ?? 0)).toBeGreaterThan(120);
  });

  it.each([
    [12e9, 'llama3.2'],
    [20.5e9, 'qwen2.5:7b'],
    [25e9, 'gemma2:9b'],
    [50e9, 'qwen2.5:14b'],
    [90e9, 'qwen2.5:32b'],
    [400e9, 'llama3.3:70b'],
    [1e9, 'llama3.2'],
  ])('where memory gives %i bytes a second: %s, for 256 tokens within half the deadline', (speed, id) => {
    const machine = roomy(speed);
    const chosen = recommendModel(machine);
    expect(chosen.id).toBe(id);
    if (speed > 1e9) expect(256 / (entrySpeed(chosen, machine) ?? 0)).toBeLessThanOrEqual(60);
    for (const entry of catalogue.filter(({ fitGb }) => fitGb > chosen.fitGb))
      expect(isFastEnough(entrySpeed(entry, machine)), entry.id).toBe(false);
  });

  it('to a card with memory of its own by that memory: the computer’s says nothing of it', () => {
    const card = { gpu: 'card', vramGb: 24, ramGb: 8, cores: 2 };
    expect(recommendModel({ ...card, modelBudget: { bytes: 64e9, basis: 'vram' } }).id).toBe('llama3.3:70b');
    expect(recommendModel({ ...card, modelBudget: { bytes: 64e9, basis: 'ram' } }).id).toBe('llama3.2');
    const unified = { ...card, modelBudget: { bytes: 64e9, basis: 'unified-memory' as const } };
    expect(recommendModel({ ...unified, bytesPerSecond: 100e9 }).id).toBe('qwen2.5:32b');
  });

  it('with what is expected of each in the catalogue', () => {
    const { models } = modelCatalogue(roomy(12e9));
    expect(models.find(({ name }) => name === 'llama3.2')?.tokensPerSecond).toBeCloseTo(5.94, 2);
    expect(formatTokenRate(4.3)).toBe('about 4 tokens/s');
    expect(formatTokenRate(1.33)).toBe('about 1.3 tokens/s');
    expect(formatTokenRate(1)).toBe('about 1 token/s');
    expect(slowestTokensPerSecond).toBeCloseTo(4.27, 2);
  });
});

describe('how fast a machine is', () => {
  const of = (tests: SelfTestReport[], gpu: string | null = null) =>
    bytesPerSecondOf({
      machine: { gpu, cores: 2 },
      memoryBytesPerSecond: 12e9,
      tests,
      weightsOf: catalogueWeights,
    });

  it('is what was measured of its memory, until a self-test knows better', () => {
    expect(of([])).toBe(12e9);
    expect(of([test('qwen2.5:7b', 1)])).toBe(4_683_087_332);
    expect(of([test('qwen2.5:7b', 1), test('llama3.2:latest', 3, 2)])).toBe(3 * 2_019_393_189);
    expect(
      of([test('llama3.2', null), test('nobody/knows', 9), { ...test('llama3.2', 9), state: 'failed' }]),
    ).toBe(12e9);
  });

  it('is not known of a card before its first test', () => {
    expect(of([], 'card')).toBeNull();
    expect(of([test('llama3.2', 50)], 'card')).toBe(50 * 2_019_393_189);
  });
});
