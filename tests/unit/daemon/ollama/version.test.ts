import { describe, expect, it } from 'vitest';
import { judgeOllamaVersion, newestFirst } from '../../../../electron/daemon/ollama/api/version.ts';

describe('a version of Ollama', () => {
  it.each([
    ['0.32.9', 'current'],
    ['0.12.6', 'current'],
    ['v1.0.0', 'current'],
    ['0.13.0-rc1', 'current'],
    ['0.12.5', 'cuts-prompts'],
    ['0.6.4', 'cuts-prompts'],
    ['0.6.3', 'too-old'],
    ['0.5.13', 'too-old'],
    ['0.0.0', 'unknown'],
    ['0.0.0-stand-in', 'unknown'],
    ['', 'unknown'],
    ['latest', 'unknown'],
    ['0.12', 'unknown'],
    [null, 'unknown'],
  ])('%j is %s', (version, verdict) => {
    expect(judgeOllamaVersion(version)).toBe(verdict);
  });

  it('is compared by number, not by letter', () => {
    expect(['0.9.6', 'junk', '0.32.9', '0.12.11'].sort(newestFirst)).toEqual([
      '0.32.9',
      '0.12.11',
      '0.9.6',
      'junk',
    ]);
  });
});
