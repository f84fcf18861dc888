import { describe, expect, it } from 'vitest';
import { askAgainAsChainChanges } from '../../../electron/daemon/renewed-account.ts';
import type { WalletNode } from '../../../shared/contract/chain.ts';
import { sampleChain, sampleNode } from '../../fixtures/sample-earnings.ts';

type SaidBy = WalletNode['saidBy'];

function watched() {
  let report = sampleChain(0);
  let listener = () => {};
  let asked = 0;
  askAgainAsChainChanges({
    chain: {
      report: () => ({ chain: report }),
      onProgress: (given) => {
        listener = given;
      },
    },
    heartbeat: () => ({
      askAgain: () => {
        asked += 1;
      },
    }),
  });
  return {
    read(block: number, saidBy: SaidBy): number {
      const { head } = report;
      report = { ...report, head: head && { ...head, block }, node: { ...sampleNode(0), saidBy } };
      listener();
      return asked;
    },
  };
}

describe('a refused account', () => {
  it.each<[SaidBy['chain'], SaidBy['coordinator'], boolean]>([
    ['staked', 'in-cooldown', true],
    ['retired', 'in-cooldown', true],
    ['staked', 'not-staked', true],
    ['cooling', 'not-staked', true],
    ['cooling', 'in-cooldown', false],
    ['retired', 'not-staked', false],
    ['absent', 'not-staked', false],
    ['cooling', 'online', false],
    ['staked', 'offline', false],
    [null, 'in-cooldown', false],
    ['staked', null, false],
  ])(
    'is asked about again where the chain says %s and the coordinator %s: %s',
    (chain, coordinator, again) => {
      expect(watched().read(10, { chain, coordinator })).toBe(again ? 1 : 0);
    },
  );

  it('is asked about once a block, until both say the same', () => {
    const { read } = watched();
    expect(read(10, { chain: 'staked', coordinator: 'in-cooldown' })).toBe(1);
    expect(read(10, { chain: 'staked', coordinator: 'in-cooldown' })).toBe(1);
    expect(read(11, { chain: 'staked', coordinator: 'in-cooldown' })).toBe(2);
    expect(read(12, { chain: 'staked', coordinator: 'online' })).toBe(2);
  });
});
