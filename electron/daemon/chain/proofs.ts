import type { UnknownReason } from '../../../shared/contract/chain.ts';
import { type Ask, call, type DeployedCode } from './deployed-code.ts';
import { type Contracts, type FunctionBook, type FunctionName, presentSignatures } from './functions.ts';
import { moreProven, type OwnNode, proveLayout, tierAmong } from './layout.ts';
import type { RpcAnswer, RpcCall } from './rpc.ts';
import { callData, selectorOf, wordsOf } from './words.ts';

/** No token can be owed that does not exist: 100,000,000 with 18 decimals. [network.md 9] */
export const supplyWei = 10n ** 26n;
/** No node has it: whatever answers for it as for ours does not answer for ours. */
const nobodysId = 2n ** 31n - 7n;

/** Proves functions by what they say of our own node; a reason is returned only where the RPC failed. */
export interface Proofs {
  nodeFunctions(own: OwnNode, block: string, ask: Ask): Promise<UnknownReason | null>;
  earned(own: OwnNode, block: string, ask: Ask): Promise<UnknownReason | null>;
  pool(block: string, ask: Ask): Promise<void>;
}

export function createProofs(
  options: { contracts: Contracts },
  modules: { functions: FunctionBook; codeOf: (contract: 'registry' | 'rewards') => DeployedCode | null },
): Proofs {
  const { contracts } = options;
  const { functions, codeOf } = modules;

  /** The signature to ask with: the proven one, else what is in the code. */
  function signaturesOf(name: FunctionName, contract: 'registry' | 'rewards'): string[] {
    const proven = functions.proven(name);
    if (proven) return [proven.signature];
    const code = codeOf(contract);
    const present = code ? presentSignatures(name, code) : [];
    if (code && present.length === 0) functions.refuse(name, 'function-absent');
    return present;
  }

  async function nodeFunctions(own: OwnNode, block: string, ask: Ask): Promise<UnknownReason | null> {
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

  async function earned(own: OwnNode, block: string, ask: Ask): Promise<UnknownReason | null> {
    if (functions.proven('earned')) return null;
    // That the id is ours is the coordinator's word, and the registry's where it is proven.
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
      const [wei = 0n] = ours;
      const strangers = nobodys?.[0] ?? 0n;
      if (strangers !== 0n || wei > (pool[0] ?? 0n) || wei > supplyWei) continue;
      functions.prove('earned', { signature, layout: null });
      return null;
    }
    functions.refuse(
      'earned',
      functions.reason('earned') === 'function-absent' ? 'function-absent' : 'layout-unproven',
    );
    return null;
  }

  async function poolBalance(block: string, ask: Ask): Promise<void> {
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

  return { nodeFunctions, earned, pool: poolBalance };
}

function neighbours(id: bigint): bigint[] {
  return [1n, 2n, 3n, 4n].flatMap((step) => (id > step ? [id - step, id + step] : [id + step]));
}

export function balanceOf({ token, rewards }: Contracts, block: string): RpcCall {
  return call(token, callData(selectorOf('balanceOf(address)'), BigInt(rewards)), block);
}

export function answerWords(answer: RpcAnswer | undefined): bigint[] | null {
  return answer?.kind === 'result' ? wordsOf(answer.result) : null;
}

/** Why the RPC gave no answer at all; what it does not have any more is not among it. */
export function failureOf(answers: readonly RpcAnswer[]): UnknownReason | null {
  const failed = answers.find((answer) => answer.kind === 'failure');
  return failed?.kind === 'failure' ? failed.reason : null;
}
