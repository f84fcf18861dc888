import { statfs } from 'node:fs/promises';
import type { Logger } from '../logging/logger.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Part } from '../system/part.ts';

export interface DiskStatus {
  full: boolean;
  freeBytes: number | null;
  /** What must be free before work is taken again, bytes. */
  neededBytes: number;
  sinceMs: number | null;
}

/**
 * Watches the free space of the state directory. Full means: less than the reserve is free, or a
 * write has failed and none has succeeded since. Without room for a result no work is taken.
 */
export interface DiskGuard extends Part {
  readonly status: Readonly<DiskStatus>;
  start(): void;
  /** A write has just failed for want of room. */
  reportFull(): void;
  /** Checks now. */
  check(): Promise<void>;
  onFacts(listener: () => void): void;
  stop(): Promise<void>;
}

export function createDiskGuard(
  options: { path: string; minFreeBytes: number; intervalMs: number; intervalWhenFullMs: number },
  modules: {
    clock: Clock;
    log: Logger;
    /** Writes durably; throws while there is no room. */
    tryWrite: () => void;
    freeBytes?: (path: string) => Promise<number>;
  },
): DiskGuard {
  const { path, minFreeBytes, intervalMs, intervalWhenFullMs } = options;
  const { clock, log, tryWrite, freeBytes = freeBytesAt } = modules;
  const status: DiskStatus = { full: false, freeBytes: null, neededBytes: minFreeBytes, sinceMs: null };
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  function set(full: boolean): void {
    if (full === status.full) return;
    status.full = full;
    status.sinceMs = full ? clock.now() : null;
    log[full ? 'error' : 'info'](full ? 'disk-full' : 'disk-has-room', { freeBytes: status.freeBytes });
    for (const listener of listeners) listener();
  }

  async function check(): Promise<void> {
    try {
      status.freeBytes = await freeBytes(path);
    } catch {
      status.freeBytes = null;
    }
    if (status.freeBytes !== null && status.freeBytes < minFreeBytes) return set(true);
    if (!status.full) return;
    try {
      tryWrite();
      set(false);
    } catch {
      // Still no room.
    }
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      await check();
      await sleep(clock, status.full ? intervalWhenFullMs : intervalMs, stopping.signal);
    }
  }

  return {
    name: 'disk',
    status,
    start() {
      loop = watch();
    },
    reportFull: () => set(true),
    check,
    onFacts: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
