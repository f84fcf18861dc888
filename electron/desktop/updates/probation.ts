import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../../daemon/logging/logger.ts';
import type { Clock, Timer } from '../../daemon/system/clock.ts';
import {
  changeUpdateRecord,
  type RecordPlace,
  readUpdateRecord,
  withSuccess,
} from '../../node/operations/update/record.ts';
import { noteFailure } from './new-version.ts';

export interface ProbationTiming {
  /** Within which a heartbeat has to be accepted, where they were before the update. */
  heartbeatMs: number;
  /** How long it has to stay up where heartbeats say nothing. */
  steadyMs: number;
  /** Starts without having proven itself, after which the one before comes back. */
  mostStarts: number;
}

const usualProbation: ProbationTiming = { heartbeatMs: 600_000, steadyMs: 60_000, mostStarts: 3 };

/** The first minutes of a version that an update has put here. */
export interface Probation {
  /** What the update came from and led to; null when this version has proven itself, or none was brought. */
  readonly change: { from: string; to: string } | null;
  /** The old version still runs and brings itself back: this one must not start itself again after a fault. */
  readonly watched: boolean;
  /** The node has reported something. */
  onEvent(): Promise<void>;
  stop(): void;
}

/**
 * Takes note that this version has started. One that has started too often without proving itself, and one that has no
 * heartbeat accepted in time, gives its place back.
 *
 * @param modules.accepted whether a heartbeat of this run was accepted
 * @param modules.settle the version before is needed no more
 * @param modules.goBack puts the one before back and ends this one; false where there is none
 */
export async function beginProbation(
  options: { version: string; place: RecordPlace; timing?: ProbationTiming },
  modules: {
    clock: Clock;
    log: Pick<Logger, 'info' | 'warn'>;
    accepted: () => boolean;
    settle: () => Promise<void>;
    goBack: () => Promise<boolean>;
  },
): Promise<Probation> {
  const { version, place, timing = usualProbation } = options;
  const { clock, log, accepted, settle, goBack } = modules;
  const { handover } = await readUpdateRecord(place);
  if (handover === null) return proven;
  if (handover.to !== version) {
    // It was cut off before the new version had its name, or somebody has put the old file back by hand.
    await noteFailure(place, { reason: 'was-interrupted', final: false }, clock);
    await settle();
    return proven;
  }
  const { from, to, online = false } = handover;
  const starts = (handover.starts ?? 0) + 1;
  let change: Probation['change'] = { from, to };
  let timer: Timer | null = null;
  const watched = () => isAlive(handover.watcherPid);

  async function give(reason: Reason): Promise<void> {
    if (change === null) return;
    log.warn('update-put-back', { version, reason });
    change = null;
    await noteFailure(place, { reason, final: false }, clock);
    await goBack();
  }

  async function prove(): Promise<void> {
    if (change === null) return;
    change = null;
    timer?.cancel();
    await changeUpdateRecord(place, (record) => withSuccess(record, { from, to, atMs: clock.now() }));
    await settle();
    log.info('update-settled', { from, to });
  }

  await changeUpdateRecord(place, (record) =>
    record.handover === null ? record : { ...record, handover: { ...record.handover, starts } },
  );
  if (starts > timing.mostStarts) await give(`never-served(${starts - 1})`);
  else if (!online) timer = clock.after(timing.steadyMs, () => void prove());
  else
    timer = clock.after(timing.heartbeatMs, () => {
      // Whoever watches ends this one first: the node has to be out before the old one starts.
      if (!watched()) void give('no-heartbeat');
    });
  return {
    get change() {
      return change;
    },
    get watched() {
      return change !== null && watched();
    },
    async onEvent() {
      if (online && accepted()) await prove();
    },
    stop: () => timer?.cancel(),
  };
}

const proven: Probation = { change: null, watched: false, onEvent: async () => {}, stop: () => {} };

function isAlive(pid: number | null | undefined): boolean {
  if (typeof pid !== 'number' || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
