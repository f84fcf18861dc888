import { describe, expect, it } from 'vitest';
import { trayView } from '../../../electron/desktop/tray/view.ts';
import type { Snapshot } from '../../../shared/contract/snapshot.ts';
import { states } from '../../../shared/states/table.ts';
import { sampleSnapshot } from '../../fixtures/desktop-snapshot.ts';
import { sampleChain, sampleEarned, unknownEarned } from '../../fixtures/sample-earnings.ts';

const nowMs = Date.UTC(2026, 10, 25, 12);
const hosting = { phase: 'hosting' } as const;
const labels = (items: ReturnType<typeof trayView>['items']) =>
  items.map((item) => (item.kind === 'line' ? '—' : item.label));
const view = (code: (typeof states)[number]['code'], more = {}) =>
  trayView({ phase: hosting, snapshot: sampleSnapshot({ code }, more), quitting: false, nowMs });

describe('the tray', () => {
  it('has a picture for every state, and shows earning ones only where time earns', () => {
    const byIcon = new Map<string, string[]>();
    for (const { code, earns } of states) {
      const { icon } = view(code);
      byIcon.set(icon, [...(byIcon.get(icon) ?? []), code]);
      if (icon === 'serving' || icon === 'ready') expect(earns, code).toBe('yes');
    }
    expect([...byIcon.keys()].sort()).toEqual(['attention', 'offline', 'paused', 'ready', 'serving']);
  });

  it('says the state, the figures, and a dash for what is not known', () => {
    const { icon, tooltip, items } = view('ready', { servedToday: 1234, startedAtMs: nowMs - 3_600_000 });
    expect(icon).toBe('ready');
    expect(tooltip).toBe('ParalleliX Operator: Ready');
    expect(labels(items)).toEqual([
      'Online, waiting for requests. None came since the start',
      'Uptime today: 99.8 %',
      'Requests today: 1,234',
      'Earning: 606.00 PRLX a day',
      'Claimable: 23,515.12 PRLX',
      '—',
      'Open ParalleliX Operator',
      'Earnings',
      'Copy Node ID (4217)',
      '—',
      'Pause',
      '—',
      'Quit',
    ]);
  });

  it('claims no rate that is not known, and none while the node is offline', () => {
    const of = (earned: Snapshot['earned']) => {
      const snapshot = { ...sampleSnapshot({ code: 'ready' }), earned };
      return labels(trayView({ phase: { phase: 'hosting' }, snapshot, quitting: false, nowMs }).items);
    };
    expect(of(unknownEarned())).toEqual(expect.arrayContaining(['Earning: —', 'Claimable: —']));
    expect(of({ ...sampleEarned(nowMs), estimate: null })).toContain('Earning: not earning');
  });

  it('pauses from a menu of its own, for as long as was chosen', () => {
    const pause = view('ready').items.find((item) => item.kind === 'menu');
    expect(pause).toMatchObject({ label: 'Pause', enabled: true });
    expect(pause?.kind === 'menu' && labels(pause.items)).toEqual([
      'For 1 Hour',
      'For 8 Hours',
      'Until I Resume',
    ]);
  });

  it('says the same while nothing but time passes, so that no open menu is closed', () => {
    const params = { time: nowMs - 60_000 };
    const { state, ...rest } = sampleSnapshot({ code: 'ready' });
    const at = (ms: number) =>
      trayView({
        phase: hosting,
        snapshot: { ...rest, state: { ...state, params } },
        quitting: false,
        nowMs: ms,
      });
    expect(at(nowMs + 50 * 60_000)).toEqual(at(nowMs));
    expect(labels(at(nowMs).items)[0]).toMatch(/\d\d:\d\d$/);
  });

  it('counts a cooldown down by the chain’s time, and says when it is over', () => {
    const dayMs = 86_400_000;
    const of = (endsAtMs: number) => {
      const chain = sampleChain(nowMs);
      if (chain.node)
        chain.node = {
          ...chain.node,
          state: 'cooling',
          cooldownEndsAtMs: endsAtMs,
          cooldownSource: 'contract',
        };
      const snapshot = { ...sampleSnapshot({ code: 'cooling' }), chain };
      return labels(trayView({ phase: hosting, snapshot, quitting: false, nowMs }).items);
    };
    // The newest block is four seconds old.
    expect(of(nowMs - 4000 + 3 * dayMs + 3_600_000)).toContain('Unstaking: 3 d 1 h left');
    expect(of(nowMs - 4000)).toContain('Ready to withdraw');
  });

  it('offers to resume while work is paused', () => {
    const items = labels(view('paused', { pause: { sinceMs: nowMs, untilMs: null } }).items);
    expect(items).toContain('Resume');
    expect(items).not.toContain('Pause');
  });

  it('offers to start a node that is stopped, and claims nothing of it', () => {
    const { icon, items } = trayView({
      phase: { phase: 'stopped', sinceMs: nowMs },
      snapshot: null,
      quitting: false,
      nowMs,
    });
    expect(icon).toBe('offline');
    expect(labels(items)).toEqual([
      expect.stringMatching(/^Your node was stopped at \d\d:\d\d$/),
      '—',
      'Open ParalleliX Operator',
      'Earnings',
      '—',
      'Start Node',
      '—',
      'Quit',
    ]);
  });

  it('leaves the node of another program alone when it quits', () => {
    const phase = {
      phase: 'attached',
      pid: 1,
      version: '1.0.0',
      compatible: false,
      label: 'Ready',
      sentence: 'Online',
    } as const;
    const { items, icon, tooltip } = trayView({ phase, snapshot: null, quitting: false, nowMs });
    // Its own words are shown, and no picture claims more than that.
    expect([icon, tooltip, labels(items)[0]]).toEqual(['attention', 'ParalleliX Operator: Ready', 'Online']);
    expect(labels(items)).toContain('Quit App');
    expect(
      items.filter(
        (item) =>
          (item.kind === 'menu' || (item.kind === 'action' && item.action === 'copy-id')) && item.enabled,
      ),
    ).toEqual([]);
  });

  it('says that work is being finished, and offers nothing else but to end at once', () => {
    const { items, tooltip } = trayView({
      phase: hosting,
      snapshot: sampleSnapshot({ code: 'serving' }),
      quitting: true,
      nowMs,
    });
    expect(tooltip).toBe('ParalleliX Operator: Finishing up');
    const enabled = items
      .filter((item) => item.kind === 'action' && item.enabled)
      .map((item) => item.kind === 'action' && item.action);
    expect(enabled).toEqual(['open', 'earnings', 'quit']);
    expect(labels(items).at(-1)).toBe('Quit Now');
  });

  it('asks for attention where the key is out of reach', () => {
    const error = { code: 'keychain-locked', details: {} };
    const phase = {
      phase: 'key-trouble',
      state: { code: 'key-locked', params: { time: nowMs } },
      error,
      sinceMs: nowMs,
    } as const;
    const { icon, items } = trayView({ phase, snapshot: null, quitting: false, nowMs });
    expect(icon).toBe('attention');
    expect(labels(items)[0]).toMatch(/^Your keychain has been locked since /);
  });

  it('asks for attention where the node could not start', () => {
    const phase = { phase: 'failed', error: { code: 'disk-full', details: {} }, sinceMs: nowMs } as const;
    const { icon, tooltip } = trayView({ phase, snapshot: null, quitting: false, nowMs });
    expect([icon, tooltip]).toEqual(['attention', 'ParalleliX Operator: Not running']);
  });
});
