import type { NotKnown, Origin, UnknownReason } from '../../../shared/contract/chain.ts';
import type { Clock } from '../system/clock.ts';
import { type Ask, call, type DeployedCode, readDeployedCode } from './deployed-code.ts';
import {
  type ChainMemory,
  createFunctionBook,
  type FunctionBook,
  type FunctionName,
  presentSignatures,
} from './functions.ts';
import { cooldownEnd, moreProven, type NodeLayout, type OwnNode, proveLayout, tierAmong } from './layout.ts';
import type { RpcAnswer, RpcCall } from './rpc.ts';
import type { Answering, Block } from './rpc-pool.ts';
import { blockOf } from './rpc-pool.ts';
import { notKnown } from './unknown.ts';
import { addressOf, callData, selectorOf, wordsOf } from './words.ts';

export interface Contracts {
  token: string;
  registry: string;
  rewards: string;
}

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
  /** The code that answers for a contract, once it was read. */
  codeOf(contract: 'registry' | 'rewards'): DeployedCode | null;
  read(
    answering: Answering,
    wanted: { own: OwnNode | null; nodeIds: readonly string[]; blocks: readonly number[] },
  ): Promise<ChainRead | { failed: UnknownReason }>;
}

/** An implementation behind a proxy can be replaced. */
const codeFreshMs = 60 * 60_000;
/** No token can be owed that does not exist: 100,000,000 with 18 decimals. [network.md 9] */
const supplyWei = 10n ** 26n;
/** No node has it: whatever answers for it as for ours does not answer for ours. */
const nobodysId = 2n ** 31n - 7n;

