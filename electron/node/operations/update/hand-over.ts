import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import type { Reason } from '../../../../shared/reasons/reason-text.ts';
import type { StatePaths } from '../../../daemon/storage/paths.ts';
import type { Clock } from '../../../daemon/system/clock.ts';
import { type Installation, switchTo } from './installation.ts';
import { changeUpdateRecord, type Handover, withFailure, withSuccess } from './record.ts';
import { endNode, findRunningNode, hasEnded, isOnline, type RunningNode, signalNode } from './running.ts';
import type { FindService, NodeService } from './service.ts';
import { type StartedNode, startNode, type TakeOverTiming, whyNotServing } from './take-over.ts';

/** What became of the node that ran. `elsewhere`: it is not of this installation, and stays as it is. */
export type NodeOutcome = 'none' | 'taken-over' | 'restarted' | 'elsewhere';

export type HandOverStep = 'preparing' | 'draining' | 'waiting' | 'restoring';

export interface HandOverModules {
  paths: StatePaths;
  clock: Clock;
  findService: FindService;
  timing: TakeOverTiming;
  onStep: (step: HandOverStep) => void;
}

export interface HandedOver {
  node: NodeOutcome;
  pid: number | null;
  /** A heartbeat of the new version was accepted; false where those of the old one were not either. */
  online: boolean;
}

/** A hung node takes its time not to answer, and to be gone. */
const slackMs = 60_000;

interface Change {
  installation: Installation;
  from: string;
  to: string;
  sha256: string;
}

/**
 * Puts the new version in the place of the old one, and makes sure that it serves: else everything is as before.
 * The new version lies whole in its folder. What is about to happen is on disk before it happens.
 *
 * @throws NodeError `update-failed`, `update-service-failed`, `state-dir-unusable`, `disk-full`
 */
export async function handOver(change: Change, modules: HandOverModules): Promise<HandedOver> {
  const { installation, to } = change;
  const { paths, clock, findService } = modules;
  const running = await findRunningNode(installation, paths, { clock });
  const service = running?.start ? await findService(running.pid) : null;
  if (!running?.start || (service === null && !running.sameUser)) {
    await switchTo(installation, to);
    await finish(change, clock);
    return { node: running === null ? 'none' : 'elsewhere', pid: running?.pid ?? null, online: false };
  }
  const online = await isOnline(paths, { clock, answerMs: modules.timing.answerMs });
  return service === null
    ? await takeOver(change, { ...running, start: running.start }, online, modules)
    : await restart(change, running, service, online, modules);
}

/** The new one is started beside, gets ready, and takes the place of the old one the moment that it is free. */
async function takeOver(
  change: Change,
  running: RunningNode & { start: NonNullable<RunningNode['start']> },
  online: boolean,
  modules: HandOverModules,
): Promise<HandedOver> {
  const { installation, to } = change;
  const { paths, clock, timing, onStep } = modules;
  onStep('preparing');
  await changeUpdateRecord(installation, (record) => ({ ...record, handover: begun(change, null, modules) }));
  const started = await startNode(
    { launcher: installation.launcherOf(to), ...running.start, beside: true },
    { paths, clock },
  );
  const unprepared = await started.prepared(timing.prepareMs);
  if (unprepared !== null) {
    await started.end();
    // The old one never noticed.
    throw await failed(change, { reason: unprepared, restored: true, final: true }, clock);
  }
  onStep('draining');
  started.go(timing.drainMs + 2 * timing.graceMs + slackMs);
  if (
    !(await endNode(
      paths,
      { pid: running.pid, limitMs: timing.drainMs, graceMs: timing.graceMs },
      { clock, answerMs: timing.answerMs },
    ))
  )
    await kill(running.pid, modules);
  onStep('waiting');
  const why = await whyNotServing({ version: to, online, timing, exit: started.exit }, { paths, clock });
  if (why === null) {
    await switchTo(installation, to);
    await finish(change, clock);
    return { node: 'taken-over', pid: started.pid, online: await isOnline(paths, { clock }) };
  }
  throw await startOldAgain(change, { running, started, online, why }, modules);
}

