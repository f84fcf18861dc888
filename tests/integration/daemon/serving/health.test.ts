import { describe, expect, it } from 'vitest';
import { expectExactAccount, type Fixture, openFixture } from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { Coordinator } from '../../../practice-network/coordinator/coordinator.ts';
import type { OllamaFaults } from '../../../practice-network/ollama/faults.ts';

const busy = {
  status: 503,
  errorText: 'server busy, please try again.  maximum pending requests exceeded',
};
const deadlineMs = 120_000;

type Simulated = Fixture & { clock: SimulatedClock };

/** A node at work, on an Ollama that from now on fails so; requests that are given back do not come again. */
async function play(
  faults: Partial<OllamaFaults>,
  behaviour: Parameters<typeof openFixture>[0] = {},
): Promise<Simulated> {
  const clock = createSimulatedClock();
  const fixture = await openFixture({ clock, behaviour: { requeueAfterFailure: 'never' }, ...behaviour });
  clock.lead(fixture.coordinator);
  await fixture.start();
  const { ledger } = fixture.coordinator;
  await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
  await fixture.ollama.setFaults(faults);
  return Object.assign(fixture, { clock });
}

const state = ({ node }: Simulated) => node.host.daemon.snapshot().state;
const attempts = ({ ollama }: Simulated) => ollama.seen.generations.length;
const saysAvailable = ({ ledger }: Coordinator) =>
  (ledger.heartbeats.at(-1)?.body as { available: boolean } | undefined)?.available;

async function failUntilHeld(fixture: Simulated): Promise<void> {
  await fixture.clock.advanceUntil('the state', () => state(fixture).code === 'answers-failing');
  await fixture.clock.advance(2000);
}

describe('an Ollama that lists its models and fails every generation', () => {
  it.each([
    { what: '500', faults: { status: 500 }, reason: 'status 500', mostLost: 1 },
    { what: '503, too many requests pending', faults: busy, reason: 'status 503', mostLost: 1 },
    { what: 'a connection cut at once', faults: { dieAfterChunks: 0 }, reason: 'ollama-died', mostLost: 1 },
    {
      what: 'a line that is no JSON',
      faults: { garbageAfterChunks: 0 },
      reason: 'ollama-answer-invalid',
      mostLost: 3,
    },
  ])(
    'with $what gets three attempts and no more work; the state says why',
    async ({ faults, reason, mostLost }) => {
      const fixture = await play(faults);
      const { coordinator, clock } = fixture;
      for (let n = 0; n < 20; n += 1) fixture.submit('Why?');
      await failUntilHeld(fixture);
      expect(state(fixture)).toMatchObject({ params: { model: 'llama3.2:latest', reason } });
      expect(saysAvailable(coordinator)).toBe(false);
      expect(fixture.node.host.daemon.snapshot().serving.available).toBe(false);
      await clock.advance(13_000);
      expect(coordinator.ledger.failures.length).toBeLessThanOrEqual(mostLost);
      expect(
        coordinator.ledger.work.filter(({ dispatches }) => dispatches.length > 0).length,
      ).toBeLessThanOrEqual(3);
      expect(attempts(fixture)).toBeLessThan(10);
      // Heartbeats go on.
      expect(fixture.node.host.daemon.snapshot().heartbeat).toMatchObject({ failed: 0 });
      await fixture.ollama.clearFaults();
      await clock.advanceUntil('answers again', () => state(fixture).code !== 'answers-failing');
    },
  );

  it('by hanging burns three deadlines, and not one more', async () => {
    const fixture = await play({ hangBeforeHeaders: true });
    const { clock, coordinator } = fixture;
    for (let n = 0; n < 20; n += 1) fixture.submit('Why?');
    await clock.advanceUntil('the state', () => state(fixture).code === 'answers-failing', 4 * deadlineMs);
    await clock.advance(15 * 60_000);
    expect(coordinator.ledger.failures.map(({ error }) => error)).toEqual(
      Array.from({ length: 3 }, () => 'node.deadline_exceeded'),
    );
    expect(state(fixture)).toMatchObject({ code: 'answers-failing', params: { reason: 'timeout' } });
    expect(saysAvailable(coordinator)).toBe(false);
  });

  it('is tested with one token at growing waits, and serves by itself once it answers', async () => {
    const fixture = await play({ garbageAfterChunks: 0 });
    const { clock, ollama, coordinator } = fixture;
    for (let n = 0; n < 5; n += 1) fixture.submit('Why?');
    await failUntilHeld(fixture);
    const before = attempts(fixture);
    const at: number[] = [];
    for (let tests = 1; tests <= 8; tests += 1) {
      await clock.advanceUntil('a test', () => attempts(fixture) >= before + tests);
      at.push(clock.monotonicMs());
    }
    const waits = at.slice(1).map((ms, index) => Math.round((ms - (at[index] ?? 0)) / 1000));
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300]);
    const test = ollama.seen.generations.at(-1);
    expect(test).toMatchObject({ model: 'llama3.2:latest', prompt: 'Say yes.' });
    expect(test?.body).toMatchObject({ options: { num_predict: 1 } });

    await ollama.clearFaults();
    await clock.advanceUntil('answers again', () => state(fixture).code !== 'answers-failing');
    await clock.advanceUntil('two answers', () => coordinator.ledger.results.length === 2);
    await clock.advance(5000);
    expect(saysAvailable(coordinator)).toBe(true);
    expect(fixture.logged('answers-again')).toHaveLength(1);
    expectExactAccount(fixture);
  });

  it('and passes the test gets less and less work, until it answers one', async () => {
    // The one token of a test comes before what breaks.
    const fixture = await play({ garbageAfterChunks: 2 });
    const { clock } = fixture;
    for (let n = 0; n < 40; n += 1) fixture.submit('Why?');
    const held: number[] = [];
    for (let round = 1; round <= 5; round += 1) {
      await clock.advanceUntil('the state', () => fixture.logged('answers-failing').length === round);
      const sinceMs = clock.monotonicMs();
      await clock.advanceUntil('the test', () => fixture.logged('answers-again').length === round);
      held.push(Math.round((clock.monotonicMs() - sinceMs) / 1000));
    }
    expect(held).toEqual([5, 10, 20, 40, 80]);

    await fixture.ollama.clearFaults();
    await clock.advanceUntil('an answer', () => fixture.coordinator.ledger.results.length > 0);
    expect(state(fixture).code).not.toBe('answers-failing');
  });
});

