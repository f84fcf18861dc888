import { afterEach, beforeEach } from 'vitest';
import type { CoordinatorBehaviour } from '../practice-network/coordinator/behaviour.ts';
import type { CoordinatorOptions } from '../practice-network/coordinator/coordinator.ts';
import { startPracticeNetwork } from '../practice-network/practice-network.ts';
import { createSampleNode } from '../practice-network/sample-node.ts';

/* A coordinator without chain or Ollama, and one registered node that speaks to it, anew for every test. */

const start = (coordinator: CoordinatorOptions = {}) =>
  startPracticeNetwork({ chain: 'none', ollama: 'none', coordinator });

export let network: Awaited<ReturnType<typeof start>>;
export let nodeId: string;
export let node = createSampleNode();

/** Replaces the network of the running test by one with other options. */
export async function startAnother(coordinator: CoordinatorOptions): Promise<void> {
  await network.stop();
  network = await start(coordinator);
}

export function useCoordinator(): void {
  beforeEach(async () => {
    network = await start();
    node = createSampleNode();
    ({ nodeId } = await network.registerNode({ nodeKeyHash: node.nodeKeyHash, tier: 1 }));
  });
  afterEach(() => network.stop());
}

export async function post(
  path: string,
  body: unknown,
): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${network.urls.coordinatorUrl}/operator/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

export async function get(path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${network.urls.coordinatorUrl}/operator/${path}`);
  return { status: answer.status, body: await answer.json() };
}

export async function poll(id = nodeId): Promise<Record<string, unknown>[]> {
  const { body } = await get(`inbox?nodeId=${id}`);
  const { requests, jobs } = body as {
    requests?: Record<string, unknown>[];
    jobs?: Record<string, unknown>[];
  };
  return requests ?? jobs ?? [];
}

export async function polledIds(id = nodeId): Promise<unknown[]> {
  return (await poll(id)).map((entry) => entry.id ?? entry.requestId);
}

export const behave = (behaviour: Partial<CoordinatorBehaviour>) =>
  network.coordinator.setBehaviour(behaviour);
