import { NodeError } from '../../../../shared/errors.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import { type Clock, sleep } from '../../../daemon/system/clock.ts';

/** Often enough that the place is not empty for long, seldom enough for minutes of waiting. */
const pollMs = 20;
const longestMs = 15 * 60_000;

/**
 * Says to the update that started this process that everything is ready, and waits until the running node has ended.
 * The protocol between the two is the same in every version. [release.md]
 *
 * @throws NodeError `usage` where nobody is there to be told, `cancelled` when the update ends before it says go,
 *   `other-daemon` when the running node has not ended in time
 */
export async function waitForTurn(paths: StatePaths, { clock }: { clock: Clock }): Promise<void> {
  const withinMs = await goAhead();
  const giveUpAtMs = clock.monotonicMs() + withinMs;
  for (;;) {
    const running = await findDaemon(paths, { clock });
    if (running === null) return;
    if (clock.monotonicMs() > giveUpAtMs) {
      const { pid, uptimeMs } = running;
      throw new NodeError('other-daemon', { pid, uptimeMs, stateDir: paths.stateDir });
    }
    await sleep(clock, pollMs);
  }
}

/** @returns how long to wait at most, ms */
function goAhead(): Promise<number> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) {
      const remedy = 'is for updates alone; to replace the running node, run: parallelix-operator update';
      return reject(new NodeError('usage', { input: '--take-over', remedy }));
    }
    const end = () => {
      process.off('message', read);
      process.off('disconnect', gone);
    };
    const read = (message: unknown) => {
      const { takeOver, withinMs } = (message ?? {}) as { takeOver?: unknown; withinMs?: unknown };
      if (takeOver !== 'go' || typeof withinMs !== 'number') return;
      end();
      if (process.connected) process.disconnect();
      resolve(Math.min(Math.max(0, withinMs), longestMs));
    };
    const gone = () => {
      end();
      reject(new NodeError('cancelled', { reason: 'aborted' }));
    };
    process.on('message', read);
    process.on('disconnect', gone);
    process.send({ takeOver: 'prepared' });
  });
}
