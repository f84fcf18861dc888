import { describe, expect, it } from 'vitest';
import { failureTexts } from '../../electron/daemon/serving/failure.ts';
import { judgeInbox } from '../../electron/daemon/serving/inbox.ts';
import { isRequestId } from '../../shared/ids.ts';
import { type Seeded, seeded } from './seeded.ts';

const promptBytes = 64;
const cases = 6000;

const names = [
  'id',
  'requestId',
  'prompt',
  'input',
  'system',
  'model',
  '__proto__',
  'constructor',
  'toString',
  'length',
  'ID',
  '',
];
const texts = [
  '',
  ' ',
  'r-1',
  'r-2',
  'A.z_0:~+=-',
  'x'.repeat(128),
  'x'.repeat(129),
  'a b',
  'a\nb',
  'r-1\n',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  'é',
  'ｒ',
  '../..',
  "';--",
  'p'.repeat(promptBytes),
  'p'.repeat(promptBytes + 1),
  'ü'.repeat(promptBytes / 2),
  'ü'.repeat(promptBytes / 2 + 1),
  'm'.repeat(300),
  'm'.repeat(301),
  'llama3.2',
];
const leaves: unknown[] = [...texts, ...texts, null, true, false, 0, -1, 17, 1e308, [], {}, ['r-1'], [[[]]]];

/** Half of them close to what an entry should be: pure noise seldom gets past the first check. */
function entry(random: Seeded): unknown {
  if (random.chance(0.3)) return random.json(leaves, names);
  const fields: Record<string, unknown> = {};
  const put = (name: string, probability: number, values: readonly unknown[]) => {
    if (random.chance(probability)) fields[name] = random.pick(values);
  };
  put('id', 0.7, random.chance(0.6) ? ['r-1', 'r-2', 'r-3', `r-${random.below(1000)}`] : leaves);
  put('requestId', 0.3, leaves);
  put('prompt', 0.8, random.chance(0.6) ? ['Hello?', 'p'.repeat(promptBytes)] : leaves);
  put('input', 0.2, leaves);
  put('system', 0.3, leaves);
  put('model', 0.3, leaves);
  return fields;
}

describe('whatever an inbox answers', () => {
  it(`${cases} seeded answers are judged without an error, and only what is bounded is let through`, () => {
    const random = seeded(20_260_610);
    const seen = { requests: 0, unusable: 0, refused: 0, twice: 0 };
    for (let round = 0; round < cases; round++) {
      const entries = Array.from({ length: random.below(6) }, () => entry(random));
      const before = JSON.stringify(entries);
      const { requests, unusable, refused } = judgeInbox(entries, { promptBytes });

      const ids = [...requests, ...unusable].map(({ requestId }) => requestId);
      const context = before.slice(0, 500);
      expect(new Set(ids).size, context).toBe(ids.length);
      for (const id of ids) expect(isRequestId(id), context).toBe(true);
      for (const request of requests) {
        expect(
          Object.keys(request).toSorted((a, b) => a.localeCompare(b)),
          context,
        ).toEqual(['model', 'prompt', 'requestId', 'system']);
        expect(typeof request.prompt, context).toBe('string');
        expect(request.prompt.trim(), context).not.toBe('');
        expect(Buffer.byteLength(request.prompt), context).toBeLessThanOrEqual(promptBytes);
        expect(Buffer.byteLength(request.system ?? ''), context).toBeLessThanOrEqual(promptBytes);
        expect(request.system, context).not.toBe('');
        expect(request.model, context).not.toBe('');
        expect((request.model ?? '').length, context).toBeLessThanOrEqual(300);
      }
      for (const { failure } of unusable) expect(failureTexts, context).toHaveProperty(failure);
      expect(requests.length + unusable.length + refused, context).toBeLessThanOrEqual(entries.length);
      expect(JSON.stringify(entries), 'the answer itself is left alone').toBe(before);

      seen.requests += requests.length;
      seen.unusable += unusable.length;
      seen.refused += refused;
      seen.twice += entries.length - requests.length - unusable.length - refused;
    }
    // Every way through was taken, and often.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
    expect(Object.prototype).not.toHaveProperty('prompt');
  });
});
