import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Why no bus can be started here; null when one can. */
export const noBusHere: string | null = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'dbus-daemon')))
  ? null
  : 'not installed: dbus-daemon';

export interface SessionBus {
  readonly socketPath: string;
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** A session bus with nobody on it, as on a desktop that shows no tray icons. */
export async function startSessionBus(): Promise<SessionBus> {
  const folder = await mkdtemp(join(tmpdir(), 'plx-bus-'));
  const socketPath = join(folder, 'bus');
  const address = `unix:path=${socketPath}`;
  const bus = spawn('dbus-daemon', ['--session', '--nofork', `--address=${address}`, '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => bus.stdout.once('data', resolve));
  return {
    socketPath,
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    async stop() {
      bus.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
