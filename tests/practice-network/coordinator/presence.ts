import type { NodeRegistry } from '../registry.ts';

/** Who is online: heartbeats within the window. Every change is written to the rewards contract, in order. */
export interface Presence {
  beat(nodeId: string, windowMs: number): void;
  leave(nodeId: string): void;
  isOnline(nodeId: string): boolean;
  /** Resolves when every change so far is on the chain. */
  settled(): Promise<void>;
  /** What the chain refused, as text. */
  readonly chainErrors: readonly string[];
  stop(): Promise<void>;
}

export function createPresence(registry: NodeRegistry, changed: () => void): Presence {
  const timers = new Map<string, NodeJS.Timeout>();
  const chainErrors: string[] = [];
  let writes: Promise<void> = Promise.resolve();

  function write(nodeId: string, online: boolean): void {
    writes = writes
      .then(() => registry.setOnline(nodeId, online))
      .catch((cause: unknown) => void chainErrors.push(`setOnline(${nodeId}, ${online}): ${String(cause)}`))
      .then(changed);
  }

  function leave(nodeId: string): void {
    const timer = timers.get(nodeId);
    if (!timer) return;
    clearTimeout(timer);
    timers.delete(nodeId);
    write(nodeId, false);
  }

  return {
    beat(nodeId, windowMs) {
      const known = timers.get(nodeId);
      clearTimeout(known);
      timers.set(
        nodeId,
        setTimeout(() => leave(nodeId), windowMs),
      );
      if (!known) write(nodeId, true);
    },
    leave,
    isOnline: (nodeId) => timers.has(nodeId),
    settled: () => writes,
    chainErrors,
    async stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      await writes;
    },
  };
}
