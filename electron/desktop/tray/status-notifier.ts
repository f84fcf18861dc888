import type { Clock } from '../../daemon/system/clock.ts';
import { busCall, connectBus } from '../../daemon/system/dbus/connection.ts';
import { sessionBusSockets } from '../../daemon/system/dbus/session-bus.ts';

const watcher = 'org.kde.StatusNotifierWatcher';
const timeoutMs = 2000;

/**
 * Whether this Linux desktop shows tray icons, as its session bus says; `unknown` where the bus does
 * not answer, or there is none.
 */
export async function findTray(
  { env }: { env: NodeJS.ProcessEnv },
  { clock }: { clock: Clock },
): Promise<'shown' | 'none' | 'unknown'> {
  for (const socketPath of await sessionBusSockets(env)) {
    try {
      const bus = await connectBus({ socketPath, timeoutMs }, { clock });
      try {
        const [owned] = await busCall(bus, 'NameHasOwner', 's', [watcher], 'b', timeoutMs);
        return owned === true ? 'shown' : 'none';
      } finally {
        bus.close();
      }
    } catch {
      // The next address, if there is one.
    }
  }
  return 'unknown';
}
