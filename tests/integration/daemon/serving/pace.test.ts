import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  openScene,
  playScene,
  type Scene,
  until,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { HeartbeatWire } from '../../../practice-network/coordinator/wire.ts';

const lastBeat = ({ coordinator }: Scene) => coordinator.ledger.heartbeats.at(-1)?.body as HeartbeatWire;

async function playSimulated(options: Parameters<typeof openScene>[0] = {}) {
  const clock = createSimulatedClock();
  const settings = { 'timing.idlePollMs': 2000, 'timing.pollBackoffFirstMs': 2000, ...options.settings };
  const scene = await openScene({
    ...options,
    clock,
    settings: { 'timing.pollBackoffMaxMs': 30_000, ...settings },
  });
  clock.lead(scene.coordinator);
  await scene.start();
  const { ledger } = scene.coordinator;
  await clock.advanceUntil('the first poll', () => ledger.polls.length > 0);
  return { scene, clock, ledger };
}

describe('one request at a time', () => {
  it('holds when every inbox answer takes far longer than the poll interval', async () => {
    const scene = await openScene();
    scene.coordinator.setFaults({ inbox: { delayAfterMs: 600 } });
    await scene.ollama.setFaults({ firstTokenDelayMs: 300 });
    for (const number of [1, 2, 3]) scene.submit(`Question ${number}?`);
    await scene.start();
    await scene.settled();

    expect(scene.ollama.seen.generationsPeak).toBe(1);
    expectExactAccount(scene);
    expect(scene.coordinator.ledger.summary()).toMatchObject({ answered: 3, dispatches: 3 });
  });

  it('holds while the inbox fails in every way between the answers', async () => {
    const scene = await openScene({ settings: { 'timing.pollBackoffMaxMs': 1000 } });
    const { coordinator } = scene;
    const faults = [
      { status: { code: 500 } },
      { reset: true },
      { malformedJson: true },
      { rawBody: '<html>portal</html>' },
      { status: { code: 302, location: 'http://127.0.0.1:1/' } },
    ];
    for (const number of [1, 2, 3, 4, 5]) scene.submit(`Question ${number}?`);
    coordinator.setFaults({ inbox: { ...faults[0], times: 1 } });
    await scene.start();
    for (const [index, fault] of faults.entries()) {
      await coordinator.ledger.when('an answer', () => coordinator.ledger.summary().answered > index);
      coordinator.setFaults({ inbox: { ...fault, times: 1 } });
    }
    await scene.settled();

    expect(scene.ollama.seen.generationsPeak).toBe(1);
    expectExactAccount(scene);
  });

  it('says so: the heartbeat is unavailable while a request runs and available again after it', async () => {
    const scene = await playScene();
    await scene.ollama.setFaults({ hangAfterChunks: 1 });
    const { ledger } = scene.coordinator;
    await ledger.when('an available node', () => lastBeat(scene)?.available);
    scene.submit('Long?');
    await ledger.when('an unavailable node', () => lastBeat(scene)?.available === false);
    expect(scene.ollama.seen.generationsInFlight).toBe(1);
    await scene.ollama.clearFaults();
    await scene.node.host.daemon.drain(0);
    expect(ledger.violations).toEqual([]);
  });
});

it('concurrency 3 runs three at once and never more', async () => {
  const scene = await openScene({
    behaviour: { maxEntries: 5 },
    settings: { concurrency: 3 },
    ollama: { parallel: 16 },
  });
  await scene.ollama.setFaults({ firstTokenDelayMs: 60 });
  for (let number = 0; number < 20; number++) scene.submit(`Question ${number}?`);
  await scene.start();
  await scene.settled();

  expect(scene.ollama.seen.generationsPeak).toBe(3);
  expectExactAccount(scene);
  expect(scene.coordinator.ledger.summary()).toMatchObject({ answered: 20, failed: 0 });
});

