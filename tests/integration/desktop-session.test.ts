import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../electron/daemon/clock.ts';
import { busCall, connectBus } from '../../electron/daemon/identity/keychain/dbus-connection.ts';
import { findTray } from '../../electron/desktop/status-notifier.ts';

const hasBus = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'dbus-daemon')));

describe('a place for tray icons on Linux', () => {
  const ends: (() => Promise<void> | void)[] = [];
  beforeEach((context) => {
    if (!hasBus) return context.skip('not installed: dbus-daemon');
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function startBus(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'plx-bus-'));
    const socketPath = join(folder, 'bus');
    const bus = spawn(
      'dbus-daemon',
      ['--session', '--nofork', `--address=unix:path=${socketPath}`, '--print-address'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    ends.push(async () => {
      bus.kill();
      await rm(folder, { recursive: true, force: true });
    });
    await new Promise((resolve) => bus.stdout.once('data', resolve));
    return socketPath;
  }

  it('is unknown without a session bus, and where nobody listens at its address', async () => {
    expect(await findTray({ env: {} }, { clock })).toBe('unknown');
    const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await findTray({ env }, { clock })).toBe('unknown');
  });

  it('is none on a bus without a watcher, and shown as soon as there is one', async () => {
    const socketPath = await startBus();
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socketPath}` };
    expect(await findTray({ env }, { clock })).toBe('none');
    const panel = await connectBus({ socketPath, timeoutMs: 5000 }, { clock });
    ends.push(() => panel.close());
    await busCall(panel, 'RequestName', 'su', ['org.kde.StatusNotifierWatcher', 0], 'u', 5000);
    expect(await findTray({ env }, { clock })).toBe('shown');
  });
});
