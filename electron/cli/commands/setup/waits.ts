import type { CoordinatorClient, Registration } from '../../../daemon/coordinator/client.ts';
import type { OllamaStatus } from '../../../daemon/ollama/watch.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { Connections } from '../../../node/connections.ts';
import type { Invocation } from '../../args/invocation.ts';

/** [network.md 6: node-by-keyhash] */
const firstWaitMs = 5000;
const longestWaitMs = 30_000;
const budgetMs = 30 * 60_000;
const ollamaWaitMs = 2000;

/** Looks until the key is registered: every 5 s, more slowly while nobody answers, for 30 minutes. */
export async function waitForRegistration(
  { clock }: Invocation,
  coordinator: CoordinatorClient,
  nodeKeyHash: string,
): Promise<Registration> {
  const giveUpAtMs = clock.monotonicMs() + budgetMs;
  let waitMs = firstWaitMs;
  for (;;) {
    const answer = await coordinator.nodeByKeyHash(nodeKeyHash);
    if (answer.kind === 'registered' || clock.monotonicMs() >= giveUpAtMs) return answer;
    const asked = answer.kind === 'unknown' ? Math.min(answer.retryAfterMs ?? 0, longestWaitMs) : 0;
    await sleep(clock, Math.max(waitMs, asked));
    waitMs = answer.kind === 'unknown' ? Math.min(waitMs * 2, longestWaitMs) : firstWaitMs;
  }
}

/** Looks until Ollama answers and a model can serve, for 30 minutes. */
export async function waitForOllama({ clock }: Invocation, connections: Connections): Promise<OllamaStatus> {
  const giveUpAtMs = clock.monotonicMs() + budgetMs;
  for (;;) {
    const status = await connections.lookAtOllama();
    if (status.defaultModel !== null || clock.monotonicMs() >= giveUpAtMs) return status;
    await sleep(clock, ollamaWaitMs);
  }
}