describe('the queue', () => {
  it('takes eight beside the one that runs; the rest is reported at once as queue_full', async () => {
    const scene = await openScene({ behaviour: { maxEntries: 20, requeueAfterFailure: 'never' } });
    await scene.ollama.setFaults({ hangAfterChunks: 1, times: 1 });
    const ids = Array.from({ length: 12 }, (_, number) => scene.submit(`Question ${number}?`));
    await scene.start();
    const { ledger } = scene.coordinator;
    await ledger.when('three reports', () => ledger.failures.length === 3);

    expect(scene.serving()).toMatchObject({ queued: 8, running: [{ requestId: ids[0] }] });
    expect(ledger.failures.map(({ requestId, error }) => [requestId, error])).toEqual(
      ids.slice(9).map((id) => [id, 'node.queue_full']),
    );
    expect(scene.ollama.seen.generations).toHaveLength(1);
    expect(ledger.results).toEqual([]);

    void scene.node.host.daemon.drain(0);
    await scene.settled();
    expectExactAccount(scene);
    expect(ledger.failures.filter(({ error }) => error === 'node.stopping')).toHaveLength(9);
  });

  it('refilled after refusals, it serves what comes back', async () => {
    const scene = await openScene({
      behaviour: { maxEntries: 20 },
      settings: { 'limits.queueLimit': 2, 'limits.attempts': 10 },
    });
    for (let number = 0; number < 9; number++) scene.submit(`Question ${number}?`);
    scene.coordinator.setBehaviour({ maxAttempts: 10 });
    await scene.start();
    await scene.settled();

    expectExactAccount(scene);
    expect(scene.coordinator.ledger.summary()).toMatchObject({ answered: 9, failed: 0 });
    expect(scene.ollama.seen.generationsPeak).toBe(1);
  });

  it('reports an entry whose deadline passes while it waits, without running it', async () => {
    const { scene, clock, ledger } = await playSimulated({
      behaviour: { maxEntries: 2, requeueAfterFailure: 'never' },
    });
    await scene.ollama.setFaults({ hangAfterChunks: 0 });
    const [first = '', second = ''] = [scene.submit('Runs?'), scene.submit('Waits?')];
    await clock.advanceUntil('the generation', () => scene.ollama.seen.generationsInFlight === 1);
    expect(scene.serving().queued).toBe(1);

    await clock.advance(119_000);
    expect(ledger.failures).toEqual([]);
    await clock.advance(1000);
    for (const id of [first, second])
      expect(answersTo(await scene.coordinator.answered(id))).toEqual(['node.deadline_exceeded']);
    expect(scene.ollama.seen.generations.map(({ prompt, outcome }) => [prompt, outcome])).toEqual([
      ['Runs?', 'broken'],
    ]);
    expectExactAccount(scene);
  });

  it('does not take in what recent requests show cannot start in time', async () => {
    const { scene, clock, ledger } = await playSimulated({
      behaviour: { maxEntries: 5, requeueAfterFailure: 'never' },
    });
    const { ollama } = scene;
    // Three requests of 50 s each, then a third in the queue would start after 150 s, past its 120 s.
    for (const number of [1, 2, 3]) {
      await ollama.setFaults({ firstTokenDelayMs: 100 });
      const id = scene.submit(`Slow ${number}?`);
      await clock.advanceUntil('its generation', () => ollama.seen.generations.length === number);
      clock.holdUp(50_000);
      await scene.coordinator.answered(id);
    }
    await ollama.setFaults({ hangAfterChunks: 0 });
    await clock.advanceUntil('rest', () => scene.serving().running.length === 0);
    const ids = Array.from({ length: 5 }, (_, number) => scene.submit(`Question ${number}?`));
    await clock.advanceUntil('two reports', () => ledger.failures.length === 2);

    expect(ledger.failures.map(({ requestId, error }) => [requestId, error])).toEqual([
      [ids[3], 'node.deadline_exceeded'],
      [ids[4], 'node.deadline_exceeded'],
    ]);
    expect(scene.serving()).toMatchObject({ queued: 2, running: [{ requestId: ids[0] }] });
    await clock.during(scene.node.host.daemon.drain(0));
    expectExactAccount(scene);
  });
});

