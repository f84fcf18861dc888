import { describe, expect, expectTypeOf, it } from 'vitest';
import type { FindingCode, FindingFacts } from '../../../shared/check-findings.ts';
import { NodeError, type NodeErrorCode, type NodeErrorDetails } from '../../../shared/errors.ts';
import { addGerman } from '../../../shared/german/german.ts';
import { inLanguage } from '../../../shared/language.ts';
import {
  describeReason,
  type Reason,
  reasonNames,
  reasonsWithValue,
  said,
} from '../../../shared/reasons/reason-text.ts';

/** The codes whose facts have a reason that is any text: nothing would keep a sentence of ours out of it. */
type WithPlainReason<Facts> = {
  [C in keyof Facts]: Facts[C] extends { reason: infer R } ? (string extends R ? C : never) : never;
}[keyof Facts];

describe('a reason', () => {
  it('is a code wherever it crosses to people: a plain sentence does not compile', () => {
    expectTypeOf<Extract<WithPlainReason<NodeErrorDetails>, NodeErrorCode>>().toEqualTypeOf<never>();
    expectTypeOf<Extract<WithPlainReason<FindingFacts>, FindingCode>>().toEqualTypeOf<never>();
    expectTypeOf<string>().not.toExtend<Reason>();
    const place = '/node.key';
    // @ts-expect-error a sentence of ours
    expect(new NodeError('key-malformed', { place, reason: 'it is a folder' }).code).toBe('key-malformed');
    // @ts-expect-error a sentence of ours, with a value
    expect(new NodeError('key-malformed', { place, reason: `mode ${place}` }).code).toBe('key-malformed');
    // @ts-expect-error what is written in the source was said by nobody
    expect(said('it is a folder')).toBe('it is a folder');
  });

  it('of others is quoted, and one that only another version knows is told as such, in the reader’s language', () => {
    addGerman();
    const both = (reason: string) => [describeReason(reason), inLanguage('de', () => describeReason(reason))];
    expect(both('permission denied by the moon')).toEqual([
      '"permission denied by the moon"',
      '„permission denied by the moon“',
    ]);
    expect(both('of-a-newer-node')).toEqual([
      'unknown reason "of-a-newer-node"',
      'unbekannter Grund „of-a-newer-node“',
    ]);
    expect(both('EXDEV')).toEqual(['error EXDEV', 'Fehler EXDEV']);
    expect(both('of-a-newer-node(3)')).toEqual(['"of-a-newer-node(3)"', '„of-a-newer-node(3)“']);
    expect(both('ended-with(exit-code(3))')).toEqual([
      'it ended (exit code 3)',
      'es wurde beendet (Exit-Code 3)',
    ]);
    expect(both('\u001b[31mred')).toEqual(['"\\u{1b}[31mred"', '„\\u{1b}[31mred“']);
  });

  it('has German words for every code', () => {
    addGerman();
    const same = reasonNames.filter((code) => {
      // Of bounds the words are the value; of two settings what stands between their names.
      const value = code === 'bounds' ? 'an address' : code === 'setting-above' ? 'a, b' : '7';
      const reason = reasonsWithValue.includes(code) ? `${code}(${value})` : code;
      return describeReason(reason) === inLanguage('de', () => describeReason(reason));
    });
    expect(same).toEqual([]);
  });
});
