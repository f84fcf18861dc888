import { advertisedNames } from './advertised-names.ts';
import type { HeartbeatBody } from './coordinator/schemas.ts';
import type { HardwareProbe } from './hardware/probe.ts';
import type { NodeKey } from './identity/node-key.ts';
import type { OllamaWatch } from './ollama/models/watch.ts';

/** What heartbeats say, and whether the next would say anything new. */
export interface HeartbeatContent {
  /**
   * @param first nothing was sent in this run yet
   * @returns null until Ollama has answered once in this run and can serve something
   */
  compose(sentAtMs: number, first: boolean): HeartbeatBody | null;
  isNews(): boolean;
}

export function createHeartbeatContent(
  options: { nodeId: string; nodeAddress: string; capabilitiesVersion: string },
  modules: {
    nodeKey: NodeKey;
    ollamaWatch: OllamaWatch;
    hardware: () => HardwareProbe;
    mode: () => 'gpu' | 'cpu';
    served: () => number;
    isAvailable: () => boolean;
  },
): HeartbeatContent {
  const { nodeId, nodeAddress, capabilitiesVersion } = options;
  const { nodeKey, ollamaWatch, hardware, mode, served, isAvailable } = modules;
  let lastModel = '';
  let lastSent = '';

  function fingerprint(): string {
    const { defaultModel } = ollamaWatch.current();
    return JSON.stringify([isAvailable(), defaultModel, advertisedModels(), hardware().tier]);
  }

  /**
   * What is installed, as far as is known: while Ollama does not answer the last list stands, beside
   * `available: false`, because a coordinator may refuse a heartbeat whose model is in no list.
   */
  function advertisedModels(): string[] {
    const { state, models, lastKnown } = ollamaWatch.current();
    const known = state === 'running' ? models : (lastKnown?.models ?? []);
    return advertisedNames(known, ollamaWatch.current().defaultModel ?? lastModel);
  }

  return {
    compose(sentAtMs, first) {
      const { defaultModel, state } = ollamaWatch.current();
      if (first && (state !== 'running' || defaultModel === null)) return null;
      lastModel = defaultModel ?? lastModel;
      lastSent = fingerprint();
      const { tier, gpu, vramGb, cores, ramGb } = hardware();
      return {
        nodeId,
        nodeAddress,
        ...nodeKey.signHeartbeat(nodeId, sentAtMs),
        capabilities: {
          version: capabilitiesVersion,
          tier,
          mode: mode(),
          model: lastModel,
          models: advertisedModels(),
          gpu,
          vramGb,
          cores,
          ramGb,
        },
        served: served(),
        available: isAvailable(),
      };
    },
    isNews: () => fingerprint() !== lastSent,
  };
}
