import { changesSince, sectionsOf } from '../../shared/contract/changes.ts';
import type { DaemonEvent } from '../../shared/contract/messages.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { Clock, Timer } from './system/clock.ts';

/** Reports to every listener what changed in the snapshot: whole sections, versions rising by one. */
export interface Reporter {
  /** Something may have changed; reported after a moment, together with what follows. */
  changed(): void;
  subscribe(listener: (event: DaemonEvent) => void): () => void;
  /** Hands over the snapshot that is reported, whether it differs from the last or not. */
  onChange(listener: (snapshot: Snapshot) => void): void;
  /** Reports at once what waits, if anything does: for what is said last. */
  flush(): void;
  stop(): void;
}

export function createReporter(
  options: { intervalMs: number },
  modules: { clock: Clock; snapshot: () => Snapshot },
): Reporter {
  const { clock, snapshot } = modules;
  const subscribers = new Set<(event: DaemonEvent) => void>();
  const listeners: ((snapshot: Snapshot) => void)[] = [];
  let timer: Timer | null = null;
  let version = 0;
  let stopped = false;
  let reported = new Map<string, string>();

  /** One snapshot, for everybody. */
  function emit(): Snapshot {
    timer?.cancel();
    timer = null;
    const current = snapshot();
    for (const listener of listeners) listener(current);
    if (subscribers.size === 0) return current;
    const changes = changesSince(reported, current);
    if (changes === null) return current;
    reported = sectionsOf(current);
    version += 1;
    for (const subscriber of subscribers) subscriber({ event: 'change', version, changes });
    return current;
  }

  return {
    changed() {
      if (!stopped && (subscribers.size > 0 || listeners.length > 0))
        timer ??= clock.after(options.intervalMs, emit);
    },
    subscribe(listener) {
      // Everybody's next change starts from the same snapshot.
      const current = subscribers.size > 0 ? emit() : snapshot();
      if (subscribers.size === 0) reported = sectionsOf(current);
      subscribers.add(listener);
      listener({ event: 'snapshot', version, snapshot: current });
      return () => subscribers.delete(listener);
    },
    onChange: (listener) => void listeners.push(listener),
    flush() {
      if (timer !== null) emit();
    },
    stop() {
      stopped = true;
      timer?.cancel();
      subscribers.clear();
    },
  };
}
