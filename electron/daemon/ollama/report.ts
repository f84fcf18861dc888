import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { type InstalledModel, modelReport } from './models/installed-models.ts';
import type { OllamaStatus } from './models/watch.ts';

/** What belongs to the report beside Ollama's last known status. */
export interface OllamaReportFacts {
  url: string;
  remote: boolean;
  status: OllamaStatus;
  supervised: Pick<Snapshot['ollama'], 'condition' | 'server' | 'binary' | 'pid' | 'restart'>;
  warmUp: Snapshot['ollama']['warmUp'];
  gpuUnused: Snapshot['ollama']['gpuUnused'];
  tooSlow: Snapshot['ollama']['tooSlow'];
  parallel: number | null;
  modelsVolume: Snapshot['ollama']['modelsVolume'];
  fitOf: (model: InstalledModel) => Snapshot['ollama']['models'][number]['fit'];
}

/** Ollama and its models, as the snapshot reports them. */
export function ollamaReport(facts: OllamaReportFacts): Snapshot['ollama'] {
  const { status, supervised, fitOf, ...rest } = facts;
  const { state, reason, sinceMs, version, models, loaded, defaultModel, preferredMissing, asOfMs } = status;
  return {
    ...rest,
    ...supervised,
    state,
    reason,
    sinceMs,
    version,
    models: models.map((model) => ({
      ...modelReport(model),
      loaded: loadedOf(model, loaded),
      fit: fitOf(model),
    })),
    defaultModel,
    preferredMissing,
    asOfMs,
  };
}

function loadedOf(
  { name }: InstalledModel,
  loaded: OllamaStatus['loaded'],
): { sizeBytes: number | null; vramBytes: number | null } | null {
  const found = loaded?.find((one) => one.name === name);
  return found ? { sizeBytes: found.sizeBytes, vramBytes: found.vramBytes } : null;
}