describe('a failure that passes', () => {
  it.each([
    { what: '503 for a while', faults: { ...busy, times: 2 } },
    { what: '500 once', faults: { status: 500, times: 1 } },
    { what: 'a connection cut before the first word', faults: { dieAfterChunks: 0, times: 2 } },
  ])('$what costs no request: it is tried again within its deadline', async ({ faults }) => {
    const fixture = await play(faults);
    const { clock, coordinator } = fixture;
    const id = fixture.submit('Why?');
    await clock.advanceUntil(
      'the answer',
      () => coordinator.ledger.request(id)?.outcome === 'answered',
      30_000,
    );
    expect(coordinator.ledger.failures).toEqual([]);
    expect(fixture.logged('request-tried-again').length).toBe(faults.times);
    expectExactAccount(fixture);
  });

  it('of a server that is full is waited for to the end of the deadline, beyond the three attempts', async () => {
    const fixture = await play(busy);
    const { clock, coordinator, ollama } = fixture;
    const id = fixture.submit('Why?');
    await failUntilHeld(fixture);
    await clock.advance(60_000);
    expect(coordinator.ledger.failures).toEqual([]);
    await ollama.clearFaults();
    await clock.advanceUntil(
      'the answer',
      () => coordinator.ledger.request(id)?.outcome === 'answered',
      30_000,
    );
    expect(state(fixture).code).not.toBe('answers-failing');
    expect(coordinator.ledger.failures).toEqual([]);
  });

  it('and lasts is reported at the deadline at the latest, with what failed', async () => {
    const fixture = await play(busy);
    const { clock, coordinator } = fixture;
    const id = fixture.submit('Why?');
    await clock.advanceUntil('the report', () => coordinator.ledger.failures.length > 0, deadlineMs);
    expect(coordinator.ledger.request(id)?.failures).toMatchObject([{ error: 'node.ollama_error' }]);
  });

  it('holds back what waits in the queue instead of failing it, and the first success starts it', async () => {
    const fixture = await play(
      { status: 500 },
      { behaviour: { requeueAfterFailure: 'never', maxEntries: 4 } },
    );
    const { clock, coordinator, ollama } = fixture;
    const ids = ['a', 'b', 'c'].map((prompt) => fixture.submit(prompt));
    await failUntilHeld(fixture);
    const lost = coordinator.ledger.failures.length;
    expect(lost).toBeLessThanOrEqual(1);
    await ollama.clearFaults();
    const answered = () => ids.filter((id) => coordinator.ledger.request(id)?.outcome === 'answered').length;
    await clock.advanceUntil('the others', () => answered() === ids.length - lost, 60_000);
  });
});

describe("a fault of the request's own", () => {
  it.each([
    { what: 'a prompt beyond the context', prompt: 'word '.repeat(5000), faults: {} },
    { what: 'an answer too large', prompt: 'p', faults: { answerBytes: 2000 } },
    { what: 'an empty answer', prompt: 'p', faults: { emptyResponse: true, omitCounts: true } },
    { what: 'a model that is not there', prompt: 'p', faults: {}, model: 'nobody-has:1b' },
  ])('says nothing about Ollama: $what', async ({ prompt, faults, model }) => {
    const settings = { 'limits.resultBytes': 1024 };
    const fixture = await play(faults, { behaviour: { requeueAfterFailure: 'never' }, settings });
    const { clock, coordinator } = fixture;
    for (let n = 0; n < 6; n += 1) fixture.submit(prompt, model === undefined ? {} : { model });
    await clock.advanceUntil('six reports', () => coordinator.ledger.failures.length === 6);
    expect(state(fixture).code).not.toBe('answers-failing');
    expect(fixture.logged('answers-failing')).toEqual([]);
  });
});
