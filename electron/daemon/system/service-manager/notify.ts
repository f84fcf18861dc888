import { type Clock, sleep } from '../clock.ts';
import { createToolRunner } from '../run-tool.ts';

/**
 * What a node reports to the service manager that started it [sd_notify(3)]. Node opens no datagram socket of this kind, so
 * each message is sent by `systemd-notify`: measured, 4 ms of another process every 20 s and no memory, against 2 MB
 * for a library with a binary of its own in the process that holds the key.
 */
export interface ServiceNotifier {
  /** The node runs: it may wait for Ollama or its registration, but it is there. */
  ready(): Promise<void>;
  /** It ends within `limitMs`, and is not to be killed before. */
  stopping(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** At least this often, whatever the service manager allows. */
const longestIntervalMs = 20_000;
const messageMs = 5000;
/** What the last posts and the last heartbeat take on top of a drain. */
const afterDrainMs = 30_000;

/**
 * @param options.env loses `NOTIFY_SOCKET` and the watchdog's variables: what the node starts is not to speak for it
 * @param modules.isAlive whether the heartbeat's loop goes round; while it does not, nothing is told, and the node is
 *   killed and started again
 * @returns null where no service manager listens
 */
export function createServiceNotifier(
  options: { env: NodeJS.ProcessEnv },
  modules: { isAlive: () => boolean; clock: Clock },
): ServiceNotifier | null {
  const { env } = options;
  const { isAlive, clock } = modules;
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: period } = env;
  if (!socket) return null;
  const runTool = createToolRunner({ env: { PATH: env.PATH, NOTIFY_SOCKET: socket } }, { clock });
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  const send = async (...messages: string[]) => {
    await runTool('systemd-notify', messages, { timeoutMs: messageMs });
  };
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  /** Three times in the time that is allowed: one message that comes late costs nothing. */
  async function feed(periodMs: number): Promise<void> {
    const intervalMs = Math.min(longestIntervalMs, periodMs / 3);
    while (!stopping.signal.aborted) {
      if (isAlive()) await send('WATCHDOG=1');
      await sleep(clock, intervalMs, stopping.signal);
    }
  }

  return {
    async ready() {
      await send('READY=1');
      const periodMs = Number(period ?? 0) / 1000;
      if (periodMs > 0) loop = feed(periodMs);
    },
    stopping: (limitMs) =>
      send('STOPPING=1', `EXTEND_TIMEOUT_USEC=${Math.round((limitMs + afterDrainMs) * 1000)}`),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