describe('polling', () => {
  it('comes at once after a finished request, whatever the idle interval', async () => {
    const scene = await openScene({ settings: { 'timing.idlePollMs': 60_000 } });
    for (let number = 0; number < 8; number++) scene.submit(`Question ${number}?`);
    await scene.start();
    await scene.settled(5000);
    expectExactAccount(scene);
  });

  it('comes at once after a finished request, although the inbox was found empty while it ran', async () => {
    const clock = createSimulatedClock();
    const scene = await openScene({ clock, settings: { concurrency: 2, 'timing.idlePollMs': 60_000 } });
    clock.lead(scene.coordinator);
    const { ledger } = scene.coordinator;
    await scene.ollama.setFaults({ firstTokenDelayMs: 500, times: 1 });
    const first = scene.submit('Running?');
    await scene.start();
    await clock.advanceUntil('an empty answer', () =>
      ledger.polls.some((poll) => poll.dispatched.length === 0),
    );
    const second = scene.submit('Come since?');
    expect(ledger.request(first)?.outcome).toBe('open');
    // No time passes from here on.
    await scene.coordinator.answered(first);
    await scene.coordinator.answered(second);
    await until('an empty outbox', () => scene.serving().undelivered === 0);
    expectExactAccount(scene);
  });

  it('follows the first attempt to post, and waits for no second one', async () => {
    const scene = await openScene({
      settings: { 'timing.outboxRetryFirstMs': 60_000, 'timing.outboxRetryMaxMs': 60_000 },
    });
    const { ledger } = scene.coordinator;
    scene.coordinator.setFaults({ result: { delayBeforeMs: 150, status: { code: 503 }, times: 3 } });
    const ids = [1, 2, 3, 4].map((number) => scene.submit(`Question ${number}?`));
    await scene.start();
    await ledger.when('the fourth result', () =>
      ledger.results.some(({ requestId }) => requestId === ids[3]),
    );
    // The success ended the outage: the others are brought forward instead of waiting for their minute.
    await scene.settled(5000);
    expectExactAccount(scene);

    const slow = await openScene();
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
    const { scene, clock, ledger } = await playSimulated();
    await scene.ollama.setFaults({ hangAfterChunks: 1 });
    scene.submit('Long?');
    await clock.advanceUntil('the generation', () => scene.ollama.seen.generationsInFlight === 1);
    await clock.advance(3000);
    const [polls, beats] = [ledger.polls.length, ledger.heartbeats.length];
    await clock.advance(60_000);

    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.heartbeats.length - beats).toBeGreaterThanOrEqual(29);
    expect(lastBeat(scene).available).toBe(false);
    await clock.during(scene.node.host.daemon.drain(0));
    expectExactAccount(scene);
  });

  it('looks into an empty inbox every 2 s', async () => {
    const { clock, ledger } = await playSimulated();
    const polls = ledger.polls.length;
    await clock.advance(60_000);
    expect(ledger.polls.length - polls).toBe(30);
  });

  it('backs off from 2 s to 30 s while the inbox fails, and is back at once when it answers', async () => {
    const { scene, clock, ledger } = await playSimulated();
    const posed = 1000;
    scene.coordinator.setFaults({ inbox: { status: { code: 500 }, times: posed } });
    const asked = () => posed - (scene.coordinator.faults.inbox?.times ?? 0);
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
    expect(scene.node.host.daemon.snapshot().state.code).not.toBe('waiting');

    scene.coordinator.clearFaults();
    const id = scene.submit('Back?');
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 36_000);
    const polls = ledger.polls.length;
    await clock.advance(20_000);
    expect(ledger.polls.length - polls).toBeGreaterThanOrEqual(9);
    expectExactAccount(scene);
  });

  it.each([
    { retryAfter: 45, waitsMs: 45_000 },
    { retryAfter: 3600, waitsMs: 60_000 },
  ])('honours Retry-After $retryAfter on the inbox, up to 60 s', async ({ retryAfter, waitsMs }) => {
    const { scene, clock, ledger } = await playSimulated();
    scene.coordinator.setFaults({ inbox: { status: { code: 429, retryAfter }, times: 1 } });
    await clock.advanceUntil('the refusal', () => scene.coordinator.faults.inbox === undefined);
    const [polls, refusedAtMs] = [ledger.polls.length, clock.monotonicMs()];
    await clock.advanceUntil('the next poll', () => ledger.polls.length > polls);
    expect(clock.monotonicMs() - refusedAtMs).toBe(waitsMs);
  });

  it('stops while paused, heartbeats go on unavailable, and resumes', async () => {
    const { scene, clock, ledger } = await playSimulated();
    const { handlers } = scene.node.host.daemon;
    await clock.during(handlers.pause({ forMs: null }));
    const id = scene.submit('Later?');
    await clock.advance(3000);
    const polls = ledger.polls.length;
    await clock.advance(30_000);
    expect(ledger.polls).toHaveLength(polls);
    expect(lastBeat(scene).available).toBe(false);
    await clock.during(handlers.resume({}));
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered');
    await until('an empty outbox', () => scene.serving().undelivered === 0);
    expectExactAccount(scene);
  });
});
