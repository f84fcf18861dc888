import type { DatabaseSync } from 'node:sqlite';
import { findModel } from '../../shared/model-names.ts';
import type { CoordinatorClient } from './coordinator/client.ts';
import type { ClockSkew } from './coordinator/clock-skew.ts';
import { createHeartbeat, type Heartbeat } from './coordinator/heartbeat.ts';
import type { HeartbeatOptions, HeartbeatStatus } from './coordinator/heartbeat-record.ts';
import { createUptimeRecord, type UptimeRecord } from './coordinator/uptime.ts';
import type { HardwareProbe } from './hardware/probe.ts';
import { createHeartbeatContent } from './heartbeat-content.ts';
import type { NodeKey } from './identity/node-key.ts';
import type { Logger } from './logging/logger.ts';
import { createNodeTotals, type NodeTotals } from './node-totals.ts';
import type { OllamaClient } from './ollama/api/client.ts';
import type { OllamaWatch } from './ollama/models/watch.ts';
import { createAttempts } from './serving/attempts.ts';
import { createGenerationHealth, type GenerationHealth } from './serving/generation-health.ts';
import { createJournal, type Journal } from './serving/journal.ts';
import { createJournalMaintenance } from './serving/journal-maintenance.ts';
import { createOutbox, type Outbox } from './serving/outbox.ts';
import type { ModelChoice } from './serving/places.ts';
import type { PostingOptions } from './serving/posting.ts';
import { createRunner } from './serving/runner.ts';
import { createServedToday } from './serving/served-today.ts';
import { createServing, type Serving, type ServingOptions } from './serving/serving.ts';
import type { DiskGuard } from './storage/disk-guard.ts';
import type { Settings } from './storage/settings.ts';
import type { Clock } from './system/clock.ts';

export interface NodeOptions {
  nodeId: string;
  settings: Settings;
  capabilitiesVersion: string;
  journalFile: string;
}

export interface NodeModules {
  nodeKey: NodeKey;
  database: DatabaseSync;
  /** The heartbeat has connections of its own: nothing that serving does can delay it. */
  heartbeatCoordinator: CoordinatorClient;
  skew: ClockSkew;
  coordinator: CoordinatorClient;
  ollama: OllamaClient;
  ollamaWatch: OllamaWatch;
  hardware: () => HardwareProbe;
  /** What heartbeats report as the mode. */
  mode: () => 'gpu' | 'cpu';
  diskGuard: DiskGuard;
  /** False while the operator, a stop or the tier wants no new work, and while the model is not loaded. */
  wantsWork: () => boolean;
  /** False until the registration was looked up; nothing is asked for meanwhile. */
  tierIsKnown: () => boolean;
  clock: Clock;
  log: Logger;
  random: () => number;
}

/** One registered node, running: heartbeat, serving loop, outbox and journal under one node id. */
export interface ServingNode {
  readonly nodeId: string;
  readonly heartbeat: Heartbeat;
  readonly serving: Serving;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly totals: Readonly<NodeTotals>;
  readonly uptime: UptimeRecord;
  readonly health: Pick<GenerationHealth, 'failing'>;
  /** Answers delivered since midnight; null while the journal cannot be read. */
  servedToday(): number | null;
  /** What the next heartbeat says: could a request be run now? */
  readonly available: boolean;
  start(): void;
  /** Something that decides about work or about the heartbeat may have changed. */
  reconsider(): void;
  onChange(listener: () => void): void;
  drain(limitMs: number): Promise<void>;
  /** @param lastBeatMs how long the last heartbeat, which says "not available", may take; 0 sends none */
  stop(lastBeatMs: number): Promise<void>;
}

