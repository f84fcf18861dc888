import { isNodeError, NodeError } from '../../../../shared/errors.ts';
import { type Reason, reasonOf } from '../../../../shared/reasons/reason-text.ts';
import { lastOfficialHeartbeat, officialBeatMs } from '../../../daemon/incumbent/log.ts';
import { findOfficialRun } from '../../../daemon/incumbent/run.ts';
import { type OfficialService, officialService } from '../../../daemon/incumbent/service.ts';
import { findDaemon } from '../../../daemon/storage/lock.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { NodeContext } from '../../context.ts';
import { type CutoverNode, type StartedNode, waitForHeartbeat } from './node.ts';
import type { CutoverStep } from './prepare.ts';
import { readSwitchRecord, removeSwitchRecord, type SwitchRecord, writeSwitchRecord } from './record.ts';

/** For how long no heartbeat was sent; least and most where a moment is not known. */
export interface Gap {
  minMs: number;
  maxMs: number;
  lastHeartbeatAtMs: number | null;
  firstHeartbeatAtMs: number | null;
}

export interface ChangedOver {
  service: { kind: string; name: string; enabled: boolean } | null;
  gap: Gap | null;
  nodeId: string | null;
  pid: number | null;
}

const startConfirmMs = 10_000;

/**
 * Ends the official service, starts our node, and keeps it only if a heartbeat of it is accepted in
 * time; otherwise everything is as it was before. What is done is on disk before it is done.
 *
 * @param options.dir of the official client, for its log
 * @param options.patienceMs how long the first accepted heartbeat may take
 * @throws NodeError `switch-failed` once everything was taken back, `official-service-failed`
 */
export async function cutOver(
  context: NodeContext,
  options: { nodeKeyHash: string; dir: string; patienceMs: number; signal: AbortSignal },
  { node, report }: { node: CutoverNode; report: (step: CutoverStep) => void },
): Promise<ChangedOver> {
  const { paths, clock } = context;
  const { nodeKeyHash, dir, patienceMs, signal } = options;
  const found = await serviceHere(context);
  let stoppedAtMs: number | null = null;
  if (found !== null) {
    const { service, enabled } = found;
    const record: SwitchRecord = {
      schemaVersion: 1,
      nodeKeyHash,
      service: service.kind,
      enabled,
      stoppedAtMs: null,
      kept: false,
    };
    await writeSwitchRecord(paths, record);
    report({ step: 'stopping-official', name: service.name });
    stoppedAtMs = await stopService(context, service, enabled);
    await writeSwitchRecord(paths, { ...record, stoppedAtMs });
  }
  const takeBack = async (why: Reason) => {
    report({ step: 'taking-back' });
    if (started !== null) await node.end(started);
    const official = found === null ? 'official-not-running' : await restartService(found);
    if (found === null || official === startedAgain) await removeSwitchRecord(paths);
    return new NodeError('switch-failed', { reason: why, official });
  };
  const running = await findDaemon(paths, { clock });
  const started: StartedNode | null = running === null && !signal.aborted ? await node.start() : null;
  report({ step: 'starting' });
  const beat = await waitForHeartbeat(context, { patienceMs, signal, started }, { node });
  if ('why' in beat) throw await takeBack(beat.why);
  const kept = await readSwitchRecord(paths);
  if (kept !== null) await writeSwitchRecord(paths, { ...kept, kept: true });
  const gap = stoppedAtMs === null ? null : await gapOf(dir, stoppedAtMs, beat.acceptedAtMs);
  const service = found && { kind: found.service.kind, name: found.service.name, enabled: found.enabled };
  const serving = await findDaemon(paths, { clock });
  return { service, gap, nodeId: beat.nodeId, pid: serving?.pid ?? null };
}

interface FoundService {
  service: OfficialService;
  enabled: boolean;
}

/** The official service that runs, or that a cutover stopped which was cut off. */
async function serviceHere(context: NodeContext): Promise<FoundService | null> {
  const { paths, platform, homeDir, runTool } = context;
  const run = await findOfficialRun({ platform, homeDir }, { runTool });
  if (run?.kind === 'process') {
    const reason = `runs-as-process(${run.pid})` as const;
    throw new NodeError('switch-failed', { reason, official: 'official-left-alone' });
  }
  const before = await readSwitchRecord(paths);
  const kind = run?.kind ?? (before !== null && !before.kept ? before.service : null);
  if (kind === null) return null;
  const service = officialService(kind, { homeDir }, { runTool });
  // What was disabled by a cutover that was cut off had been enabled before.
  const enabled = before !== null && !before.kept ? before.enabled : await service.isEnabled();
  return { service, enabled };
}

