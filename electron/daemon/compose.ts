import type { CommandHandlers } from '../../shared/contract/commands.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { cooldownOf } from '../../shared/wallet/chain-time.ts';
import { type ActivityPart, createActivityPart } from './activity-part.ts';
import { chainNetwork } from './chain/network.ts';
import { type ChainPart, createChainPart } from './chain/part.ts';
import { createCoordinatorClient } from './coordinator/client.ts';
import { createClockSkew } from './coordinator/clock-skew.ts';
import { createRegistrationWatch } from './coordinator/registration.ts';
import type { DaemonModules, DaemonOptions } from './daemon-options.ts';
import { dayActivity } from './day-activity.ts';
import { createEarningsWatch } from './earnings/lifetime.ts';
import { createEarningsPart } from './earnings/part.ts';
import type { HttpClient } from './http/client.ts';
import { createKeepLoaded } from './keep-loaded.ts';
import { createMachineParts } from './machine-parts.ts';
import { journalCounts } from './node-report.ts';
import type { StateFacts } from './operator-state.ts';
import { ownFacts } from './own-facts.ts';
import { createPause } from './pause.ts';
import { createRegisteredNode, type RegisteredNode } from './registered-node.ts';
import { askAgainAsChainChanges } from './renewed-account.ts';
import { createStatePart, type StatePart } from './state-part.ts';
import { proveWritable } from './storage/database.ts';
import { createDiskGuard } from './storage/disk-guard.ts';
import { handlersOf, type Part, reportOf } from './system/part.ts';
import { createTimeWatch } from './system/time-watch.ts';

const registrationTiming = { minMs: 5000, maxMs: 30_000, registeredMs: 10 * 60_000 };
const earningsIntervalMs = 30_000;
/** What must be writable before work is taken again: any ordinary answer, and what the journal needs with it. */
const provedBytes = 256 * 1024;
const diskTiming = { intervalMs: 10_000, intervalWhenFullMs: 5000 };

/** The running node, put together and not yet started. */
export interface NodeParts {
  /** In the order in which they start; they stop in the other. */
  readonly parts: readonly Part[];
  readonly node: RegisteredNode;
  readonly state: StatePart;
  readonly activity: ActivityPart;
  /** All that the parts answer; the rest is the daemon's own. */
  readonly handlers: Omit<CommandHandlers, 'snapshot' | 'drain'>;
  report(): Snapshot;
}

