import { describe, expect, it } from 'vitest';
import type { ChainRead } from '../../../../electron/daemon/chain/reader.ts';
import { type ReaderFixture, startReader } from '../../../fixtures/chain/reader.ts';

const registryFile = 'NodeRegistryLocker.sol';
const rewardsFile = 'OperatorStakeRewardsV2.sol';

/** What the chain itself says of our node, to the wei. */
async function expectTruth({ chain, nodeId, owner }: ReaderFixture, read: ChainRead): Promise<void> {
  const node = read.nodes.get(nodeId);
  const block = read.block.number;
  expect(node?.claimableWei).toMatchObject({
    known: true,
    value: String(await chain.earnedWei(nodeId, block)),
    block,
    source: `${chain.rpcUrl}/`,
    blockTimeMs: read.block.timeMs,
  });
  expect(node?.owner).toMatchObject({ known: true, value: owner });
  expect(node?.stakeWei).toMatchObject({ known: true, value: `75000${'0'.repeat(18)}` });
}

describe('a layout that our own node proves', () => {
  it('is that of the reference contracts', async () => {
    const fixture = await startReader();
    const read = await fixture.read();
    await expectTruth(fixture, read);
    expect(read.nodes.get(fixture.nodeId)).toMatchObject({
      tier: { known: true, value: 3 },
      inCooldown: false,
    });
    expect(read.poolWei).toMatchObject({ known: true, value: String(await fixture.chain.rewardPoolWei()) });
    expect(fixture.signature('earned')).toBe('earned(uint256)');

    await fixture.chain.requestUnstake(fixture.nodeId);
    const cooling = (await fixture.read({ own: { online: false } })).nodes.get(fixture.nodeId);
    const words = await fixture.chain.rpc.read(
      fixture.chain.contracts.registry,
      'nodes',
      [BigInt(fixture.nodeId)],
      await fixture.chain.blockNumber(),
    );
    expect(cooling).toMatchObject({ inCooldown: true, cooldownEndsAtMs: Number(words[6]) * 1000 });

    await fixture.chain.increaseTime(7 * 86_400);
    await fixture.chain.withdrawStake(fixture.nodeId);
    const retired = (await fixture.read({ own: { online: false, stakeWei: null, tier: null } })).nodes.get(
      fixture.nodeId,
    );
    expect(retired?.stakeWei).toMatchObject({ known: true, value: '0' });
  });

  it('is found with other integer widths', async () => {
    const narrow = (source: string) =>
      source
        .replaceAll('uint256 nodeId', 'uint64 nodeId')
        .replaceAll('uint256 indexed nodeId', 'uint64 indexed nodeId')
        .replaceAll('uint8 tier', 'uint256 tier')
        .replaceAll('uint8 hardwareTier', 'uint256 hardwareTier')
        .replace('nodeId = nextNodeId++', 'nodeId = uint64(nextNodeId++)');
    const fixture = await startReader({ changeSource: narrow });
    await expectTruth(fixture, await fixture.read());
    expect(fixture.signature('earned')).toBe('earned(uint64)');
    expect(fixture.signature('nodes')).toBe('nodes(uint64)');
  });

  it('is found behind an EIP-1967 proxy', async () => {
    const fixture = await startReader({ before: (chain) => putBehindProxy(chain) });
    expect(
      (await fixture.chain.rpc.call('eth_getCode', [fixture.chain.addresses.rewards, 'latest'])) as string,
    ).toHaveLength(2 + 2 * proxyBytes);
    await expectTruth(fixture, await fixture.read());
  });

  it('is found with the fields in another order', async () => {
    const fixture = await startReader({ changeSource: otherOrder });
    const read = await fixture.read();
    await expectTruth(fixture, read);
    expect(read.nodes.get(fixture.nodeId)?.tier).toMatchObject({ known: true, value: 3 });
    expect(fixture.reader.functions.proven('nodes')?.layout).toMatchObject({
      nodeKeyHash: 0,
      stake: 6,
      owner: 5,
    });
  });

  it('tells a tier of 1 from a flag by what other nodes have there', async () => {
    const fixture = await startReader({ tier: 1 });
    const { nodes } = await fixture.read();
    expect(nodes.get(fixture.nodeId)?.tier).toMatchObject({ known: true, value: 1 });
  });
});

describe('a verified ABI', () => {
  it('says what our own node cannot prove, where the deployed code holds its functions', async () => {
    const fixture = await startReader({ changeSource: unprovable, verified: true });
    // Before anything is known of our own node.
    const { nodes } = await fixture.read({ own: null });
    expect(nodes.get(fixture.nodeId)).toMatchObject({
      owner: { known: true, value: fixture.owner },
      stakeWei: { known: true, value: `75000${'0'.repeat(18)}` },
      tier: { known: true, value: 3 },
      inCooldown: false,
      claimableWei: { known: true },
    });
    expect(fixture.signature('claim')).toBe('claim(uint256)');
  });

  it('is not used for other code than its own', async () => {
    const absent = (source: string, file: string) =>
      file === rewardsFile ? source.replace('function earned(uint256', 'function accrued(uint256') : source;
    const fixture = await startReader({ verified: true });
    const { rewards } = fixture.chain.addresses;
    const other = await startReader({ changeSource: absent });
    const code = await other.chain.rpc.call('eth_getCode', [other.chain.addresses.rewards, 'latest']);
    await fixture.chain.rpc.call('anvil_setCode', [rewards, code]);
    const { nodes } = await fixture.read();
    expect(nodes.get(fixture.nodeId)?.claimableWei).toEqual({ known: false, reason: 'function-absent' });
  });
});

