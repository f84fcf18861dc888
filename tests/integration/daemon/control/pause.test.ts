import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type LivenessFixture, startLiveness } from '../../../fixtures/liveness.ts';

const minuteMs = 60_000;

async function savedPause({ node }: LivenessFixture): Promise<unknown> {
  const find = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return undefined;
    if ('pause' in value) return value.pause;
    return Object.values(value)
      .map(find)
      .find((found) => found !== undefined);
  };
  return find(JSON.parse(await readFile(node.paths.settingsFile, 'utf8')));
}

const pause = ({ clock, node }: LivenessFixture, forMs: number | null) =>
  clock.during(node.host.daemon.handlers.pause({ forMs }));
const resume = ({ clock, node }: LivenessFixture) => clock.during(node.host.daemon.handlers.resume({}));

describe('a paused node', () => {
  it('says at once that it takes no work, beats on, and polls nothing until it is resumed', async () => {
    const fixture = await startLiveness();
    const { clock, beats, beatTimes, pollTimes, coordinator, state } = fixture;
    await clock.advance(4500);
    const pausedMs = clock.monotonicMs();
    await pause(fixture, null);
    await clock.settle();
    expect(beatTimes()).toEqual([0, pausedMs]);
    expect(beats().map(({ available }) => available)).toEqual([true, false]);
    coordinator.submit('waits');
    await clock.advance(5 * minuteMs);
    expect(pollTimes(pausedMs)).toEqual([]);
    expect(beatTimes(5000)).toEqual(Array.from({ length: 30 }, (_, index) => (index + 1) * 10_000));
    expect(beats().at(-1)?.available).toBe(false);
    expect(state()).toBe('paused');
    expect(fixture.snapshot().state.params).toMatchObject({ end: null });

    const resumedMs = clock.monotonicMs();
    expect(await resume(fixture)).toEqual({ wasPaused: true });
    await clock.settle();
    expect(beatTimes(resumedMs)).toEqual([resumedMs]);
    expect(pollTimes(resumedMs)).toContain(resumedMs);
    await clock.advance(3000);
    expect(coordinator.ledger.summary().answered).toBe(1);
    expect(state()).toBe('ready');
    expect(await resume(fixture)).toEqual({ wasPaused: false });
    expect(coordinator.ledger.violations).toEqual([]);
  });

  it('finishes what it was answering', async () => {
    const fixture = await startLiveness();
    const { clock, coordinator, ollama, snapshot } = fixture;
    await ollama.setFaults({ firstTokenDelayMs: 200 });
    const id = coordinator.submit('under way');
    await clock.advanceUntil('its start', () => snapshot().serving.running.length === 1);
    await pause(fixture, null);
    await ollama.seen.when('its end', () => ollama.seen.generations[0]?.endedAtMs);
    await clock.advance(1000);
    expect(coordinator.ledger.request(id)?.outcome).toBe('answered');
    expect(snapshot().control.pause).not.toBeNull();
  });

  it('works again by itself when its time is over', async () => {
    const fixture = await startLiveness();
    const { clock, beatTimes, pollTimes, snapshot } = fixture;
    await clock.advance(5000);
    const untilMs = clock.now() + 10 * minuteMs;
    const given = await pause(fixture, 10 * minuteMs);
    expect(given).toEqual({ sinceMs: clock.now(), untilMs });
    const endMs = clock.monotonicMs() + 10 * minuteMs;
    await clock.advance(10 * minuteMs - 1);
    expect(snapshot().state.code).toBe('paused');
    await clock.advance(1);
    expect(snapshot().control.pause).toBeNull();
    expect(beatTimes()).toContain(endMs);
    expect(pollTimes(5001)).toEqual([endMs]);
    expect(await savedPause(fixture)).toBeNull();
  });

  it('that is paused again keeps the time since which, and gets the new end', async () => {
    const fixture = await startLiveness();
    const { clock, snapshot } = fixture;
    const { sinceMs } = await pause(fixture, minuteMs);
    await clock.advance(30_000);
    const untilMs = clock.now() + 5 * minuteMs;
    expect(await pause(fixture, 5 * minuteMs)).toEqual({ sinceMs, untilMs });
    await clock.advance(4 * minuteMs);
    expect(snapshot().control.pause).toEqual({ sinceMs, untilMs });
    expect(await pause(fixture, null)).toEqual({ sinceMs, untilMs: null });
    await clock.advance(10 * minuteMs);
    expect(snapshot().control.pause).toEqual({ sinceMs, untilMs: null });
  });

  it('is still paused after a restart, until the time that was said', async () => {
    const fixture = await startLiveness();
    const { clock, node, snapshot, beats, pollTimes } = fixture;
    await clock.advance(5000);
    const given = await pause(fixture, 10 * minuteMs);
    expect(await savedPause(fixture)).toEqual(given);
    await clock.during(node.restart());
    const restartedMs = clock.monotonicMs();
    await clock.advance(5 * minuteMs);
    expect(snapshot().control.pause).toEqual(given);
    expect(beats().at(-1)?.available).toBe(false);
    expect(pollTimes(restartedMs)).toEqual([]);
    await clock.advanceUntil('the end of the pause', () => snapshot().control.pause === null);
    expect(clock.now()).toBe(given.untilMs);
  });

  it('whose time ended while no daemon ran works at once', async () => {
    const fixture = await startLiveness();
    const { clock, node, snapshot, pollTimes } = fixture;
    const { host } = node;
    await pause(fixture, minuteMs);
    await clock.during(host.daemon.drain(1000).then(() => host.ended));
    await clock.advance(2 * minuteMs);
    await clock.during(node.restart());
    const restartedMs = clock.monotonicMs();
    await clock.advance(2000);
    expect(snapshot().control.pause).toBeNull();
    expect(pollTimes(restartedMs).length).toBeGreaterThan(0);
    expect(await savedPause(fixture)).toBeNull();
  });

  it('leaves no timer behind when it stops, however often it slept', async () => {
    const fixture = await startLiveness();
    const { clock, stop } = fixture;
    await pause(fixture, 24 * 60 * minuteMs);
    for (let night = 0; night < 3; night += 1) {
      clock.suspend(60 * minuteMs);
      await clock.advance(5000);
    }
    await stop();
    expect(clock.timers).toBe(0);
  });
});
