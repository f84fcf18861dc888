import { connect, type Socket } from 'node:net';
import { NodeError } from '../../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import { type DbusMessage, decodeMessage, encodeMessage, messageLength, messageTypes } from './message.ts';
import type { DbusValue } from './values.ts';

export interface BusCall {
  destination: string;
  path: string;
  interface: string;
  member: string;
  signature?: string;
  body?: readonly DbusValue[];
  /** The signature that the answer has to have; anything else is nonsense. */
  returns: string;
  timeoutMs: number;
}

/** A connection to a message bus, as far as calls and signals go. */
export interface BusConnection {
  /**
   * @returns the values of the answer
   * @throws NodeError `bus-failed` with the D-Bus name of the error that was answered, or with
   *   `timeout`, `closed` or `nonsense`
   */
  call(request: BusCall): Promise<readonly DbusValue[]>;
  /** Receives every message that is no answer: the signals agreed on with the bus by `AddMatch`. */
  onMessage(listener: (message: DbusMessage) => void): void;
  /** Resolves, with the reason, when the connection is over. */
  readonly closed: Promise<string>;
  close(): void;
}

const bus = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;
/** A line of the greeting; longer ones are not from a bus. */
const longestLineBytes = 1024;

/** A call to the bus itself. */
export function busCall(
  connection: BusConnection,
  member: string,
  signature: string,
  body: readonly DbusValue[],
  returns: string,
  timeoutMs: number,
): Promise<readonly DbusValue[]> {
  return connection.call({ ...bus, member, signature, body, returns, timeoutMs });
}

/**
 * Connects as the user of this process and says hello.
 *
 * @param options.socketPath a path, or NUL and a name
 * @throws NodeError `bus-failed`: the errno of the socket, `rejected` when the bus serves somebody
 *   else, `timeout`, `closed`, `nonsense`
 */
export async function connectBus(
  options: { socketPath: string; timeoutMs: number },
  modules: { clock: Clock },
): Promise<BusConnection> {
  const { timeoutMs } = options;
  const { clock } = modules;
  const socket = connect(options.socketPath);
  const waiting = new Map<number, (answer: DbusMessage | string) => void>();
  const listeners: ((message: DbusMessage) => void)[] = [];
  const { promise: closed, resolve: resolveClosed } = Promise.withResolvers<string>();
  let over: string | null = null;
  let serial = 0;

  const end = (reason: string) => {
    if (over !== null) return;
    over = reason;
    socket.destroy();
    for (const give of waiting.values()) give(reason);
    waiting.clear();
    resolveClosed(reason);
  };
  socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'closed'));
  socket.on('close', () => end('closed'));

  const emitSignal = (message: DbusMessage) => {
    for (const listener of listeners) listener(message);
  };
  const receive = (message: DbusMessage) => {
    if (message.replySerial === null) return emitSignal(message);
    const give = waiting.get(message.replySerial);
    waiting.delete(message.replySerial);
    give?.(message);
  };

  const connection: BusConnection = {
    async call(request) {
      const what = `${request.interface}.${request.member}`;
      if (over !== null) throw failure(what, over);
      serial += 1;
      const mine = serial;
      const { promise, resolve } = Promise.withResolvers<DbusMessage | string>();
      waiting.set(mine, resolve);
      const timer = clock.after(request.timeoutMs, () => {
        waiting.delete(mine);
        resolve('timeout');
      });
      socket.write(encodeMessage({ ...request, type: messageTypes.call, serial: mine }));
      const answer = await promise;
      timer.cancel();
      if (typeof answer === 'string') throw failure(what, answer);
      if (answer.type === messageTypes.error) throw failure(what, answer.errorName ?? 'nonsense');
      if (answer.signature !== request.returns) throw failure(what, 'nonsense');
      return answer.body;
    },
    onMessage(listener) {
      listeners.push(listener);
    },
    closed,
    close: () => end('closed'),
  };

  try {
    const rest = await authenticate(socket, timeoutMs, clock, closed);
    readMessages(socket, rest, receive, end);
    await busCall(connection, 'Hello', '', [], 's', timeoutMs);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function failure(call: string, error: string): NodeError {
  return new NodeError('bus-failed', { call, error });
}

/** Says who we are; the bus believes what the system says about the other end of the socket. */
async function authenticate(
  socket: Socket,
  timeoutMs: number,
  clock: Clock,
  closed: Promise<string>,
): Promise<Buffer> {
  const uid = process.geteuid?.() ?? 0;
  const { promise, resolve } = Promise.withResolvers<Buffer | string>();
  let received = Buffer.alloc(0);
  const listen = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.includes('\r\n')) resolve(received);
    else if (received.length > longestLineBytes) resolve('nonsense');
  };
  socket.on('data', listen);
  const timer = clock.after(timeoutMs, () => resolve('timeout'));
  void closed.then(resolve);
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`);
  const answer = await promise;
  timer.cancel();
  socket.off('data', listen);
  if (typeof answer === 'string') throw failure('AUTH', answer);
  const end = answer.indexOf('\r\n');
  const line = answer.toString('latin1', 0, end);
  if (line.startsWith('REJECTED')) throw failure('AUTH', 'rejected');
  if (!line.startsWith('OK ')) throw failure('AUTH', 'nonsense');
  socket.write('BEGIN\r\n');
  return answer.subarray(end + 2);
}

function readMessages(
  socket: Socket,
  rest: Buffer,
  receive: (message: DbusMessage) => void,
  end: (reason: string) => void,
): void {
  let pending = rest;
  const listen = (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    try {
      for (;;) {
        const length = messageLength(pending);
        if (length === null || pending.length < length) return;
        const message = decodeMessage(pending.subarray(0, length));
        pending = pending.subarray(length);
        receive(message);
      }
    } catch {
      end('nonsense');
    }
  };
  socket.on('data', listen);
  if (rest.length > 0) listen(Buffer.alloc(0));
}
