import type { CoordinatorClient, Registration } from '../../../daemon/coordinator/client.ts';
import type { OllamaStatus } from '../../../daemon/ollama/models/watch.ts';
import { retryDelayMs } from '../../../daemon/system/backoff.ts';
import { sleep } from '../../../daemon/system/clock.ts';
import type { Connections } from '../../../node/connections.ts';
import type { Invocation } from '../../args/invocation.ts';

/** [network.md 6: node-by-keyhash] */
const waits = { minMs: 5000, maxMs: 30_000 };
const budgetMs = 30 * 60_000;
const ollamaWaitMs = 2000;

/** Polls until the key is registered: every 5 s, more slowly while nobody answers, for 30 minutes. */
export async function waitForRegistration(
  { clock }: Invocation,
  coordinator: CoordinatorClient,
  nodeKeyHash: string,
): Promise<Registration> {
  const giveUpAtMs = clock.monotonicMs() + budgetMs;
  let failures = 0;
  for (;;) {
    const answer = await coordinator.nodeByKeyHash(nodeKeyHash);
    if (answer.kind === 'registered' || clock.monotonicMs() >= giveUpAtMs) return answer;
    failures = answer.kind === 'unknown' ? failures + 1 : 0;
    const askedMs = answer.kind === 'unknown' ? answer.retryAfterMs : null;
    const asked = { failures, askedMs, mostAskedMs: waits.maxMs };
    await sleep(clock, failures === 0 ? waits.minMs : retryDelayMs(waits, asked));
  }
}

/** Polls until Ollama answers and a model can serve, for 30 minutes. */
export async function waitForOllama({ clock }: Invocation, connections: Connections): Promise<OllamaStatus> {
  const giveUpAtMs = clock.monotonicMs() + budgetMs;
  for (;;) {
    const status = await connections.inspectOllama();
    if (status.defaultModel !== null || clock.monotonicMs() >= giveUpAtMs) return status;
    await sleep(clock, ollamaWaitMs);
  }
}
