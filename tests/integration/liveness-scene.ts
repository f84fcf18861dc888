import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach } from 'vitest';
import type { Snapshot } from '../../shared/contract/snapshot.ts';
import type { Coordinator, CoordinatorOptions } from '../practice-network/coordinator/coordinator.ts';
import type { HeartbeatWire } from '../practice-network/coordinator/wire.ts';
import type { MemoryRegistry } from '../practice-network/memory-registry.ts';
import type { OllamaStandIn, OllamaStandInOptions } from '../practice-network/ollama/stand-in.ts';
import { type PracticeNetwork, startPracticeNetwork } from '../practice-network/practice-network.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated-clock.ts';
import { type NodeUnderTest, type NodeUnderTestOptions, startNode } from './node-under-test.ts';
import { type OutgoingRequests, recordOutgoingRequests } from './outgoing-requests.ts';

export interface LivenessOptions extends Omit<NodeUnderTestOptions, 'clock'> {
  behaviour?: CoordinatorOptions['behaviour'];
  ollama?: OllamaStandInOptions;
  /** Gives another address for that of the coordinator. */
  reachThrough?: (coordinatorUrl: string) => Promise<string>;
  /** Called before the node starts, for a network that misbehaves from the beginning. */
  before?: (network: PracticeNetwork) => Promise<void> | void;
}

/** A real node in simulated time on a practice network in real time, whose coordinator's clock follows. */
export interface LivenessScene {
  readonly clock: SimulatedClock;
  readonly node: NodeUnderTest;
  readonly coordinator: Coordinator;
  readonly ollama: OllamaStandIn;
  readonly memory: MemoryRegistry;
  /** What the node has sent, at its own time; the first heartbeat is where tests start counting. */
  readonly sent: OutgoingRequests;
  snapshot(): Snapshot;
  state(): Snapshot['state']['code'];
  /** Bodies of the heartbeats that reached the coordinator and were well-formed. */
  beats(): HeartbeatWire[];
  /** Waking time at which heartbeats left, answered or not. */
  beatTimes(sinceMs?: number): number[];
  pollTimes(sinceMs?: number): number[];
  /** Ends the daemon as an operator would, time passing as needed. */
  stop(): Promise<void>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Runs after the test, before what was opened earlier is closed. */
export function afterLiveness(close: () => Promise<void>): void {
  closing.push(close);
}

export async function startLiveness(options: LivenessOptions = {}): Promise<LivenessScene> {
  const { behaviour, ollama: ollamaOptions, before, reachThrough, ...nodeOptions } = options;
  const network = await startPracticeNetwork({
    chain: 'none',
    // Somebody used the model just before, so that the first heartbeat can say that work is taken.
    ollama: { inMemory: ['llama3.2'], ...ollamaOptions },
    coordinator: { behaviour },
  });
  closing.push(network.stop);
  const { coordinator, ollama, memory } = network;
  const clock = createSimulatedClock();
  clock.lead(coordinator);
  const sent = recordOutgoingRequests(clock);
  closing.push(async () => sent.stop());
  await before?.(network);
  const coordinatorUrl = (await reachThrough?.(coordinator.url)) ?? coordinator.url;
  const settings = { ...nodeOptions.settings, coordinatorUrl };
  const node = await startNode(network, { ...nodeOptions, settings, clock });
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= clock.during(node.host.daemon.drain(1000).then(() => node.host.ended));
    return stopped;
  };
  closing.push(async () => {
    await stop();
    await rm(dirname(node.paths.stateDir), { recursive: true, force: true });
  });
  await clock.settle();
  const snapshot = () => node.host.daemon.snapshot();
  return {
    clock,
    node,
    coordinator,
    ollama,
    memory,
    sent,
    snapshot,
    state: () => snapshot().state.code,
    beats: () =>
      coordinator.ledger.heartbeats
        .filter(({ reason }) => reason !== 'bad_body')
        .map(({ body }) => body as HeartbeatWire),
    beatTimes: (sinceMs) => sent.times('/api/operator/heartbeat', sinceMs),
    pollTimes: (sinceMs) => sent.times('/api/operator/inbox', sinceMs),
    stop,
  };
}

/** The time that a heartbeat carries, Unix ms. */
export function timestampOf(beat: HeartbeatWire): number {
  return Number(beat.message.split(':').at(-1));
}
