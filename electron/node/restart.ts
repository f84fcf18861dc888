import { NodeError } from '../../shared/errors.ts';
import { sleep } from '../daemon/system/clock.ts';
import type { NodeContext } from './context.ts';
import { type DaemonLink, drainGraceMs, waitForEnd } from './daemon-link.ts';

/** Has a daemon of another program end, and one started after it. */
export interface RestartElsewhere {
  /**
   * A restart that was asked for before gives way to this one.
   *
   * @throws NodeError `contract-mismatch` for a daemon of another version; `restart-unfinished` where it takes longer
   *   than it said: the start follows when it has ended
   */
  run(running: DaemonLink, pid: number): Promise<void>;
  /** Nothing is started any more. */
  abort(): void;
}

export function createRestartElsewhere(
  place: Pick<NodeContext, 'paths' | 'clock'>,
  modules: { start: () => Promise<void> },
): RestartElsewhere {
  const { clock } = place;
  let current: AbortController | null = null;

  async function startOnceEnded(running: DaemonLink, signal: AbortSignal): Promise<void> {
    await running.ended.catch(() => undefined);
    if (await waitForEnd(place, Number.POSITIVE_INFINITY, signal)) await modules.start();
  }

  return {
    async run(running, pid) {
      current?.abort();
      current = new AbortController();
      const { signal } = current;
      const asked = await running.ask('drain', {}).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (asked === undefined || signal.aborted) return;
      const limit = new AbortController();
      const tooLong = sleep(clock, asked.limitMs + drainGraceMs, limit.signal).then(
        () => 'too-long' as const,
      );
      const outcome = await Promise.race([startOnceEnded(running, signal), tooLong]);
      limit.abort();
      if (outcome === 'too-long' && !signal.aborted) throw new NodeError('restart-unfinished', { pid });
    },
    abort: () => current?.abort(),
  };
}
