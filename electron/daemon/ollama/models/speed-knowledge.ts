import type { SelfTestReport } from '../../../../shared/contract/ollama.ts';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { findModel } from '../../../../shared/model-names.ts';
import { memorySpeed, readMemorySpeed } from '../../hardware/memory-speed.ts';
import type { HardwareProbe } from '../../hardware/probe.ts';
import { catalogueWeights, type MachineMemory, recommendModel } from './catalogue.ts';
import { bytesPerSecondOf, isFastEnough, testedTokensPerSecond } from './speed.ts';
import type { OllamaWatch } from './watch.ts';

/** How fast this machine answers, as far as it was measured and tested. */
export interface SpeedKnowledge {
  /** The machine as it is known now. */
  machine(): MachineMemory;
  /** The same, measured if it was not; takes a fifth of a second, once. */
  measured(): Promise<MachineMemory>;
  /** What the self-test of the default model showed, where that is too slow. */
  tooSlow(): Snapshot['ollama']['tooSlow'];
  start(): void;
}

export function createSpeedKnowledge(
  options: { memorySpeedFile: string },
  modules: {
    /** Of a request, as the server gives it now. */
    contextTokens: () => number;
    probe: () => HardwareProbe;
    tests: () => readonly SelfTestReport[];
    watch: OllamaWatch;
    /** Ollama is on another machine, of which nothing is known. */
    remote: boolean;
  },
): SpeedKnowledge {
  const { memorySpeedFile } = options;
  const { contextTokens, probe, tests, watch, remote } = modules;
  let memoryBytesPerSecond: number | null = null;

  const weightsOf = (model: string) =>
    catalogueWeights(model) ?? findModel(model, watch.current().models)?.sizeBytes ?? null;

  function machine(): MachineMemory {
    const known = probe();
    const bytesPerSecond = bytesPerSecondOf({
      machine: known,
      memoryBytesPerSecond,
      tests: tests(),
      weightsOf,
    });
    return { ...known, bytesPerSecond };
  }

  return {
    machine,
    async measured() {
      memoryBytesPerSecond ??= await memorySpeed(memorySpeedFile);
      return machine();
    },
    tooSlow() {
      const { defaultModel } = watch.current();
      const tokensPerSecond = defaultModel === null ? null : testedTokensPerSecond(defaultModel, tests());
      if (defaultModel === null || tokensPerSecond === null || isFastEnough(tokensPerSecond)) return null;
      const { id } = recommendModel(machine(), contextTokens());
      const smaller = (catalogueWeights(id) ?? Number.POSITIVE_INFINITY) < (weightsOf(defaultModel) ?? 0);
      return { model: defaultModel, tokensPerSecond, better: smaller && !remote ? id : null };
    },
    start() {
      void readMemorySpeed(memorySpeedFile).then((kept) => {
        memoryBytesPerSecond ??= kept;
      });
    },
  };
}
