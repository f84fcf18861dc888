import type { DatabaseSync } from 'node:sqlite';
import { isNodeError } from '../../shared/errors.ts';
import { findModel } from '../../shared/model-names.ts';
import type { CoordinatorClient } from './coordinator/client.ts';
import { createHeartbeat, type Heartbeat } from './coordinator/heartbeat.ts';
import type { HeartbeatBody } from './coordinator/schemas.ts';
import { createUptimeRecord, type UptimeRecord } from './coordinator/uptime.ts';
import type { HardwareProbe } from './hardware/probe.ts';
import type { NodeKey } from './identity/node-key.ts';
import type { Logger } from './logging/logger.ts';
import type { OllamaClient } from './ollama/api/client.ts';
import type { OllamaWatch } from './ollama/watch.ts';
import { createJournal, type Journal } from './serving/journal.ts';
import { createOutbox, type Outbox } from './serving/outbox.ts';
import { createRunner } from './serving/runner.ts';
import { createServedToday } from './serving/served-today.ts';
import { createServing, type Serving } from './serving/serving.ts';
import type { DiskGuard } from './storage/disk-guard.ts';
import type { Settings } from './storage/settings.ts';
import type { Clock, Timer } from './system/clock.ts';

export interface NodeOptions {
  nodeId: string;
  settings: Settings;
  capabilitiesVersion: string;
  journalFile: string;
}

export interface NodeModules {
  nodeKey: NodeKey;
  database: DatabaseSync;
  /** The heartbeat has connections of its own: nothing that serving does can hold it up. */
  heartbeatCoordinator: CoordinatorClient;
  coordinator: CoordinatorClient;
  ollama: OllamaClient;
  ollamaWatch: OllamaWatch;
  hardware: () => HardwareProbe;
  /** What heartbeats report as the mode. */
  mode: () => 'gpu' | 'cpu';
  diskGuard: DiskGuard;
  /** False while the operator, a stop or the tier wants no new work, and while the model is not loaded. */
  wantsWork: () => boolean;
  /** False until the registration was looked for; nothing is asked for meanwhile. */
  tierIsKnown: () => boolean;
  clock: Clock;
  log: Logger;
  random: () => number;
}

export interface NodeTotals {
  served: number;
  inputTokens: number;
  outputTokens: number;
  /** Results refused with 409: the network says it has an answer already. */
  conflicts: number;
}

