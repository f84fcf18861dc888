import type { LookupFunction } from 'node:net';

type Answer = Parameters<LookupFunction>[2];

/**
 * Name resolution with one question per name under way. The system's resolver blocks one of libuv's four threads for
 * as long as it has no answer (20 s and more in an outage) and cannot be cancelled: without this, polls that time out
 * and ask again would take all four and delay heartbeats and file access alike.
 */
export function createSharedLookup(
  resolve: LookupFunction = process.getBuiltinModule('node:dns').lookup as LookupFunction,
): LookupFunction {
  const underWay = new Map<string, Answer[]>();
  return (hostname, options, callback) => {
    const question = `${hostname} ${JSON.stringify(options)}`;
    const waiting = underWay.get(question);
    if (waiting !== undefined) {
      waiting.push(callback);
      return;
    }
    const answers = [callback];
    underWay.set(question, answers);
    resolve(hostname, options, (error, address, family) => {
      underWay.delete(question);
      for (const answer of answers) answer(error, address, family);
    });
  };
}
