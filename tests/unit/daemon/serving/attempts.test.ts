import { describe, expect, it } from 'vitest';
import type { GenerateLimits } from '../../../../electron/daemon/ollama/api/generate.ts';
import { createAttempts } from '../../../../electron/daemon/serving/attempts.ts';
import { createGenerationHealth } from '../../../../electron/daemon/serving/generation-health.ts';
import type { Job } from '../../../../electron/daemon/serving/job.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

const deadlineMs = 120_000;

/** Requests on an Ollama whose stream moves every `everyMs` until `untilMs`, and never ends; says whether that is a failing one. */
async function meetDeadlines(requests: number, everyMs: number, untilMs: number) {
  const clock = createSimulatedClock();
  const generate = (_task: unknown, { signal, onMoved }: GenerateLimits) =>
    new Promise<never>((_resolve, reject) => {
      for (let ms = everyMs; ms <= untilMs; ms += everyMs) clock.after(ms, () => onMoved?.());
      signal?.addEventListener('abort', () => reject(new NodeError('cancelled', { reason: 'aborted' })));
    });
  const health = createGenerationHealth({
    ollama: { generate },
    testModel: () => null,
    setAside: () => undefined,
    isBusy: () => false,
    clock,
    log: silentLog,
  });
  const attempts = createAttempts(
    { deadlineMs, resultBytes: 1024 },
    {
      ...{ ollama: { generate }, health, clock, log: silentLog },
      setAside: () => false,
      onOllamaTrouble: () => undefined,
    },
  );
  for (let n = 0; n < requests; n += 1) {
    const job: Job = {
      seq: n,
      request: { requestId: `r-${n}`, prompt: 'p', system: null, model: null },
      acceptedAtMs: clock.now(),
      deadlineAtMs: clock.monotonicMs() + deadlineMs,
      abort: new AbortController(),
      stream: { tokens: 0, firstAtMs: 0 },
    };
    const outcome = attempts(job, 'm').then(
      () => 'answered',
      () => String(job.abort.signal.reason),
    );
    expect(await clock.during(outcome)).toBe('deadline-exceeded');
  }
  await health.stop();
  return health.failing;
}

describe('a deadline that passes', () => {
  it('while the stream moves is too long a request, and says nothing against Ollama', async () => {
    expect(await meetDeadlines(5, 1000, deadlineMs)).toBeNull();
    expect(await meetDeadlines(5, 25_000, deadlineMs), 'a slow one').toBeNull();
  });

  it('before anything was said counts against it, and so does a stream that stopped', async () => {
    expect(await meetDeadlines(2, 1000, 0)).toBeNull();
    expect(await meetDeadlines(3, 1000, 0)).toMatchObject({ model: 'm', reason: 'deadline-exceeded' });
    expect(await meetDeadlines(3, 1000, 30_000)).toMatchObject({ reason: 'deadline-exceeded' });
  });
});