describe('what our own node does not prove', () => {
  it('is unavailable where a function is missing, and the rest is read', async () => {
    const fixture = await startReader({
      changeSource: (source, file) =>
        file === registryFile
          ? source.replace('function nodes(uint256', 'function nodeRecords(uint256')
          : source,
    });
    const read = await fixture.read();
    expect(fixture.reader.functions.reason('nodes')).toBe('function-absent');
    await expectTruth(fixture, read);
  });

  it('is rejected where a contract holds the bytes and means something else', async () => {
    const fixture = await startReader({
      changeSource: (source, file) =>
        file === rewardsFile
          ? source.replace(
              'return scaled / SCALE - account.claimed;',
              'return scaled / SCALE - account.claimed + 7;',
            )
          : source
              .replaceAll('node.nodeKeyHash,', 'keccak256(abi.encode(node.nodeKeyHash)),')
              .replace(
                'return (node.owner, node.stake, node.tier, node.stake > 0',
                'return (node.owner, node.stake / 2, node.tier, node.stake > 0',
              ),
    });
    const node = (await fixture.read()).nodes.get(fixture.nodeId);
    for (const name of ['nodes', 'weightInputs', 'earned'] as const)
      expect(fixture.reader.functions.reason(name), name).toBe('layout-unproven');
    expect(node?.claimableWei).toEqual({ known: false, reason: 'layout-unproven' });
    expect(node?.owner).toEqual({ known: false, reason: 'layout-unproven' });
  });

  it('is said where there is no code at all', async () => {
    const fixture = await startReader();
    await fixture.chain.rpc.call('anvil_setCode', [fixture.chain.addresses.rewards, '0x']);
    const read = await fixture.read();
    expect(read.nodes.get(fixture.nodeId)?.claimableWei).toEqual({ known: false, reason: 'no-code' });
    expect(read.nodes.get(fixture.nodeId)?.owner).toMatchObject({ known: true });
  });

  it('is unavailable where the owner was typed wrong, and known once it is right', async () => {
    const fixture = await startReader();
    const typedWrong = await fixture.read({ own: { owner: `0x${'99'.repeat(20)}` } });
    const node = typedWrong.nodes.get(fixture.nodeId);
    for (const figure of [node?.owner, node?.stakeWei, node?.tier])
      expect(figure).toEqual({ known: false, reason: 'layout-unproven' });
    await expectTruth(fixture, await fixture.read());
  });

  it('is not taken from another node than ours', async () => {
    const fixture = await startReader();
    await fixture.read({ own: { nodeKeyHash: `0x${'99'.repeat(32)}` } });
    expect(fixture.reader.functions.reason('nodes')).toBe('layout-unproven');
    await fixture.read({ own: { owner: `0x${'99'.repeat(20)}` } });
    expect(fixture.reader.functions.reason('weightInputs')).toBeNull();
  });
});

/** The key's hash comes back hashed: nothing that is known of our node stands there. */
function unprovable(source: string): string {
  return source.replaceAll('node.nodeKeyHash,', 'keccak256(abi.encode(node.nodeKeyHash)),');
}

function otherOrder(source: string, file: string): string {
  if (file !== registryFile) return source;
  const from = source.indexOf('    function nodes(');
  const to = source.indexOf('    function weightInputs(');
  return `${source.slice(0, from)}
    function nodes(uint256 nodeId) external view returns (bytes32, bool, bool, uint8, uint64, address, uint256) {
        Node storage node = _nodes[nodeId];
        return (node.nodeKeyHash, node.cooldownEndsAt != 0, node.stake > 0, node.tier, node.cooldownEndsAt, node.owner, node.stake);
    }

${source.slice(to)}`;
}

const implementationSlot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';
/** calldatacopy, sload of the slot, delegatecall, and what it gave or refused. */
const proxyCode = `0x3660008037600060003660007f${implementationSlot.slice(2)}545af43d6000803e603c573d6000fd5b3d6000f3`;
const proxyBytes = (proxyCode.length - 2) / 2;

async function putBehindProxy(chain: ReaderFixture['chain']): Promise<void> {
  for (const [index, address] of [chain.addresses.registry, chain.addresses.rewards].entries()) {
    const code = await chain.rpc.call('eth_getCode', [address, 'latest']);
    const behind = `0x${String(index + 1).padStart(40, 'e')}`;
    await chain.rpc.call('anvil_setCode', [behind, code]);
    await chain.rpc.call('anvil_setCode', [address, proxyCode]);
    await chain.rpc.call('anvil_setStorageAt', [
      address,
      implementationSlot,
      `0x${behind.slice(2).padStart(64, '0')}`,
    ]);
  }
}