async function startOldAgain(
  change: Change,
  facts: {
    running: RunningNode & { start: NonNullable<RunningNode['start']> };
    started: StartedNode;
    online: boolean;
    why: Reason;
  },
  modules: HandOverModules,
): Promise<NodeError> {
  const { installation, from } = change;
  const { paths, clock, timing, onStep } = modules;
  const { running, started, online, why } = facts;
  onStep('restoring');
  await started.end();
  await switchTo(installation, from);
  const launcher = installation.launcherOf(running.version === from ? from : running.version);
  const again = await startNode({ launcher, ...running.start, beside: false }, { paths, clock });
  const whyOld = await whyNotServing(
    { version: running.version, online, timing, exit: again.exit },
    { paths, clock },
  );
  return failed(change, judged(why, whyOld), clock);
}

/** A service starts `current`, so the link goes first and comes back first. */
async function restart(
  change: Change,
  running: RunningNode,
  service: NodeService,
  online: boolean,
  modules: HandOverModules,
): Promise<HandedOver> {
  const { installation, from, to } = change;
  const { paths, clock, timing, onStep } = modules;
  await tryBeside(change, running, modules);
  await changeUpdateRecord(installation, (record) => ({
    ...record,
    handover: begun(change, service.name, modules),
  }));
  await switchTo(installation, to);
  onStep('draining');
  const ended = await endNode(
    paths,
    { pid: running.pid, limitMs: timing.drainMs, graceMs: timing.graceMs },
    { clock, answerMs: timing.answerMs },
  );
  onStep('waiting');
  const exit = () => service.fault();
  const why = await (ended ? service.start() : service.restart()).then(
    () => whyNotServing({ version: to, online, timing, exit }, { paths, clock }),
    (error: unknown) =>
      isNodeError(error, 'update-service-failed') ? error.details.reason : ('unexpected error' as const),
  );
  if (why === null) {
    await finish(change, clock);
    const found = await findRunningNode(installation, paths, { clock });
    return { node: 'restarted', pid: found?.pid ?? null, online: await isOnline(paths, { clock }) };
  }
  onStep('restoring');
  await switchTo(installation, from);
  await service.restart();
  const whyOld = await whyNotServing({ version: from, online, timing, exit }, { paths, clock });
  throw await failed(change, judged(why, whyOld), clock);
}

/**
 * Starts the new version beside the node of a service as well, until it says that it is prepared, and ends it again: one
 * that does not get that far costs no heartbeat. Not for a node of another user, whose program root does not start.
 *
 * @throws NodeError `update-failed`
 */
async function tryBeside(change: Change, running: RunningNode, modules: HandOverModules): Promise<void> {
  const { paths, clock, timing, onStep } = modules;
  if (!running.sameUser || running.start === null) return;
  onStep('preparing');
  const launcher = change.installation.launcherOf(change.to);
  const trial = await startNode({ launcher, ...running.start, beside: true }, { paths, clock });
  const unprepared = await trial.prepared(timing.prepareMs);
  await trial.end();
  if (unprepared !== null)
    throw await failed(change, { reason: unprepared, restored: true, final: true }, clock);
}

/** Where the old one is not accepted either, the network is at fault, and the version may be tried again. */
function judged(why: Reason, whyOld: Reason | null): { reason: Reason; restored: boolean; final: boolean } {
  return { reason: why, restored: whyOld === null, final: whyOld === null };
}

async function kill(pid: number, { paths, clock, timing }: HandOverModules): Promise<void> {
  // Hung: what it had finished is on its disk, and the next one delivers it.
  signalNode(pid, 'SIGKILL');
  await hasEnded(paths, pid, timing.graceMs, { clock });
}

function begun({ from, to, sha256 }: Change, service: string | null, modules: HandOverModules): Handover {
  return { from, to, sha256, service, stateDir: modules.paths.stateDir, startedAtMs: modules.clock.now() };
}

async function finish({ installation, from, to }: Change, clock: Clock): Promise<void> {
  await changeUpdateRecord(installation, (record) => withSuccess(record, { from, to, atMs: clock.now() }));
}

async function failed(
  { installation, from, to, sha256 }: Change,
  { reason, restored, final }: { reason: Reason; restored: boolean; final: boolean },
  clock: Clock,
): Promise<NodeError> {
  await changeUpdateRecord(installation, (record) =>
    withFailure(record, { version: to, sha256, final, reason, atMs: clock.now() }),
  );
  return new NodeError('update-failed', { version: to, reason, restored, kept: from });
}
