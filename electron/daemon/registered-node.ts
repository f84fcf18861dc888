import type { DatabaseSync } from 'node:sqlite';
import type { CommandHandlers } from '../../shared/contract/commands.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { CoordinatorClient } from './coordinator/client.ts';
import type { ClockSkew } from './coordinator/clock-skew.ts';
import type { RegistrationWatch } from './coordinator/registration.ts';
import type { DaemonOptions } from './daemon-options.ts';
import type { HardwareRuntime } from './hardware/runtime.ts';
import type { NodeKey } from './identity/node-key.ts';
import type { Logger } from './logging/logger.ts';
import { createServingNode, type ServingNode } from './node.ts';
import { nodeReport } from './node-report.ts';
import type { OllamaRuntime } from './ollama/runtime.ts';
import type { DiskGuard } from './storage/disk-guard.ts';
import type { Clock } from './system/clock.ts';
import type { Part } from './system/part.ts';
import type { TimeEvent } from './system/time-watch.ts';

export interface RegisteredNodeModules {
  nodeKey: NodeKey;
  database: DatabaseSync;
  heartbeatCoordinator: CoordinatorClient;
  coordinator: CoordinatorClient;
  skew: ClockSkew;
  registration: RegistrationWatch;
  hardware: HardwareRuntime;
  ollama: OllamaRuntime;
  diskGuard: DiskGuard;
  /** False while the operator, a stop or the tier wants no new work. */
  wantsToServe: () => boolean;
  saveRegistration: (found: { nodeId: string; owner: string }) => Promise<void>;
  clock: Clock;
  log: Logger;
  random: () => number;
}

/** The node that the key is registered as, once it is: opened, and replaced where the network knows the key under a new registration. */
export interface RegisteredNode extends Part {
  readonly handlers: Pick<CommandHandlers, 'requests.recent'>;
  /** Null before a registration is known, and for a moment while one takes the place of another. */
  readonly current: ServingNode | null;
  readonly nodeId: string | null;
  readonly owner: string | null;
  /** The last heartbeat was accepted. */
  readonly isOnline: boolean;
  start(): void;
  reconsider(): void;
  onFacts(listener: () => void): void;
  onTime(event: TimeEvent): void;
  report(): Pick<Snapshot, 'identity' | 'heartbeat' | 'uptime' | 'serving'>;
  /** Finishes or reports what runs within `limitMs`, posts what waits, and says goodbye. */
  stopWithin(limitMs: number): Promise<void>;
}

/** What is left of a drain for posting, and for the heartbeat that says goodbye. */
const lastPostsMs = 3000;
const lastBeatMs = 2000;

export function createRegisteredNode(options: DaemonOptions, modules: RegisteredNodeModules): RegisteredNode {
  const { nodeKey, registration, ollama, skew, saveRegistration, clock, log } = modules;
  const { nodeKeyHash, nodeAddress } = nodeKey;
  const listeners: (() => void)[] = [];
  const startedAtMs = clock.now();
  let node: ServingNode | null = null;
  let nodeId = options.node.id;
  let owner = options.node.owner;
  let switching: Promise<void> = Promise.resolve();
  let refusalsSeen = 0;
  let ending = false;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  function open(id: string): void {
    refusalsSeen = 0;
    const { settings, paths, version } = options;
    const capabilitiesVersion = settings.capabilitiesVersion ?? plainVersion(version);
    node = createServingNode(
      { nodeId: id, settings, capabilitiesVersion, journalFile: paths.journalFile },
      {
        ...modules,
        ollama: ollama.client,
        ollamaWatch: ollama.watch,
        hardware: () => modules.hardware.probe,
        mode: () => modules.hardware.mode,
        wantsWork: () => modules.wantsToServe() && ollama.ready,
        tierIsKnown,
      },
    );
    node.onChange(() => {
      checkForAnotherRegistration();
      changed();
    });
    node.start();
    changed();
    log.info('node-started', { nodeId: id, nodeKeyHash });
  }

  /** The account behind this node id is refused: the key may have been registered again. */
  function checkForAnotherRegistration(): void {
    if (!node) return;
    const { lastFailure, failed } = node.heartbeat.status;
    if (lastFailure?.kind !== 'account' || failed === refusalsSeen) return;
    refusalsSeen = failed;
    adoptRegistration();
    registration.check();
  }

  /** Before the registration was looked up it is not known whether its tier allows work. */
  function tierIsKnown(): boolean {
    return registration.status.status !== 'unknown' || registration.failure !== null;
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
      saveRegistration({ nodeId: found.nodeId, owner: found.owner }).catch((error: unknown) =>
        log.error('registration-not-saved', { error: String(error) }),
      );
    }
    // Served already, or about to be.
    if (nodeId === found.nodeId) return;
    const previous = node;
    node = null;
    const id = found.nodeId;
    nodeId = id;
    switching = switching.then(async () => {
      await previous?.stop(0);
      if (!ending) open(id);
    });
  }

  return {
    name: 'node',
    get current() {
      return node;
    },
    get nodeId() {
      return nodeId;
    },
    get owner() {
      return owner;
    },
    get isOnline() {
      const status = node?.heartbeat.status;
      return status !== undefined && status.accepted > 0 && status.lastFailure === null;
    },
    handlers: {
      'requests.recent': async ({ beforeSeq, limit }) => {
        const found = node?.journal.recent(limit + 1, beforeSeq) ?? [];
        return { requests: found.slice(0, limit), more: found.length > limit };
      },
    },
    start() {
      if (nodeId !== null) open(nodeId);
    },
    reconsider() {
      adoptRegistration();
      node?.reconsider();
    },
    onFacts: (listener) => void listeners.push(listener),
    onTime({ kind }) {
      if (kind === 'woke') node?.heartbeat.beatAfterSleep();
    },
    report() {
      const identity = { nodeId, owner, nodeKeyHash, nodeAddress, keyStore: options.keyStore };
      return { identity, ...nodeReport({ settings: options.settings, startedAtMs, node, skew }) };
    },
    async stopWithin(limitMs) {
      ending = true;
      await switching;
      if (!node) return;
      const { serving, outbox } = { serving: node, outbox: node.outbox };
      const overrun = clock.after(limitMs + lastPostsMs, () => void outbox.stop());
      await serving.drain(limitMs);
      if (outbox.undelivered > 0) await outbox.flush();
      overrun.cancel();
      await serving.stop(lastBeatMs);
    },
  };
}

/** The network knows versions as x.y.z only; a pre-release says which release it precedes. */
function plainVersion(version: string): string {
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0';
}
