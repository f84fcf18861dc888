import type { StatePaths } from '../../../daemon/storage/paths.ts';
import type { Clock } from '../../../daemon/system/clock.ts';
import { type Installation, switchTo } from './installation.ts';
import { changeUpdateRecord, readUpdateRecord, withFailure, withSuccess } from './record.ts';
import { findRunningNode, greetingOf } from './running.ts';
import type { NodeService } from './service.ts';
import { type TakeOverTiming, whyNotServing } from './take-over.ts';

/**
 * Ends a take-over that was cut off (the update was killed, the computer went down): whichever version serves stays,
 * and where a service has one that does not, the old one comes back.
 *
 * @returns the version that stayed; null when nothing was cut off here
 */
export async function endInterrupted(
  installation: Installation,
  modules: {
    paths: StatePaths;
    clock: Clock;
    serviceOf: (recorded: string) => NodeService;
    timing: TakeOverTiming;
  },
): Promise<string | null> {
  const { paths, clock, serviceOf, timing } = modules;
  const { handover } = await readUpdateRecord(installation);
  if (handover === null || handover.stateDir !== paths.stateDir) return null;
  const { from, to, sha256 } = handover;
  const running = await findRunningNode(installation, paths, { clock });
  const newRuns = running?.version === to && running.start !== null;
  const online = (await greetingOf(paths, { clock }))?.firstHeartbeatAcceptedAtMs !== undefined;
  const why = newRuns
    ? await whyNotServing({ version: to, online, timing, exit: () => null }, { paths, clock })
    : 'was-interrupted';
  if (why === null) {
    await switchTo(installation, to);
    await changeUpdateRecord(installation, (record) => withSuccess(record, { from, to, atMs: clock.now() }));
    return to;
  }
  await switchTo(installation, from);
  // Without a service nobody can know whether the node was meant to run; with one the manager knows.
  const restored = handover.service !== null && running?.version !== from;
  if (handover.service !== null && restored) await serviceOf(handover.service).restart();
  // Where the old one is not accepted either, the network is at fault, as in an update that was not cut off.
  const final =
    newRuns &&
    (!restored ||
      (await whyNotServing({ version: from, online, timing, exit: () => null }, { paths, clock })) === null);
  await changeUpdateRecord(installation, (record) =>
    withFailure(record, { version: to, sha256, final, reason: why, atMs: clock.now() }),
  );
  return from;
}
