import { describe, expect, it } from 'vitest';
import { contextOf, serverContext } from '../../../../electron/daemon/ollama/models/context.ts';
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
      fitOfInstalled(ownsContext, { bytes: 1e10 }, { contextTokens, serverTokens: 4096, concurrency });
    expect(needs(4096)).toMatchObject({ fit: 'too-big', kvCacheBytes: kvCacheBytes(shape, 1_000_000) });
    expect(needs(8192, 2)).toMatchObject({ fit: 'fits', kvCacheBytes: kvCacheBytes(shape, 16_384) });
    const usual = { contextTokens: 4096, serverTokens: 4096 };
    expect(contextOf({ ownContextTokens: 1_000_000, contextLength: 8192 }, usual)).toBe(8192);
    expect(contextOf({ ownContextTokens: null, contextLength: null }, usual)).toBe(4096);
  });

  it('counts the context that a user’s server gives by itself, as an H100 showed it: 42.0 GB for 2.2', () => {
    const serverTokens = serverContext(4096, {
      usersOwn: true,
      version: '0.33.0-rc2',
      modelBudget: { bytes: 76_968_728_985, basis: 'vram' },
    });
    const large = {
      sizeBytes: 43e9,
      architecture: { layers: 80, kvHeads: 8, headDim: 128 },
      contextLength: 131_072,
      ownContextTokens: null,
    };
    const judged = (tokens: number) =>
      fitOfInstalled(
        large,
        { bytes: 76_968_728_985 },
        { contextTokens: 4096, serverTokens: tokens, concurrency: 1 },
      ).fit;
    expect([judged(4096), judged(serverTokens)]).toEqual(['fits', 'too-big']);
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
