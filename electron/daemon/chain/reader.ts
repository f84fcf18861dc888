import type { NotKnown, Origin, UnknownReason } from '../../../shared/contract/chain.ts';
import type { Clock } from '../system/clock.ts';
import { type Ask, call, type DeployedCode, readDeployedCode } from './deployed-code.ts';
import {
  type ChainMemory,
  type Contracts,
  createFunctionBook,
  type FunctionBook,
  type FunctionName,
  functions as functionFacts,
  presentSignatures,
} from './functions.ts';
import { cooldownEnd, type NodeLayout, type OwnNode } from './layout.ts';
import { answerWords, balanceOf, createProofs, failureOf, supplyWei } from './proofs.ts';
import type { RpcAnswer, RpcCall } from './rpc.ts';
import type { Answering, Block } from './rpc-pool.ts';
import { blockOf } from './rpc-pool.ts';
import { notKnown } from './unknown.ts';
import { takeStated, type VerifiedAbis } from './verified-abi.ts';
import { addressOf, callData, selectorOf } from './words.ts';

type Read<Value> = ({ known: true; value: Value } & Origin) | NotKnown;

/** One node at one block. */
export interface NodeRead {
  readonly nodeId: string;
  readonly owner: Read<string>;
  readonly stakeWei: Read<string>;
  readonly tier: Read<number>;
  readonly inCooldown: boolean | null;
  /** Unix ms; a word of the contract, while cooling. */
  readonly cooldownEndsAtMs: number | null;
  readonly claimableWei: Read<string>;
  /** Nobody has this id. */
  readonly absent: boolean;
}

/** All that was asked, at one block of one RPC. */
export interface ChainRead {
  readonly block: Block;
  readonly origin: Origin;
  readonly nodes: ReadonlyMap<string, NodeRead>;
  readonly poolWei: Read<string>;
  /** Hashes now of earlier blocks that were asked for; null where the RPC no longer has them. */
  readonly hashes: ReadonlyMap<number, string | null>;
  distrust(reason: UnknownReason, message: string): void;
}

export interface ChainReader {
  readonly functions: FunctionBook;
  readonly contracts: Contracts;
  /** How a function may be called: as proven, else whatever the code holds; null before the code was read. */
  signatures(name: FunctionName): string[] | null;
  read(
    answering: Answering,
    wanted: { own: OwnNode | null; nodeIds: readonly string[]; blocks: readonly number[] },
  ): Promise<ChainRead | { failed: UnknownReason }>;
}

/** An implementation behind a proxy can be replaced. */
const codeFreshMs = 60 * 60_000;

