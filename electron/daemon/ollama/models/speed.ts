import type { SelfTestReport } from '../../../../shared/contract/ollama.ts';
import { sameModel } from '../../../../shared/model-names.ts';

/** What the speed of a machine is known from; a hardware probe will do. */
export interface MachineSpeed {
  gpu: string | null;
  cores?: number | undefined;
  modelBudget?: { basis?: 'vram' | 'unified-memory' | 'ram' | undefined } | undefined;
  /** How fast memory is read for answers, bytes a second, as measured; null: not measured yet. */
  bytesPerSecond?: number | null | undefined;
}

/** What a processor core reads while it computes, and what the memory of a common computer gives all of them. */
const bytesPerCore = 5e9;
const bytesOfAllCores = 40e9;

/** An answer of this length is to be given well within the deadline. */
const answerTokens = 256;
/** The network's deadline; half of it is for loading, reading the prompt, and a busy computer. [network.md 13] */
const deadlineMs = 120_000;
const answerMs = deadlineMs / 2;
/** As slow as that, and an answer comes just well within the deadline. */
export const slowestTokensPerSecond = (answerTokens / answerMs) * 1000;

/**
 * How many tokens a second a model may be expected to answer with: every one takes all of its weights through the
 * memory once. Null for a card with memory of its own before anything was tested on it: what fits there is fast enough.
 */
export function expectedTokensPerSecond(weightsBytes: number, machine: MachineSpeed): number | null {
  const { cores = 0, bytesPerSecond = null } = machine;
  if (bytesPerSecond !== null) return bytesPerSecond / weightsBytes;
  if (hasOwnMemory(machine) || cores < 1) return null;
  return Math.min(bytesOfAllCores, cores * bytesPerCore) / weightsBytes;
}

/** Models go to the memory of a card, which no processor measures. */
function hasOwnMemory({ gpu, modelBudget }: MachineSpeed): boolean {
  return (modelBudget?.basis ?? (gpu === null ? 'ram' : 'vram')) === 'vram';
}

/** Unknown is fast enough: only what is known keeps a model from being recommended. */
export function isFastEnough(tokensPerSecond: number | null): boolean {
  return tokensPerSecond === null || tokensPerSecond >= slowestTokensPerSecond;
}

/**
 * How fast this machine reads weights, bytes a second: as a self-test showed on a model of known size, else as its
 * memory was measured; of a card with memory of its own the memory of the computer says nothing.
 */
export function bytesPerSecondOf(options: {
  machine: MachineSpeed;
  /** How fast the computer copies memory; null: not measured. */
  memoryBytesPerSecond: number | null;
  tests: readonly SelfTestReport[];
  /** The size of a model's weights; null: not known. */
  weightsOf: (model: string) => number | null;
}): number | null {
  const { machine, memoryBytesPerSecond, tests, weightsOf } = options;
  const tested = tests
    .filter(({ state }) => state === 'done')
    .toSorted((a, b) => b.atMs - a.atMs)
    .map(({ model, generationTokensPerSecond }) => {
      const weightsBytes = weightsOf(model);
      return weightsBytes === null || generationTokensPerSecond === null
        ? null
        : generationTokensPerSecond * weightsBytes;
    })
    .find((speed) => speed !== null);
  if (tested !== undefined) return tested;
  return hasOwnMemory(machine) ? null : memoryBytesPerSecond;
}

/** What the newest test of a model showed, tokens a second; null: it was not tested, or showed nothing. */
export function testedTokensPerSecond(model: string, tests: readonly SelfTestReport[]): number | null {
  const test = tests.find((one) => one.state === 'done' && sameModel(one.model, model));
  return test?.generationTokensPerSecond ?? null;
}
