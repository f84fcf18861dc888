import type { CommandHandlers } from '../../../shared/contract/commands.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { Clock } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import { ethereum } from './ethereum.ts';
import { notKnown, unknownNode } from './unknown.ts';

type ChainHandlers = Pick<
  CommandHandlers,
  | 'chain.watch'
  | 'nodes.ofWallet'
  | 'nodes.add'
  | 'nodes.remove'
  | 'nodes.scan'
  | 'wallet.look'
  | 'wallet.tryCall'
>;

/** What Ethereum says of our node and its wallet, read-only. */
export interface ChainPart extends Part {
  readonly handlers: ChainHandlers;
  report(): Pick<Snapshot, 'chain'>;
}

export function createChainPart(modules: {
  nodeId: () => string | null;
  owner: () => string | null;
  clock: Clock;
}): ChainPart {
  const { nodeId, owner, clock } = modules;
  const reason = 'not-read-yet';
  const own = () => {
    const id = nodeId();
    return id === null ? null : unknownNode(id, ['own'], reason);
  };
  return {
    name: 'chain',
    report: () => ({
      chain: {
        chainId: ethereum.chainId,
        contracts: ethereum.contracts,
        rpcs: [],
        head: null,
        failure: null,
        functions: [],
        node: own(),
        poolWei: notKnown(reason),
        watchedUntilMs: null,
      },
    }),
    handlers: {
      'chain.watch': async ({ forMs }) => ({ untilMs: Math.round(clock.now() + forMs) }),
      'nodes.ofWallet': async () => {
        const node = own();
        return {
          owner: owner(),
          nodes: node === null ? [] : [node],
          totals: {
            ...{ online: 0, onlineKnown: 0, all: node === null ? 0 : 1, averageUptime: null, uptimeKnown: 0 },
            ...{ stakeWei: '0', stakeKnown: 0, claimableWei: '0', claimableKnown: 0 },
          },
          scan: null,
        };
      },
      'nodes.add': async () => ({ added: false }),
      'nodes.remove': async () => ({ removed: false }),
      'nodes.scan': async () => ({ started: false, reason }),
      'wallet.look': async () => ({
        prlxWei: notKnown(reason),
        allowanceWei: notKnown(reason),
        ethWei: notKnown(reason),
      }),
      'wallet.tryCall': async () => ({
        outcome: notKnown(reason),
        callData: null,
        to: null,
        feeWei: notKnown(reason),
      }),
    },
  };
}