export function createChainReader(
  options: { contracts: Contracts; chainId: number; abis?: VerifiedAbis },
  modules: { memory: ChainMemory; clock: Clock },
): ChainReader {
  const { contracts, chainId, abis = {} } = options;
  const { memory, clock } = modules;
  const functions = createFunctionBook(
    { key: `functions:${chainId}:${contracts.registry}:${contracts.rewards}`.toLowerCase() },
    { memory },
  );
  const codeOf = (contract: 'registry' | 'rewards') => codes.get(contract)?.code ?? null;
  const proofs = createProofs({ contracts }, { functions, codeOf });
  const codes = new Map<'registry' | 'rewards', { code: DeployedCode; atMs: number }>();

  async function readCode(
    contract: 'registry' | 'rewards',
    block: string,
    ask: Ask,
  ): Promise<UnknownReason | null> {
    const known = codes.get(contract);
    if (known && clock.sinceBootMs() - known.atMs < codeFreshMs) return null;
    const found = await readDeployedCode(contracts[contract], block, ask);
    if ('unknown' in found) return found.unknown;
    codes.set(contract, { code: found, atMs: clock.sinceBootMs() });
    functions.setCode(contract, found);
    return null;
  }

  return {
    ...{ functions, contracts },
    signatures(name) {
      const proven = functions.proven(name);
      const code = codeOf(functionFacts[name].contract);
      if (code === null) return null;
      return proven ? [proven.signature] : presentSignatures(name, code);
    },
    async read(answering, { own, nodeIds, blocks }) {
      const { head } = answering;
      const block = `0x${head.number.toString(16)}`;
      const ask: Ask = (calls) => answering.batch(calls);
      const problem: { registry: UnknownReason | null; rewards: UnknownReason | null } = {
        registry: await readCode('registry', block, ask),
        rewards: await readCode('rewards', block, ask),
      };
      for (const reason of Object.values(problem))
        if (reason !== null && reason !== 'no-code') return { failed: reason };
      takeStated(abis, { book: functions, codeOf });
      if (own !== null) {
        const failed =
          (problem.registry === null ? await proofs.nodeFunctions(own, block, ask) : null) ??
          (problem.rewards === null ? await proofs.earned(own, block, ask) : null);
        if (failed) return { failed };
        if (problem.rewards === null) await proofs.pool(block, ask);
      }
      const origin: Origin = {
        ...{ block: head.number, blockTimeMs: head.timeMs },
        ...{ source: answering.url, readAtMs: clock.now() },
      };
      const known = <Value>(value: Value): Read<Value> => ({ known: true, value, ...origin });
      const reasonOf = (name: FunctionName, contract: 'registry' | 'rewards') =>
        notKnown(problem[contract] ?? functions.reason(name) ?? 'not-read-yet');

      const calls: RpcCall[] = [];
      const asked = (one: RpcCall | null) => (one === null ? null : calls.push(one) - 1);
      const ask1 = (name: FunctionName, contract: 'registry' | 'rewards', ...args: bigint[]) => {
        const found = problem[contract] === null ? functions.proven(name) : null;
        return asked(
          found && call(contracts[contract], callData(selectorOf(found.signature), ...args), block),
        );
      };
      const places = nodeIds.map((nodeId) => ({
        nodeId,
        nodes: ask1('nodes', 'registry', BigInt(nodeId)),
        weightInputs: ask1('weightInputs', 'registry', BigInt(nodeId)),
        earned: ask1('earned', 'rewards', BigInt(nodeId)),
      }));
      const poolPlace = ask1('rewardPoolBalance', 'rewards');
      const heldPlace = asked(balanceOf(contracts, block));
      const blockPlaces = blocks.map((number) => [number, asked(blockCall(number))] as const);
      const answers = await ask(calls);
      const failed = failureOf(answers);
      if (failed) return { failed };
      const wordsAt = (at: number | null) => (at === null ? null : answerWords(answers[at]));

      const held = wordsAt(heldPlace)?.[0] ?? null;
      const pool = wordsAt(poolPlace);
      const poolWei: Read<string> =
        pool?.length === 1 ? knownWei(pool[0] ?? 0n, known) : reasonOf('rewardPoolBalance', 'rewards');
      function nodeRead({ nodeId, nodes, weightInputs, earned }: (typeof places)[number]): NodeRead {
        const views = (['nodes', 'weightInputs'] as const).flatMap((name) => {
          const words = wordsAt(name === 'nodes' ? nodes : weightInputs);
          const layout = functions.proven(name)?.layout;
          return words && layout && words.length === layout.words ? [{ words, layout }] : [];
        });
        const fact = (field: keyof NodeLayout): bigint | null => {
          for (const { words, layout } of views) {
            const at = layout[field];
            if (at !== null && words[at] !== undefined) return words[at] as bigint;
          }
          return null;
        };
        const unproven =
          functions.proven('nodes') || functions.proven('weightInputs')
            ? notKnown('layout-unproven')
            : reasonOf('nodes', 'registry');
        const owner = fact('owner');
        const stake = fact('stake');
        const tier = fact('tier');
        const flag = fact('inCooldown');
        const text = owner === null ? null : addressOf(owner);
        const wei = wordsAt(earned);
        let claimableWei: Read<string> = reasonOf('earned', 'rewards');
        if (wei?.length === 1) {
          const value = wei[0] as bigint;
          const possible = value <= supplyWei && (held === null || value <= held);
          claimableWei = possible ? known(String(value)) : notKnown('contradicted');
          if (!possible) answering.distrust('contradicted', `earned ${value}`);
        } else if (earned !== null) claimableWei = notKnown('contradicted');
        if (wei === null && earned !== null && answers[earned]?.kind === 'result')
          answering.distrust('contradicted', 'earned is no amount');
        const inCooldown = flag === null ? null : flag === 1n;
        const nodeWords = wordsAt(nodes);
        const ends = inCooldown && nodeWords ? cooldownEnd(nodeWords, BigInt(head.timeMs / 1000)) : null;
        return {
          nodeId,
          owner: text === null ? unproven : known(text),
          stakeWei:
            stake === null ? unproven : stake <= supplyWei ? known(String(stake)) : notKnown('contradicted'),
          tier: tier === null ? unproven : tier <= 4n ? known(Number(tier)) : notKnown('contradicted'),
          inCooldown,
          cooldownEndsAtMs: ends === null ? null : Number(ends) * 1000,
          claimableWei,
          absent: owner === 0n,
        };
      }
      return {
        block: head,
        origin,
        nodes: new Map(places.map((one) => [one.nodeId, nodeRead(one)])),
        poolWei,
        hashes: new Map(
          blockPlaces.map(([number, at]) => [number, hashIn(at === null ? undefined : answers[at], number)]),
        ),
        distrust: answering.distrust,
      };
    },
  };
}

function blockCall(number: number): RpcCall {
  return { method: 'eth_getBlockByNumber', params: [`0x${number.toString(16)}`, false] };
}

/** An amount that can exist. */
function knownWei(wei: bigint, known: (value: string) => Read<string>): Read<string> {
  return wei <= supplyWei ? known(String(wei)) : notKnown('contradicted');
}

function hashIn(answer: RpcAnswer | undefined, number: number): string | null {
  const found = answer?.kind === 'result' ? blockOf(answer.result) : null;
  return found?.number === number ? found.hash : null;
}
