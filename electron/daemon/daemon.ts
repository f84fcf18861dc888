import type { CommandHandlers } from '../../shared/contract/commands.ts';
import type { DaemonEvent, Greeting } from '../../shared/contract/messages.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import { describeState } from '../../shared/states/states.ts';
import { composeNode, undeliveredAnswers } from './compose.ts';
import type { DaemonModules, DaemonOptions } from './daemon-options.ts';
import { createReporter } from './reporter.ts';
import { connectParts, startParts, stopParts } from './system/part.ts';

/** The node: everything that runs, whichever host it runs in. */
export interface Daemon {
  start(): void;
  readonly handlers: CommandHandlers;
  snapshot(): Snapshot;
  greeting(): Omit<Greeting, 'greeting' | 'contract'>;
  subscribe(listener: (event: DaemonEvent) => void): () => void;
  /** Calls back, at most ten times a second, when something in the snapshot may have changed; hands it over. */
  onChange(listener: (snapshot: Snapshot) => void): void;
  /** Takes no new work, finishes or reports what runs within `limitMs`, and ends. */
  drain(limitMs: number): Promise<void>;
  /** False when the heartbeat's loop hangs: then only a new process helps. */
  isMoving(): boolean;
  /** Resolves once the daemon has ended, whoever asked for it. */
  readonly ended: Promise<void>;
}

export function createDaemon(options: DaemonOptions, modules: DaemonModules): Daemon {
  const { drainMs } = options.settings.timing;
  const { clock, log, nodeKey, backups } = modules;
  const startedMonotonicMs = clock.monotonicMs();
  let draining: { limitMs: number } | null = null;
  let ending: Promise<void> | null = null;
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();

  const { parts, node, state, activity, handlers, report } = composeNode(options, {
    ...modules,
    draining: () => draining,
  });
  const reporter = createReporter({ intervalMs: 100 }, { clock, snapshot: report });
  connectParts(parts, reporter.changed);
  reporter.onChange(state.note);
  reporter.onChange(activity.note);

  async function end(limitMs: number): Promise<void> {
    draining = { limitMs };
    log.info('draining', { limitMs });
    for (const part of parts) part.reconsider?.();
    reporter.changed();
    await node.stopWithin(limitMs);
    // A run that was shorter than the interval has its states in the log as well.
    reporter.flush();
    await stopParts(parts, { log });
    reporter.stop();
    const { served } = node.current?.totals ?? { served: 0 };
    const undelivered = node.current?.outbox.undelivered ?? 0;
    log.info('stopped', { served, undelivered, answers: undeliveredAnswers(node.current) });
    resolveEnded();
  }

  function drain(limitMs: number): Promise<void> {
    ending ??= end(limitMs);
    return ending;
  }

  return {
    start: () => startParts(parts),
    handlers: {
      ...handlers,
      async snapshot() {
        // One that cannot be read says nothing new.
        await backups.refresh().catch(() => undefined);
        return report();
      },
      drain: async ({ limitMs = drainMs }) => {
        void drain(limitMs);
        return { limitMs: draining?.limitMs ?? limitMs };
      },
    },
    snapshot: report,
    greeting() {
      const { code, params } = report().state;
      const { label, sentence } = describeState(code, params, clock.now());
      const uptimeMs = Math.round(clock.monotonicMs() - startedMonotonicMs);
      const beats = node.current?.heartbeat.status;
      const firstHeartbeatAcceptedAtMs = beats?.firstAcceptedAtMs ?? null;
      const failedHeartbeats = beats?.failed ?? 0;
      const { nodeId } = node;
      const facts = { nodeId, nodeKeyHash: nodeKey.nodeKeyHash, label, sentence, firstHeartbeatAcceptedAtMs };
      return { version: options.version, pid: process.pid, uptimeMs, ...facts, failedHeartbeats };
    },
    subscribe: reporter.subscribe,
    onChange: reporter.onChange,
    isMoving: () => node.current?.heartbeat.isMoving() ?? true,
    drain,
    ended,
  };
}
