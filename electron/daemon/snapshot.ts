import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { StateCode } from '../../shared/states/states.ts';
import type { ClockSkew } from './coordinator/clock-skew.ts';
import type { RegistrationStatus } from './coordinator/registration.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { EarningsStatus } from './earnings.ts';
import type { HardwareRuntime } from './hardware/runtime.ts';
import type { ServingNode } from './node.ts';
import type { OllamaRuntime } from './ollama/runtime.ts';
import { decideState } from './operator-state.ts';
import type { JournalCounts } from './serving/journal.ts';
import type { DiskStatus } from './storage/disk-guard.ts';

export interface SnapshotFacts {
  nowMs: number;
  sinceBootMs: number;
  options: DaemonOptions;
  startedAtMs: number;
  identity: { nodeId: string | null; owner: string | null; nodeKeyHash: string; nodeAddress: string };
  registration: Readonly<RegistrationStatus>;
  node: ServingNode | null;
  skew: ClockSkew;
  disk: Readonly<DiskStatus>;
  ollama: Pick<OllamaRuntime, 'facts' | 'report'>;
  hardware: Pick<HardwareRuntime, 'report' | 'standing' | 'probe'>;
  earnings: Readonly<EarningsStatus>;
  pause: { sinceMs: number; untilMs: number | null } | null;
  draining: { limitMs: number } | null;
  woke: { sinceBootMs: number; durationMs: number } | null;
  hasBackup: boolean;
  hasNetworkInterface: boolean;
  registrationFailure: { reason: string; sinceMs: number } | null;
  /** Since when a state holds, given that it holds now. */
  stateSince: (code: StateCode) => number;
}

const noCounts: JournalCounts = {
  undelivered: 0,
  oldestUndeliveredAtMs: null,
  foreign: 0,
  delivered: 0,
  expired: 0,
  refused: 0,
};

/** Everything the daemon reports, from what it knows now. */
export function takeSnapshot(facts: SnapshotFacts): Snapshot {
  const { options, identity, registration, node, earnings } = facts;
  const { owner: _owner, nodeId: _nodeId, ...registrationReport } = registration;
  const counts = journalCounts(node);
  return {
    daemon: {
      pid: process.pid,
      version: options.version,
      startedAtMs: facts.startedAtMs,
      stateDir: options.paths.stateDir,
      network: { coordinatorUrl: options.settings.coordinatorUrl, rpcUrl: options.settings.rpcUrl },
    },
    identity: { ...identity, keyStore: options.keyStore },
    state: stateReport(facts, counts),
    badges: badgesOf(facts),
    registration: registrationReport,
    heartbeat: heartbeatReport(facts),
    uptime: node?.uptime.report() ?? {
      today: null,
      last30Days: null,
      sinceMs: null,
      asOfMs: facts.startedAtMs,
    },
    serving: servingReport(facts, counts),
    ...facts.ollama.report(),
    hardware: facts.hardware.report(),
    earnings: { ...earnings, source: 'coordinator' },
    control: { pause: facts.pause, draining: facts.draining !== null },
  };
}

function badgesOf({ hasBackup, hardware }: SnapshotFacts): Snapshot['badges'] {
  const { badge } = hardware.standing;
  return [...(hasBackup ? [] : [{ code: 'no-backup', params: {} } as const]), ...(badge ? [badge] : [])];
}

/** An unreadable journal must not take the report of everything else with it. */
function journalCounts(node: ServingNode | null): JournalCounts {
  try {
    return node?.journal.counts() ?? noCounts;
  } catch {
    return noCounts;
  }
}

function stateReport(facts: SnapshotFacts, counts: JournalCounts): Snapshot['state'] {
  const { node, options, sinceBootMs, woke } = facts;
  const accepted = node?.heartbeat.status.lastAcceptedSinceBootMs ?? null;
  const pollFailure = node?.serving.pollFailure ?? null;
  const { code, params } = decideState({
    ...facts,
    ...facts.ollama.facts,
    nodeId: facts.identity.nodeId,
    stateDir: options.paths.stateDir,
    heartbeat: node?.heartbeat.status ?? null,
    lastAcceptedAgoMs: accepted === null ? null : sinceBootMs - accepted,
    woke: woke && { agoMs: sinceBootMs - woke.sinceBootMs, durationMs: woke.durationMs },
    servedBefore: (node?.heartbeat.status.accepted ?? 0) > 0 || counts.delivered > 0,
    clockSkew: facts.skew,
    networkFailure: pollFailure ?? facts.registrationFailure,
    tier: facts.hardware.standing,
    gpu: facts.hardware.probe.gpu,
    running: node?.serving.running ?? [],
    lastRequestAtMs: node?.serving.counts.lastRequestAtMs ?? null,
    undelivered: node?.outbox.undelivered ?? 0,
    waiting: node?.outbox.waiting ?? { count: 0, sinceMs: null },
  });
  return { code, params, sinceMs: facts.stateSince(code) };
}

function heartbeatReport({ node, skew, options }: SnapshotFacts): Snapshot['heartbeat'] {
  const status = node?.heartbeat.status;
  return {
    accepted: status?.accepted ?? 0,
    failed: status?.failed ?? 0,
    firstAcceptedAtMs: status?.firstAcceptedAtMs ?? null,
    lastAcceptedAtMs: status?.lastAcceptedAtMs ?? null,
    lastAttemptAtMs: status?.lastAttemptAtMs ?? null,
    failingSinceMs: status?.failingSinceMs ?? null,
    lastFailure: status?.lastFailure?.reason ?? null,
    intervalMs: status?.intervalMs ?? options.settings.timing.heartbeatMs,
    lastLatenessMs: status?.lastLatenessMs ?? null,
    maxLatenessMs: status?.maxLatenessMs ?? null,
    clockSkewMs: skew.skewMs,
  };
}

function servingReport({ node, options }: SnapshotFacts, counts: JournalCounts): Snapshot['serving'] {
  const serving = node?.serving;
  return {
    available: node?.available ?? false,
    running: [...(serving?.running ?? [])],
    queued: serving?.queued ?? 0,
    concurrency: options.settings.concurrency,
    served: node?.totals.served ?? 0,
    servedToday: node?.servedToday() ?? null,
    failed: serving?.counts.failed ?? 0,
    refusedEntries: serving?.counts.refusedEntries ?? 0,
    duplicates: serving?.counts.duplicates ?? 0,
    conflicts: node?.totals.conflicts ?? 0,
    withoutCounts: serving?.counts.withoutCounts ?? 0,
    inputTokens: node?.totals.inputTokens ?? 0,
    outputTokens: node?.totals.outputTokens ?? 0,
    lastRequestAtMs: serving?.counts.lastRequestAtMs ?? null,
    undelivered: node?.outbox.undelivered ?? 0,
    oldestUndeliveredAtMs: node?.outbox.oldestAtMs ?? null,
    foreign: counts.foreign,
    delivered: counts.delivered,
    expired: counts.expired,
    refused: counts.refused,
  };
}
