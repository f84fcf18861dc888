import { createConnection } from 'node:net';
import {
  type CommandInput,
  type CommandName,
  type CommandOutput,
  commands,
  contractVersion,
} from '../../../shared/contract/commands.ts';
import {
  type DaemonEvent,
  eventSchema,
  type Greeting,
  greetingSchema,
  responseSchema,
} from '../../../shared/contract/messages.ts';
import { NodeError, type NodeErrorCode, type NodeErrorDetails } from '../../../shared/errors.ts';
import type { Reason } from '../../../shared/reasons/reason-text.ts';
import { errorCode } from '../storage/system-fault.ts';
import type { Clock } from '../system/clock.ts';
import { createLineReader } from './lines.ts';

/** A connection to a running daemon. */
export interface ControlClient {
  readonly greeting: Greeting;
  /** False across contract versions: then only the greeting's text can be shown. */
  readonly compatible: boolean;
  /** @throws NodeError what the daemon answered, or `daemon-not-answering`, `contract-mismatch` */
  ask<N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** Pushes a snapshot and then changes to `listener`. */
  subscribe(listener: (event: DaemonEvent) => void): Promise<void>;
  /** Resolves when the daemon has closed the connection. */
  readonly closed: Promise<void>;
  close(): void;
}

/** A snapshot with a full journal stays far below this. */
const lineLimitBytes = 4 * 1024 * 1024;

/**
 * Connects to the daemon of a state directory.
 *
 * @throws NodeError `no-daemon` (nobody listens), `daemon-not-answering` (no greeting in time)
 */
export async function connectToDaemon(
  options: { socketPath: string; stateDir: string; timeoutMs: number },
  modules: { clock: Clock },
): Promise<ControlClient> {
  const { socketPath, stateDir, timeoutMs } = options;
  const { clock } = modules;
  const socket = createConnection(socketPath);
  const waiting = new Map<number, { resolve: (output: unknown) => void; reject: (error: Error) => void }>();
  const read = createLineReader(lineLimitBytes);
  let nextId = 0;
  let onEvent: ((event: DaemonEvent) => void) | null = null;
  let onGreeting: (greeting: Greeting) => void = () => {};
  let onFailure: (error: Error) => void = () => {};
  const notAnswering = (reason: Reason) => new NodeError('daemon-not-answering', { stateDir, reason });

  function receive(line: string): void {
    const message: unknown = JSON.parse(line);
    const greeting = greetingSchema.safeParse(message);
    if (greeting.success) return onGreeting(greeting.data);
    const event = eventSchema.safeParse(message);
    if (event.success) return onEvent?.(event.data);
    const response = responseSchema.parse(message);
    const asked = waiting.get(response.id ?? -1);
    waiting.delete(response.id ?? -1);
    if (response.ok) asked?.resolve(response.output);
    else
      asked?.reject(
        new NodeError(
          response.error.code as NodeErrorCode,
          response.error.details as NodeErrorDetails[NodeErrorCode],
        ),
      );
  }

  function fail(error: Error): void {
    onFailure(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    socket.destroy();
  }

  const closed = new Promise<void>((resolve) => socket.once('close', resolve));
  void closed.then(() => fail(notAnswering('connection-closed')));
  socket.setEncoding('utf8');
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
    fail(
      nobody
        ? new NodeError('no-daemon', { stateDir })
        : notAnswering(errorCode(error) ?? 'connection-closed'),
    );
  });
  socket.on('data', (chunk) => {
    try {
      const lines = read(String(chunk));
      if (!lines) throw new Error('a line is too long');
      for (const line of lines) receive(line);
    } catch {
      fail(notAnswering('answer-not-understood'));
    }
  });

  const greeting = await new Promise<Greeting>((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => fail(notAnswering(`no-answer-in(${timeoutMs})`)));
    onGreeting = (received) => {
      timer.cancel();
      resolve(received);
    };
    onFailure = (error) => {
      timer.cancel();
      reject(error);
    };
  });

  function request(command: string, input: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = nextId++;
      const timer = clock.after(timeoutMs, () => {
        waiting.delete(id);
        reject(notAnswering(`no-answer-in(${timeoutMs})`));
      });
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          timer.cancel();
          then(value);
        };
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      socket.write(`${JSON.stringify({ id, command, input })}\n`);
    });
  }

  const compatible = greeting.contract === contractVersion;
  function checkContract(): void {
    if (compatible) return;
    throw new NodeError('contract-mismatch', { ours: contractVersion, theirs: greeting.contract });
  }

  return {
    greeting,
    compatible,
    closed,
    async ask<N extends CommandName>(command: N, input: CommandInput<N>) {
      checkContract();
      const output = commands[command].output.safeParse(await request(command, input));
      if (!output.success) throw notAnswering('answer-not-understood');
      return output.data as CommandOutput<N>;
    },
    async subscribe(listener) {
      checkContract();
      onEvent = listener;
      await request('subscribe', {});
    },
    close: () => void socket.end(),
  };
}
