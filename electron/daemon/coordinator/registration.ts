import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../logging/logger.ts';
import { retryDelayMs } from '../system/backoff.ts';
import { type Clock, sleep } from '../system/clock.ts';
import type { Part } from '../system/part.ts';
import type { CoordinatorClient } from './client.ts';

export interface RegistrationStatus {
  status: 'registered' | 'not-registered' | 'unknown';
  nodeId: string | null;
  owner: string | null;
  tier: number | null;
  stakePrlx: string | null;
  asOfMs: number | null;
}

/**
 * Looks the node key's registration up: quickly while there is none, rarely afterwards. The chain is
 * asked through the coordinator, as the official client does. [network.md 6.4]
 */
export interface RegistrationWatch extends Part {
  readonly status: Readonly<RegistrationStatus>;
  /** Why the last check failed and since when checks fail, or null. */
  readonly failure: { reason: Reason; sinceMs: number } | null;
  start(): void;
  /** Checks now, for instance after the account was refused. */
  check(): void;
  /** A check was answered. */
  onFacts(listener: () => void): void;
  report(): Pick<Snapshot, 'registration'>;
  stop(): Promise<void>;
}

export interface RegistrationOptions {
  nodeKeyHash: string;
  /** While not registered, and after an error doubling up to `maxMs`. */
  minMs: number;
  maxMs: number;
  /** While registered: ownership and tier change rarely. */
  registeredMs: number;
}

export function createRegistrationWatch(
  options: RegistrationOptions,
  modules: {
    coordinator: CoordinatorClient;
    /** False while nobody waits for a registration: a node that is online without one being found needs none. */
    isNeeded?: () => boolean;
    clock: Clock;
    log: Logger;
  },
): RegistrationWatch {
  const { nodeKeyHash, minMs, maxMs, registeredMs } = options;
  const { coordinator, isNeeded = () => true, clock, log } = modules;
  const status: RegistrationStatus = {
    status: 'unknown',
    nodeId: null,
    owner: null,
    tier: null,
    stakePrlx: null,
    asOfMs: null,
  };
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let failure: { reason: Reason; sinceMs: number } | null = null;
  let wakeUp = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  function set(next: RegistrationStatus): void {
    const differs =
      next.status !== status.status || next.nodeId !== status.nodeId || next.tier !== status.tier;
    Object.assign(status, next);
    if (differs) log.info('registration', { status: next.status, nodeId: next.nodeId, tier: next.tier });
    for (const listener of listeners) listener();
  }

  async function watch(): Promise<void> {
    let errors = 0;
    while (!stopping.signal.aborted) {
      const answer = await coordinator.nodeByKeyHash(nodeKeyHash, stopping.signal);
      if (stopping.signal.aborted) return;
      let waitMs = minMs;
      if (answer.kind === 'unknown') {
        errors += 1;
        failure = { reason: answer.reason, sinceMs: failure?.sinceMs ?? clock.now() };
        const asked = { failures: errors, askedMs: answer.retryAfterMs, mostAskedMs: maxMs };
        waitMs = retryDelayMs({ minMs, maxMs }, asked);
      } else {
        errors = 0;
        failure = null;
        const { kind, ...found } = answer;
        const nothing = { nodeId: null, owner: null, tier: null, stakePrlx: null };
        set({ status: kind, ...nothing, ...found, asOfMs: clock.now() });
        if (kind === 'registered' || !isNeeded()) waitMs = registeredMs;
      }
      await sleep(clock, waitMs, wakeUp.signal);
    }
  }

  function interrupt(): void {
    wakeUp.abort('wake');
    wakeUp = new AbortController();
  }

  return {
    name: 'registration',
    status,
    get failure() {
      return failure;
    },
    start() {
      loop = watch();
    },
    check: interrupt,
    onFacts: (listener) => void listeners.push(listener),
    report() {
      const { owner: _owner, nodeId: _nodeId, ...registration } = status;
      return { registration };
    },
    async stop() {
      stopping.abort();
      interrupt();
      await loop;
    },
  };
}
