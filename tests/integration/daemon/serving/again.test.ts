import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  openScene,
  type Scene,
  until,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

/** The coordinator hands that request out again, whatever became of it. */
function handOutAgain({ coordinator }: Scene, requestId: string, times?: number): void {
  const rawBody = { requests: [{ id: requestId, prompt: 'Again?' }] };
  coordinator.setFaults({ inbox: { rawBody, ...(times === undefined ? {} : { times }) } });
}

describe('the same id again', () => {
  it('while it runs: ignored and counted', async () => {
    const scene = await openScene({ behaviour: { inbox: 'peek' }, settings: { concurrency: 2 } });
    await scene.ollama.setFaults({ hangAfterChunks: 1 });
    const id = scene.submit('Long?');
    await scene.start();
    await until('three more looks', () => scene.serving().duplicates >= 3);

    expect(scene.ollama.seen.generations).toHaveLength(1);
    expect(scene.serving().running).toMatchObject([{ requestId: id }]);
    await scene.node.host.daemon.drain(0);
    expect(
      answersTo(await scene.coordinator.ledger.when('it', () => scene.coordinator.ledger.request(id))),
    ).toEqual(['node.stopping']);
  });

  it('while it waits in the queue: ignored', async () => {
    const scene = await openScene({ behaviour: { maxEntries: 2, duplicateEntries: true } });
    const [first, second] = [scene.submit('One?'), scene.submit('Two?')];
    await scene.start();
    await scene.settled();
    expectExactAccount(scene);
    expect(scene.ollama.seen.generations.map(({ prompt }) => prompt)).toEqual(['One?', 'Two?']);
    expect(scene.coordinator.ledger.results.map(({ requestId }) => requestId)).toEqual([first, second]);
  });

  it('while its result waits for delivery: ignored, and the result is delivered once', async () => {
    const scene = await openScene({ behaviour: { inbox: 'peek' } });
    scene.coordinator.setFaults({ result: { status: { code: 503 } } });
    const id = scene.submit('Once?');
    await scene.start();
    await until('three more looks', () => scene.serving().duplicates >= 3);
    scene.coordinator.clearFaults();
    await scene.settled();

    const record = scene.coordinator.ledger.request(id);
    expect(record?.results).toHaveLength(1);
    expect(scene.ollama.seen.generations).toHaveLength(1);
    expect(scene.coordinator.ledger.violations).toEqual([]);
  });

  it('after its result was acknowledged: counted and never run, also after a restart', async () => {
    const scene = await openScene();
    const id = scene.submit('Once?');
    await scene.start();
    await scene.settled();
    handOutAgain(scene, id, 3);
    await until('three more looks', () => scene.serving().duplicates === 3);
    handOutAgain(scene, id);
    await scene.node.restart();
    await until('a look after the restart', () => scene.serving().duplicates >= 2);

    expect(scene.ollama.seen.generations).toHaveLength(1);
    expect(scene.coordinator.ledger.results).toHaveLength(1);
    expect(scene.serving()).toMatchObject({ delivered: 1, served: 0, failed: 0 });
    expectExactAccount(scene);
  });

  it('after a failure report: a new attempt, which may succeed', async () => {
    const scene = await openScene();
    await scene.ollama.setFaults({ status: 500, times: 2 });
    const id = scene.submit('Third time?');
    await scene.start();
    await scene.settled();

    const record = scene.coordinator.ledger.request(id);
    expect(record?.failures.map(({ error }) => error)).toEqual(['node.ollama_error', 'node.ollama_error']);
    expect(record?.results).toMatchObject([{ accepted: true }]);
    expectExactAccount(scene);
  });

  it('after three failures: reported as attempts_exhausted without running', async () => {
    const scene = await openScene({ behaviour: { maxAttempts: 5 } });
    await scene.ollama.setFaults({ status: 500 });
    const id = scene.submit('Never?');
    await scene.start();
    await scene.settled();

    const record = scene.coordinator.ledger.request(id);
    expect(record?.failures.map(({ error }) => error)).toEqual([
      ...Array(3).fill('node.ollama_error'),
      ...Array(2).fill('node.attempts_exhausted'),
    ]);
    expect(scene.ollama.seen.generations).toHaveLength(3);
    expectExactAccount(scene);
  });

  it('a coordinator that never stops handing out an exhausted id is asked no faster than an idle one', async () => {
    const clock = createSimulatedClock();
    const settings = { 'timing.idlePollMs': 2000, 'limits.attempts': 1 };
    const scene = await openScene({ behaviour: { inbox: 'peek', maxAttempts: 1000 }, clock, settings });
    clock.lead(scene.coordinator);
    await scene.ollama.setFaults({ status: 500 });
    scene.submit('Never?');
    await scene.start();
    const { ledger } = scene.coordinator;
    await clock.advanceUntil('the second report', () => ledger.failures.length >= 2);
    await clock.advance(60_000);

    expect(ledger.polls.length).toBeGreaterThanOrEqual(30);
    expect(ledger.polls.length).toBeLessThanOrEqual(34);
    expect(ledger.failures.length).toBeLessThanOrEqual(34);
  });

  it('reports of exhausted ids that nobody takes do not keep the node from serving', async () => {
    const scene = await openScene({ behaviour: { maxAttempts: 1000 }, settings: { 'limits.attempts': 1 } });
    const { coordinator } = scene;
    await scene.ollama.setFaults({ status: 500, times: 1 });
    scene.submit('Never?', { id: 'bad' });
    await scene.start();
    await coordinator.ledger.when('its report', () => coordinator.ledger.failures.length === 1);
    coordinator.setFaults({ failure: { status: { code: 503 } } });
    await until('an undelivered report', () => scene.serving().undelivered === 1);
    const good = [1, 2, 3].map((number) => scene.submit(`Question ${number}?`));
    for (const id of good) await coordinator.answered(id, { timeoutMs: 5000 });

    expect(coordinator.ledger.violations).toEqual([]);
  });

  it('twice in one answer: run once, whatever the second says', async () => {
    const scene = await openScene();
    const id = scene.submit('One?');
    await scene.start();
    await scene.settled();
    const entries = [
      { id: 'twin', prompt: 'First?' },
      { id: 'twin', prompt: 'Second?' },
      { requestId: 'twin', input: 'Third?' },
      { id, prompt: 'Delivered?' },
      { id, prompt: 'Delivered?' },
    ];
    scene.coordinator.setFaults({ inbox: { rawBody: { requests: entries }, times: 1 } });
    await scene.ended(['twin']);

    expect(scene.ollama.seen.generations.map(({ prompt }) => prompt)).toEqual(['One?', 'First?']);
    expect(scene.coordinator.ledger.results.map(({ requestId }) => requestId)).toEqual([id, 'twin']);
  });
});
