import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  type Fixture,
  openFixture,
  playFixture,
  until,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { HeartbeatWire } from '../../../practice-network/coordinator/wire.ts';

const lastBeat = ({ coordinator }: Fixture) => coordinator.ledger.heartbeats.at(-1)?.body as HeartbeatWire;

async function playSimulated(options: Parameters<typeof openFixture>[0] = {}) {
  const clock = createSimulatedClock();
  const fixture = await openFixture({ ...options, clock });
  clock.lead(fixture.coordinator);
  await fixture.start();
  const { ledger } = fixture.coordinator;
  await clock.advanceUntil('the first poll', () => ledger.polls.length > 0);
  return { fixture, clock, ledger };
}

describe('one request at a time', () => {
  it('holds when every inbox answer takes far longer than the poll interval', async () => {
    const fixture = await openFixture();
    fixture.coordinator.setFaults({ inbox: { delayAfterMs: 600 } });
    await fixture.ollama.setFaults({ firstTokenDelayMs: 300 });
    for (const number of [1, 2, 3]) fixture.submit(`Question ${number}?`);
    await fixture.start();
    await fixture.settled();

    expect(fixture.ollama.seen.generationsPeak).toBe(1);
    expectExactAccount(fixture);
    expect(fixture.coordinator.ledger.summary()).toMatchObject({ answered: 3, dispatches: 3 });
  });

  it('holds while the inbox fails in every way between the answers', async () => {
    const fixture = await openFixture({ settings: { 'timing.pollBackoffMaxMs': 1000 } });
    const { coordinator } = fixture;
    const faults = [
      { status: { code: 500 } },
      { reset: true },
      { malformedJson: true },
      { rawBody: '<html>portal</html>' },
      { status: { code: 302, location: 'http://127.0.0.1:1/' } },
    ];
    for (const number of [1, 2, 3, 4, 5]) fixture.submit(`Question ${number}?`);
    coordinator.setFaults({ inbox: { ...faults[0], times: 1 } });
    await fixture.start();
    for (const [index, fault] of faults.entries()) {
      await coordinator.ledger.when('an answer', () => coordinator.ledger.summary().answered > index);
      coordinator.setFaults({ inbox: { ...fault, times: 1 } });
    }
    await fixture.settled();

    expect(fixture.ollama.seen.generationsPeak).toBe(1);
    expectExactAccount(fixture);
  });

  it('says so: the heartbeat is unavailable while a request runs and available again after it', async () => {
    const fixture = await playFixture();
    await fixture.ollama.setFaults({ hangAfterChunks: 1 });
    const { ledger } = fixture.coordinator;
    await ledger.when('an available node', () => lastBeat(fixture)?.available);
    fixture.submit('Long?');
    await ledger.when('an unavailable node', () => lastBeat(fixture)?.available === false);
    expect(fixture.ollama.seen.generationsInFlight).toBe(1);
    await fixture.ollama.clearFaults();
    await fixture.node.host.daemon.drain(0);
    expect(ledger.violations).toEqual([]);
  });
});

it('concurrency 3 runs three at once and never more', async () => {
  const fixture = await openFixture({
    behaviour: { maxEntries: 5 },
    settings: { concurrency: 3 },
    ollama: { parallel: 16 },
  });
  await fixture.ollama.setFaults({ firstTokenDelayMs: 60 });
  for (let number = 0; number < 20; number++) fixture.submit(`Question ${number}?`);
  await fixture.start();
  await fixture.settled();

  expect(fixture.ollama.seen.generationsPeak).toBe(3);
  expectExactAccount(fixture);
  expect(fixture.coordinator.ledger.summary()).toMatchObject({ answered: 20, failed: 0 });
});

