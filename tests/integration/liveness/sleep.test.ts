import { describe, expect, it } from 'vitest';
import { describeState } from '../../../shared/states/states.ts';
import { type ForgetfulLine, openForgetfulLine } from '../../fixtures/forgetful-line.ts';
import { afterLiveness, startLiveness } from '../../fixtures/liveness.ts';

const hourMs = 3_600_000;

describe('eight hours of sleep', () => {
  it('are followed by a heartbeat at once, and logged with their length', async () => {
    const { clock, coordinator, snapshot, state, beatTimes, node } = await startLiveness();
    await clock.advance(63_000);
    clock.suspend(8 * hourMs);
    // What the other side does meanwhile: it forgets every connection.
    await coordinator.outage('refused');
    await coordinator.outage('off');
    const wokeMs = clock.monotonicMs();
    expect(state()).not.toBe('ready');
    await clock.advanceUntil('a heartbeat', () => snapshot().heartbeat.accepted === 8);
    // Noticed by the look at the clocks that comes every two seconds.
    expect(clock.monotonicMs() - wokeMs).toBeLessThanOrEqual(2000);
    expect(state()).toBe('woke');
    expect(snapshot().state.params).toEqual({ duration: 8 * hourMs });
    const { sentence } = describeState('woke', snapshot().state.params, clock.now());
    expect(sentence).toContain('slept 8 h.');
    expect(snapshot().heartbeat).toMatchObject({ failed: 0, lastFailure: null });
    await clock.advance(20_000);
    expect(beatTimes(wokeMs).length).toBeGreaterThanOrEqual(3);
    expect(node.log.filter(({ event }) => event === 'heartbeat-not-accepted')).toEqual([]);
    await clock.advance(10 * 60_000);
    expect(state()).toBe('ready');
    expect(coordinator.ledger.violations.filter(({ rule }) => rule !== 'no-heartbeat')).toEqual([]);
  });

  it('cost no time-out on connections that were forgotten meanwhile', async () => {
    const lines: ForgetfulLine[] = [];
    const { clock, snapshot, coordinator, node } = await startLiveness({
      async reachThrough(url) {
        const line = await openForgetfulLine(url);
        afterLiveness(line.stop);
        lines.push(line);
        return line.url;
      },
    });
    await clock.advance(11_000);
    const { accepted } = snapshot().heartbeat;
    lines[0]?.forget();
    clock.suspend(8 * hourMs);
    const wokeMs = clock.monotonicMs();
    await clock.advanceUntil('a heartbeat', () => snapshot().heartbeat.accepted > accepted);
    expect(clock.monotonicMs() - wokeMs).toBeLessThanOrEqual(2000);
    const id = coordinator.submit('work after waking');
    await clock.advance(4000);
    expect(coordinator.ledger.request(id)?.outcome).toBe('answered');
    expect(node.log.filter(({ facts }) => facts.reason === 'timeout')).toEqual([]);
  });

  it('end a heartbeat that was under way when they began', async () => {
    const { clock, coordinator, snapshot, node } = await startLiveness();
    await clock.advance(9000);
    coordinator.setFaults({ heartbeat: { times: 1, hang: true } });
    await clock.advance(2000);
    expect(snapshot().heartbeat.accepted).toBe(1);
    clock.suspend(8 * hourMs);
    const wokeMs = clock.monotonicMs();
    await clock.advanceUntil('a heartbeat', () => snapshot().heartbeat.accepted === 2);
    expect(clock.monotonicMs() - wokeMs).toBeLessThanOrEqual(2000);
    expect(snapshot().heartbeat).toMatchObject({ failed: 0, lastFailure: null });
    expect(node.log.filter(({ event }) => event === 'heartbeat-not-accepted')).toEqual([]);
    expect(coordinator.ledger.violations.filter(({ endpoint }) => endpoint === 'overlap')).toEqual([]);
  });

  it('do not count against a request that was being answered', async () => {
    const { clock, coordinator, ollama, snapshot } = await startLiveness();
    await ollama.setFaults({ hangAfterChunks: 1 });
    coordinator.submit('slow');
    await clock.advance(3000);
    expect(snapshot().serving.running).toHaveLength(1);
    clock.suspend(8 * hourMs);
    await clock.advance(60_000);
    expect(snapshot().serving).toMatchObject({ failed: 0, running: [{ model: 'llama3.2:latest' }] });
    await clock.advance(60_000);
    expect(coordinator.ledger.failures.map(({ error }) => error)).toHaveLength(1);
  });

  it('end a pause whose time came meanwhile', async () => {
    const { clock, node, snapshot, pollTimes, beats } = await startLiveness();
    await clock.advance(5000);
    await clock.during(node.host.daemon.handlers.pause({ forMs: hourMs }));
    await clock.advance(5000);
    expect(snapshot().control.pause).not.toBeNull();
    clock.suspend(8 * hourMs);
    const wokeMs = clock.monotonicMs();
    await clock.advance(4000);
    expect(snapshot().control.pause).toBeNull();
    expect(beats().at(-1)?.available).toBe(true);
    expect(pollTimes(wokeMs).length).toBeGreaterThan(0);
  });

  it('leave a longer pause as it is', async () => {
    const { clock, node, snapshot } = await startLiveness();
    const startedAtMs = clock.now();
    const untilMs = startedAtMs + 8 * hourMs + 600_000;
    await clock.during(node.host.daemon.handlers.pause({ forMs: untilMs - startedAtMs }));
    clock.suspend(8 * hourMs);
    await clock.advance(300_000);
    expect(snapshot().control.pause?.untilMs).toBe(untilMs);
    await clock.advanceUntil('the end of the pause', () => snapshot().control.pause === null);
    expect(clock.now()).toBe(untilMs);
  });
});

