import { afterEach, expect } from 'vitest';
import type { Clock } from '../../electron/daemon/clock.ts';
import type { LogEntry } from '../../electron/daemon/diagnostics/logger.ts';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { Coordinator, CoordinatorOptions } from '../practice-network/coordinator/coordinator.ts';
import type { WorkRecord } from '../practice-network/coordinator/ledger.ts';
import type { Submission } from '../practice-network/coordinator/work.ts';
import type { OllamaStandIn, OllamaStandInOptions } from '../practice-network/ollama/stand-in.ts';
import { startPracticeNetwork } from '../practice-network/practice-network.ts';
import { type NodeUnderTest, startNode } from './node-under-test.ts';

/** Short waits, so that a scene ends soon; everything a test is about it sets itself. */
const quick = {
  'timing.idlePollMs': 250,
  'timing.pollBackoffFirstMs': 250,
  'timing.pollBackoffMaxMs': 1000,
  'timing.heartbeatMs': 2000,
  'timing.outboxRetryFirstMs': 100,
  'timing.outboxRetryMaxMs': 1000,
};

export interface SceneOptions {
  behaviour?: CoordinatorOptions['behaviour'];
  ollama?: OllamaStandInOptions;
  settings?: Readonly<Record<string, unknown>>;
  clock?: Clock;
}

/** A practice network without a chain, and one real node on it once `start` is called. */
export interface Scene {
  readonly coordinator: Coordinator;
  readonly ollama: OllamaStandIn;
  readonly node: NodeUnderTest;
  start(): Promise<void>;
  submit(prompt: string, submission?: Submission): string;
  /** Resolves when every request has ended and the node has nothing left to deliver. */
  settled(timeoutMs?: number): Promise<void>;
  /** Resolves when the node has closed every one of these requests, however they ended. */
  ended(requestIds: readonly string[]): Promise<void>;
  serving(): Snapshot['serving'];
  /** Log entries of that event so far. */
  logged(event: string): LogEntry[];
}

/** The events that end a row of the journal. */
const endings = new Set(['delivered', 'reported', 'outbox-refused', 'outbox-expired']);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Runs after the test, before what was opened earlier is closed. */
export function afterScene(close: () => Promise<void>): void {
  closing.push(close);
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const network = await startPracticeNetwork({
    chain: 'none',
    ollama: options.ollama ?? {},
    coordinator: { behaviour: options.behaviour ?? {} },
  });
  closing.push(network.stop);
  const { coordinator, ollama } = network;
  let node: NodeUnderTest | null = null;
  const started = () => {
    if (!node) throw new Error('the scene has no node yet');
    return node;
  };
  const serving = () => started().host.daemon.snapshot().serving;
  return {
    coordinator,
    ollama,
    get node() {
      return started();
    },
    async start() {
      const settings = { ...quick, ...options.settings };
      node = await startNode(network, { settings, ...(options.clock ? { clock: options.clock } : {}) });
      closing.push(node.stop);
    },
    submit: coordinator.submit,
    async settled(timeoutMs = 15_000) {
      const { ledger } = coordinator;
      const allEnded = () => ledger.work.every(({ outcome }) => outcome !== 'open');
      await ledger.when('the end of all requests', allEnded, { timeoutMs });
      await until('an empty outbox', () => serving().undelivered === 0);
    },
    async ended(requestIds) {
      const closed = (id: string) =>
        started().log.some(({ event, facts }) => endings.has(event) && facts.requestId === id);
      await until('the end of the requests', () => requestIds.every(closed));
    },
    serving,
    logged: (event) => started().log.filter((entry) => entry.event === event),
  };
}

export async function playScene(options: SceneOptions = {}): Promise<Scene> {
  const scene = await openScene(options);
  await scene.start();
  return scene;
}

/** Resolves once `check` holds; for what no event tells. */
export async function until(what: string, check: () => boolean, timeoutMs = 10_000): Promise<void> {
  await expect.poll(check, { message: what, interval: 5, timeout: timeoutMs }).toBe(true);
}

/** What was answered to each dispatch of a request, results first. */
export function answersTo(record: WorkRecord): string[] {
  return [...record.results.map(() => 'result'), ...record.failures.map(({ error }) => error)];
}

/**
 * The account of design section 4: every dispatch ended in exactly one answer, every proof holds, nothing came again
 * after it had been acknowledged, and a strict coordinator has nothing to complain of.
 */
export function expectExactAccount({ coordinator }: Scene, happened: { lostModels?: boolean } = {}): void {
  const { ledger } = coordinator;
  const { results, work } = ledger;
  // A node that can serve nothing any more lists no model; the name of its last default has to stay on the wire.
  const violations = ledger.violations.filter(
    ({ endpoint, rule }) => !(happened.lostModels && endpoint === 'heartbeat' && rule === 'model'),
  );
  expect(violations).toEqual([]);
  expect(ledger.deliveredTwiceAfterAcknowledgement).toBe(0);
  expect(results.filter(({ poeVerified }) => !poeVerified)).toEqual([]);
  for (const record of work) {
    const results = record.results.filter(({ duplicate }) => !duplicate);
    const failures = record.failures.filter(({ duplicate }) => !duplicate);
    expect(results.length + failures.length, `answers to ${record.requestId}`).toBe(record.dispatches.length);
  }
}
