import * as z from 'zod';
import abisFile from '../../../resources/abis.json' with { type: 'json' };
import { type DeployedCode, holdsSelector } from './deployed-code.ts';
import { type FunctionBook, type FunctionName, functions, type ProvenFunction } from './functions.ts';
import type { NodeLayout } from './layout.ts';
import { selectorOf } from './words.ts';

interface Parameter {
  name: string;
  type: string;
  components?: Parameter[] | undefined;
}

const parameter: z.ZodType<Parameter> = z.lazy(() =>
  z.object({ name: z.string().default(''), type: z.string(), components: z.array(parameter).optional() }),
) as z.ZodType<Parameter>;
const entry = z.object({
  type: z.string().default('function'),
  name: z.string().optional(),
  inputs: z.array(parameter).default([]),
  outputs: z.array(parameter).default([]),
});
const abi = z.array(entry);
type Abi = z.infer<typeof abi>;

export const verifiedAbisSchema = z.object({ registry: abi.nullish(), rewards: abi.nullish() });
/** ABIs of verified sources, by contract; null or absent where none is published. */
export type VerifiedAbis = z.infer<typeof verifiedAbisSchema>;

/** Of the official contracts. */
export const officialAbis: VerifiedAbis = verifiedAbisSchema.parse(abisFile);

/** A type that is one word. */
const wordType = /^(?:u?int\d*|address|bool|bytes(?:[1-9]|[12]\d|3[0-2]))$/;

/** Under which names a fact may stand in an answer. */
const names: Readonly<Record<Exclude<keyof NodeLayout, 'words'>, RegExp>> = {
  owner: /^(?:owner|operator|staker)$/i,
  nodeKeyHash: /^(?:nodekeyhash|keyhash)$/i,
  stake: /^(?:stake|stakeamount|stakedamount)$/i,
  tier: /^(?:tier|hardwaretier)$/i,
  inCooldown: /^(?:incooldown|isincooldown|cooling)$/i,
};

/** Puts into the book what verified ABIs say: it needs no proof, where the deployed code holds it. */
export function takeStated(
  abis: VerifiedAbis,
  modules: { book: FunctionBook; codeOf: (contract: 'registry' | 'rewards') => DeployedCode | null },
): void {
  for (const name of Object.keys(functions) as FunctionName[]) {
    const { contract } = functions[name];
    const code = modules.codeOf(contract);
    const stated = statedBy(abis[contract], name);
    if (code && stated && holdsSelector(code, selectorOf(stated.signature))) modules.book.prove(name, stated);
  }
}

/** A function as a verified ABI has it; null where it has none of that name, or several. */
function statedBy(given: Abi | null | undefined, name: FunctionName): ProvenFunction | null {
  const found = (given ?? []).filter((one) => one.type === 'function' && one.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) return null;
  const takes = name === 'rewardPoolBalance' ? 0 : 1;
  if (only.inputs.length !== takes || !only.inputs.every(({ type }) => wordType.test(type))) return null;
  const signature = `${name}(${only.inputs.map(({ type }) => type).join(',')})`;
  if (name !== 'nodes' && name !== 'weightInputs') return { signature, layout: null };
  const layout = layoutOf(only.outputs);
  return layout && { signature, layout };
}

function layoutOf(outputs: readonly Parameter[]): NodeLayout | null {
  const words = wordsOfOutputs(outputs);
  if (words === null) return null;
  const place = (wanted: RegExp): number | null => {
    const places = words.flatMap((name, index) => (wanted.test(name.replaceAll('_', '')) ? [index] : []));
    return places.length === 1 ? (places[0] as number) : null;
  };
  const owner = place(names.owner);
  if (owner === null) return null;
  return {
    ...{ words: words.length, owner },
    ...{ nodeKeyHash: place(names.nodeKeyHash), stake: place(names.stake) },
    ...{ tier: place(names.tier), inCooldown: place(names.inCooldown) },
  };
}

/** The name of each word of an answer; null where it has parts without a fixed place. */
function wordsOfOutputs(outputs: readonly Parameter[]): string[] | null {
  const found: string[] = [];
  for (const { name, type, components } of outputs) {
    const inner = type === 'tuple' ? wordsOfOutputs(components ?? []) : wordType.test(type) ? [name] : null;
    if (inner === null) return null;
    found.push(...inner);
  }
  return found;
}