/** One registered node at work: heartbeat, serving loop, outbox and journal under one node id. */
export interface ServingNode {
  readonly nodeId: string;
  readonly heartbeat: Heartbeat;
  readonly serving: Serving;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly totals: Readonly<NodeTotals>;
  readonly uptime: UptimeRecord;
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

const checkpointDelayMs = 250;
const housekeepingMs = 60_000;

export function createServingNode(options: NodeOptions, modules: NodeModules): ServingNode {
  const { nodeId, settings } = options;
  const { nodeKey, database, coordinator, ollamaWatch, diskGuard, clock, log, random } = modules;
  const { timing, limits } = settings;
  const listeners: (() => void)[] = [];
  const totals: NodeTotals = { served: 0, inputTokens: 0, outputTokens: 0, conflicts: 0 };
  const { nodeAddress, nodeKeyHash } = nodeKey;
  let lastModel = '';
  let toldFingerprint = '';
  let checkpointTimer: Timer | null = null;
  let housekeepingTimer: Timer | null = null;
  let looksAfterTrouble = 0;
  let acceptedSeen = 0;
  /** A full disk can keep the journal from noting which requests a crash interrupted. */
  let recovered = false;
  let stopped = false;

  const journal = createJournal(
    { identity: { nodeId, nodeAddress, nodeKeyHash }, attempts: limits.attempts, path: options.journalFile },
    { database, clock },
  );
  const servedToday = createServedToday({ journal, clock });
  const uptime = createUptimeRecord({ nodeId, nodeAddress }, { database, clock, log });
  const outbox = createOutbox(
    {
      retryMinMs: timing.outboxRetryFirstMs,
      retryMaxMs: timing.outboxRetryMaxMs,
      jitter: timing.outboxRetryJitterPercent / 100,
      retryAfterMaxMs: timing.retryAfterMaxMs,
      giveUpMs: timing.outboxGiveUpMs,
    },
    { journal, coordinator, nodeKey, clock, log, random },
  );
  const run = createRunner(
    { nodeId, deadlineMs: timing.requestDeadlineMs, resultBytes: limits.resultBytes },
    {
      ollama: modules.ollama,
      journal,
      outbox,
      clock,
      log,
      onDiskFull: () => diskGuard.reportFull(),
      onOllamaTrouble: lookAfterTrouble,
    },
  );
  const serving = createServing(
    {
      nodeId,
      concurrency: settings.concurrency,
      idlePollMs: timing.idlePollMs,
      pollBackoff: { minMs: timing.pollBackoffFirstMs, maxMs: timing.pollBackoffMaxMs },
      retryAfterMaxMs: timing.retryAfterMaxMs,
      deadlineMs: timing.requestDeadlineMs,
      queueLimit: limits.queueLimit,
      promptBytes: limits.promptBytes,
    },
    {
      coordinator,
      journal,
      outbox,
      run,
      chooseModel,
      mayPoll: () =>
        heartbeatAllowsWork() && canTakeWork() && modules.tierIsKnown() && looksAfterTrouble === 0,
      onDiskFull: () => diskGuard.reportFull(),
      clock,
      log,
      random,
    },
  );
  const heartbeat = createHeartbeat(
    {
      intervalMs: timing.heartbeatMs,
      accountIntervalMs: timing.accountHeartbeatMs,
      retryAfterMaxMs: timing.heartbeatRetryAfterMaxMs,
    },
    { coordinator: modules.heartbeatCoordinator, isNews, compose, clock, log },
  );

  function chooseModel(requested: string | null): string | null {
    const { servable, defaultModel } = ollamaWatch.current();
    if (requested === null) return defaultModel;
    const found = findModel(requested, servable);
    return found?.name ?? (settings.allowSubstitution ? defaultModel : null);
  }

  function canTakeWork(): boolean {
    const { state, defaultModel } = ollamaWatch.current();
    return (
      modules.wantsWork() &&
      state === 'running' &&
      defaultModel !== null &&
      !diskGuard.status.full &&
      outbox.inMemory === 0 &&
      outbox.undelivered < limits.undeliveredLimit
    );
  }

  /** Whether Ollama still serves is known before more work is asked for: a dead one would fail it all, try by try. */
  function lookAfterTrouble(): void {
    looksAfterTrouble += 1;
    void ollamaWatch.refresh().then(() => {
      looksAfterTrouble -= 1;
      serving.wake();
    });
  }

  function heartbeatAllowsWork(): boolean {
    const { lastAcceptedAtMs, lastFailure } = heartbeat.status;
    return lastAcceptedAtMs !== null && lastFailure?.kind !== 'account';
  }

  const isAvailable = () => !stopped && canTakeWork() && serving.hasRoom;

  /** Null until Ollama has answered once in this run and can serve something. */
  function compose(sentAtMs: number): HeartbeatBody | null {
    const { defaultModel, state } = ollamaWatch.current();
    if (heartbeat.status.lastAttemptAtMs === null && (state !== 'running' || defaultModel === null))
      return null;
    lastModel = defaultModel ?? lastModel;
    toldFingerprint = fingerprint();
    const { tier, gpu, vramGb, cores, ramGb } = modules.hardware();
    return {
      nodeId,
      nodeAddress,
      ...nodeKey.signHeartbeat(nodeId, sentAtMs),
      capabilities: {
        version: options.capabilitiesVersion,
        tier,
        mode: modules.mode(),
        model: lastModel,
        models: advertisedModels(),
        gpu,
        vramGb,
        cores,
        ramGb,
      },
      served: totals.served,
      available: isAvailable(),
    };
  }

  function isNews(): boolean {
    return fingerprint() !== toldFingerprint;
  }

  function fingerprint(): string {
    const { defaultModel } = ollamaWatch.current();
    return JSON.stringify([isAvailable(), defaultModel, advertisedModels(), modules.hardware().tier]);
  }

  /**
   * What is installed, as far as is known: while Ollama does not answer the last list stands, beside
   * `available: false`, because a coordinator may refuse a heartbeat whose model is in no list.
   */
  function advertisedModels(): string[] {
    const { state, models, lastKnown } = ollamaWatch.current();
    const known = state === 'running' ? models : (lastKnown?.models ?? []);
    return known.filter(({ servable }) => servable).map(({ name }) => name);
  }

  function changed(): void {
    if (stopped) return;
    if (isNews()) heartbeat.beatNow();
    for (const listener of listeners) listener();
  }

  /** Erased text still stands in the write-ahead log until it is emptied. */
  function checkpointSoon(): void {
    if (stopped) return;
    checkpointTimer ??= clock.after(checkpointDelayMs, () => {
      checkpointTimer = null;
      if (outbox.undelivered === 0) tryStorage('checkpoint', () => journal.checkpoint());
    });
  }

  function keepHouse(): void {
    uptime.keep();
    tryStorage('checkpoint', () => journal.checkpoint());
    tryStorage('prune', () => journal.prune(limits.deliveredRowsDays));
    housekeepingTimer = clock.after(housekeepingMs, keepHouse);
  }

  function tryStorage(what: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn('journal-upkeep-failed', { what, error: String(error) });
    }
  }

