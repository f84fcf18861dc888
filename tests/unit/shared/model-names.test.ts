import { describe, expect, it } from 'vitest';
import {
  findModel,
  isCloudName,
  normalModelName,
  parseModelName,
  sameModel,
} from '../../../shared/model-names.ts';

describe('model names', () => {
  it.each([
    ['llama3.2', 'llama3.2:latest'],
    ['llama3.2', 'library/llama3.2'],
    ['llama3.2', 'registry.ollama.ai/library/llama3.2:latest'],
    ['Llama3.2', 'llama3.2'],
    ['hf.co/Bartowski/Llama-3.2-3B-GGUF:Q4_K_M', 'hf.co/bartowski/llama-3.2-3b-gguf:q4_k_m'],
    ['http://registry.ollama.ai/library/phi4', 'phi4'],
  ])('%s and %s are the same model', (a, b) => {
    expect(sameModel(a, b)).toBe(true);
    expect(sameModel(b, a)).toBe(true);
  });

  it.each([
    ['llama3.2', 'llama3.2-vision:latest'],
    ['llama3.2', 'llama3.2:3b'],
    ['llama3.2', 'llama3'],
    ['phi4', 'someone/phi4'],
    ['hf.co/a/phi4', 'a/phi4'],
    ['', 'llama3.2'],
  ])('%s and %s are different models', (a, b) => expect(sameModel(a, b)).toBe(false));

  it('a colon in the host is a port, not a tag', () => {
    expect(parseModelName('localhost:5000/me/phi4')).toEqual({
      host: 'localhost:5000',
      namespace: 'me',
      model: 'phi4',
      tag: 'latest',
    });
  });

  it.each([
    '',
    ':latest',
    'phi4:',
    'a/',
    '/a',
    'a//b',
    'a b',
    '-phi4',
    'phi4:a:b',
    '../../etc/passwd',
    'a.b/phi4',
    'x'.repeat(81),
    'phi4\n',
    'a/b/c/d',
  ])('%j is no model name and equals only itself', (text) => {
    expect(parseModelName(text)).toBeNull();
    expect(normalModelName(text)).toBe(text);
    expect(sameModel(text, text)).toBe(true);
  });

  it('a requested model is found as it is listed, an exact name first', () => {
    const installed = [{ name: 'LLAMA3.2:latest' }, { name: 'llama3.2:latest' }, { name: 'phi4:latest' }];
    expect(findModel('llama3.2:latest', installed)).toBe(installed[1]);
    expect(findModel('llama3.2', installed)).toBe(installed[0]);
    expect(findModel('library/phi4', installed)).toBe(installed[2]);
    expect(findModel('phi', installed)).toBeNull();
  });

  it.each([
    ['gpt-oss:120b-cloud', true],
    ['glm-5.1:cloud', true],
    ['GLM-5.1:CLOUD', true],
    ['cloud', false],
    ['cloud:latest', false],
    ['my-cloud:7b', false],
  ])('%s is forwarded to the cloud: %s', (name, cloud) => expect(isCloudName(name)).toBe(cloud));
});
