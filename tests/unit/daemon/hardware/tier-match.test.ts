import { describe, expect, it } from 'vitest';
import { matchTier, tierStanding } from '../../../../electron/daemon/hardware/tier-match.ts';
import type { Tier } from '../../../../shared/hardware/tiers.ts';
import { describeBadge, describeState } from '../../../../shared/states/states.ts';

const all: Tier[] = [1, 2, 3, 4];

describe('declared against probed tier', () => {
  it('says for every pair which of them is higher', () => {
    for (const declared of all) {
      for (const probed of all) {
        const expected =
          declared === probed ? 'same' : declared > probed ? 'declared-higher' : 'declared-lower';
        expect([declared, probed, matchTier(declared, probed)]).toEqual([declared, probed, expected]);
      }
    }
  });

  it.each([null, 0, 5, -1, 2.5, Number.NaN])('takes a declared tier of %s for not known', (declared) => {
    expect(matchTier(declared, 2)).toBe('unknown');
    expect(tierStanding({ declared, probed: 2, accepted: false })).toEqual({
      declared: null,
      probed: 2,
      match: 'unknown',
      accepted: false,
      blocksServing: false,
      state: null,
      badge: null,
    });
  });

  it('blocks serving while the chain says more than the machine shows, and says both', () => {
    const { blocksServing, state, badge } = tierStanding({ declared: 4, probed: 1, accepted: false });
    expect([blocksServing, badge]).toEqual([true, null]);
    const { sentence, earns } = describeState(state?.code ?? 'ready', state?.params ?? {}, 0);
    expect([sentence, earns]).toEqual([
      'You registered tier 4, but this computer shows tier 1. The network could zero your uptime, so your node isn’t serving. Connect the registered GPU, or accept the risk.',
      'no',
    ]);
  });

  it('serves against it once that is accepted, with a badge that names the risk', () => {
    const { blocksServing, state, badge } = tierStanding({ declared: 4, probed: 1, accepted: true });
    expect([blocksServing, state]).toEqual([false, null]);
    expect(describeBadge(badge?.code ?? 'no-backup', badge?.params ?? {}, 0).sentence).toBe(
      'Serving with registered tier 4 while this computer shows tier 1. The network may zero this uptime. Undo this, or connect the registered GPU.',
    );
  });

  it('reports what is left unearned while the chain says less, and serves', () => {
    for (const accepted of [false, true]) {
      const { blocksServing, state, badge } = tierStanding({ declared: 2, probed: 4, accepted });
      expect([blocksServing, badge]).toEqual([false, null]);
      expect(describeState(state?.code ?? 'ready', state?.params ?? {}, 0).sentence).toBe(
        'This computer shows tier 4, but is registered as tier 2. You earn ×1.5 instead of ×3.0. Register another node to use it. As far as we know, a tier can’t be changed.',
      );
    }
  });

  it('has nothing to say where both agree, accepted or not', () => {
    for (const accepted of [false, true]) {
      const { blocksServing, state, badge } = tierStanding({ declared: 3, probed: 3, accepted });
      expect([blocksServing, state, badge]).toEqual([false, null, null]);
    }
  });
});
