import { describe, expect, it } from 'vitest';
import type { ListedModel, ModelFacts } from '../../../../electron/daemon/ollama/api/client.ts';
import {
  chooseDefaultModel,
  installedModel,
} from '../../../../electron/daemon/ollama/models/installed-models.ts';

const listed = (name: string, more: Partial<ListedModel> = {}): ListedModel => ({
  name,
  digest: name,
  sizeBytes: 1e9,
  family: 'llama',
  parameterSize: '1B',
  quantization: 'Q4_K_M',
  cloud: false,
  remoteHost: null,
  ...more,
});
const facts = (capabilities: string[] | null, more: Partial<ModelFacts> = {}): ModelFacts => ({
  capabilities,
  contextLength: 4096,
  ownContextTokens: null,
  modelsDir: null,
  architecture: null,
  cloud: false,
  remoteHost: null,
  ...more,
});
const why = (model: ListedModel, said: ModelFacts | null) => installedModel(model, said).notServableBecause;

describe('whether an installed model can serve', () => {
  it.each([
    [['completion'], null],
    [['completion', 'vision', 'tools', 'thinking'], null],
    [['completion', 'embedding'], null],
    [['embedding'], 'embedding'],
    [['image'], 'no-completion'],
    [[], 'no-completion'],
  ])('capabilities %j: %s', (capabilities, reason) => {
    const model = installedModel(listed('some-embed-model'), facts(capabilities));
    expect(model).toMatchObject({ notServableBecause: reason, servable: reason === null });
  });

  it.each([
    ['nomic-embed-text:latest', 'nomic-bert', 'embedding'],
    ['nomic-embed-text-v2-moe', 'nomic-bert-moe', 'embedding'],
    ['mxbai-embed-large:latest', 'bert', 'embedding'],
    ['all-minilm:latest', null, 'embedding'],
    ['bge-m3:567m', null, 'embedding'],
    ['me/my-embedder:latest', 'llama', 'embedding'],
    ['llama3.2:latest', 'llama', null],
    ['robertson:7b', 'robertson', null],
    ['albert-chat', 'llama', null],
    ['unknown', null, null],
  ])('on a server too old to tell, %s of family %s: %s', (name, family, reason) => {
    expect(why(listed(name, { family }), facts(null))).toBe(reason);
    expect(why(listed(name, { family }), null)).toBe(reason);
  });

  it('what runs elsewhere never serves, whoever says that it does', () => {
    expect(why(listed('a', { cloud: true, remoteHost: 'https://ollama.com' }), null)).toBe('cloud');
    expect(why(listed('a'), facts(['completion'], { cloud: true }))).toBe('cloud');
    expect(why(listed('gpt-oss:120b-cloud'), facts(['completion']))).toBe('cloud');
    expect(
      installedModel(listed('a'), facts(['completion'], { cloud: true, remoteHost: 'x' })).remoteHost,
    ).toBe('x');
  });
});

describe('the default model', () => {
  const models = (...list: [name: string, gb: number][]) =>
    list.map(([name, gb]) => installedModel(listed(name, { sizeBytes: gb * 1e9 }), facts(['completion'])));
  const choose = (preferred: string | null, ...list: [name: string, gb: number][]) =>
    chooseDefaultModel(preferred, models(...list));

  it('is the preferred one, with or without its tag', () => {
    const list: [string, number][] = [
      ['llama3.2:latest', 2],
      ['phi4:latest', 9],
    ];
    expect(choose('phi4', ...list)).toEqual({ defaultModel: 'phi4:latest', preferredMissing: false });
    expect(choose('phi4:latest', ...list).defaultModel).toBe('phi4:latest');
  });

  it('is never a model whose name merely begins like the wanted one', () => {
    const list: [string, number][] = [
      ['llama3.2-vision:latest', 8],
      ['llama3.2:latest', 2],
    ];
    expect(choose('llama3.2', ...list).defaultModel).toBe('llama3.2:latest');
    expect(choose(null, ...list).defaultModel).toBe('llama3.2:latest');
    expect(choose('llama3.2', ['llama3.2-vision:latest', 8], ['phi4:latest', 9])).toEqual({
      defaultModel: 'phi4:latest',
      preferredMissing: true,
    });
  });

  it('falls back to llama3.2, then the smallest of the catalogue, then the smallest of all, then by name', () => {
    const missing = { preferredMissing: true };
    const others: [string, number][] = [
      ['tiny:1b', 1],
      ['a:1b', 1],
    ];
    const known: [string, number][] = [
      ['qwen2.5:32b', 20],
      ['gemma2:9b', 5],
      ['mistral:7b', 6],
    ];
    const fallback = (...list: [string, number][]) => choose('gone:7b', ...list);
    expect(fallback(...others, ...known, ['llama3.2:latest', 9])).toEqual({
      defaultModel: 'llama3.2:latest',
      ...missing,
    });
    expect(fallback(...others, ...known)).toEqual({ defaultModel: 'mistral:7b', ...missing });
    expect(fallback(...others)).toEqual({ defaultModel: 'a:1b', ...missing });
    expect(fallback(['big', 9], ...others.toReversed())).toEqual({ defaultModel: 'a:1b', ...missing });
    expect(fallback()).toEqual({ defaultModel: null, ...missing });
    expect(choose(null)).toEqual({ defaultModel: null, preferredMissing: false });
  });

  it('is one that the server could describe, where there is one: a file cut short is small, too', () => {
    const cutShort = installedModel(listed('junk', { sizeBytes: 100 }), null);
    expect(chooseDefaultModel(null, [cutShort, ...models(['big', 9])]).defaultModel).toBe('big');
    expect(chooseDefaultModel(null, [cutShort]).defaultModel).toBe('junk');
  });
});
