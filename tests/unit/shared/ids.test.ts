import { describe, expect, it } from 'vitest';
import { isNodeId, isRequestId, readNodeId, storedNodeId } from '../../../shared/ids.ts';

describe('a node id', () => {
  it.each(['0', '7', '4217', '9'.repeat(78)])('is the digits of an integer: %s', (id) => {
    expect(isNodeId(id)).toBe(true);
    expect(readNodeId(id)).toBe(id);
    expect(storedNodeId.parse(id)).toBe(id);
  });

  it.each(['', '007', '00', '-1', '1.5', '0x1f', ' 7', '7\n', '9'.repeat(79), 7, null])(
    'has one form only: not %j',
    (id) => {
      expect(isNodeId(id)).toBe(false);
    },
  );

  it('that somebody wrote with leading zeros is read as the integer it means', () => {
    expect(readNodeId('007')).toBe('7');
    expect(readNodeId('000')).toBe('0');
    expect(storedNodeId.parse('007')).toBe('7');
  });

  it.each(['', 'seven', '7a', '١٢', '9'.repeat(79)])('is never guessed: %j', (text) => {
    expect(readNodeId(text)).toBeNull();
    expect(storedNodeId.safeParse(text).success).toBe(false);
  });
});

describe('a request id', () => {
  it.each(['a', 'req_a3f1', 'A-Z.:~+=', 'x'.repeat(128)])('is 1 to 128 plain characters: %s', (id) => {
    expect(isRequestId(id)).toBe(true);
  });

  it.each(['', 'a b', 'a/b', 'a\n', 'ä', 'x'.repeat(129), 7, undefined])('is nothing else: %j', (id) => {
    expect(isRequestId(id)).toBe(false);
  });
});
