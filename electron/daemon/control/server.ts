import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
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
import type { Logger } from '../logging/logger.ts';
import { fileError } from '../storage/atomic-file.ts';
import { createLineReader } from './lines.ts';

export interface ControlServerModules {
  handlers: CommandHandlers;
  greeting: () => Omit<Greeting, 'greeting' | 'contract'>;
  /** The daemon's events; a subscriber first gets the whole snapshot. */
  subscribe: (listener: (event: DaemonEvent) => void) => () => void;
  log: Logger;
}

/**
 * The local socket on which command line and app reach this daemon. Whoever holds the lock owns the
 * path, so a socket that lies there is stale and is removed. One JSON document a line.
 */
export interface ControlServer {
  stop(): Promise<void>;
}

/** Commands are small; a client that sends more is not one of ours. */
const lineLimitBytes = 64 * 1024;
/** A subscriber that does not read is dropped rather than buffered for. */
const backlogLimitBytes = 4 * 1024 * 1024;
const clientLimit = 64;

/** @throws NodeError `state-dir-unusable` when the socket cannot be bound */
export async function createControlServer(
  options: {
    socketPath: string;
    /** Who may connect, besides by the folder that it lies in: 0600 unless given. */
    mode?: number;
  },
  modules: ControlServerModules,
): Promise<ControlServer> {
  const { socketPath, mode = 0o600 } = options;
  const { handlers, greeting, subscribe, log } = modules;
  const clients = new Set<Socket>();

  function serve(socket: Socket): void {
    clients.add(socket);
    let unsubscribe: (() => void) | null = null;
    const send = (message: Greeting | Response | DaemonEvent) => {
      if (socket.writableLength > backlogLimitBytes) socket.destroy();
      else socket.write(`${JSON.stringify(message)}\n`);
    };
    const refuse = (id: number | null, error: unknown) =>
      send({ id, ok: false, error: envelope(error, log) });
    const answer = async (line: string) => {
      let id: number | null = null;
      try {
        const request = parseRequest(line);
        id = request.id;
        if (request.command === 'subscribe') {
          send({ id, ok: true, output: {} });
          unsubscribe ??= subscribe(send);
        } else send({ id, ok: true, output: await runCommand(request.command, request.input, handlers) });
      } catch (error) {
        refuse(id, error);
      }
    };
    const read = createLineReader(lineLimitBytes);
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      const lines = read(String(chunk));
      if (lines) for (const line of lines) void answer(line);
      else socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      unsubscribe?.();
      clients.delete(socket);
    });
    send({ greeting: 'parallelix-operator', contract: contractVersion, ...greeting() });
  }

  const server = createServer(serve);
  server.maxConnections = clientLimit;
  const inode = await listen(server, socketPath, mode);
  const isOurs = () => lstatSync(socketPath, { throwIfNoEntry: false })?.ino === inode;

  return {
    async stop() {
      for (const socket of clients) socket.end();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      setImmediate(() => {
        for (const socket of clients) socket.destroy();
      });
      await closed;
      if (isOurs()) rmSync(socketPath, { force: true });
    },
  };
}

function parseRequest(line: string): z.infer<typeof requestSchema> {
  try {
    return requestSchema.parse(JSON.parse(line));
  } catch (error) {
    const reason = 'not a request of the contract';
    throw new NodeError('command-invalid', { command: '', reason }, { cause: error });
  }
}

/** Checks a command's input and output against the contract around its handler. */
export async function runCommand(name: string, input: unknown, handlers: CommandHandlers): Promise<unknown> {
  if (!isCommandName(name)) throw new NodeError('command-unknown', { command: name.slice(0, 64) });
  const parsed = commands[name].input.safeParse(input ?? {});
  if (!parsed.success) {
    const reason = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new NodeError('command-invalid', { command: name, reason: reason.slice(0, 300) });
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
 * are closed to others.
 * It is bound beside its place and moved there, because closing it removes the name that it was bound to,
 * and by then another daemon's socket may stand in the place.
 *
 * @returns the inode of the socket
 */
async function listen(server: Server, path: string, mode: number): Promise<number> {
  // As long as `.sock`: whatever has room for one has room for the other.
  const bindPath = join(dirname(path), `${basename(path, '.sock')}.bind`);
  try {
    rmSync(bindPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(bindPath, resolve);
    });
    chmodSync(bindPath, mode);
    renameSync(bindPath, path);
    return lstatSync(path).ino;
  } catch (error) {
    server.close();
    throw fileError(error, path);
  }
}
