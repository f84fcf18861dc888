import { describe, expect, it } from 'vitest';
import { exceeds } from '../../../electron/desktop/ipc/size.ts';

const limit = 64 * 1024;

/** Counts what is read of a value, however large it says it is. */
function counted<T extends object>(value: T): { value: T; reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(value, {
    get(target, name, receiver) {
      reads += 1;
      return Reflect.get(target, name, receiver) as unknown;
    },
    has(target, name) {
      reads += 1;
      return Reflect.has(target, name);
    },
  });
  return { value: proxy, reads: () => reads };
}

describe('the size of a message from a window', () => {
  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['a small command', { name: 'desktop.theme', value: 'dark', list: [1, 2, null, true] }],
    ['a text just below the limit', 'x'.repeat(limit - 1)],
  ])('%s is within the limit', (_what, value) => expect(exceeds(value, limit)).toBe(false));

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  let deep: unknown = 'end';
  for (let level = 0; level < 100; level += 1) deep = { deep };
  it.each([
    ['a text above the limit', 'x'.repeat(limit)],
    ['a key above the limit', { ['k'.repeat(limit)]: 1 }],
    ['many small values', Array.from({ length: limit }, () => 0)],
    ['a sparse array', new Array(1e8)],
    ['a sparse array inside', { list: new Array(1e8) }],
    ['binary data', new Uint8Array(30 * 1024 * 1024)],
    ['a map', new Map([['a', 1]])],
    ['a date', new Date(0)],
    ['a circle', circle],
    ['too many levels', deep],
  ])('%s is refused', (_what, value) => expect(exceeds(value, limit)).toBe(true));

  it('is known without looking at all of it', () => {
    const long = counted(Array.from({ length: 1_000_000 }, () => 'a'));
    expect(exceeds(long.value, limit)).toBe(true);
    expect(long.reads()).toBeLessThan(10);
    const wide = counted(
      Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`key${index}`, 1])),
    );
    expect(exceeds(wide.value, limit)).toBe(true);
    expect(wide.reads()).toBeLessThan(limit);
  });
});