export function createChainReader(
  options: { contracts: Contracts; chainId: number },
  modules: { memory: ChainMemory; clock: Clock },
): ChainReader {
  const { contracts, chainId } = options;
  const { memory, clock } = modules;
  const functions = createFunctionBook(
    { key: `functions:${chainId}:${contracts.registry}:${contracts.rewards}`.toLowerCase() },
    { memory },
  );
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

  /** The signature to ask with: the proven one, else what is in the code. */
  function signaturesOf(name: FunctionName, contract: 'registry' | 'rewards'): string[] {
    const proven = functions.proven(name);
    if (proven) return [proven.signature];
    const code = codes.get(contract);
    const present = code ? presentSignatures(name, code.code) : [];
    if (code && present.length === 0) functions.refuse(name, 'function-absent');
    return present;
  }

  async function proveNodeFunctions(own: OwnNode, block: string, ask: Ask): Promise<UnknownReason | null> {
    for (const name of ['nodes', 'weightInputs'] as const) {
      const known = functions.proven(name);
      const open = known?.layout && (known.layout.tier === null || known.layout.inCooldown === null);
      if (known && !open) continue;
      for (const signature of signaturesOf(name, 'registry')) {
        const selector = selectorOf(signature);
        const ids = [own.nodeId, nobodysId, ...neighbours(own.nodeId)];
        const answers = await ask(ids.map((id) => call(contracts.registry, callData(selector, id), block)));
        const failed = failureOf(answers);
        if (failed) return failed;
        const [ours, nobodys, ...others] = answers.map(answerWords);
        if (!ours || (nobodys && nobodys.join() === ours.join())) continue;
        const found = proveLayout(ours, own, name === 'nodes');
        if (found === null) continue;
        const alike = others
          .filter((words) => words !== null)
          .filter((words) => words.length === ours.length);
        const layout = { ...found, tier: found.tier ?? tierAmong(ours, own, alike) };
        functions.prove(name, {
          signature,
          layout: known?.layout ? moreProven(known.layout, layout) : layout,
        });
        break;
      }
      if (!functions.proven(name))
        functions.refuse(
          name,
          functions.reason(name) === 'function-absent' ? 'function-absent' : 'layout-unproven',
        );
    }
    return null;
  }

  async function proveEarned(own: OwnNode, block: string, ask: Ask): Promise<UnknownReason | null> {
    if (functions.proven('earned')) return null;
    // Without a registry that knows our node, nothing says that this id is ours.
    for (const signature of signaturesOf('earned', 'rewards')) {
      const selector = selectorOf(signature);
      const answers = await ask([
        call(contracts.rewards, callData(selector, own.nodeId), block),
        call(contracts.rewards, callData(selector, nobodysId), block),
        balanceOf(contracts, block),
      ]);
      const failed = failureOf(answers);
      if (failed) return failed;
      const [ours, nobodys, pool] = answers.map(answerWords);
      if (ours?.length !== 1 || pool?.length !== 1) continue;
      const [earned = 0n] = ours;
      const strangers = nobodys?.[0] ?? 0n;
      if (strangers !== 0n || earned > (pool[0] ?? 0n) || earned > supplyWei) continue;
      functions.prove('earned', { signature, layout: null });
      return null;
    }
    functions.refuse(
      'earned',
      functions.reason('earned') === 'function-absent' ? 'function-absent' : 'layout-unproven',
    );
    return null;
  }

  async function provePool(block: string, ask: Ask): Promise<void> {
    if (functions.proven('rewardPoolBalance')) return;
    for (const signature of signaturesOf('rewardPoolBalance', 'rewards')) {
      const answers = await ask([
        call(contracts.rewards, selectorOf(signature), block),
        balanceOf(contracts, block),
      ]);
      const [said, held] = answers.map(answerWords);
      if (said?.length !== 1 || held?.length !== 1 || (said[0] ?? 0n) > (held[0] ?? 0n)) continue;
      return functions.prove('rewardPoolBalance', { signature, layout: null });
    }
    functions.refuse(
      'rewardPoolBalance',
      functions.reason('rewardPoolBalance') === 'function-absent' ? 'function-absent' : 'layout-unproven',
    );
  }

  return {
    functions,
    codeOf: (contract) => codes.get(contract)?.code ?? null,
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
      if (own !== null) {
        const failed =
          (problem.registry === null ? await proveNodeFunctions(own, block, ask) : null) ??
          (problem.rewards === null ? await proveEarned(own, block, ask) : null);
        if (failed) return { failed };
        if (problem.rewards === null) await provePool(block, ask);
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
      const blockPlaces = blocks.map(
        (number) =>
          [
            number,
            asked({ method: 'eth_getBlockByNumber', params: [`0x${number.toString(16)}`, false] }),
          ] as const,
      );
      const answers = await ask(calls);
      const failed = failureOf(answers);
      if (failed) return { failed };
      const wordsAt = (at: number | null) => (at === null ? null : answerWords(answers[at]));

      const held = wordsAt(heldPlace)?.[0] ?? null;
      const pool = wordsAt(poolPlace);
      let poolWei: Read<string> = reasonOf('rewardPoolBalance', 'rewards');
      if (pool?.length === 1) {
        const wei = pool[0] as bigint;
        poolWei = wei <= supplyWei ? known(String(wei)) : notKnown('contradicted');
      }
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
          blockPlaces.map(([number, at]) => {
            const answer = at === null ? undefined : answers[at];
            const found = answer?.kind === 'result' ? blockOf(answer.result) : null;
            return [number, found?.number === number ? found.hash : null];
          }),
        ),
        distrust: answering.distrust,
      };
    },
  };
}

function neighbours(id: bigint): bigint[] {
  return [1n, 2n, 3n, 4n].flatMap((step) => (id > step ? [id - step, id + step] : [id + step]));
}

function balanceOf({ token, rewards }: Contracts, block: string): RpcCall {
  return call(token, callData(selectorOf('balanceOf(address)'), BigInt(rewards)), block);
}

function answerWords(answer: RpcAnswer | undefined): bigint[] | null {
  return answer?.kind === 'result' ? wordsOf(answer.result) : null;
}

/** Why the RPC gave no answer at all; what it does not have any more is not among it. */
function failureOf(answers: readonly RpcAnswer[]): UnknownReason | null {
  const failed = answers.find((answer) => answer.kind === 'failure');
  return failed?.kind === 'failure' ? failed.reason : null;
}
