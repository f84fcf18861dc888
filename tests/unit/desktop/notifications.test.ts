import { describe, expect, it } from 'vitest';
import {
  type AppNotification,
  createNotificationRules,
} from '../../../electron/desktop/notifications/rules.ts';
import type { NodePhase } from '../../../shared/contract/app.ts';
import { phaseRows } from '../../../shared/states/phases.ts';
import type { StateNotify, StateRow } from '../../../shared/states/row.ts';
import type { StateCode } from '../../../shared/states/states.ts';
import { states } from '../../../shared/states/table.ts';
import { type SnapshotChanges, sampleSnapshot } from '../../fixtures/desktop-snapshot.ts';
import { english } from '../../fixtures/english.ts';
import { createSimulatedClock } from '../../fixtures/simulated-clock.ts';

function fixture() {
  const clock = createSimulatedClock();
  const told: AppNotification[] = [];
  const rules = createNotificationRules({
    language: english,
    clock,
    notify: (notification) => told.push(notification),
  });
  const phase = { phase: 'hosting' } as const;
  return {
    told,
    kinds: () => told.map(({ kind }) => kind),
    see: (code: StateCode, changes: SnapshotChanges = {}) =>
      rules.update({ phase, snapshot: sampleSnapshot({ code }, changes) }),
    /** The app stands so with its node, and no daemon reports anything. */
    stand: (standing: NodePhase) => rules.update({ phase: standing, snapshot: null }),
    pass: (ms: number) => clock.advance(ms),
    quit: () => rules.update({ phase, snapshot: sampleSnapshot({ code: 'draining' }), quitting: true }),
  };
}

const hourMs = 3_600_000;
const error = { code: 'keychain-locked', details: {} };
const locked = (sinceMs: number): NodePhase => ({
  phase: 'key-trouble',
  state: { code: 'key-locked', params: { time: sinceMs } },
  error,
  sinceMs,
});

/** What an hour of a state brings, to a node that was online before. */
const expected: Readonly<Record<StateNotify, AppNotification['kind'][]>> = {
  offline: ['Offline'],
  attention: ['Attention'],
  online: [],
  none: [],
};

describe('the column "notify"', () => {
  it.each(states as readonly StateRow[])('is obeyed for an hour of $code: $notify', async (row) => {
    const { see, pass, told, kinds } = fixture();
    see('ready');
    see(row.code as StateCode);
    await pass(59_000);
    expect(told).toEqual([]);
    await pass(1000);
    expect(kinds()).toEqual(expected[row.notify]);
    // Reported over and over, told once.
    for (let minute = 0; minute < 60; minute += 1) {
      see(row.code as StateCode);
      await pass(60_000);
    }
    expect(kinds()).toEqual(expected[row.notify]);
    for (const { body } of told) expect(body).not.toMatch(/[{}|—]|null|undefined/);
  });

  it.each((states as readonly StateRow[]).filter(({ code }) => code !== 'no-network'))(
    'decides whether $code ends being offline: $notify',
    async ({ code, notify, earns }) => {
      const { see, pass, kinds } = fixture();
      see('ready');
      see('no-network');
      await pass(60_000);
      expect(kinds()).toEqual(['Offline']);
      see(code as StateCode);
      const isOnline = notify === 'online' || earns === 'yes';
      expect(kinds()).toEqual(isOnline ? ['Offline', 'Online'] : ['Offline']);
    },
  );

  it.each<[string, NodePhase]>([
    ['starting', { phase: 'starting' }],
    ['no-identity', { phase: 'no-identity' }],
    ['stopped', { phase: 'stopped', sinceMs: 0 }],
    ['failed', { phase: 'failed', error: { code: 'passphrase-needed', details: {} }, sinceMs: 0 }],
    [
      'other-version',
      {
        phase: 'attached',
        ...{ pid: 1, version: '0.9.0', compatible: false, label: 'Ready', sentence: 'Online.' },
      },
    ],
  ])('is obeyed for an hour of the phase %s', async (code, phase) => {
    const { stand, pass, kinds } = fixture();
    stand(phase);
    await pass(hourMs);
    const row: StateRow | undefined = phaseRows.find((one) => one.code === code);
    expect(kinds()).toEqual(expected[row?.notify ?? 'offline']);
  });
});

