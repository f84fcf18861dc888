import { changesSince, toldSections } from '../../shared/contract/changes.ts';
import type { DaemonEvent } from '../../shared/contract/messages.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { Clock, Timer } from './system/clock.ts';

/** Tells whoever listens what changed in the snapshot: whole sections, versions rising by one. */
export interface Reporter {
  /** Something may have changed; told after a moment, together with what follows. */
  changed(): void;
  subscribe(listener: (event: DaemonEvent) => void): () => void;
  onChange(listener: () => void): void;
  stop(): void;
}

export function createReporter(
  options: { intervalMs: number },
  modules: { clock: Clock; snapshot: () => Snapshot },
): Reporter {
  const { clock, snapshot } = modules;
  const subscribers = new Set<(event: DaemonEvent) => void>();
  const listeners: (() => void)[] = [];
  let timer: Timer | null = null;
  let version = 0;
  let stopped = false;
  let told = new Map<string, string>();

  function tell(): void {
    timer?.cancel();
    timer = null;
    for (const listener of listeners) listener();
    if (subscribers.size === 0) return;
    const current = snapshot();
    const changes = changesSince(told, current);
    if (changes === null) return;
    told = toldSections(current);
    version += 1;
    for (const subscriber of subscribers) subscriber({ event: 'change', version, changes });
  }

  return {
    changed() {
      if (!stopped && (subscribers.size > 0 || listeners.length > 0))
        timer ??= clock.after(options.intervalMs, tell);
    },
    subscribe(listener) {
      // Everybody's next change starts from the same snapshot.
      if (subscribers.size > 0) tell();
      const current = snapshot();
      if (subscribers.size === 0) told = toldSections(current);
      subscribers.add(listener);
      listener({ event: 'snapshot', version, snapshot: current });
      return () => subscribers.delete(listener);
    },
    onChange: (listener) => void listeners.push(listener),
    stop() {
      stopped = true;
      timer?.cancel();
      subscribers.clear();
    },
  };
}
