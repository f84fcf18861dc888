import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { ClockSkew } from './coordinator/clock-skew.ts';
import type { ServingNode } from './node.ts';
import type { JournalCounts } from './serving/journal-reader.ts';
import type { Settings } from './storage/settings.ts';

export interface NodeReportFacts {
  settings: Settings;
  startedAtMs: number;
  /** Null while no registration is known. */
  node: ServingNode | null;
  skew: ClockSkew;
}

const noCounts: JournalCounts = {
  undelivered: 0,
  oldestUndeliveredAtMs: null,
  foreign: 0,
  delivered: 0,
  expired: 0,
  refused: 0,
};

/** What the snapshot reports of the running node. */
export function nodeReport(facts: NodeReportFacts): Pick<Snapshot, 'heartbeat' | 'uptime' | 'serving'> {
  const { node, startedAtMs } = facts;
  return {
    heartbeat: heartbeatReport(facts),
    uptime: node?.uptime.report() ?? {
      today: null,
      last30Days: null,
      sinceMs: null,
      asOfMs: startedAtMs,
    },
    serving: servingReport(facts, journalCounts(node)),
  };
}

/** An unreadable journal must not take the report of everything else with it. */
export function journalCounts(node: ServingNode | null): JournalCounts {
  try {
    return node?.journal.counts() ?? noCounts;
  } catch {
    return noCounts;
  }
}

function heartbeatReport({ node, skew, settings }: NodeReportFacts): Snapshot['heartbeat'] {
  const status = node?.heartbeat.status;
  return {
    accepted: status?.accepted ?? 0,
    failed: status?.failed ?? 0,
    firstAcceptedAtMs: status?.firstAcceptedAtMs ?? null,
    lastAcceptedAtMs: status?.lastAcceptedAtMs ?? null,
    lastAttemptAtMs: status?.lastAttemptAtMs ?? null,
    failingSinceMs: status?.failingSinceMs ?? null,
    lastFailure: status?.lastFailure?.reason ?? null,
    intervalMs: status?.intervalMs ?? settings.timing.heartbeatMs,
    lastLatenessMs: status?.lastLatenessMs ?? null,
    maxLatenessMs: status?.maxLatenessMs ?? null,
    clockSkewMs: skew.skewMs,
  };
}

function servingReport({ node, settings }: NodeReportFacts, counts: JournalCounts): Snapshot['serving'] {
  const serving = node?.serving;
  return {
    available: node?.available ?? false,
    running: [...(serving?.running ?? [])],
    queued: serving?.queued ?? 0,
    concurrency: settings.concurrency,
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
