import type { CommandHandlers } from '../../shared/contract/commands.ts';
import type { DaemonEvent, Greeting } from '../../shared/contract/messages.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { describeState, type StateCode } from '../../shared/states/states.ts';
import { createCoordinatorClient } from './coordinator/client.ts';
import { createClockSkew } from './coordinator/clock-skew.ts';
import { createRegistrationWatch } from './coordinator/registration.ts';
import type { DaemonModules, DaemonOptions } from './daemon-options.ts';
import { createEarningsWatch } from './earnings.ts';
import { createHardwareRuntime } from './hardware/runtime.ts';
import type { HttpClient } from './http/client.ts';
import { createServingNode, type ServingNode } from './node.ts';
import { createOllamaRuntime } from './ollama/runtime.ts';
import { createPause } from './pause.ts';
import { createReporter } from './reporter.ts';
import { takeSnapshot } from './snapshot.ts';
import { proveWritable } from './storage/database.ts';
import { createDiskGuard } from './storage/disk-guard.ts';
import type { Timer } from './system/clock.ts';
import { createTimeWatch } from './system/time-watch.ts';

/** The node: everything that runs, whichever host it runs in. */
export interface Daemon {
  start(): void;
  readonly handlers: CommandHandlers;
  snapshot(): Snapshot;
  greeting(): Omit<Greeting, 'greeting' | 'contract'>;
  subscribe(listener: (event: DaemonEvent) => void): () => void;
  /** Calls back, at most ten times a second, when something in the snapshot may have changed. */
  onChange(listener: () => void): void;
  /** False when the heartbeat's loop hangs: then only a new process helps. */
  isMoving(): boolean;
  /** Takes no new work, finishes or reports what runs within `limitMs`, and ends. */
  drain(limitMs: number): Promise<void>;
  /** Resolves once the daemon has ended, whoever asked for it. */
  readonly ended: Promise<void>;
}

const registrationTiming = { minMs: 5000, maxMs: 30_000, registeredMs: 10 * 60_000 };
const earningsIntervalMs = 30_000;
const stateIntervalMs = 5000;
const diskTiming = { intervalMs: 10_000, intervalWhenFullMs: 5000 };
/** An account that is refused for so long will not be asked for work soon. */
const refusedHoldMs = 10 * 60_000;
/** What is left of a drain for posting, and for the heartbeat that says goodbye. */
const lastPostsMs = 3000;
const lastBeatMs = 2000;

