import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/*
 * Knows when this process has come to rest, for tests in which both ends of every connection live in it. Nothing
 * is guessed from elapsed time: bytes written by one end and not yet read by the other are on their way, requests to
 * the file system and for names are counted by Node, and everything else runs to its end within a turn of the loop.
 */

interface Connection {
  client: Socket;
  /** Null until the other end has been accepted. */
  server: Socket | null;
  /** The client's own port and the server's; null until connected. */
  key: string | null;
}

const connections = new Set<Connection>();
/** Accepted before the client heard that it is connected. */
const accepted = new Map<string, Socket>();

subscribe('net.client.socket', (message) => {
  const { socket: client } = message as { socket: Socket };
  const connection: Connection = { client, server: null, key: null };
  connections.add(connection);
  client.once('connect', () => {
    // Local sockets have no ports; what is written there arrives at once.
    if (client.remotePort === undefined) return connections.delete(connection);
    const key = `${client.localPort}>${client.remotePort}`;
    connection.key = key;
    connection.server = accepted.get(key) ?? null;
    accepted.delete(key);
    return true;
  });
  client.once('close', () => {
    if (connection.key === null) connections.delete(connection);
  });
});

subscribe('net.server.socket', (message) => {
  const { socket: server } = message as { socket: Socket };
  if (server.remotePort === undefined) return;
  const key = `${server.remotePort}>${server.localPort}`;
  for (const connection of connections) {
    if (connection.key !== key || connection.server !== null) continue;
    connection.server = server;
    return;
  }
  accepted.set(key, server);
  server.once('close', () => accepted.delete(key));
});

/** What is on its way on one connection, in words for whoever waits in vain; null when nothing is. */
function underWay(connection: Connection): string | null {
  const { client, server, key } = connection;
  if (client.connecting) return 'connecting';
  if (client.closed && (server === null || server.closed)) {
    connections.delete(connection);
    return null;
  }
  if (key === null) return client.destroyed ? 'closing' : null;
  if (server === null) return `${key} not accepted`;
  if (client.closed !== server.closed || client.destroyed || server.destroyed) return `${key} closing`;
  if (client.bytesWritten > server.bytesRead) return `${key} to the server`;
  if (server.bytesWritten > client.bytesRead) return `${key} to the client`;
  return null;
}

/** What may stay open while nothing happens; everything else that Node lists is a request that will be answered. */
const atRest =
  /^(?:(?:TCPSocket|TCPServer|Pipe|PipeServer|TTY|UDP|Signal|Process)Wrap|FSEventWrap|StatWatcher|MessagePort|Worker|Timeout|Immediate)$/;

function whatIsUnderWay(): string | null {
  for (const connection of connections) {
    const found = underWay(connection);
    if (found !== null) return found;
  }
  return process.getActiveResourcesInfo().find((type) => !atRest.test(type)) ?? null;
}

const eventsSoFar = () => performance.nodeTiming.uvMetricsInfo.events;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

/** Turns without anything happening before it counts as rest: callbacks hand work to later phases of the loop. */
const quietTurns = 3;
const busyTurns = 100;
/** Only a fault of the test itself, such as a server that never reads, keeps things moving for so long. */
const longestMs = 10_000;

/** Resolves when nothing is under way but what waits for a timer or for somebody to answer. */
export async function settle(): Promise<void> {
  const startedMs = performance.now();
  let quiet = 0;
  let events = eventsSoFar();
  for (let turns = 0; quiet < quietTurns; turns += 1) {
    await turn();
    const now = eventsSoFar();
    const busy = whatIsUnderWay();
    quiet = now === events && busy === null ? quiet + 1 : 0;
    events = now;
    if (quiet > 0 || turns < busyTurns) continue;
    if (performance.now() - startedMs > longestMs)
      throw new Error(`did not come to rest: ${busy ?? 'events keep coming'}`);
    // Whatever else has to run for it, in the kernel or on other threads, needs the processor too.
    await pause();
    events = eventsSoFar();
  }
}
