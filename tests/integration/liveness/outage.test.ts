import { describe, expect, it } from 'vitest';
import { type LivenessFixture, startLiveness } from '../../fixtures/liveness.ts';

const minuteMs = 60_000;

/** Three answers that wait for delivery, the first of which the coordinator has and never acknowledged. */
async function leaveWorkUndelivered({ clock, coordinator, snapshot }: LivenessFixture): Promise<void> {
  // Twice, because a connection that breaks before any answer is replaced once without further ado.
  coordinator.setFaults({ result: { times: 2, hangUpAfter: true } });
  const first = coordinator.submit('answered, but nobody heard');
  await clock.advanceUntil('the first result', () => coordinator.ledger.request(first)?.outcome !== 'open');
  coordinator.setFaults({ result: { status: { code: 503 } } });
  for (const prompt of ['two', 'three']) coordinator.submit(prompt);
  await clock.advanceUntil('three answers', () => snapshot().serving.undelivered === 3);
}

describe.each(['refused', '503'] as const)('ten minutes without the coordinator (%s)', (outage) => {
  it('lose nothing, deliver nothing twice after an acknowledgement, and cost one heartbeat interval', async () => {
    const fixture = await startLiveness();
    const { clock, coordinator, snapshot, state, beatTimes, pollTimes } = fixture;
    await clock.advance(15_000);
    await leaveWorkUndelivered(fixture);
    await coordinator.outage(outage);
    coordinator.clearFaults();
    const beganMs = clock.monotonicMs();
    const acceptedBefore = snapshot().heartbeat.accepted;

    await clock.advance(35_000);
    expect(state()).toBe('coordinator-down');
    expect(snapshot().state.params).toMatchObject({ n: 3 });
    await clock.advance(10 * minuteMs - 35_000);
    expect(snapshot().heartbeat.accepted).toBe(acceptedBefore);
    expect(snapshot().serving).toMatchObject({ undelivered: 3, delivered: 0, expired: 0 });
    const ticks = beatTimes(beganMs).filter((time) => time % 10_000 === 0);
    expect(ticks).toHaveLength(60);

    // A poll on a connection that turns out to be closed leaves twice in the same instant.
    const polls = [...new Set(pollTimes(beganMs + 1))];
    const waits = polls.slice(1).map((time, index) => time - (polls[index] ?? 0));
    waits.forEach((wait, index) => {
      const planned = Math.min(30_000, 2000 * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(planned * 0.8);
      expect(wait).toBeLessThanOrEqual(planned * 1.2);
    });
    expect(new Set(waits.slice(4)).size, 'waits vary').toBeGreaterThan(1);

    await coordinator.outage('off');
    const endedMs = clock.monotonicMs();
    await clock.advanceUntil('an accepted heartbeat', () => snapshot().heartbeat.accepted > acceptedBefore);
    expect(clock.monotonicMs() - endedMs).toBeLessThanOrEqual(10_000);
    // A poll or a post may still wait out its longest back-off.
    await clock.advanceUntil('an empty outbox', () => snapshot().serving.undelivered === 0, 75_000);
    const after = coordinator.submit('work goes on');
    await clock.advanceUntil(
      'an answer after the outage',
      () => coordinator.ledger.request(after)?.outcome === 'answered',
      minuteMs,
    );
    await clock.advance(5 * minuteMs);
    const { work, violations, deliveredTwiceAfterAcknowledgement } = coordinator.ledger;
    expect(work.map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'answered', 'answered']);
    expect(deliveredTwiceAfterAcknowledgement).toBe(0);
    expect(work.map(({ results }) => results.map(({ poeVerified }) => poeVerified))).toEqual([
      ...[[true, true, true], [true], [true], [true]],
    ]);
    expect(violations.filter(({ rule }) => rule !== 'no-heartbeat')).toEqual([]);
    expect(snapshot().serving).toMatchObject({ undelivered: 0, delivered: 4, expired: 0, refused: 0 });
    expect(state()).toBe('ready');
  });

  it('do not stop a request that was being answered when they began', async () => {
    const { clock, coordinator, ollama, snapshot } = await startLiveness();
    await ollama.setFaults({ firstTokenDelayMs: 300 });
    const id = coordinator.submit('a question');
    await clock.advanceUntil('its start', () => snapshot().serving.running.length > 0);
    await coordinator.outage(outage);
    await ollama.seen.when('the end of the generation', () => ollama.seen.generations[0]?.endedAtMs);
    await clock.advance(0);
    expect(snapshot().serving.undelivered).toBe(1);
    await clock.advance(10 * minuteMs);
    await coordinator.outage('off');
    await clock.advanceUntil('its delivery', () => snapshot().serving.undelivered === 0, 75_000);
    expect(coordinator.ledger.request(id)).toMatchObject({ outcome: 'answered' });
    expect(coordinator.ledger.deliveredTwiceAfterAcknowledgement).toBe(0);
  });
});

describe('an outage of results alone', () => {
  it('does not stop serving, and is not called an outage of the network', async () => {
    const { clock, coordinator, snapshot, state, beats } = await startLiveness();
    coordinator.setFaults({ result: { status: { code: 503 } } });
    for (let request = 0; request < 10; request += 1) coordinator.submit(`request ${request}`);
    await clock.advance(minuteMs);
    expect(snapshot().serving).toMatchObject({ undelivered: 10, available: true });
    expect(state()).toBe('backlog');
    expect(snapshot().state.params).toMatchObject({ n: 10 });
    expect(beats().at(-1)?.available).toBe(true);
    coordinator.clearFaults();
    await clock.advanceUntil('delivery', () => snapshot().serving.undelivered === 0, 75_000);
    expect(coordinator.ledger.summary()).toMatchObject({
      answered: 10,
      deliveredTwiceAfterAcknowledgement: 0,
    });
  });
});
