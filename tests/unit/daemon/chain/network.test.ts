import { describe, expect, it } from 'vitest';
import { ethereum } from '../../../../electron/daemon/chain/ethereum.ts';
import { type ChainNetwork, chainNetwork } from '../../../../electron/daemon/chain/network.ts';
import { createChainPart } from '../../../../electron/daemon/chain/part.ts';
import { silentLog } from '../../../../electron/daemon/logging/silent-log.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';

const contracts = {
  token: `0x${'11'.repeat(20)}`,
  registry: `0x${'22'.repeat(20)}`,
  rewards: `0x${'33'.repeat(20)}`,
};
const unset = { id: 5, secondRpcUrl: null, publicRpcs: true, token: null, registry: null, rewards: null };
const of = (
  coordinatorUrl: string,
  chain: Partial<Parameters<typeof chainNetwork>[0]['chain']> = {},
  rpcUrl: string | null = null,
) => chainNetwork({ coordinatorUrl, rpcUrl, chain: { ...unset, ...chain } });
const other = 'https://coordinator.example';
const rpc = 'https://rpc.example';

describe('the network of a node', () => {
  it('with the official coordinator is the official one, on its own chain', () => {
    expect(of(ethereum.coordinator)).toMatchObject({
      ...{ kind: 'readable', chainId: 1, contracts: ethereum.contracts, official: true },
      ...{ ownRpcs: [], publicRpcs: ethereum.rpcs.map(({ url }) => url) },
    });
  });

  it('without anybody to ask still has its contracts', () => {
    expect(of(ethereum.coordinator, { publicRpcs: false })).toMatchObject({
      ...{ kind: 'no-rpc', chainId: 1, contracts: ethereum.contracts, official: true },
    });
    expect(of(other, contracts)).toMatchObject({ kind: 'no-rpc', chainId: 5, contracts, official: false });
  });

  it('with another coordinator is what the operator names, and never the official one', () => {
    expect(of(other, contracts, rpc)).toMatchObject({
      ...{ kind: 'readable', chainId: 5, contracts, official: false },
      ...{ ownRpcs: [rpc], publicRpcs: [] },
    });
    expect(of(other, {}, rpc)).toEqual({ kind: 'other-network' });
    expect(of(other, { ...contracts, rewards: null }, rpc)).toEqual({ kind: 'other-network' });
  });
});

describe('a chain that cannot be read', () => {
  const part = (network: ChainNetwork) => {
    const nobody = () => {
      throw new Error('nobody is asked');
    };
    return createChainPart(
      { network, watchedIntervalMs: 1000 },
      {
        own: () => ({
          ...{ nodeId: '4217', owner: `0x${'5a'.repeat(20)}`, nodeKeyHash: `0x${'ab'.repeat(32)}` },
          ...{ tier: 3, stakePrlx: '50000', byCoordinator: true, coordinator: 'online', uptime: null },
        }),
        follower: { blocks: () => [], follow: nobody },
        memory: { get: () => null, set: () => {} },
        http: { request: nobody } as never,
        ...{ clock: systemClock, log: silentLog, random: () => 0.5 },
      },
    );
  };

  it.each([
    ['other-network', { kind: 'other-network' }, null],
    ['no-rpc', of(ethereum.coordinator, { publicRpcs: false }), { ...ethereum.contracts, official: true }],
  ] as const)('says everywhere why: %s', async (reason, network, expected) => {
    const chain = part(network);
    chain.start();
    const { chain: report } = chain.report();
    const unknown = { known: false, reason };
    expect(report.contracts).toEqual(expected);
    expect(report).toMatchObject({ chainId: expected && 1, failure: { reason }, poolWei: unknown, rpcs: [] });
    expect(new Set(report.functions.map((one) => one.reason))).toEqual(new Set([reason]));
    expect(report.node).toMatchObject({ state: 'active', claimableWei: unknown, owner: unknown });
    const { handlers } = chain;
    const { nodes, head } = await handlers['nodes.ofWallet']({});
    expect([head, nodes[0]?.stakeWei]).toEqual([null, unknown]);
    expect(await handlers['nodes.scan']({})).toEqual({ started: false, reason });
    expect(await handlers['wallet.look']({ address: contracts.token })).toMatchObject({ ethWei: unknown });
    expect(await handlers['wallet.tryCall']({ call: 'claim', nodeId: '4217' })).toMatchObject({
      ...{ outcome: unknown, callData: null, to: null, feeWei: unknown },
    });
    await chain.stop();
  });
});
