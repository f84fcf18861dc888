import { describe, expect, it } from 'vitest';
import { createTimeWatch, type TimeEvent } from '../../../../electron/daemon/system/time-watch.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

function startWatch() {
  const clock = createSimulatedClock();
  const watch = createTimeWatch({ clock, log: silentLog });
  const events: TimeEvent[] = [];
  watch.onEvent((event) => events.push(event));
  watch.start();
  return { clock, watch, events };
}

const hourMs = 3_600_000;

describe('the watch over the clocks', () => {
  it('reports nothing while time passes as usual, nor when the process was merely delayed', async () => {
    const { clock, events } = startWatch();
    await clock.advance(60_000);
    clock.delay(90_000);
    await clock.advance(60_000);
    expect(events).toEqual([]);
  });

  it('reports how long the computer slept, within two seconds of waking', async () => {
    const { clock, events } = startWatch();
    await clock.advance(3000);
    clock.suspend(8 * hourMs);
    await clock.advance(2000);
    expect(events).toEqual([{ kind: 'woke', durationMs: 8 * hourMs }]);
    await clock.advance(60_000);
    expect(events).toHaveLength(1);
  });

  it('reports each of two sleeps', async () => {
    const { clock, events } = startWatch();
    clock.suspend(60_000);
    await clock.advance(2000);
    clock.suspend(30_000);
    await clock.advance(2000);
    expect(events).toEqual([
      { kind: 'woke', durationMs: 60_000 },
      { kind: 'woke', durationMs: 30_000 },
    ]);
  });

  it.each([hourMs, -hourMs, 5000, -5000])('reports that somebody set the clock by %i ms', async (byMs) => {
    const { clock, events } = startWatch();
    await clock.advance(4000);
    clock.setWallClock(byMs);
    await clock.advance(2000);
    expect(events).toEqual([{ kind: 'clock-set', byMs }]);
  });

  it('tells sleep and a set clock apart when both happened', async () => {
    const { clock, events } = startWatch();
    clock.suspend(hourMs);
    clock.setWallClock(-hourMs / 2);
    await clock.advance(2000);
    expect(events).toEqual([
      { kind: 'woke', durationMs: hourMs },
      { kind: 'clock-set', byMs: -hourMs / 2 },
    ]);
  });

  it('overlooks what time servers nudge, and naps too short to matter', async () => {
    const { clock, events } = startWatch();
    clock.setWallClock(4000);
    clock.suspend(4000);
    await clock.advance(2000);
    expect(events).toEqual([]);
  });

  it('ends without leaving a timer', async () => {
    const { clock, watch, events } = startWatch();
    await clock.advance(2000);
    await watch.stop();
    expect(clock.timers).toBe(0);
    clock.suspend(hourMs);
    await clock.advance(10_000);
    expect(events).toEqual([]);
  });
});
