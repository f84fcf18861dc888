import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { UnknownReason } from '../../../shared/contract/chain.ts';
import { type DeployedCode, holdsSelector } from './deployed-code.ts';
import type { NodeLayout } from './layout.ts';
import { selectorOf } from './words.ts';

/** Addresses of the network's contracts. */
export interface Contracts {
  token: string;
  registry: string;
  rewards: string;
}

/** The functions that are read or called, by what documents say of them; their types are not published. [network.md 9.1] */
export const functions = {
  nodes: { contract: 'registry', title: 'NodeRegistryLocker.nodes' },
  weightInputs: { contract: 'registry', title: 'NodeRegistryLocker.weightInputs' },
  requestUnstake: { contract: 'registry', title: 'NodeRegistryLocker.requestUnstake' },
  cancelUnstake: { contract: 'registry', title: 'NodeRegistryLocker.cancelUnstake' },
  withdrawStake: { contract: 'registry', title: 'NodeRegistryLocker.withdrawStake' },
  earned: { contract: 'rewards', title: 'OperatorStakeRewardsV2.earned' },
  claim: { contract: 'rewards', title: 'OperatorStakeRewardsV2.claim' },
  rewardPoolBalance: { contract: 'rewards', title: 'OperatorStakeRewardsV2.rewardPoolBalance' },
} as const;
export type FunctionName = keyof typeof functions;

/** Types that a node id may have: all take the same word, and each gives another selector. */
const idTypes = [
  'uint256',
  'bytes32',
  'uint64',
  'uint32',
  'uint128',
  'uint96',
  'uint48',
  'uint40',
  'uint16',
  'uint8',
];

/** The signatures of a function whose selector the deployed code holds. */
export function presentSignatures(name: FunctionName, code: DeployedCode): string[] {
  const types = name === 'rewardPoolBalance' ? [''] : idTypes;
  return types.map((type) => `${name}(${type})`).filter((text) => holdsSelector(code, selectorOf(text)));
}

export interface ProvenFunction {
  readonly signature: string;
  readonly layout: NodeLayout | null;
}

/** What is proven of the deployed code, kept so that it is known after a withdrawal too, when nothing can prove it any more. */
export interface FunctionBook {
  proven(name: FunctionName): ProvenFunction | null;
  reason(name: FunctionName): UnknownReason | null;
  prove(name: FunctionName, found: ProvenFunction): void;
  refuse(name: FunctionName, reason: UnknownReason): void;
  /** The code as it is now; what was proven of other code is forgotten. */
  setCode(contract: 'registry' | 'rewards', code: DeployedCode): void;
  report(): { name: string; signature: string | null; reason: UnknownReason | null }[];
}

const place = z.int().min(0).max(1000).nullable();
const kept = z.record(
  z.string(),
  z.object({
    digest: z.string(),
    signature: z.string().regex(/^\w+\(\w*\)$/),
    layout: z
      .object({
        ...{ words: z.int(), owner: z.int().min(0), nodeKeyHash: place },
        ...{ stake: place, tier: place, inCooldown: place },
      })
      .nullable(),
  }),
);

/** Where small facts are kept over a restart, by name. */
export interface ChainMemory {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

export function createFunctionBook(options: { key: string }, modules: { memory: ChainMemory }): FunctionBook {
  const { key } = options;
  const { memory } = modules;
  const known = new Map<FunctionName, ProvenFunction & { digest: string }>();
  const reasons = new Map<FunctionName, UnknownReason>();
  const digests = new Map<string, string>();
  const saved = kept.safeParse(parsed(memory.get(key)));

  function save(): void {
    memory.set(key, JSON.stringify(Object.fromEntries(known)));
  }

  return {
    proven: (name) => known.get(name) ?? null,
    reason: (name) => (known.has(name) ? null : (reasons.get(name) ?? 'not-read-yet')),
    prove(name, found) {
      const before = known.get(name);
      const digest = digests.get(functions[name].contract);
      if (digest === undefined) return;
      known.set(name, { ...found, digest });
      reasons.delete(name);
      if (JSON.stringify(before) !== JSON.stringify(known.get(name))) save();
    },
    refuse(name, reason) {
      if (!known.has(name)) reasons.set(name, reason);
    },
    setCode(contract, { code }) {
      const digest = createHash('sha256').update(code).digest('hex');
      if (digests.get(contract) === digest) return;
      digests.set(contract, digest);
      for (const name of Object.keys(functions) as FunctionName[]) {
        if (functions[name].contract !== contract) continue;
        known.delete(name);
        reasons.delete(name);
        const earlier = saved.success ? saved.data[name] : undefined;
        if (earlier?.digest === digest) known.set(name, earlier);
      }
    },
    report: () =>
      (Object.keys(functions) as FunctionName[]).map((name) => ({
        name: functions[name].title,
        signature: known.get(name)?.signature ?? null,
        reason: known.has(name) ? null : (reasons.get(name) ?? 'not-read-yet'),
      })),
  };
}

/** The report on functions that nobody can be asked about. */
export function unaskedFunctions(reason: UnknownReason): ReturnType<FunctionBook['report']> {
  return Object.values(functions).map(({ title }) => ({ name: title, signature: null, reason }));
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