describe('a node that nobody watches', () => {
  it('with a keychain that is locked at login is notified, once, though there is no snapshot', async () => {
    const { stand, pass, told } = fixture();
    stand({ phase: 'starting' });
    stand(locked(0));
    await pass(59_000);
    expect(told).toEqual([]);
    await pass(1000);
    expect(told).toEqual([
      {
        kind: 'Attention',
        title: 'Key locked',
        body: expect.stringMatching(/^Your keychain has been locked since .*\. You’re not earning\.$/),
      },
    ]);
    stand(locked(0));
    await pass(hourMs);
    expect(told).toHaveLength(1);
  });

  it('with a keychain that is opened within the minute is not notified', async () => {
    const { stand, see, pass, told } = fixture();
    stand(locked(0));
    await pass(50_000);
    stand({ phase: 'hosting' });
    see('connecting');
    see('ready');
    await pass(hourMs);
    expect(told).toEqual([]);
  });

  it('that cannot load its model is notified', async () => {
    const { see, pass, told } = fixture();
    see('connecting');
    see('model-not-loaded');
    await pass(hourMs);
    expect(told).toMatchObject([{ kind: 'Attention', title: 'Model not loaded' }]);
  });

  it('that is registered and never comes online after a login is notified', async () => {
    const { see, pass, told } = fixture();
    see('ollama-not-running', { nodeId: '4217' });
    await pass(60_000);
    expect(told).toMatchObject([{ kind: 'Offline', title: 'Ollama not running' }]);
    see('ready', { nodeId: '4217' });
    expect(told).toMatchObject([{ kind: 'Offline' }, { kind: 'Online', title: 'Back online' }]);
  });
});

describe('a notification', () => {
  it('is given of going offline once it has lasted a minute, with why, and of coming back', async () => {
    const { see, pass, told } = fixture();
    see('ready');
    see('no-network');
    await pass(59_000);
    expect(told).toEqual([]);
    await pass(1_000);
    expect(told).toMatchObject([{ kind: 'Offline', title: 'No internet' }]);
    expect(told[0]?.body).toContain('no internet');
    see('connecting');
    see('ready');
    expect(told[1]).toMatchObject({ kind: 'Online', title: 'Back online' });
    expect(told).toHaveLength(2);
  });

  it('is not given of flaps under a minute', async () => {
    const { see, pass, told } = fixture();
    for (let times = 0; times < 5; times += 1) {
      see('serving');
      see('coordinator-down');
      await pass(50_000);
    }
    see('ready');
    await pass(600_000);
    expect(told).toEqual([]);
  });

  it('is given once an incident, whatever its reason becomes', async () => {
    const { see, pass, kinds } = fixture();
    see('ready');
    see('no-network');
    await pass(61_000);
    see('coordinator-down');
    see('refused');
    await pass(600_000);
    see('no-network');
    await pass(600_000);
    expect(kinds()).toEqual(['Offline']);
  });

  it('is not given of being offline to a node that was never online', async () => {
    const { see, pass, kinds } = fixture();
    see('not-registered', { nodeId: null });
    await pass(600_000);
    expect(kinds()).toEqual([]);
  });

  it('is given of what needs somebody, also before the node was ever online', async () => {
    const { see, pass, told } = fixture();
    see('disk-full');
    await pass(60_000);
    expect(told).toMatchObject([{ kind: 'Attention', title: 'Low disk space' }]);
  });

  it('is given of each thing that needs somebody once, also while another one lasts', async () => {
    const { see, pass, told } = fixture();
    const titles = () => told.map(({ title }) => title);
    see('gpu-on-cpu');
    await pass(60_000);
    see('disk-full');
    await pass(59_000);
    expect(titles()).toEqual(['Running on CPU']);
    await pass(1000);
    expect(titles()).toEqual(['Running on CPU', 'Low disk space']);
    for (let times = 0; times < 5; times += 1) {
      see('gpu-on-cpu');
      await pass(120_000);
      see('disk-full');
      await pass(120_000);
    }
    expect(titles()).toEqual(['Running on CPU', 'Low disk space']);
  });

  it('is given of trouble that changes its name every few seconds', async () => {
    const { see, pass, kinds } = fixture();
    for (let times = 0; times < 10; times += 1) {
      see('ollama-down');
      await pass(7000);
      see('model-not-loaded');
      await pass(7000);
    }
    expect(kinds()).toEqual(['Attention']);
  });

  it('is not given of a node that is being ended with the app', async () => {
    const { see, pass, quit, told } = fixture();
    see('disk-full');
    await pass(30_000);
    quit();
    await pass(hourMs);
    expect(told).toEqual([]);
  });

  it('is given of a download that ends while the app runs, not of earlier ones', () => {
    const { see, told } = fixture();
    const pull = { model: 'phi4:14b', sinceMs: 1 };
    see('ready', { pulls: [{ ...pull, model: 'old', state: 'done' }] });
    see('ready', { pulls: [{ ...pull, state: 'pulling' }] });
    see('ready', { pulls: [{ ...pull, state: 'done' }] });
    see('ready', { pulls: [{ ...pull, state: 'done' }] });
    expect(told).toEqual([{ kind: 'Pull', title: 'Model downloaded', body: 'phi4:14b is ready to serve.' }]);
  });
});
