import { describe, expect, it } from 'vitest';
import { decideState } from '../../../electron/daemon/operator-state.ts';
import { statePrecedence } from '../../../shared/states/states.ts';
import { ready } from '../../fixtures/states/facts.ts';
import { stateRows } from '../../fixtures/states/rows.ts';

describe('the state of a node', () => {
  it.each(stateRows)('when %s', (_, facts, code, params) => {
    expect(decideState({ ...ready, ...facts })).toEqual({ code, params });
  });

  it('is shown for every state that a daemon of this kind can be in', () => {
    // The keychain, the chain, supervision, schedules and sensors come with other parts of the product.
    expect([...new Set(stateRows.map(([, , code]) => code))].toSorted()).toEqual(
      [
        ...[
          'not-registered',
          'retired',
          'cooling',
          'refused',
          'clock-skew',
          'no-network',
          'coordinator-down',
        ],
        ...['disk-full', 'ollama-missing', 'ollama-not-running', 'ollama-down', 'no-model', 'paused'],
        ...['ollama-starting', 'model-loading', 'model-not-loaded', 'tier-high', 'tier-low', 'gpu-on-cpu'],
        ...['draining', 'connecting', 'backlog', 'woke', 'serving', 'ready'],
      ].toSorted(),
    );
  });

  it('is the highest row of the table when two hold', () => {
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
