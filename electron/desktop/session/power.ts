import { powerMonitor, powerSaveBlocker } from 'electron';
import type { Preparation } from '../../../shared/contract/preparation.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { isPullUnderWay } from '../../../shared/pull-states.ts';
import type { Logger } from '../../daemon/logging/logger.ts';

/** Whether sleep would cost uptime or a download just now. */
export function needsAwake(snapshot: Snapshot | null, preparation: Preparation | null): boolean {
  const isPulling = (part: Pick<Snapshot, 'pulls'>) => part.pulls.some(({ state }) => isPullUnderWay(state));
  if (snapshot === null) return preparation !== null && isPulling(preparation);
  if (snapshot.control.draining) return false;
  const { lastAcceptedAtMs, failingSinceMs } = snapshot.heartbeat;
  return (lastAcceptedAtMs !== null && failingSinceMs === null) || isPulling(snapshot);
}

export interface Power {
  /** The computer is kept from falling asleep by itself; a closed lid still sleeps. */
  readonly active: boolean;
  changed(): void;
}

/**
 * Keeps the computer awake while the person allows it and it is needed. Waking itself is noticed by the
 * daemon, in whichever host, which beats and probes at once.
 */
export function createPower(modules: { wanted: () => boolean; log: Logger }): Power {
  const { wanted, log } = modules;
  let blocker: number | null = null;
  for (const event of ['suspend', 'resume'] as const)
    powerMonitor.on(event as 'suspend', () => log.info(event));
  return {
    get active() {
      return blocker !== null;
    },
    changed() {
      const want = wanted();
      if (want === (blocker !== null)) return;
      if (want) blocker = powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
      log.info('keep-awake', { on: want });
    },
  };
}