  /** Delivers what an earlier run left; on a full disk what is on disk as it is, and the rest once there is room. */
  function takeOver(): void {
    let interrupted = 0;
    try {
      interrupted = journal.recover();
      recovered = true;
    } catch (error) {
      if (!isNodeError(error, 'disk-full')) throw error;
      diskGuard.reportFull();
    }
    const waiting = journal.undelivered().filter(({ requestId }) => !outbox.holds(requestId));
    if (waiting.length > 0) log.info('journal-recovered', { interrupted, undelivered: waiting.length });
    outbox.resume(waiting);
  }

  outbox.onChange((change) => {
    if (change.kind === 'delivered') {
      totals.served += 1;
      servedToday.add();
      totals.inputTokens += change.row.inputTokens ?? 0;
      totals.outputTokens += change.row.outputTokens ?? 0;
    }
    if (change.kind === 'refused' && change.status === 409 && !change.row.failure) totals.conflicts += 1;
    if (change.kind === 'unwritable') diskGuard.reportFull();
    if (outbox.undelivered === 0) checkpointSoon();
    changed();
  });
  serving.onChange(changed);
  heartbeat.onChange(() => {
    if (heartbeat.status.accepted > acceptedSeen) uptime.accepted();
    acceptedSeen = heartbeat.status.accepted;
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
    get available() {
      return isAvailable();
    },
    start() {
      takeOver();
      heartbeat.start();
      serving.start();
      housekeepingTimer = clock.after(housekeepingMs, keepHouse);
    },
    reconsider() {
      if (!diskGuard.status.full && outbox.catchUp() && !recovered) tryStorage('take-over', takeOver);
      serving.wake();
      changed();
    },
    onChange: (listener) => void listeners.push(listener),
    drain: (limitMs) => serving.drain(limitMs),
    async stop(lastBeatMs) {
      stopped = true;
      checkpointTimer?.cancel();
      housekeepingTimer?.cancel();
      await Promise.all([heartbeat.stop(lastBeatMs), serving.stop()]);
      await outbox.stop();
      uptime.keep();
      tryStorage('checkpoint', () => journal.checkpoint());
    },
  };
}
