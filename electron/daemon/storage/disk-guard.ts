import { statfs } from 'node:fs/promises';
import { isNodeError } from '../../../shared/errors.ts';
import type { SystemErrno } from '../../../shared/system-errors.ts';
import type { Logger } from '../logging/logger.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import { refusesAccess, whyNotWritable } from './system-fault.ts';

export interface DiskStatus {
  /** Nothing can be written, whatever the cause. */
  full: boolean;
  /** Null while it can be. */
  cause: SystemErrno | null;
  freeBytes: number | null;
  /** What must be free before work is taken again, bytes. */
  neededBytes: number;
  sinceMs: number | null;
}

/**
 * Watches the free space of the state directory. Full means: less than the reserve is free, the disk says that it is
 * read-only, or a write has failed and none has succeeded since. Without room for a result no work is taken.
 */
export interface DiskGuard extends Part {
  readonly status: Readonly<DiskStatus>;
  start(): void;
  /** A write has just failed: for want of room, or because the disk lets nothing be written. */
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
  const status: DiskStatus = {
    full: false,
    cause: null,
    freeBytes: null,
    neededBytes: minFreeBytes,
    sinceMs: null,
  };
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let checks = 0;
  let loop: Promise<void> = Promise.resolve();

  function set(cause: SystemErrno | null): void {
    if (cause === status.cause) return;
    if (cause === null || status.cause === null) status.sinceMs = cause === null ? null : clock.now();
    status.cause = cause;
    status.full = cause !== null;
    report(cause);
    for (const listener of listeners) listener();
  }

  function report(cause: SystemErrno | null): void {
    const { freeBytes } = status;
    if (cause === null) log.info('disk-has-room', { freeBytes });
    else if (cause === 'ENOSPC' || cause === 'EDQUOT') log.error('disk-full', { freeBytes });
    else log.error('disk-not-writable', { reason: cause });
  }

  async function check(): Promise<void> {
    try {
      status.freeBytes = await freeBytes(path);
    } catch {
      status.freeBytes = null;
    }
    const refused = refusesAccess(path);
    if (refused !== null) return set(refused);
    if (status.freeBytes !== null && status.freeBytes < minFreeBytes) return set('ENOSPC');
    checks += 1;
    // A disk that the system made read-only after an error says so only to who writes.
    if (!status.full) return set(checks % checksPerWrite === 0 ? whyNotWritable(path, 1) : null);
    try {
      tryWrite();
      set(null);
    } catch (error) {
      set(causeOf(error));
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
    // A file system without room for a page has some for a name; what failed is what counts.
    reportFull: () => set(whyNotWritable(path) ?? status.cause ?? 'ENOSPC'),
    check,
    onFacts: (listener) => void listeners.push(listener),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** So few that an idle disk can sleep. */
const checksPerWrite = 30;

const causeOf = (error: unknown): SystemErrno =>
  isNodeError(error, 'disk-full') || isNodeError(error, 'file-failed') ? error.details.reason : 'ENOSPC';

async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
