import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import type { GpuUnusedCause } from '../../../../shared/hardware/gpu-causes.ts';
import type { Card, Finding } from '../../hardware/card.ts';
import type { HardwareRuntime } from '../../hardware/runtime.ts';
import type { Logger } from '../../logging/logger.ts';
import type { LoadedModel } from '../api/client.ts';
import type { Fit } from '../models/fit.ts';

/** What is known about a model that was just loaded, and about the machine it was loaded on. */
export interface GpuUseFacts {
  loaded: LoadedModel;
  /** Whether it fits the memory for models, used or not; null: not known. */
  fit: Fit | null;
  cards: readonly Card[];
  findings: readonly Finding[];
}

/** What distinguishes the likely causes; null is "not known". */
export interface CauseFacts {
  findings: readonly Finding[];
  /** Memory of the cards that nobody uses now. */
  freeVramBytes: number | null;
  loaded: LoadedModel;
  /** Ollama came with the parts that drive this vendor's cards. */
  hasGpuLibraries: boolean | null;
  /** The cards that Ollama was configured to use hides every card. */
  deviceHidden: boolean | null;
}

/** Below this share on the GPU a model runs on the processor, whatever the rest does. */
const leastShare = 0.5;

const driverTroubles: ReadonlySet<Finding['code']> = new Set([
  'driver-too-old',
  'driver-mismatch',
  'driver-not-loaded',
  'card-lost',
  'gpu-without-driver',
  'tool-failed',
  'tool-timed-out',
]);

/** Whether a GPU is there that should hold this model and does not. What is not known accuses nobody. */
export function gpuUnused({ loaded, fit, cards }: GpuUseFacts): boolean {
  const { sizeBytes, vramBytes } = loaded;
  if (!cards.some(({ counts }) => counts) || sizeBytes === null || sizeBytes === 0 || vramBytes === null)
    return false;
  return (fit === 'fits' || fit === 'tight') && vramBytes / sizeBytes < leastShare;
}

/** The causes that something speaks for; none where nothing does: a driver that works is not accused. */
export function likelyCauses(facts: CauseFacts): GpuUnusedCause[] {
  const { loaded, freeVramBytes } = facts;
  const missingBytes = (loaded.sizeBytes ?? 0) - (loaded.vramBytes ?? 0);
  const inOrder: [GpuUnusedCause, boolean | null][] = [
    ['driver', facts.findings.some(({ code }) => driverTroubles.has(code))],
    ['memory-in-use', freeVramBytes === null ? null : freeVramBytes < missingBytes],
    ['cpu-only-build', facts.hasGpuLibraries === null ? null : !facts.hasGpuLibraries],
    ['device-hidden', facts.deviceHidden],
  ];
  return inOrder.flatMap(([cause, is]) => (is === true ? [cause] : []));
}

/** The folders beside Ollama's program that drive the cards of a vendor. [ollama's Linux archives] */
const libraryFolders: Partial<Record<Card['vendor'], readonly string[]>> = {
  nvidia: ['cuda_v13', 'cuda_v12', 'cuda_v11', 'cuda_jetpack6', 'cuda_jetpack5'],
  amd: ['rocm', 'rocm_v7', 'rocm_v6'],
};

/**
 * Whether the Ollama on this machine came with what drives this vendor's cards; null where that is not known: another
 * layout, another system, or a vendor whose part is built in.
 */
export async function hasGpuLibraries(
  binary: string | null,
  vendor: Card['vendor'] | undefined,
  platform: NodeJS.Platform,
): Promise<boolean | null> {
  const folders = vendor === undefined ? undefined : libraryFolders[vendor];
  if (binary === null || folders === undefined || platform !== 'linux') return null;
  const root = join(dirname(binary), '..', 'lib', 'ollama');
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  if (!(await exists(root))) return null;
  const found = await Promise.all(folders.map((folder) => exists(join(root, folder))));
  return found.includes(true);
}

/** Whether an environment hides all cards of a vendor from Ollama. */
export function hidesCards(
  environment: Readonly<Record<string, string | undefined>>,
  vendor: Card['vendor'] | undefined,
): boolean {
  const names =
    vendor === 'nvidia'
      ? ['CUDA_VISIBLE_DEVICES']
      : vendor === 'amd'
        ? ['ROCR_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES', 'GPU_DEVICE_ORDINAL']
        : [];
  return names.some((name) => {
    const value = environment[name]?.trim();
    return value !== undefined && (value === '' || value === '-1');
  });
}

export type GpuUnusedReport = Snapshot['ollama']['gpuUnused'];

/** Checks after each load whether the model is where it should. */
export interface GpuUse {
  /** What the last load showed; null: nothing to speak of. */
  readonly unused: GpuUnusedReport;
  check(loaded: LoadedModel): Promise<void>;
  /** The model is no longer in memory. */
  clear(): void;
}

export function createGpuUse(
  options: { env: NodeJS.ProcessEnv; platform: NodeJS.Platform },
  modules: {
    hardware: Pick<HardwareRuntime, 'probe' | 'freeVram'>;
    /** Null: not known, or another machine's. */
    fitOf: (model: string) => Fit | null;
    server: () => { binary: string | null; ours: boolean };
    onChange: () => void;
    log: Logger;
  },
): GpuUse {
  const { hardware, fitOf, server, onChange, log } = modules;
  let unused: GpuUnusedReport = null;
  let checks = 0;
  return {
    get unused() {
      return unused;
    },
    async check(loaded) {
      checks += 1;
      const thisCheck = checks;
      const { cards, findings } = hardware.probe;
      const is = gpuUnused({ loaded, fit: fitOf(loaded.name), cards, findings });
      if (!is) return this.clear();
      const vendor = cards.find(({ counts }) => counts)?.vendor;
      const { binary, ours } = server();
      const causes = likelyCauses({
        findings,
        loaded,
        freeVramBytes: await hardware.freeVram(),
        hasGpuLibraries: await hasGpuLibraries(binary, vendor, options.platform),
        deviceHidden: ours ? hidesCards(options.env, vendor) : null,
      });
      if (thisCheck !== checks) return;
      unused = { model: loaded.name, causes };
      log.warn('gpu-unused', { model: loaded.name, causes: causes.join(', ') });
      onChange();
    },
    clear() {
      checks += 1;
      if (unused === null) return;
      unused = null;
      onChange();
    },
  };
}