describe.each([
  ['forward', hourMs],
  ['back', -hourMs],
])('a clock that is set %s by an hour', (_, byMs) => {
  it('leaves the heartbeat its interval and times no request out', async () => {
    const { clock, beatTimes, node, snapshot, coordinator } = await startLiveness({
      behaviour: { allowedSkewMs: 2 * hourMs },
    });
    await clock.advance(33_000);
    clock.setWallClock(byMs);
    await clock.advance(67_000);
    // A time before the last one is refused as a replay, and a second later the coordinator's own is sent.
    const afterMs = byMs > 0 ? [50_000] : [41_000, 51_000];
    const lastMs = afterMs.at(-1) ?? 0;
    const later = Array.from({ length: byMs > 0 ? 5 : 4 }, (_, index) => lastMs + (index + 1) * 10_000);
    expect(beatTimes()).toEqual([0, 10_000, 20_000, 30_000, 40_000, ...afterMs, ...later]);
    const timedOut = node.log.filter(({ facts }) => JSON.stringify(facts).includes('timeout'));
    expect(timedOut).toEqual([]);
    expect(node.log.filter(({ event }) => event === 'woke')).toEqual([]);
    expect(node.log.filter(({ event }) => event === 'clock-set').map(({ facts }) => facts.byMs)).toEqual([
      byMs,
    ]);
    expect(snapshot().serving.refusedEntries).toBe(0);
    const id = coordinator.submit('still served');
    await clock.advance(4000);
    expect(coordinator.ledger.request(id)?.outcome).toBe('answered');
  });

  it('is shown as off once enough answers agree, and no longer once it is right again', async () => {
    const { clock, state, snapshot } = await startLiveness({ behaviour: { allowedSkewMs: 2 * hourMs } });
    await clock.advance(30_000);
    expect(Math.abs(snapshot().heartbeat.clockSkewMs ?? Number.NaN)).toBeLessThan(1500);
    clock.setWallClock(byMs);
    await clock.settle();
    expect(state()).not.toBe('clock-skew');
    await clock.advance(20_000);
    expect(state()).toBe('clock-skew');
    expect(Math.abs(Number(snapshot().state.params.n) - hourMs / 1000)).toBeLessThanOrEqual(2);
    clock.setWallClock(-byMs + 20_000);
    await clock.advance(20_000);
    expect(state(), 'between 10 s and 30 s the warning stays').toBe('clock-skew');
    clock.setWallClock(-15_000);
    await clock.advance(20_000);
    // After running ahead, this coordinator takes the right time for a replay for a while.
    expect(state()).toBe(byMs > 0 ? 'refused' : 'ready');
  });

  it('does not change what is said about being online', async () => {
    const { clock, state } = await startLiveness({ behaviour: { allowedSkewMs: 2 * hourMs } });
    await clock.advance(12_000);
    expect(state()).toBe('ready');
    clock.setWallClock(byMs);
    expect(state()).toBe('ready');
    await clock.advance(1000);
    expect(state()).toBe('ready');
  });

  it('is what a pause is judged by', async () => {
    const { clock, node, snapshot } = await startLiveness({ behaviour: { allowedSkewMs: 2 * hourMs } });
    const untilMs = clock.now() + hourMs / 2;
    await clock.during(node.host.daemon.handlers.pause({ forMs: hourMs / 2 }));
    await clock.advance(60_000);
    clock.setWallClock(byMs);
    await clock.advance(3000);
    if (byMs > 0) expect(snapshot().control.pause).toBeNull();
    else {
      await clock.advance(hourMs);
      expect(snapshot().control.pause).not.toBeNull();
      await clock.advanceUntil('its end', () => snapshot().control.pause === null, hourMs);
      expect(clock.now()).toBe(untilMs);
    }
  });
});

describe('being online', () => {
  it('is not claimed for a coordinator that stopped answering, whatever the clock says', async () => {
    const { clock, coordinator, state } = await startLiveness({ behaviour: { allowedSkewMs: 2 * hourMs } });
    await clock.advance(10_000);
    await coordinator.outage('refused');
    clock.setWallClock(-hourMs);
    await clock.advance(31_000);
    expect(state()).toBe('coordinator-down');
  });
});
