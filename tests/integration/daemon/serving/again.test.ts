import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  type Fixture,
  openFixture,
  until,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

/** The coordinator hands that request out again, whatever became of it. */
function handOutAgain({ coordinator }: Fixture, requestId: string, times?: number): void {
  const rawBody = { requests: [{ id: requestId, prompt: 'Again?' }] };
  coordinator.setFaults({ inbox: { rawBody, ...(times === undefined ? {} : { times }) } });
}

describe('the same id again', () => {
  it('while it runs: ignored and counted', async () => {
    const fixture = await openFixture({ behaviour: { inbox: 'peek' }, settings: { concurrency: 2 } });
    await fixture.ollama.setFaults({ hangAfterChunks: 1 });
    const id = fixture.submit('Long?');
    await fixture.start();
    await until('three more looks', () => fixture.serving().duplicates >= 3);

    expect(fixture.ollama.seen.generations).toHaveLength(1);
    expect(fixture.serving().running).toMatchObject([{ requestId: id }]);
    await fixture.node.host.daemon.drain(0);
    expect(
      answersTo(await fixture.coordinator.ledger.when('it', () => fixture.coordinator.ledger.request(id))),
    ).toEqual(['node.stopping']);
  });

  it('while it waits in the queue: ignored', async () => {
    const fixture = await openFixture({ behaviour: { maxEntries: 2, duplicateEntries: true } });
    const [first, second] = [fixture.submit('One?'), fixture.submit('Two?')];
    await fixture.start();
    await fixture.settled();
    expectExactAccount(fixture);
    expect(fixture.ollama.seen.generations.map(({ prompt }) => prompt)).toEqual(['One?', 'Two?']);
    expect(fixture.coordinator.ledger.results.map(({ requestId }) => requestId)).toEqual([first, second]);
  });

  it('while its result waits for delivery: ignored, and the result is delivered once', async () => {
    const fixture = await openFixture({ behaviour: { inbox: 'peek' } });
    fixture.coordinator.setFaults({ result: { status: { code: 503 } } });
    const id = fixture.submit('Once?');
    await fixture.start();
    await until('three more looks', () => fixture.serving().duplicates >= 3);
    fixture.coordinator.clearFaults();
    await fixture.settled();

    const record = fixture.coordinator.ledger.request(id);
    expect(record?.results).toHaveLength(1);
    expect(fixture.ollama.seen.generations).toHaveLength(1);
    expect(fixture.coordinator.ledger.violations).toEqual([]);
  });

  it('after its result was acknowledged: counted and never run, also after a restart', async () => {
    const fixture = await openFixture();
    const id = fixture.submit('Once?');
    await fixture.start();
    await fixture.settled();
    handOutAgain(fixture, id, 3);
    await until('three more looks', () => fixture.serving().duplicates === 3);
    handOutAgain(fixture, id);
    await fixture.node.restart();
    await until('a look after the restart', () => fixture.serving().duplicates >= 2);

    expect(fixture.ollama.seen.generations).toHaveLength(1);
    expect(fixture.coordinator.ledger.results).toHaveLength(1);
    expect(fixture.serving()).toMatchObject({ delivered: 1, served: 0, failed: 0 });
    expectExactAccount(fixture);
  });

  it('after a failure report: a new attempt, which may succeed', async () => {
    const fixture = await openFixture();
    await fixture.ollama.setFaults({ omitResponse: true, times: 2 });
    const id = fixture.submit('Third time?');
    await fixture.start();
    await fixture.settled();

    const record = fixture.coordinator.ledger.request(id);
    expect(record?.failures.map(({ error }) => error)).toEqual(['node.result_empty', 'node.result_empty']);
    expect(record?.results).toMatchObject([{ accepted: true }]);
    expectExactAccount(fixture);
  });

  it('after three failures: reported as attempts_exhausted without running', async () => {
    const fixture = await openFixture({ behaviour: { maxAttempts: 5 } });
    await fixture.ollama.setFaults({ omitResponse: true });
    const id = fixture.submit('Never?');
    await fixture.start();
    await fixture.settled();

    const record = fixture.coordinator.ledger.request(id);
    expect(record?.failures.map(({ error }) => error)).toEqual([
      ...Array(3).fill('node.result_empty'),
      ...Array(2).fill('node.attempts_exhausted'),
    ]);
    expect(fixture.ollama.seen.generations).toHaveLength(3);
    expectExactAccount(fixture);
  });

  it('a coordinator that never stops handing out an exhausted id is asked no faster than an idle one', async () => {
    const clock = createSimulatedClock();
    const settings = { 'timing.idlePollMs': 2000, 'limits.attempts': 1 };
    const fixture = await openFixture({ behaviour: { inbox: 'peek', maxAttempts: 1000 }, clock, settings });
    clock.lead(fixture.coordinator);
    await fixture.ollama.setFaults({ omitResponse: true });
    fixture.submit('Never?');
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('the second report', () => ledger.failures.length >= 2);
    await clock.advance(60_000);

    expect(ledger.polls.length).toBeGreaterThanOrEqual(30);
    expect(ledger.polls.length).toBeLessThanOrEqual(34);
    expect(ledger.failures.length).toBeLessThanOrEqual(34);
  });

  it('reports of exhausted ids that nobody takes do not keep the node from serving', async () => {
    const fixture = await openFixture({
      behaviour: { maxAttempts: 1000 },
      settings: { 'limits.attempts': 1 },
    });
    const { coordinator } = fixture;
    await fixture.ollama.setFaults({ omitResponse: true, times: 1 });
    fixture.submit('Never?', { id: 'bad' });
    await fixture.start();
    await coordinator.ledger.when('its report', () => coordinator.ledger.failures.length === 1);
    coordinator.setFaults({ failure: { status: { code: 503 } } });
    await until('an undelivered report', () => fixture.serving().undelivered === 1);
    const good = [1, 2, 3].map((number) => fixture.submit(`Question ${number}?`));
    for (const id of good) await coordinator.answered(id);

    expect(coordinator.ledger.violations).toEqual([]);
  });

  it('twice in one answer: run once, whatever the second says', async () => {
    const fixture = await openFixture();
    const id = fixture.submit('One?');
    await fixture.start();
    await fixture.settled();
    const entries = [
      { id: 'duplicate', prompt: 'First?' },
      { id: 'duplicate', prompt: 'Second?' },
      { requestId: 'duplicate', input: 'Third?' },
      { id, prompt: 'Delivered?' },
      { id, prompt: 'Delivered?' },
    ];
    fixture.coordinator.setFaults({ inbox: { rawBody: { requests: entries }, times: 1 } });
    await fixture.ended(['duplicate']);

    expect(fixture.ollama.seen.generations.map(({ prompt }) => prompt)).toEqual(['One?', 'First?']);
    expect(fixture.coordinator.ledger.results.map(({ requestId }) => requestId)).toEqual([id, 'duplicate']);
  });
});
