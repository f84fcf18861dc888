import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { selectorOf } from '../../../../electron/daemon/chain/words.ts';
import { unknownText } from '../../../../shared/wallet/text.ts';
import { beatMs, type ChainNode, startChainNode } from '../../../fixtures/chain/chain-node.ts';
import type { Lie } from '../../../fixtures/chain/lying-rpc.ts';

const word = (value: bigint) => `0x${BigInt.asUintN(256, value).toString(16).padStart(64, '0')}`;
/** As the reference contracts have it. */
const earnedSelector = selectorOf('earned(uint256)');

/** Another answer to `earned` of any node. */
const earnedIs = (say: (truth: bigint) => bigint): Lie => ({
  answers: ({ method, params }, truth) => {
    const [call] = params as [{ data?: string }];
    if (method !== 'eth_call' || !call?.data?.startsWith(earnedSelector) || !('result' in truth)) return;
    return { result: word(say(BigInt(String(truth.result)))) };
  },
});
const answersTo = (method: string, result: unknown): Lie => ({
  answers: (call) => (call.method === method ? { result } : undefined),
});
const refuses = (methods: readonly string[], code: number, message: string): Lie => ({
  answers: ({ method }) => (methods.includes(method) ? { error: { code, message } } : undefined),
});

describe('a node whose RPCs tell it what cannot be', () => {
  let fixture: ChainNode;
  let healthySince = 0;

  beforeAll(async () => {
    fixture = await startChainNode();
  });
  afterAll(() => fixture.stop());

  /** Both answer truly again, and what is shown is what the contract says. */
  beforeEach(async () => {
    for (const rpc of fixture.rpcs) rpc.tell(null);
    // No RPC is left alone for longer.
    if (fixture.snapshot().chain.rpcs.some(({ state }) => state === 'failing' || state === 'refused'))
      await fixture.clock.advance(12.5 * 60_000);
    await fixture.pass(64);
    await expectTruth();
    healthySince = fixture.clock.monotonicMs();
  });

  async function expectTruth(): Promise<void> {
    const { chain, nodeId } = fixture;
    const { earned } = fixture.snapshot();
    const { claimableWei } = earned;
    if (!claimableWei.known) throw new Error(claimableWei.reason);
    expect(claimableWei.block).toBe(await chain.blockNumber());
    expect(claimableWei.value).toBe(String(await chain.earnedWei(nodeId, claimableWei.block)));
  }

  function bothSay(lie: Lie): void {
    for (const rpc of fixture.rpcs) rpc.tell(lie);
  }

  /** Whatever the chain says, the node is online, takes requests, and no beat was late. */
  function expectServing(): void {
    const { state } = fixture.snapshot();
    expect(['ready', 'serving']).toContain(state.code);
    const beats = fixture.sent.times('/api/operator/heartbeat', healthySince - beatMs);
    const gaps = beats.slice(1).map((at, index) => at - (beats[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(beatMs);
    expect(fixture.clock.monotonicMs() - (beats.at(-1) ?? 0)).toBeLessThanOrEqual(beatMs);
  }

  /** Not known, with words for a person; never a zero. */
  function expectUnknown(reason: string): void {
    const { claimableWei, everWei, estimate } = fixture.snapshot().earned;
    expect(claimableWei).toEqual({ known: false, reason });
    expect(everWei).toMatchObject({ known: false });
    expect(estimate).toBeNull();
    expect(unknownText(reason)).not.toBe('the reason isn’t known');
  }

  /** The figure of before, with its own block and time. */
  function expectKept(block: number): void {
    expect(fixture.snapshot().earned.claimableWei).toMatchObject({ known: true, block });
  }

  it.for<[string, Lie, string]>([
    ['are on another chain', answersTo('eth_chainId', '0xaa36a7'), 'other-chain'],
    ['answer with a page', { status: 200, body: '<html>Sign in</html>' }, 'not-an-rpc'],
    ['answer with half a document', { status: 200, body: '[{"jsonrpc":"2.0","id":1,"resu' }, 'not-an-rpc'],
    ['are a gateway without anything behind it', { status: 502, body: 'Bad gateway' }, 'unreachable'],
    ['limit requests', { status: 429, body: '{}', headers: { 'retry-after': '90' } }, 'rate-limited'],
    [
      'limit requests by an error',
      refuses(['eth_chainId'], -32005, 'daily request count exceeded'),
      'rate-limited',
    ],
    ['hang', 'hangs', 'unreachable'],
    [
      'have lost the state of the block',
      refuses(['eth_call'], -32000, 'missing trie node 5f'),
      'history-pruned',
    ],
    ['give a block without a number', answersTo('eth_getBlockByNumber', { number: 'latest' }), 'not-an-rpc'],
    [
      'are far ahead of any block there can be',
      {
        answers: ({ method }, truth) =>
          method === 'eth_getBlockByNumber' && 'result' in truth
            ? { result: { ...(truth.result as object), number: '0x7fffffff' } }
            : undefined,
      },
      'contradicted',
    ],
  ])('keeps what it knew, with its time, while they %s', async ([, lie, reason]) => {
    const { block } = fixture.snapshot().chain.head ?? { block: 0 };
    bothSay(lie);
    await fixture.pass(60);
    const { chain } = fixture.snapshot();
    expect(chain.failure).toMatchObject({ reason });
    expectKept(block);
    expectServing();
    expect(fixture.rpcs[1].requests).toBeGreaterThan(0);
  });

  it.for<[string, Lie]>([
    ['negative', earnedIs((truth) => -truth)],
    ['2^256 - 1', earnedIs(() => 2n ** 256n - 1n)],
    ['more than the pool holds', earnedIs(() => 26_000_000n * 10n ** 18n)],
    [
      'no number at all',
      {
        answers: ({ method, params }) => {
          const [call] = params as [{ data?: string }];
          return method === 'eth_call' && call?.data?.startsWith(earnedSelector)
            ? { result: 'a lot' }
            : undefined;
        },
      },
    ],
  ])('shows no balance that is %s', async ([, lie]) => {
    bothSay(lie);
    await fixture.pass(8);
    expectUnknown('contradicted');
    expectServing();
    expect(fixture.snapshot().chain.rpcs[0]).toMatchObject({ state: 'refused', reason: 'contradicted' });
  });

  it.for<[string, Lie]>([
    ['half', earnedIs((truth) => truth / 2n)],
    ['nothing', earnedIs(() => 0n)],
  ])('shows no balance that fell to %s without a claim', async ([, lie]) => {
    const before = fixture.snapshot().earned.record.samples;
    bothSay(lie);
    await fixture.pass(8);
    expectUnknown('contradicted');
    await fixture.pass(40);
    expect(fixture.snapshot().earned.record.samples).toBe(before);
    expectServing();
  });

  it('asks the second RPC while the first lies, and the first again after a while, ever more seldom', async () => {
    const [first] = fixture.rpcs;
    first.tell({ status: 200, body: '<html></html>' });
    await fixture.pass(40);
    await expectTruth();
    const { chain, earned } = fixture.snapshot();
    expect(chain.failure).toBeNull();
    expect(chain.rpcs.map(({ state }) => state)).toEqual(['refused', 'answers']);
    expect(earned.claimableWei).toMatchObject({ source: `${fixture.rpcs[1].url}/` });
    expect(first.requests).toBeLessThanOrEqual(3);
    const asked = first.requests;
    await fixture.pass(200);
    expect(first.requests).toBeGreaterThan(asked);
    expect(first.requests).toBeLessThanOrEqual(asked + 6);
    first.tell(null);
    await fixture.clock.advance(12.5 * 60_000);
    await fixture.pass(8);
    expect(fixture.snapshot().earned.claimableWei).toMatchObject({ source: `${first.url}/` });
    expectServing();
  });

  it('leaves an RPC alone for as long as it asks', async () => {
    const [first] = fixture.rpcs;
    first.tell({ status: 429, body: '', headers: { 'retry-after': '300' } });
    await fixture.pass(280);
    expect(first.requests).toBe(1);
    await fixture.pass(120);
    expect(first.requests).toBeGreaterThan(1);
    await expectTruth();
    expectServing();
  });

  it('believes the newer block where one RPC hangs back', async () => {
    const { chain, rpcs } = fixture;
    const old = await chain.rpc.call('eth_getBlockByNumber', ['latest', false]);
    rpcs[0].tell({
      answers: ({ method, params }) =>
        method === 'eth_getBlockByNumber' && params[0] === 'latest' ? { result: old } : undefined,
    });
    const { samples } = fixture.snapshot().earned.record;
    await fixture.pass(120);
    await expectTruth();
    expect(fixture.snapshot().earned.claimableWei).toMatchObject({ source: `${rpcs[1].url}/` });
    expect(fixture.snapshot().earned.record.samples).toBeGreaterThan(samples);
    expectServing();
  });

  it('drops nothing on record where both go back to an old block', async () => {
    const { chain } = fixture;
    const old = await chain.rpc.call('eth_getBlockByNumber', [
      `0x${((await chain.blockNumber()) - 3).toString(16)}`,
      false,
    ]);
    const { samples } = fixture.snapshot().earned.record;
    bothSay({
      answers: ({ method, params }) =>
        method === 'eth_getBlockByNumber' && params[0] === 'latest' ? { result: old } : undefined,
    });
    await fixture.pass(80);
    expect(fixture.snapshot().earned.record.samples).toBe(samples);
    expectServing();
    bothSay({ answers: () => undefined });
    await fixture.pass(64);
    await expectTruth();
  });

  it('drops nothing final because an RPC gives other hashes', async () => {
    await fixture.chain.mine(140);
    await fixture.clock.advance(30 * 60_000);
    await fixture.pass(64);
    const { samples } = fixture.snapshot().earned.record;
    fixture.rpcs[0].tell({
      answers: ({ method, params }, truth) =>
        method === 'eth_getBlockByNumber' && params[0] !== 'latest' && 'result' in truth
          ? { result: { ...(truth.result as object), hash: `0x${'ab'.repeat(32)}` } }
          : undefined,
    });
    await fixture.pass(64);
    expect(fixture.snapshot().earned.record.samples).toBeGreaterThanOrEqual(samples);
    await expectTruth();
    expectServing();
  });

  it('keeps the balance and says what is missing where old logs are pruned', async () => {
    bothSay(refuses(['eth_getLogs'], -32000, 'history is not available: pruned'));
    await fixture.pass(64);
    await expectTruth();
    const { reason, claims } = await fixture.node.host.daemon.handlers['earnings.claims']({
      before: null,
      limit: 50,
    });
    expect(reason).toBe('history-pruned');
    expect(claims).toEqual([]);
    expectServing();
  });

  it('asks the second RPC for old logs that the first has pruned', async () => {
    const { chain, nodeId, node, rpcs } = fixture;
    const kept = await chain.rpc.call('evm_snapshot');
    rpcs[0].tell(refuses(['eth_getLogs'], -32000, 'history is not available: pruned'));
    const paid = await chain.claim(nodeId);
    await fixture.pass(8);
    await expectTruth();
    const { reason, claims } = await node.host.daemon.handlers['earnings.claims']({
      before: null,
      limit: 50,
    });
    expect([reason, claims]).toMatchObject([null, [{ amountWei: String(paid), nodeId }]]);
    // For what it has, the first is still the one that is asked.
    expect(fixture.snapshot().earned.claimableWei).toMatchObject({ source: `${rpcs[0].url}/` });
    expect(fixture.snapshot().chain.rpcs.map(({ state }) => state)).toEqual(['answers', 'answers']);
    expectServing();
    expect(await chain.rpc.call('evm_revert', [kept])).toBe(true);
    await chain.mine(4);
    await fixture.pass(64);
  });

  it('forgets a claim and a sample whose blocks vanish in a re-organisation', async () => {
    const { chain, nodeId, node } = fixture;
    const claims = async () =>
      (await node.host.daemon.handlers['earnings.claims']({ before: null, limit: 50 })).claims;
    const kept = await chain.rpc.call('evm_snapshot');
    const paid = await chain.claim(nodeId);
    await fixture.pass(64);
    expect(await claims()).toMatchObject([{ amountWei: String(paid), nodeId }]);
    await expectTruth();

    expect(await chain.rpc.call('evm_revert', [kept])).toBe(true);
    await chain.mine(4);
    await fixture.pass(64);
    expect(await claims()).toEqual([]);
    await expectTruth();
    expect(BigInt(await chain.earnedWei(nodeId))).toBeGreaterThan(paid);
    expectServing();
    expect(node.log.some(({ event }) => event === 'earnings-blocks-vanished')).toBe(true);
  });

  it('asks for the logs of fewer blocks where the range is too wide, and goes on using the RPC', async () => {
    const { chain, nodeId, node } = fixture;
    const failures = () => node.log.filter(({ event }) => event === 'rpc-failed').length;
    const before = failures();
    bothSay({
      answers({ method, params }) {
        if (method !== 'eth_getLogs') return;
        const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
        if (Number(toBlock) - Number(fromBlock) < 20) return;
        return { error: { code: -32005, message: 'query returned more than 10000 results' } };
      },
    });
    const paid = await chain.claim(nodeId);
    await chain.mine(80);
    await fixture.pass(64);
    const { reason, claims } = await node.host.daemon.handlers['earnings.claims']({
      before: null,
      limit: 50,
    });
    expect([reason, claims]).toMatchObject([null, [{ amountWei: String(paid), nodeId }]]);
    expect(fixture.snapshot().chain.rpcs[0]?.state).toBe('answers');
    expect(failures()).toBe(before);
    await expectTruth();
    expectServing();
  });
});

describe('a node that was told wrong', () => {
  it('says that there is no contract where none is, and serves on', async () => {
    const nobody = `0x${'12'.repeat(20)}`;
    const fixture = await startChainNode({ settings: { 'chain.rewards': nobody } });
    try {
      await fixture.pass(8);
      const { chain, earned, state } = fixture.snapshot();
      expect(chain.failure).toBeNull();
      expect(earned.claimableWei).toEqual({ known: false, reason: 'no-code' });
      expect(chain.node).toMatchObject({ owner: { known: true }, claimableWei: { known: false } });
      expect(state.code).toBe('ready');
    } finally {
      await fixture.stop();
    }
  });
});