export function createDaemon(options: DaemonOptions, modules: DaemonModules): Daemon {
  const { settings, paths } = options;
  const { stateDir, journalFile } = paths;
  const { nodeKey, database, clock, log, random, saveSetting } = modules;
  const { timing, limits } = settings;
  const { nodeKeyHash, nodeAddress } = nodeKey;
  const startedAtMs = clock.now();
  const startedMonotonicMs = clock.monotonicMs();

  const skew = createClockSkew();
  const client = (http: HttpClient) =>
    createCoordinatorClient(
      { baseUrl: settings.coordinatorUrl, inboxBytes: limits.inboxBytes, answerBytes: limits.answerBytes },
      { http, clock, skew },
    );
  const heartbeatCoordinator = client(modules.heartbeatHttp);
  const coordinator = client(modules.coordinatorHttp);
  const registration = createRegistrationWatch(
    { nodeKeyHash, ...registrationTiming },
    { coordinator, isNeeded: () => !isOnline(), clock, log },
  );
  const hardware = createHardwareRuntime(
    {
      mode: settings.mode,
      acceptTierMismatch: settings.hardware.acceptTierMismatch,
      env: options.env,
    },
    {
      keeper: modules.probe,
      declaredTier: () => registration.status.tier,
      saveSetting,
      clock,
      log,
    },
  );
  const ollama = createOllamaRuntime(
    {
      ...options.ollama,
      ...{ settings, paths: options.paths, version: options.version, env: options.env },
      platform: process.platform,
    },
    {
      http: modules.ollamaHttp,
      internet: modules.internetHttp,
      volume: modules.modelsVolume,
      hardware,
      runningModels: () => node?.serving.running.map(({ model }) => model) ?? [],
      saveSetting,
      clock,
      log,
    },
  );
  const pause = createPause(
    { saved: settings.pause },
    { save: (next) => saveSetting('pause', next), onChange: reconsider, clock, log },
  );
  const earnings = createEarningsWatch(
    {
      intervalMs: earningsIntervalMs,
      backoff: { minMs: timing.pollBackoffFirstMs, maxMs: timing.pollBackoffMaxMs },
      retryAfterMaxMs: timing.retryAfterMaxMs,
    },
    { coordinator, owner: () => owner, clock, random },
  );
  const diskGuard = createDiskGuard(
    { path: stateDir, minFreeBytes: limits.minFreeBytes, ...diskTiming },
    {
      clock,
      log,
      tryWrite: () => proveWritable(database),
    },
  );
  const timeWatch = createTimeWatch({ clock, log });

  let node: ServingNode | null = null;
  let nodeId = options.node.id;
  let owner = options.node.owner;
  let draining: { limitMs: number } | null = null;
  let ending: Promise<void> | null = null;
  let woke: { sinceBootMs: number; durationMs: number } | null = null;
  let state: { code: StateCode; sinceMs: number } | null = null;
  let lookTimer: Timer | null = null;
  let switching: Promise<void> = Promise.resolve();
  let refusalsSeen = 0;
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();

  const reporter = createReporter({ intervalMs: 100 }, { clock, snapshot });

  /** The last heartbeat was accepted. */
  function isOnline(): boolean {
    const status = node?.heartbeat.status;
    return status !== undefined && status.accepted > 0 && status.lastFailure === null;
  }

  function snapshot(): Snapshot {
    return takeSnapshot({
      nowMs: clock.now(),
      sinceBootMs: clock.sinceBootMs(),
      options,
      startedAtMs,
      identity: { nodeId, owner, nodeKeyHash, nodeAddress },
      registration: registration.status,
      node,
      skew,
      disk: diskGuard.status,
      ollama,
      hardware,
      earnings: earnings.status,
      pause: pause.current,
      draining,
      woke,
      hasBackup: modules.hasBackup(),
      hasNetworkInterface: modules.hasNetworkInterface(),
      registrationFailure: registration.failure,
      stateSince,
    });
  }

  function stateSince(code: StateCode): number {
    if (state?.code !== code) {
      state = { code, sinceMs: clock.now() };
      log.info('state', { code });
    }
    return state.sinceMs;
  }

  /** Some states begin or end by the passing of time alone. */
  function lookAgain(): void {
    reporter.changed();
    lookTimer = clock.after(stateIntervalMs, lookAgain);
  }

  function openNode(id: string): void {
    refusalsSeen = 0;
    node = createServingNode(
      {
        nodeId: id,
        settings,
        capabilitiesVersion: settings.capabilitiesVersion ?? plainVersion(options.version),
        journalFile,
      },
      {
        nodeKey,
        database,
        heartbeatCoordinator,
        coordinator,
        ollama: ollama.client,
        ollamaWatch: ollama.watch,
        hardware: modules.probe.current,
        mode: () => hardware.mode,
        diskGuard,
        wantsWork: () => wantsToServe() && ollama.ready,
        tierIsKnown,
        clock,
        log,
        random,
      },
    );
    node.onChange(() => {
      lookForAnotherRegistration();
      holdModel();
      reporter.changed();
    });
    node.start();
    holdModel();
    log.info('node-started', { nodeId: id, nodeKeyHash });
  }

  /** The account behind this node id is refused: the key may have been registered anew. */
  function lookForAnotherRegistration(): void {
    if (!node) return;
    const { lastFailure, failed } = node.heartbeat.status;
    if (lastFailure?.kind !== 'account' || failed === refusalsSeen) return;
    refusalsSeen = failed;
    adoptRegistration();
    registration.check();
  }

  function wantsToServe(): boolean {
    return pause.current === null && draining === null && !hardware.standing.holds;
  }

  /** Before the registration was looked for it is not known whether its tier allows work. */
  function tierIsKnown(): boolean {
    return registration.status.status !== 'unknown' || registration.failure !== null;
  }

  /** The default model is kept in memory while it may be needed, and no longer. */
  function holdModel(): void {
    const { lastFailure, failingSinceMs } = node?.heartbeat.status ?? {};
    const refusedMs = lastFailure?.kind === 'account' ? clock.now() - (failingSinceMs ?? clock.now()) : 0;
    ollama.hold(node !== null && refusedMs < refusedHoldMs && wantsToServe());
  }

  /** A registration found for our key: the first one is taken, a later one only in place of one that is refused. */
  function adoptRegistration(): void {
    const found = registration.status;
    if (found.status !== 'registered' || !found.nodeId || !found.owner || ending) return;
    if (options.node.fixed && found.nodeId !== nodeId) return;
    const refused = node?.heartbeat.status.lastFailure?.kind === 'account';
    if (nodeId !== null && found.nodeId !== nodeId && !refused) return;
    const isNews = found.nodeId !== nodeId || found.owner !== owner;
    owner = found.owner;
    if (isNews) {
      modules
        .saveRegistration({ nodeId: found.nodeId, owner: found.owner })
        .catch((error: unknown) => log.error('registration-not-saved', { error: String(error) }));
    }
    // Served already, or about to be.
    if (nodeId === found.nodeId) return;
    const previous = node;
    node = null;
    const id = found.nodeId;
    nodeId = id;
    switching = switching.then(async () => {
      await previous?.stop(0);
      if (!ending) openNode(id);
      reporter.changed();
    });
  }

  function reconsider(): void {
    holdModel();
    node?.reconsider();
    reporter.changed();
  }

  async function end(limitMs: number): Promise<void> {
    draining = { limitMs };
    log.info('draining', { limitMs });
    reconsider();
    await switching;
    if (node) {
      const serving = node;
      const overrun = clock.after(limitMs + lastPostsMs, () => void serving.outbox.stop());
      await serving.drain(limitMs);
      if (serving.outbox.undelivered > 0) await serving.outbox.flush();
      overrun.cancel();
      await serving.stop(lastBeatMs);
    }
    pause.stop();
    lookTimer?.cancel();
    await Promise.all([
      registration.stop(),
      earnings.stop(),
      diskGuard.stop(),
      timeWatch.stop(),
      hardware.stop(),
      ollama.stop(),
    ]);
    await Promise.all([
      modules.heartbeatHttp.stop(),
      modules.coordinatorHttp.stop(),
      modules.ollamaHttp.stop(),
      modules.internetHttp.stop(),
    ]);
    reporter.stop();
    database.close();
    log.info('stopped', { served: node?.totals.served ?? 0, undelivered: node?.outbox.undelivered ?? 0 });
    resolveEnded();
  }

  function drain(limitMs: number): Promise<void> {
    ending ??= end(limitMs);
    return ending;
  }

  reporter.onChange(() => void snapshot());
  diskGuard.onChange(reconsider);
  registration.onChange(() => {
    adoptRegistration();
    reconsider();
  });
  hardware.onChange(reconsider);
  earnings.onChange(() => reporter.changed());
  ollama.onChange(reconsider);
  timeWatch.onEvent((event) => {
    if (event.kind === 'woke') {
      woke = { sinceBootMs: clock.sinceBootMs(), durationMs: event.durationMs };
      // The other side has forgotten our connections; using one would cost a time-out.
      for (const http of [modules.heartbeatHttp, modules.coordinatorHttp, modules.ollamaHttp])
        http.dropIdle();
      hardware.renew();
      void ollama.watch.refresh();
      node?.heartbeat.beatAfterSleep();
    }
    pause.endWhenOver();
    reporter.changed();
  });

  return {
    start() {
      ollama.start();
      registration.start();
      earnings.start();
      diskGuard.start();
      timeWatch.start();
      lookAgain();
      pause.start();
      if (nodeId !== null) openNode(nodeId);
    },
    handlers: {
      snapshot: async () => snapshot(),
      drain: async ({ limitMs = timing.drainMs }) => {
        void drain(limitMs);
        return { limitMs: draining?.limitMs ?? limitMs };
      },
      'requests.recent': async ({ beforeSeq, limit }) => {
        const found = node?.journal.recent(limit + 1, beforeSeq) ?? [];
        return { requests: found.slice(0, limit), more: found.length > limit };
      },
      ...pause.handlers,
      ...hardware.handlers,
      ...ollama.handlers,
    },
    snapshot,
    greeting() {
      const { state } = snapshot();
      const { label, sentence } = describeState(state.code, state.params, clock.now());
      const uptimeMs = Math.round(clock.monotonicMs() - startedMonotonicMs);
      const firstHeartbeatAcceptedAtMs = node?.heartbeat.status.firstAcceptedAtMs ?? null;
      const told = { nodeId, nodeKeyHash, label, sentence, firstHeartbeatAcceptedAtMs };
      return { version: options.version, pid: process.pid, uptimeMs, ...told };
    },
    subscribe: reporter.subscribe,
    onChange: reporter.onChange,
    isMoving: () => node?.heartbeat.isMoving() ?? true,
    drain,
    ended,
  };
}

/** The network knows versions as x.y.z only; a pre-release says which release it precedes. */
function plainVersion(version: string): string {
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0';
}
