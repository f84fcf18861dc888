import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../../electron/daemon/ollama/models/context.ts';
import { fitOf, fitOfInstalled, kvCacheBytes } from '../../../../electron/daemon/ollama/models/fit.ts';

const shape = { layers: 28, kvHeads: 8, headDim: 128 };
const model = { weightsBytes: 2_000_000_000, architecture: shape, contextLength: 131_072 };

describe('whether a model fits', () => {
  it('counts 112 KiB of cache a token for llama3.2', () => {
    expect(kvCacheBytes(shape, 1)).toBe(112 * 1024);
  });

  it('counts weights and cache, and says both', () => {
    const kvCache = 112 * 1024 * 4096;
    expect(fitOf(model, { bytes: 10_000_000_000 }, 4096)).toEqual({
      fit: 'fits',
      neededBytes: 2_000_000_000 + kvCache,
      weightsBytes: 2_000_000_000,
      kvCacheBytes: kvCache,
      budgetBytes: 10_000_000_000,
    });
  });

  it.each([
    [800, 'fits'],
    [801, 'tight'],
    [1000, 'tight'],
    [1001, 'too-big'],
  ])('of 1000 bytes, %i are %s', (weightsBytes, fit) => {
    const weights = { weightsBytes, architecture: null, contextLength: null };
    expect(fitOf(weights, { bytes: 1000 }, 4096)).toMatchObject({ fit, kvCacheBytes: null });
  });

  it('counts no longer context than the model takes', () => {
    const short = { ...model, contextLength: 2048 };
    expect(fitOf(short, { bytes: 1 }, 4096).kvCacheBytes).toBe(kvCacheBytes(shape, 2048));
  });

  it('counts the context that the model asks for itself, unless our requests name another', () => {
    const ownsContext = {
      ...model,
      sizeBytes: model.weightsBytes,
      ownContextTokens: 1_000_000,
      contextLength: 2_000_000,
    };
    const needs = (contextTokens: number, concurrency = 1) =>
      fitOfInstalled(ownsContext, { bytes: 1e10 }, { contextTokens, concurrency });
    expect(needs(4096)).toMatchObject({ fit: 'too-big', kvCacheBytes: kvCacheBytes(shape, 1_000_000) });
    expect(needs(8192, 2)).toMatchObject({ fit: 'fits', kvCacheBytes: kvCacheBytes(shape, 16_384) });
    expect(contextOf({ ownContextTokens: 1_000_000, contextLength: 8192 }, 4096)).toBe(8192);
    expect(contextOf({ ownContextTokens: null, contextLength: null }, 4096)).toBe(4096);
  });

  it('goes by what is free where that is less', () => {
    expect(fitOf(model, { bytes: 10_000_000_000, freeBytes: 2_500_000_000 }, 4096).fit).toBe('tight');
    expect(fitOf(model, { bytes: 10_000_000_000, freeBytes: null }, 4096).fit).toBe('fits');
  });

  it('is not known without the size or the memory', () => {
    expect(fitOf({ ...model, weightsBytes: null }, { bytes: 1 }, 4096)).toMatchObject({
      fit: null,
      neededBytes: null,
    });
    expect(fitOf(model, { bytes: null, freeBytes: 5 }, 4096)).toMatchObject({ fit: null, budgetBytes: null });
  });
});