/** @param modules.draining how long is left to finish, once the node is to end; null before */
export function composeNode(
  options: DaemonOptions,
  modules: DaemonModules & { draining: () => { limitMs: number } | null },
): NodeParts {
  const { settings, paths } = options;
  const { nodeKey, database, machine, backups, draining, clock, log, random, saveSetting } = modules;
  const { timing, limits } = settings;
  const startedAtMs = clock.now();

  const skew = createClockSkew();
  const coordinatorOver = (http: HttpClient) =>
    createCoordinatorClient(
      { baseUrl: settings.coordinatorUrl, inboxBytes: limits.inboxBytes, answerBytes: limits.answerBytes },
      { http, clock, skew },
    );
  const heartbeatCoordinator = coordinatorOver(modules.heartbeatHttp);
  const coordinator = coordinatorOver(modules.coordinatorHttp);

  const registration = createRegistrationWatch(
    { nodeKeyHash: nodeKey.nodeKeyHash, ...registrationTiming },
    { coordinator, isNeeded: () => !node.isOnline, clock, log },
  );
  const declaredTier = () => registration.status.tier;
  const runningModels = () => node.current?.serving.running.map(({ model }) => model) ?? [];
  const { hardware, ollama } = createMachineParts(options, {
    ...{ machine, declaredTier, runningModels, saveSetting, clock, log },
  });
  const pause = createPause(
    { saved: settings.pause },
    { save: (next) => saveSetting('pause', next), clock, log },
  );
  const wantsToServe = () =>
    pause.current === null && draining() === null && !hardware.standing.blocksServing;
  const lifetime = createEarningsWatch(
    {
      intervalMs: earningsIntervalMs,
      backoff: { minMs: timing.pollBackoffFirstMs, maxMs: timing.pollBackoffMaxMs },
      retryAfterMaxMs: timing.retryAfterMaxMs,
    },
    { coordinator, owner: () => node.owner, clock, random },
  );
  const own = () => ownFacts(node, registration.status, nodeKey.nodeKeyHash);
  const { nodeAddress } = nodeKey;
  const earnings = createEarningsPart(
    { file: paths.earningsFile },
    {
      chain: () => chain,
      activity: (nodeId, day) => dayActivity({ nodeId, nodeAddress, day, nowMs: clock.now() }, { database }),
      ...{ own, clock, log },
    },
  );
  const chain: ChainPart = createChainPart(
    { network: chainNetwork(settings), watchedIntervalMs: timing.chainWatchedMs },
    {
      ...{ follower: earnings.follower, memory: earnings.memory, http: machine.chainHttp },
      ...{ own, clock, log, random },
    },
  );
  const diskGuard = createDiskGuard(
    { path: paths.stateDir, minFreeBytes: limits.minFreeBytes, ...diskTiming },
    { clock, log, tryWrite: () => proveWritable(database, { path: paths.journalFile, bytes: provedBytes }) },
  );
  const { saveRegistration } = modules;
  const node: RegisteredNode = createRegisteredNode(options, {
    ...{ nodeKey, database, heartbeatCoordinator, coordinator, skew, registration, hardware, ollama },
    ...{ diskGuard, wantsToServe, saveRegistration, clock, log, random },
  });
  askAgainAsChainChanges({ chain, heartbeat: () => node.current?.heartbeat ?? null });
  const keepLoaded = createKeepLoaded({ node: () => node.current, wantsToServe, ollama, clock });
  const state = createStatePart({
    facts: () => ({
      ...nodeFacts(node, clock.sinceBootMs()),
      ...ollama.facts,
      nowMs: clock.now(),
      stateDir: paths.stateDir,
      registration: registration.status,
      networkFailure: node.current?.serving.pollFailure ?? registration.failure,
      hasNetworkInterface: modules.hasNetworkInterface(),
      clockSkew: skew,
      disk: diskGuard.status,
      tier: hardware.standing,
      gpu: hardware.probe.gpu,
      ...{ pause: pause.current, draining: draining() },
      cooldownLeftMs: cooldownOf(chain.report().chain, clock.now())?.leftMs ?? null,
    }),
    badges: () => [
      ...(backups.hasBackup ? [] : [{ code: 'no-backup', params: {} } as const]),
      ...(hardware.standing.badge ? [hardware.standing.badge] : []),
    ],
    clock,
    log,
  });
  const activity = createActivityPart(
    { nodeAddress },
    {
      node: () => ({ nodeId: node.nodeId, keepUptime: () => node.current?.uptime.keep() }),
      ...{ database, clock, log },
    },
  );
  const connections: Part = {
    name: 'connections',
    // The other side has forgotten them after a sleep; using one would cost a time-out.
    onTime({ kind }) {
      if (kind !== 'woke') return;
      modules.heartbeatHttp.dropIdle();
      modules.coordinatorHttp.dropIdle();
    },
  };
  const control = {
    name: 'control',
    report: () => ({ control: { pause: pause.current, draining: draining() !== null } }),
  };
  const timeWatch = createTimeWatch({ clock, log });
  const time: Part = { name: 'time', start: timeWatch.start, stop: timeWatch.stop };
  const daemon = { name: 'daemon', report: () => ({ daemon: daemonReport(options, startedAtMs) }) };

  const parts = [
    ...[daemon, time, connections, hardware, ollama, registration, lifetime, earnings, chain],
    ...[diskGuard, backups, state, activity],
    ...[pause, control, node, keepLoaded],
  ] as const;
  timeWatch.onEvent((event) => {
    for (const part of parts as readonly Part[]) part.onTime?.(event);
  });
  return { parts, node, state, activity, handlers: handlersOf(parts), report: () => reportOf(parts) };
}

/** Finished answers that wait; failure reports of the same outbox are not counted. */
export const undeliveredAnswers = (node: RegisteredNode['current']): number =>
  node === null ? 0 : node.outbox.undelivered - node.outbox.undeliveredReports;

function nodeFacts({ current, nodeId }: RegisteredNode, sinceBootMs: number) {
  const heartbeat = current?.heartbeat.status ?? null;
  const accepted = heartbeat?.lastAcceptedSinceBootMs ?? null;
  return {
    nodeId,
    heartbeat,
    lastAcceptedAgoMs: accepted === null ? null : sinceBootMs - accepted,
    servedBefore: (heartbeat?.accepted ?? 0) > 0 || journalCounts(current).delivered > 0,
    running: current?.serving.running ?? [],
    failing: current?.health.failing ?? null,
    lastRequestAtMs: current?.serving.counts.lastRequestAtMs ?? null,
    // Answers alone: what is told of them is that they are safe.
    undelivered: undeliveredAnswers(current),
    waiting: current?.outbox.waiting ?? { count: 0, sinceMs: null },
  } satisfies Partial<StateFacts>;
}

function daemonReport({ version, paths, settings }: DaemonOptions, startedAtMs: number): Snapshot['daemon'] {
  const { coordinatorUrl, rpcUrl } = settings;
  const network = { coordinatorUrl, rpcUrl };
  return { pid: process.pid, version, startedAtMs, stateDir: paths.stateDir, network };
}