/** @returns when it was asked to stop, Unix ms */
async function stopService(
  { clock, paths }: NodeContext,
  service: OfficialService,
  enabled: boolean,
): Promise<number> {
  const askedAtMs = clock.now();
  try {
    await service.stop();
    if (enabled) await service.disable();
    return askedAtMs;
  } catch (error) {
    const official = await restartService({ service, enabled });
    if (official === startedAgain) await removeSwitchRecord(paths);
    throw error;
  }
}

const startedAgain = 'official-started-again';

/** @returns how it ended */
async function restartService({ service, enabled }: FoundService): Promise<Reason> {
  try {
    if (enabled) await service.enable();
    await service.start();
    return startedAgain;
  } catch (error) {
    if (!isNodeError(error)) throw error;
    return `official-not-started(${isNodeError(error, 'official-service-failed') ? error.details.reason : reasonOf(error)})`;
  }
}

async function gapOf(dir: string, stoppedAtMs: number, firstHeartbeatAtMs: number): Promise<Gap> {
  const lastHeartbeatAtMs = await lastOfficialHeartbeat(dir, stoppedAtMs);
  const sinceMs = (fromMs: number) => Math.max(0, firstHeartbeatAtMs - fromMs);
  const minMs = sinceMs(lastHeartbeatAtMs ?? stoppedAtMs);
  const maxMs = lastHeartbeatAtMs === null ? sinceMs(stoppedAtMs - officialBeatMs) : minMs;
  return { minMs, maxMs, lastHeartbeatAtMs, firstHeartbeatAtMs };
}

/**
 * Ends our node and starts the official service again.
 *
 * @throws NodeError `official-service-failed` when it may not be enabled, and our node goes on; or when it does not
 *   start, and our node has ended
 */
export async function changeBack(
  context: NodeContext,
  { node, report }: { node: CutoverNode; report: (step: CutoverStep) => void },
): Promise<ChangedOver> {
  const { paths, platform, homeDir, clock, runTool } = context;
  const record = await readSwitchRecord(paths);
  const usual = platform === 'darwin' ? ('launchd-agent' as const) : ('systemd-unit' as const);
  const service = officialService(record?.service ?? usual, { homeDir }, { runTool });
  const enabled = record?.enabled ?? true;
  // Whoever may not do this may not start it either, and keeps the node that serves.
  if (enabled) await service.enable();
  const served = (await findDaemon(paths, { clock })) !== null;
  if (served) report({ step: 'ending' });
  if (!(await node.end(null))) {
    if (enabled) await service.disable();
    throw new NodeError('switch-failed', {
      reason: 'own-node-not-ended',
      official: 'official-stays-off',
    });
  }
  const lastHeartbeatAtMs = served ? clock.now() : null;
  report({ step: 'starting-official', name: service.name });
  await service.start();
  const giveUpAtMs = clock.monotonicMs() + startConfirmMs;
  let run = await findOfficialRun({ platform, homeDir }, { runTool });
  while (run === null && clock.monotonicMs() < giveUpAtMs) {
    await sleep(clock, 200);
    run = await findOfficialRun({ platform, homeDir }, { runTool });
  }
  if (run === null) {
    const reason = 'started-not-running';
    throw new NodeError('official-service-failed', { action: 'stay-up', name: service.name, reason });
  }
  await removeSwitchRecord(paths);
  const minMs = lastHeartbeatAtMs === null ? 0 : clock.now() - lastHeartbeatAtMs;
  // Its first heartbeat leaves when it has probed its hardware and models; nothing reports when.
  const gap =
    lastHeartbeatAtMs === null
      ? null
      : { minMs, maxMs: minMs + officialBeatMs, lastHeartbeatAtMs, firstHeartbeatAtMs: null };
  return { service: { kind: service.kind, name: service.name, enabled }, gap, nodeId: null, pid: run.pid };
}
