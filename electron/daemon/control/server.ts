import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type * as z from 'zod';
import {
  type CommandHandlers,
  commands,
  contractVersion,
  isCommandName,
} from '../../../shared/contract/commands.ts';
import {
  type DaemonEvent,
  type Greeting,
  type Response,
  requestSchema,
} from '../../../shared/contract/messages.ts';
import { isNodeError, NodeError } from '../../../shared/errors.ts';
import { said } from '../../../shared/reasons/reason-text.ts';
import type { Logger } from '../logging/logger.ts';
import { fileError } from '../storage/atomic-file.ts';
import type { Clock, Timer } from '../system/clock.ts';
import { createLineReader } from './lines.ts';

export interface ControlServerModules {
  handlers: CommandHandlers;
  greeting: () => Omit<Greeting, 'greeting' | 'contract'>;
  /** The daemon's events; a subscriber first gets the whole snapshot. */
  subscribe: (listener: (event: DaemonEvent) => void) => () => void;
  clock: Clock;
  log: Logger;
}

/**
 * The local socket on which command line and app reach this daemon. Whoever holds the lock owns the
 * path, so a socket that is there is stale and is removed. One JSON document a line. A socket that somebody takes
 * away, such as a cleaner of temporary folders, is bound again.
 */
export interface ControlServer {
  stop(): Promise<void>;
}

/** Commands are small; a client that sends more is not one of ours. */
const lineLimitBytes = 64 * 1024;
/** A subscriber that does not read is dropped rather than buffered for. */
const backlogLimitBytes = 4 * 1024 * 1024;
const clientLimit = 64;
/** Until a socket that was taken away is missed. */
const watchIntervalMs = 5000;

/** @throws NodeError `state-dir-unusable` when the socket cannot be bound */
export async function createControlServer(
  options: {
    socketPath: string;
    /** Who may connect, besides by the folder that it is in: 0600 unless given. */
    mode?: number;
  },
  modules: ControlServerModules,
): Promise<ControlServer> {
  const { socketPath, mode = 0o600 } = options;
  const { handlers, greeting, subscribe, clock, log } = modules;
  /** In the order in which they came; with each, whether it waits for an answer or listens. */
  const clients = new Map<Socket, { isBusy: () => boolean }>();
  let watch: Timer | null = null;

  /** Programs that connected and ask nothing must not shut the operator out. */
  function makeRoom(): boolean {
    if (clients.size < clientLimit) return true;
    const idle = [...clients].find(([, { isBusy }]) => !isBusy());
    idle?.[0].destroy();
    if (idle) clients.delete(idle[0]);
    return idle !== undefined;
  }

  function serve(socket: Socket): void {
    if (!makeRoom()) return void socket.destroy();
    let asked = 0;
    let unsubscribe: (() => void) | null = null;
    let saidAll = false;
    clients.set(socket, { isBusy: () => asked > 0 || unsubscribe !== null });
    const send = (message: Greeting | Response | DaemonEvent) => {
      if (socket.writableLength > backlogLimitBytes) socket.destroy();
      else socket.write(`${JSON.stringify(message)}\n`);
    };
    const refuse = (id: number | null, error: unknown) =>
      send({ id, ok: false, error: envelope(error, log) });
    const answer = async (line: string) => {
      let id: number | null = null;
      asked += 1;
      try {
        const request = parseRequest(line);
        id = request.id;
        if (request.command === 'subscribe') {
          send({ id, ok: true, output: {} });
          unsubscribe ??= subscribe(send);
        } else send({ id, ok: true, output: await runCommand(request.command, request.input, handlers) });
      } catch (error) {
        refuse(id, error);
      } finally {
        asked -= 1;
        if (saidAll && asked === 0) socket.end();
      }
    };
    const read = createLineReader(lineLimitBytes);
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      const lines = read(String(chunk));
      if (lines) for (const line of lines) void answer(line);
      else socket.destroy();
    });
    // A client may close its side once it has asked: it gets its answers first.
    socket.on('end', () => {
      saidAll = true;
      if (asked === 0) socket.end();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      unsubscribe?.();
      clients.delete(socket);
    });
    send({ greeting: 'parallelix-operator', contract: contractVersion, ...greeting() });
  }

  let bound = await bind(serve, socketPath, mode);
  const isOurs = () => lstatSync(socketPath, { throwIfNoEntry: false })?.ino === bound.inode;

  /** Whoever holds the lock owns the place; what is there instead is nobody's. */
  async function watchSocket(): Promise<void> {
    try {
      if (!isOurs()) {
        log.warn('control-socket-lost', {});
        bound.server.close();
        bound = await bind(serve, socketPath, mode);
      }
    } catch (error) {
      log.warn('control-socket-not-bound', { reason: isNodeError(error) ? error.code : String(error) });
    }
    if (watch !== null) watch = clock.after(watchIntervalMs, () => void watchSocket());
  }
  watch = clock.after(watchIntervalMs, () => void watchSocket());

  return {
    async stop() {
      watch?.cancel();
      watch = null;
      for (const socket of clients.keys()) socket.end();
      // Closing removes the name that it was bound to: by now another daemon's socket may be there.
      const closed = isOurs()
        ? new Promise<void>((resolve) => bound.server.close(() => resolve()))
        : Promise.resolve(void bound.server.unref());
      setImmediate(() => {
        for (const socket of clients.keys()) socket.destroy();
      });
      await closed;
    },
  };
}

function parseRequest(line: string): z.infer<typeof requestSchema> {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new NodeError(
      'command-invalid',
      { command: '', reason: 'request-not-understood' },
      { cause: error },
    );
  }
}

/** Checks a command's input and output against the contract around its handler. */
export async function runCommand(name: string, input: unknown, handlers: CommandHandlers): Promise<unknown> {
  if (!isCommandName(name)) throw new NodeError('command-unknown', { command: name.slice(0, 64) });
  const parsed = commands[name].input.safeParse(input ?? {});
  if (!parsed.success) {
    const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new NodeError('command-invalid', { command: name, reason: said(reason.slice(0, 300)) });
  }
  const handler = handlers[name] as (input: unknown) => Promise<unknown>;
  return commands[name].output.parse(await handler(parsed.data));
}

function envelope(error: unknown, log: Logger): { code: string; details: Record<string, unknown> } {
  if (isNodeError(error)) return { code: error.code, details: { ...error.details } };
  log.fault(error, 'command-failed');
  return { code: 'internal-error', details: {} };
}

/**
 * Only the user who runs the daemon may connect (or, to a shared one, its group): the directory and the socket itself
 * are closed to others. It keeps the name that it was bound to, by which cleaners of temporary folders know that it is
 * in use.
 */
async function bind(
  serve: (socket: Socket) => void,
  path: string,
  mode: number,
): Promise<{ server: Server; inode: number }> {
  const server = createServer({ allowHalfOpen: true }, serve);
  // Programs of the same user that only connect are dropped one by one; a flood of them is not even let in.
  server.maxConnections = 2 * clientLimit;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    chmodSync(path, mode);
    return { server, inode: lstatSync(path).ino };
  } catch (error) {
    server.close();
    throw fileError(error, path, 'control-socket');
  }
}