describe('the queue', () => {
  it('takes eight beside the one that runs; the rest is reported at once as queue_full', async () => {
    const fixture = await openFixture({ behaviour: { maxEntries: 20, requeueAfterFailure: 'never' } });
    await fixture.ollama.setFaults({ hangAfterChunks: 1, times: 1 });
    const ids = Array.from({ length: 12 }, (_, number) => fixture.submit(`Question ${number}?`));
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await ledger.when('three reports', () => ledger.failures.length === 3);

    expect(fixture.serving()).toMatchObject({ queued: 8, running: [{ requestId: ids[0] }] });
    expect(ledger.failures.map(({ requestId, error }) => [requestId, error])).toEqual(
      ids.slice(9).map((id) => [id, 'node.queue_full']),
    );
    expect(fixture.ollama.seen.generations).toHaveLength(1);
    expect(ledger.results).toEqual([]);

    void fixture.node.host.daemon.drain(0);
    await fixture.settled();
    expectExactAccount(fixture);
    expect(ledger.failures.filter(({ error }) => error === 'node.stopping')).toHaveLength(9);
  });

  it('refilled after refusals, it serves what comes back', async () => {
    const fixture = await openFixture({
      behaviour: { maxEntries: 20 },
      settings: { 'limits.queueLimit': 2, 'limits.attempts': 10 },
    });
    for (let number = 0; number < 9; number++) fixture.submit(`Question ${number}?`);
    fixture.coordinator.setBehaviour({ maxAttempts: 10 });
    await fixture.start();
    await fixture.settled();

    expectExactAccount(fixture);
    expect(fixture.coordinator.ledger.summary()).toMatchObject({ answered: 9, failed: 0 });
    expect(fixture.ollama.seen.generationsPeak).toBe(1);
  });

  it('reports an entry whose deadline passes while it waits, without running it', async () => {
    const { fixture, clock, ledger } = await playSimulated({
      behaviour: { maxEntries: 2, requeueAfterFailure: 'never' },
    });
    await fixture.ollama.setFaults({ hangAfterChunks: 0 });
    const [first = '', second = ''] = [fixture.submit('Runs?'), fixture.submit('Waits?')];
    await clock.advanceUntil('the generation', () => fixture.ollama.seen.generationsInFlight === 1);
    expect(fixture.serving().queued).toBe(1);

    await clock.advance(119_000);
    expect(ledger.failures).toEqual([]);
    await clock.advance(1000);
    for (const id of [first, second])
      expect(answersTo(await fixture.coordinator.answered(id))).toEqual(['node.deadline_exceeded']);
    expect(fixture.ollama.seen.generations.map(({ prompt, outcome }) => [prompt, outcome])).toEqual([
      ['Runs?', 'broken'],
    ]);
    expectExactAccount(fixture);
  });

  it('does not take in what recent requests show cannot start in time', async () => {
    const { fixture, clock, ledger } = await playSimulated({
      behaviour: { maxEntries: 5, requeueAfterFailure: 'never' },
    });
    const { ollama } = fixture;
    // Three requests of 50 s each, then a third in the queue would start after 150 s, past its 120 s.
    for (const number of [1, 2, 3]) {
      await ollama.setFaults({ firstTokenDelayMs: 100 });
      const id = fixture.submit(`Slow ${number}?`);
      await clock.advanceUntil('its generation', () => ollama.seen.generations.length === number);
      clock.delay(50_000);
      await fixture.coordinator.answered(id);
    }
    await ollama.setFaults({ hangAfterChunks: 0 });
    await clock.advanceUntil('rest', () => fixture.serving().running.length === 0);
    const ids = Array.from({ length: 5 }, (_, number) => fixture.submit(`Question ${number}?`));
    await clock.advanceUntil('two reports', () => ledger.failures.length === 2);

    expect(ledger.failures.map(({ requestId, error }) => [requestId, error])).toEqual([
      [ids[3], 'node.deadline_exceeded'],
      [ids[4], 'node.deadline_exceeded'],
    ]);
    expect(fixture.serving()).toMatchObject({ queued: 2, running: [{ requestId: ids[0] }] });
    await clock.during(fixture.node.host.daemon.drain(0));
    expectExactAccount(fixture);
  });
});

