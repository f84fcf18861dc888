import { describe, expect, it } from 'vitest';
import { advertisedNames } from '../../../electron/daemon/advertised-names.ts';

const models = (names: string[]) => names.map((name) => ({ name, servable: true }));
const bytes = (names: string[]) => names.reduce((sum, name) => sum + Buffer.byteLength(name), 0);

describe('the models that a heartbeat advertises', () => {
  it('are all that can serve, in their order', () => {
    const some = [...models(['b:latest', 'a:latest']), { name: 'embed:latest', servable: false }];
    expect(advertisedNames(some, 'a:latest')).toEqual(['b:latest', 'a:latest']);
  });

  it('are at most 256 of 100,000, and the default model is among them wherever it stands', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `model-${index}:latest`);
    const advertised = advertisedNames(models(names), 'model-99999:latest');
    expect(advertised).toHaveLength(256);
    expect(advertised).toEqual([...names.slice(0, 255), 'model-99999:latest']);
    expect(JSON.stringify(advertised).length).toBeLessThan(33_000);
  });

  it('are at most 32 KiB of names, counted as they go on the wire, and the default model stays among them', () => {
    const names = Array.from({ length: 256 }, (_, index) => `${'ü'.repeat(250)}${index}`);
    const last = names.at(-1) ?? '';
    const advertised = advertisedNames(models(names), last);
    expect(bytes(advertised)).toBeLessThanOrEqual(32 * 1024);
    expect(bytes(advertised)).toBeGreaterThan(31 * 1024);
    expect(advertised).toContain(last);
  });

  it('do not gain a default that is installed no longer', () => {
    expect(advertisedNames(models(['a:latest']), 'gone:latest')).toEqual(['a:latest']);
    expect(advertisedNames([], 'gone:latest')).toEqual([]);
  });
});
