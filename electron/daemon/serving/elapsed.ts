import { readSmallFileSync } from '../storage/atomic-file.ts';
import type { Clock } from '../system/clock.ts';
import type { Statements } from './statements.ts';

/**
 * Time that has passed for a journal, as far as it can be known: it survives restarts, goes on while the computer
 * sleeps, and no setting of a clock moves it. What passed while the computer was off is not known and not counted, so
 * an age is never too great: what is decided by it (giving up, deleting) comes too late rather than too early.
 */
export interface Elapsed {
  /** Ms since the journal was made. */
  ms(): number;
  /** Writes it down, for the next start. Throws NodeError `disk-full`, `database-unusable`. */
  keep(): void;
}

export function createElapsed(
  options: { bootId: string | null },
  { statements, clock }: { statements: Statements; clock: Clock },
): Elapsed {
  const { bootId } = options;
  const { sql, durably } = statements;
  const startedMs = clock.sinceBootMs();
  const kept = readKept();
  const sameBoot = bootId !== null && kept?.bootId === bootId && startedMs >= kept.sinceBootMs;
  const beforeMs = (kept?.elapsedMs ?? 0) + (sameBoot ? startedMs - kept.sinceBootMs : 0);
  /** What the disk has damaged counts as no time at all: too late rather than too early. */
  function readKept() {
    try {
      const found = sql(
        'SELECT elapsed_ms AS elapsedMs, boot_id AS bootId, since_boot_ms AS sinceBootMs FROM elapsed',
      ).get() as { elapsedMs: number; bootId: string | null; sinceBootMs: number } | undefined;
      return [found?.elapsedMs, found?.sinceBootMs].every(Number.isSafeInteger) ? found : undefined;
    } catch {
      return undefined;
    }
  }
  const ms = () => Math.round(beforeMs + Math.max(0, clock.sinceBootMs() - startedMs));
  return {
    ms,
    keep() {
      durably(() =>
        sql('UPDATE elapsed SET elapsed_ms = ?, boot_id = ?, since_boot_ms = ?').run(
          ms(),
          bootId,
          Math.round(clock.sinceBootMs()),
        ),
      );
    },
  };
}

/** What no other boot of any computer shares; null where the system does not say. Linux only. */
export function readBootId(): string | null {
  try {
    return readSmallFileSync('/proc/sys/kernel/random/boot_id', 4096)?.trim() || null;
  } catch {
    return null;
  }
}
