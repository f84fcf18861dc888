import { describe, expect, it } from 'vitest';
import { stateOfKeyError } from '../../../electron/daemon/identity/open-when-possible.ts';
import { decideState } from '../../../electron/daemon/operator-state.ts';
import { NodeError } from '../../../shared/errors.ts';
import { statePrecedence } from '../../../shared/states/states.ts';
import { states } from '../../../shared/states/table.ts';
import { account, failing, ready } from '../../fixtures/states/facts.ts';
import { stateRows } from '../../fixtures/states/rows.ts';

const keyErrors = [
  new NodeError('key-missing', { nodeKeyHash: '0x1', place: 'the keychain' }),
  new NodeError('key-differs', { expected: '0x1', found: '0x2', place: 'the keychain' }),
  new NodeError('keychain-locked', { place: 'the keychain', dismissed: false }),
  new NodeError('keychain-no-session', { reason: 'no-address' }),
];
const codeOf = (error: NodeError) => stateOfKeyError(error, { sinceMs: 0, nodeId: null }).code;

describe('the state of a node', () => {
  it.each(stateRows)('when %s', (_, facts, code, params) => {
    expect(decideState({ ...ready, ...facts })).toEqual({ code, params });
  });

  it('says how long a cooldown still runs where the chain does, and a begun hour counts', () => {
    const cooling = { ...ready, heartbeat: failing(account('in_cooldown'), 60_000) };
    for (const [hours, d, h] of [
      [73.5, 3, 2],
      [0.01, 0, 1],
      [168, 7, 0],
    ] as const)
      expect(decideState({ ...cooling, cooldownLeftMs: hours * 3_600_000 })).toEqual({
        code: 'cooling',
        params: { date: null, d, h },
      });
  });

  it('is shown for every state of the table: what nothing brings about is not in it', () => {
    const decided = new Set(stateRows.map(([, , code]) => code));
    const others = states.map(({ code }) => code).filter((code) => !decided.has(code));
    // Those of a key that cannot be used come from opening the identity.
    expect(new Set(others)).toEqual(new Set(keyErrors.map(codeOf)));
  });

  it('is the highest row of the table when two apply', () => {
    let pairs = 0;
    for (const [why, facts, code] of stateRows) {
      for (const [otherWhy, otherFacts, otherCode] of stateRows) {
        const clash = Object.keys(facts).some((name) => name in otherFacts);
        // Facts that alone are nothing to speak of may be part of what makes the other state.
        if (clash || otherCode === 'ready' || statePrecedence(code) >= statePrecedence(otherCode)) continue;
        pairs += 1;
        const decided = decideState({ ...ready, ...otherFacts, ...facts }).code;
        expect(decided, `${why} and ${otherWhy}`).toBe(code);
      }
    }
    expect(pairs).toBeGreaterThan(200);
  });
});
