import { describe, expect, it } from 'vitest';
import { createReporter } from '../../../electron/daemon/reporter.ts';
import type { DaemonEvent } from '../../../shared/contract/messages.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { createSimulatedClock } from '../../fixtures/simulated-clock.ts';

/** Only sections and their change matter to the reporter, not what is in them. */
function startReporter() {
  const clock = createSimulatedClock();
  const sections: Record<string, unknown> = { state: { code: 'ready' }, serving: { served: 0 }, ollama: {} };
  let taken = 0;
  const snapshot = () => {
    taken += 1;
    return structuredClone(sections) as unknown as Snapshot;
  };
  const reporter = createReporter({ intervalMs: 100 }, { clock, snapshot });
  const subscribe = () => {
    const events: DaemonEvent[] = [];
    const unsubscribe = reporter.subscribe((event) => events.push(event));
    return { events, unsubscribe };
  };
  return { clock, sections, reporter, subscribe, taken: () => taken };
}

/** What a subscriber knows: the snapshot it got, changed by every change since. */
function replay(events: readonly DaemonEvent[]): unknown {
  return Object.assign(
    {},
    ...events.map((event) => (event.event === 'snapshot' ? event.snapshot : event.changes)),
  );
}

describe('what a subscriber receives', () => {
  it('is the whole snapshot first, then only the sections that changed, with versions rising by one', async () => {
    const { clock, sections, reporter, subscribe } = startReporter();
    const { events } = subscribe();
    sections.serving = { served: 1 };
    reporter.changed();
    await clock.advance(100);
    sections.serving = { served: 2 };
    sections.state = { code: 'serving' };
    reporter.changed();
    await clock.advance(100);
    expect(events.map(({ event, version }) => [event, version])).toEqual([
      ...[
        ['snapshot', 0],
        ['change', 1],
        ['change', 2],
      ],
    ]);
    expect(events.slice(1)).toMatchObject([
      { changes: { serving: { served: 1 } } },
      { changes: { serving: { served: 2 }, state: { code: 'serving' } } },
    ]);
    expect(Object.keys((events[1] as { changes: object }).changes)).toEqual(['serving']);
    expect(replay(events)).toEqual(sections);
  });

  it('is reported at once when the node ends before the moment is over, and only once', async () => {
    const { clock, sections, reporter, subscribe } = startReporter();
    const { events } = subscribe();
    const seen: unknown[] = [];
    reporter.onChange((snapshot) => seen.push(snapshot.state));
    sections.state = { code: 'draining' };
    reporter.changed();
    reporter.flush();
    reporter.flush();
    reporter.stop();
    await clock.advance(1000);
    expect(seen).toEqual([{ code: 'draining' }]);
    expect(replay(events)).toEqual(sections);
  });

  it('comes at most ten times a second, the latest state of things each time', async () => {
    const { clock, sections, reporter, subscribe } = startReporter();
    const { events } = subscribe();
    for (let change = 1; change <= 1000; change += 1) {
      sections.serving = { served: change };
      reporter.changed();
      await clock.advance(1);
    }
    await clock.advance(100);
    expect(events.length - 1).toBeLessThanOrEqual(11);
    expect(replay(events)).toEqual(sections);
  });

  it('is nothing when nothing changed', async () => {
    const { clock, reporter, subscribe } = startReporter();
    const { events } = subscribe();
    reporter.changed();
    await clock.advance(1000);
    expect(events).toHaveLength(1);
  });

  it('lets every subscriber, whenever it came, arrive at the same', async () => {
    const { clock, sections, reporter, subscribe } = startReporter();
    const early = subscribe();
    sections.ollama = { state: 'running' };
    reporter.changed();
    // Before the change was told to the first one.
    const late = subscribe();
    expect(late.events).toMatchObject([
      { event: 'snapshot', version: 1, snapshot: { ollama: { state: 'running' } } },
    ]);
    sections.serving = { served: 5 };
    reporter.changed();
    await clock.advance(100);
    for (const { events } of [early, late]) {
      expect(replay(events)).toEqual(sections);
      const versions = events.map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, index) => (versions[0] ?? 0) + index));
    }
    expect(early.events.at(-1)).toEqual(late.events.at(-1));
  });

  it('does not miss what changed while nobody was subscribed', async () => {
    const { clock, sections, reporter, subscribe } = startReporter();
    const first = subscribe();
    first.unsubscribe();
    sections.serving = { served: 9 };
    reporter.changed();
    await clock.advance(100);
    const second = subscribe();
    expect(replay(second.events)).toEqual(sections);
    sections.state = { code: 'paused' };
    reporter.changed();
    await clock.advance(100);
    expect(replay(second.events)).toEqual(sections);
    expect(first.events).toHaveLength(1);
  });

  it('ends when it unsubscribes or the reporter stops, and no timer is left', async () => {
    const { clock, sections, reporter, subscribe, taken } = startReporter();
    const { events } = subscribe();
    reporter.onChange(() => undefined);
    sections.serving = { served: 1 };
    reporter.changed();
    reporter.stop();
    reporter.changed();
    expect(clock.timers).toBe(0);
    await clock.advance(1000);
    expect(events).toHaveLength(1);
    expect(taken()).toBe(1);
  });
});
