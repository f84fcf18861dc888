import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  measureMemorySpeed,
  memorySpeed,
  readMemorySpeed,
} from '../../../../electron/daemon/hardware/memory-speed.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

describe('the speed of memory', () => {
  it('is measured on this machine, between what a slow board and a large server have', async () => {
    const speed = await measureMemorySpeed();
    expect(speed).toBeGreaterThan(1e8);
    expect(speed).toBeLessThan(1e13);
  });

  it('is measured once, and kept', async () => {
    const path = join(await temporaryFolder(), 'memory-speed.json');
    let measured = 0;
    const measure = async () => {
      measured += 1;
      return 12e9;
    };
    expect(await readMemorySpeed(path)).toBeNull();
    expect([await memorySpeed(path, { measure }), await memorySpeed(path, { measure })]).toEqual([
      12e9, 12e9,
    ]);
    expect([measured, await readMemorySpeed(path)]).toEqual([1, 12e9]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ schemaVersion: 1, bytesPerSecond: 12e9 });
  });

  it.each([
    '',
    'torn{',
    '{"schemaVersion":1,"bytesPerSecond":-1}',
    '{"schemaVersion":2,"bytesPerSecond":1}',
    '[]',
  ])('kept as %j is measured again', async (content) => {
    const path = join(await temporaryFolder(), 'memory-speed.json');
    await writeFile(path, content);
    expect(await memorySpeed(path, { measure: async () => 5e9 })).toBe(5e9);
    expect(await readMemorySpeed(path)).toBe(5e9);
  });

  it('that can be neither kept nor measured is not known, and fails nobody', async () => {
    expect(await memorySpeed('/nonexistent/x.json', { measure: async () => 5e9 })).toBe(5e9);
    expect(await memorySpeed('/nonexistent/x.json', { measure: async () => null })).toBeNull();
  });
});
