import type { Snapshot } from '../../../../shared/contract/snapshot.ts';
import { type Clock, sleep } from '../../system/clock.ts';
import { pullLimits } from './pull-run.ts';
import type { ModelsVolume } from './volume.ts';

/** How much room the models' volume has, checked now and then, so that a report never waits for a disk. */
export interface VolumeWatch {
  /** Null before the first check, and where there is no volume. */
  readonly current: Snapshot['ollama']['modelsVolume'];
  start(): void;
  onChange(listener: () => void): void;
  stop(): Promise<void>;
}

const pollMs = 10_000;

export function createVolumeWatch(
  { volume }: { volume: ModelsVolume | null },
  { clock }: { clock: Clock },
): VolumeWatch {
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let current: Snapshot['ollama']['modelsVolume'] = null;
  let loop: Promise<void> = Promise.resolve();

  async function measure(of: ModelsVolume): Promise<void> {
    const found = await of.space();
    const { path, certain } = of;
    const reserveBytes = found && Math.round(pullLimits.reserveBytes(found.totalBytes));
    // To ten megabytes: every program that writes a log would be a change otherwise.
    const freeBytes = found && Math.floor(found.freeBytes / 1e7) * 1e7;
    const before = current;
    current = { path, certain, freeBytes, reserveBytes };
    if (
      before?.path === path &&
      before.certain === certain &&
      before.freeBytes === freeBytes &&
      before.reserveBytes === reserveBytes
    )
      return;
    for (const listener of listeners) listener();
  }

  async function watch(of: ModelsVolume): Promise<void> {
    while (!stopping.signal.aborted) {
      await measure(of);
      await sleep(clock, pollMs, stopping.signal);
    }
  }

  return {
    get current() {
      return current;
    },
    start() {
      if (volume !== null) loop = watch(volume);
    },
    onChange: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