export function createServingNode(options: NodeOptions, modules: NodeModules): ServingNode {
  const { nodeId, settings } = options;
  const { nodeKey, database, coordinator, ollamaWatch, diskGuard, skew, clock, log, random } = modules;
  const { timing, limits } = settings;
  const { setAside } = ollamaWatch;
  const listeners: (() => void)[] = [];
  const { nodeAddress, nodeKeyHash } = nodeKey;
  const onDiskFull = () => diskGuard.reportFull();
  let checksAfterTrouble = 0;
  let acceptedSeen = 0;
  let failedSeen = 0;
  let stopped = false;

  const journal = createJournal(
    { identity: { nodeId, nodeAddress, nodeKeyHash }, attempts: limits.attempts, path: options.journalFile },
    { database, clock },
  );
  const servedToday = createServedToday({ journal, clock });
  const { totals, count } = createNodeTotals({ servedToday });
  const uptime = createUptimeRecord({ nodeId, nodeAddress }, { database, clock, log });
  const outbox = createOutbox(outboxOptions(settings), { journal, coordinator, nodeKey, clock, log, random });
  const maintenance = createJournalMaintenance(
    { nodeId, keepDays: limits.deliveredRowsDays },
    { journal, outbox, onDiskFull, alsoWrite: () => uptime.keep(), clock, log },
  );
  const health = createGenerationHealth({
    ollama: modules.ollama,
    testModel: () => (ollamaCanServe() ? ollamaWatch.current().defaultModel : null),
    setAside,
    isBusy: () => serving.running.length > 0,
    ...{ clock, log },
  });
  const generate = createAttempts(
    { deadlineMs: timing.requestDeadlineMs, resultBytes: limits.resultBytes },
    { ollama: modules.ollama, health, setAside, onOllamaTrouble: checkAfterTrouble, clock, log },
  );
  const run = createRunner({ nodeId }, { generate, journal, outbox, clock, log, onDiskFull });
  const serving = createServing(servingOptions(nodeId, settings), {
    coordinator,
    journal,
    outbox,
    run,
    chooseModel: (requested) => chooseModel(requested, ollamaWatch.current(), settings),
    mayPoll: () =>
      allowsWork(heartbeat.status) && canTakeWork() && modules.tierIsKnown() && checksAfterTrouble === 0,
    mayStart: () => health.failing === null,
    ...{ onDiskFull, clock, log, random },
  });
  const content = createHeartbeatContent(
    { nodeId, nodeAddress, capabilitiesVersion: options.capabilitiesVersion },
    {
      ...{ nodeKey, ollamaWatch, isAvailable, hardware: modules.hardware, mode: modules.mode },
      served: () => totals.served,
    },
  );
  const heartbeat = createHeartbeat(heartbeatOptions(settings), {
    coordinator: modules.heartbeatCoordinator,
    isNews: content.isNews,
    coordinatorTime: () => (skew.warned ? skew.coordinatorTimeAt(clock.sinceBootMs()) : null),
    compose: (sentAtMs) => content.compose(sentAtMs, heartbeat.status.lastAttemptAtMs === null),
    clock,
    log,
  });

  function ollamaCanServe(): boolean {
    const { state, defaultModel } = ollamaWatch.current();
    return modules.wantsWork() && state === 'running' && defaultModel !== null;
  }

  function canTakeWork(): boolean {
    return (
      ollamaCanServe() &&
      health.failing === null &&
      !diskGuard.status.full &&
      outbox.inMemory === 0 &&
      outbox.undelivered - outbox.undeliveredReports < limits.undeliveredLimit
    );
  }

  /** Whether Ollama still serves is known before more work is asked for: a dead one would fail it all, try by try. */
  function checkAfterTrouble(): void {
    checksAfterTrouble += 1;
    void ollamaWatch.refresh().then(() => {
      checksAfterTrouble -= 1;
      serving.wake();
    });
  }

  function isAvailable(): boolean {
    return !stopped && canTakeWork() && serving.hasRoom;
  }

  function changed(): void {
    if (stopped) return;
    if (content.isNews()) heartbeat.beatNow();
    for (const listener of listeners) listener();
  }

  outbox.onChange((change) => {
    count(change);
    if (change.kind === 'unwritable') onDiskFull();
    if (outbox.undelivered === 0) maintenance.checkpointSoon();
    changed();
  });
  serving.onChange(changed);
  health.onChange(() => {
    serving.wake();
    changed();
  });
  heartbeat.onChange(() => {
    if (heartbeat.status.accepted > acceptedSeen) uptime.accepted();
    acceptedSeen = heartbeat.status.accepted;
    if (heartbeat.status.failed > failedSeen) uptime.missed();
    failedSeen = heartbeat.status.failed;
    serving.wake();
    changed();
  });

  return {
    nodeId,
    heartbeat,
    serving,
    outbox,
    journal,
    totals,
    servedToday: servedToday.count,
    uptime,
    health,
    get available() {
      return isAvailable();
    },
    start() {
      maintenance.start();
      heartbeat.start();
      serving.start();
    },
    reconsider() {
      if (!diskGuard.status.full) maintenance.catchUp();
      serving.wake();
      changed();
    },
    onChange: (listener) => void listeners.push(listener),
    drain: (limitMs) => serving.drain(limitMs),
    async stop(lastBeatMs) {
      stopped = true;
      await Promise.all([heartbeat.stop(lastBeatMs), serving.stop(), health.stop()]);
      await outbox.stop();
      maintenance.stop();
    },
  };
}

function chooseModel(
  requested: string | null,
  { models, servable, defaultModel }: ReturnType<OllamaWatch['current']>,
  { allowSubstitution }: Settings,
): ReturnType<ModelChoice> {
  const found = requested === null ? null : (findModel(requested, servable)?.name ?? null);
  const model = found ?? (requested === null || allowSubstitution ? defaultModel : null);
  if (model !== null) return { model };
  const why = requested === null ? null : findModel(requested, models)?.notServableBecause;
  if (why === 'needs-memory') return { failure: 'model-needs-memory' };
  return { failure: why === 'failing' ? 'ollama-error' : 'model-not-installed' };
}

function heartbeatOptions({ timing }: Settings): HeartbeatOptions {
  return {
    intervalMs: timing.heartbeatMs,
    accountIntervalMs: timing.accountHeartbeatMs,
    retryAfterMaxMs: timing.heartbeatRetryAfterMaxMs,
  };
}

function allowsWork({ lastAcceptedAtMs, lastFailure }: Readonly<HeartbeatStatus>): boolean {
  return lastAcceptedAtMs !== null && lastFailure?.kind !== 'account';
}

function outboxOptions({ timing }: Settings): PostingOptions {
  return {
    retryMinMs: timing.outboxRetryFirstMs,
    retryMaxMs: timing.outboxRetryMaxMs,
    jitter: timing.outboxRetryJitterPercent / 100,
    retryAfterMaxMs: timing.retryAfterMaxMs,
    giveUpMs: timing.outboxGiveUpMs,
  };
}

function servingOptions(nodeId: string, { timing, limits, concurrency }: Settings): ServingOptions {
  return {
    nodeId,
    concurrency,
    idlePollMs: timing.idlePollMs,
    pollBackoff: { minMs: timing.pollBackoffFirstMs, maxMs: timing.pollBackoffMaxMs },
    retryAfterMaxMs: timing.retryAfterMaxMs,
    deadlineMs: timing.requestDeadlineMs,
    queueLimit: limits.queueLimit,
    promptBytes: limits.promptBytes,
  };
}