describe('polling', () => {
  it('comes at once after a finished request, whatever the idle interval', async () => {
    const fixture = await openFixture({ settings: { 'timing.idlePollMs': 60_000 } });
    for (let number = 0; number < 8; number++) fixture.submit(`Question ${number}?`);
    await fixture.start();
    await fixture.settled();
    expectExactAccount(fixture);
  });

  it('comes at once after a finished request, although the inbox was found empty while it ran', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock, settings: { concurrency: 2, 'timing.idlePollMs': 60_000 } });
    clock.lead(fixture.coordinator);
    const { ledger } = fixture.coordinator;
    await fixture.ollama.setFaults({ firstTokenDelayMs: 500, times: 1 });
    const first = fixture.submit('Running?');
    await fixture.start();
    await clock.advanceUntil('an empty answer', () =>
      ledger.polls.some((poll) => poll.dispatched.length === 0),
    );
    const second = fixture.submit('Come since?');
    expect(ledger.request(first)?.outcome).toBe('open');
    // No time passes from here on.
    await fixture.coordinator.answered(first);
    await fixture.coordinator.answered(second);
    await until('an empty outbox', () => fixture.serving().undelivered === 0);
    expectExactAccount(fixture);
  });

  it('follows the first attempt to post, and waits for no second one', async () => {
    const fixture = await openFixture({
      settings: { 'timing.outboxRetryFirstMs': 60_000, 'timing.outboxRetryMaxMs': 60_000 },
    });
    const { ledger } = fixture.coordinator;
    fixture.coordinator.setFaults({ result: { delayBeforeMs: 150, status: { code: 503 }, times: 3 } });
    const ids = [1, 2, 3, 4].map((number) => fixture.submit(`Question ${number}?`));
    await fixture.start();
    await ledger.when('the fourth result', () =>
      ledger.results.some(({ requestId }) => requestId === ids[3]),
    );
    // The success ended the outage: the others are brought forward instead of waiting for their minute.
    await fixture.settled();
    expectExactAccount(fixture);

    const slow = await openFixture();
    slow.coordinator.setFaults({ result: { delayBeforeMs: 150 } });
    for (const number of [1, 2, 3]) slow.submit(`Question ${number}?`);
    await slow.start();
    await slow.settled();
    const { results, polls } = slow.coordinator.ledger;
    for (const [index, result] of results.slice(0, 2).entries()) {
      const next = polls.filter(({ dispatched }) => dispatched.length > 0)[index + 1];
      expect(next?.atMs).toBeGreaterThan(result.atMs);
    }
  });

  it('rests while every place is taken, and the heartbeat goes on', async () => {
    const { fixture, clock, ledger } = await playSimulated();
    await fixture.ollama.setFaults({ hangAfterChunks: 1 });
    fixture.submit('Long?');
    await clock.advanceUntil('the generation', () => fixture.ollama.seen.generationsInFlight === 1);
    await clock.advance(3000);
    const [polls, beats] = [ledger.polls.length, ledger.heartbeats.length];
    await clock.advance(60_000);

    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.heartbeats.length - beats).toBeGreaterThanOrEqual(5);
    expect(lastBeat(fixture).available).toBe(false);
    await clock.during(fixture.node.host.daemon.drain(0));
    expectExactAccount(fixture);
  });

  it('polls an empty inbox every 2 s', async () => {
    const { clock, ledger } = await playSimulated();
    const polls = ledger.polls.length;
    await clock.advance(60_000);
    expect(ledger.polls.length - polls).toBe(30);
  });

  it('backs off from 2 s to 30 s while the inbox fails, and is back at once when it answers', async () => {
    const { fixture, clock, ledger } = await playSimulated();
    const posed = 1000;
    fixture.coordinator.setFaults({ inbox: { status: { code: 500 }, times: posed } });
    const asked = () => posed - (fixture.coordinator.faults.inbox?.times ?? 0);
    const waits: number[] = [];
    let lastMs = 0;
    for (let poll = 1; poll <= 8; poll++) {
      await clock.advanceUntil('the next poll', () => asked() === poll);
      waits.push(clock.monotonicMs() - lastMs);
      lastMs = clock.monotonicMs();
    }
    for (const [index, wantedMs] of [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000].entries()) {
      expect(waits[index + 1]).toBeGreaterThanOrEqual(0.8 * wantedMs);
      expect(waits[index + 1]).toBeLessThanOrEqual(1.2 * wantedMs);
    }
    expect(fixture.node.host.daemon.snapshot().state.code).not.toBe('waiting');

    fixture.coordinator.clearFaults();
    const id = fixture.submit('Back?');
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 36_000);
    const polls = ledger.polls.length;
    await clock.advance(20_000);
    expect(ledger.polls.length - polls).toBeGreaterThanOrEqual(9);
    expectExactAccount(fixture);
  });

  it.each([
    { retryAfter: 45, waitsMs: 45_000 },
    { retryAfter: 3600, waitsMs: 60_000 },
  ])('honours Retry-After $retryAfter on the inbox, up to 60 s', async ({ retryAfter, waitsMs }) => {
    const { fixture, clock, ledger } = await playSimulated();
    fixture.coordinator.setFaults({ inbox: { status: { code: 429, retryAfter }, times: 1 } });
    await clock.advanceUntil('the refusal', () => fixture.coordinator.faults.inbox === undefined);
    const [polls, refusedAtMs] = [ledger.polls.length, clock.monotonicMs()];
    await clock.advanceUntil('the next poll', () => ledger.polls.length > polls);
    expect(clock.monotonicMs() - refusedAtMs).toBe(waitsMs);
  });

  it('stops while paused, heartbeats go on unavailable, and resumes', async () => {
    const { fixture, clock, ledger } = await playSimulated();
    const { handlers } = fixture.node.host.daemon;
    await clock.during(handlers.pause({ forMs: null }));
    const id = fixture.submit('Later?');
    await clock.advance(3000);
    const polls = ledger.polls.length;
    await clock.advance(30_000);
    expect(ledger.polls).toHaveLength(polls);
    expect(lastBeat(fixture).available).toBe(false);
    await clock.during(handlers.resume({}));
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered');
    await until('an empty outbox', () => fixture.serving().undelivered === 0);
    expectExactAccount(fixture);
  });
});
