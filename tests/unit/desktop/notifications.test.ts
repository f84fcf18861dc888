import { describe, expect, it } from 'vitest';
import {
  type AppNotification,
  createNotificationRules,
} from '../../../electron/desktop/notifications/rules.ts';
import type { StateCode } from '../../../shared/states/states.ts';
import { type SnapshotChanges, sampleSnapshot } from '../../fixtures/desktop-snapshot.ts';
import { createSimulatedClock } from '../../fixtures/simulated-clock.ts';

function scene() {
  const clock = createSimulatedClock();
  const told: AppNotification[] = [];
  const rules = createNotificationRules({ clock, notify: (notification) => told.push(notification) });
  return {
    told,
    kinds: () => told.map(({ kind }) => kind),
    see: (code: StateCode, changes: SnapshotChanges = {}) => rules.look(sampleSnapshot({ code }, changes)),
    pass: (ms: number) => clock.advance(ms),
  };
}

describe('a notification', () => {
  it('is given of going offline once it has lasted a minute, with why, and of coming back', async () => {
    const { see, pass, told } = scene();
    see('ready');
    see('no-network');
    await pass(59_000);
    expect(told).toEqual([]);
    await pass(1_000);
    expect(told).toMatchObject([{ kind: 'Offline', title: 'Offline' }]);
    expect(told[0]?.body).toContain('no internet');
    see('connecting');
    see('ready');
    expect(told[1]).toMatchObject({ kind: 'Online', title: 'Back online' });
    expect(told).toHaveLength(2);
  });

  it('is not given of flaps under a minute', async () => {
    const { see, pass, told } = scene();
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
    const { see, pass, kinds } = scene();
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
    const { see, pass, kinds } = scene();
    see('not-registered');
    await pass(600_000);
    expect(kinds()).toEqual([]);
  });

  it('is given of what needs somebody, also before the node was ever online', async () => {
    const { see, pass, told } = scene();
    see('disk-full');
    await pass(60_000);
    expect(told).toMatchObject([{ kind: 'Attention', title: 'Disk full' }]);
  });

  it('is given of the end of a cooldown that was seen running, once', () => {
    const { see, kinds } = scene();
    see('withdrawable');
    expect(kinds()).toEqual([]);
    see('cooling');
    see('withdrawable');
    see('withdrawable');
    expect(kinds()).toEqual(['Cooldown']);
  });

  it('is given of a download that ends while the app looks, not of earlier ones', () => {
    const { see, told } = scene();
    const pull = { model: 'phi4:14b', sinceMs: 1 };
    see('ready', { pulls: [{ ...pull, model: 'old', state: 'done' }] });
    see('ready', { pulls: [{ ...pull, state: 'pulling' }] });
    see('ready', { pulls: [{ ...pull, state: 'done' }] });
    see('ready', { pulls: [{ ...pull, state: 'done' }] });
    expect(told).toEqual([{ kind: 'Pull', title: 'Model downloaded', body: 'phi4:14b is ready to serve.' }]);
  });

  it('is given of a new version once, and of the next one again', () => {
    const { see, kinds } = scene();
    const badges = [{ code: 'update-ready' as const, params: { v: '0.2.0' } }];
    see('ready', { badges });
    see('ready', { badges });
    see('ready');
    see('ready', { badges });
    expect(kinds()).toEqual(['Update', 'Update']);
  });
});
