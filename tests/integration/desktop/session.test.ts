import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { busCall, connectBus } from '../../../electron/daemon/system/dbus/connection.ts';
import { findTray } from '../../../electron/desktop/tray/status-notifier.ts';
import { noBusHere, startSessionBus } from '../../fixtures/e2e/session-bus.ts';

describe('a place for tray icons on Linux', () => {
  const ends: (() => Promise<void> | void)[] = [];
  beforeEach((context) => {
    if (noBusHere) return context.skip(noBusHere);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('is unknown without a session bus, and where nobody listens at its address', async () => {
    expect(await findTray({ env: {} }, { clock })).toBe('unknown');
    const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await findTray({ env }, { clock })).toBe('unknown');
  });

  it('is none on a bus without a watcher, and shown as soon as there is one', async () => {
    const { socketPath, env, stop } = await startSessionBus();
    ends.push(stop);
    expect(await findTray({ env }, { clock })).toBe('none');
    const panel = await connectBus({ socketPath, timeoutMs: 5000 }, { clock });
    ends.push(() => panel.close());
    await busCall(panel, 'RequestName', 'su', ['org.kde.StatusNotifierWatcher', 0], 'u', 5000);
    expect(await findTray({ env }, { clock })).toBe('shown');
  });
});
