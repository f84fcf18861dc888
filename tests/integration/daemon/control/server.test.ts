import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectToDaemon } from '../../../../electron/daemon/control/client.ts';
import { createControlServer } from '../../../../electron/daemon/control/server.ts';
import type { Logger } from '../../../../electron/daemon/logging/logger.ts';
import { type Clock, systemClock } from '../../../../electron/daemon/system/clock.ts';
import type { CommandHandlers } from '../../../../shared/contract/commands.ts';
import { contractVersion } from '../../../../shared/contract/commands.ts';
import type { DaemonEvent, Greeting } from '../../../../shared/contract/messages.ts';
import { sampleHandlers } from '../../../fixtures/sample-handlers.ts';
import { sampleSnapshot } from '../../../fixtures/sample-snapshot.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

let directory: string;
let socketPath: string;
const closing: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plx-'));
  socketPath = join(directory, 'control.sock');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(directory, { recursive: true, force: true });
});

const greeting: Omit<Greeting, 'greeting' | 'contract'> = {
  version: '0.1.0',
  pid: 4242,
  uptimeMs: 1000,
  nodeId: '4217',
  nodeKeyHash: `0x${'b'.repeat(64)}`,
  label: 'Ready',
  sentence: 'Online and waiting for work — läuft.',
};

async function startServer(handlers: Partial<CommandHandlers> = {}, clock: Clock = systemClock) {
  const errors: string[] = [];
  const subscribers = new Set<(event: DaemonEvent) => void>();
  const log: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (event) => void errors.push(event),
    fault: (_error, event = 'crashed') => void errors.push(event),
    close: async () => undefined,
  };
  const server = await createControlServer(
    { socketPath },
    {
      handlers: {
        ...sampleHandlers(),
        ...handlers,
      },
      greeting: () => greeting,
      subscribe(listener) {
        subscribers.add(listener);
        listener({ event: 'snapshot', version: 0, snapshot: sampleSnapshot() });
        return () => subscribers.delete(listener);
      },
      clock,
      log,
    },
  );
  closing.push(() => server.stop());
  return { server, errors, subscribers };
}

function connect(timeoutMs = 5000, clock = systemClock) {
  return connectToDaemon({ socketPath, stateDir: directory, timeoutMs }, { clock });
}

/** A connection without manners: writes what it is told, line by line hears what comes. */
function openRaw(): { socket: Socket; lines: () => Promise<unknown>; closed: Promise<void> } {
  const socket = createConnection(socketPath);
  closing.push(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.setEncoding('utf8');
  const heard: unknown[] = [];
  const waiting: ((line: unknown) => void)[] = [];
  let rest = '';
  socket.on('data', (chunk) => {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line: unknown = JSON.parse(part);
      const next = waiting.shift();
      if (next) next(line);
      else heard.push(line);
    }
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const lines = () =>
    heard.length > 0 ? Promise.resolve(heard.shift()) : new Promise((resolve) => waiting.push(resolve));
  return { socket, lines, closed };
}

const refusal = (id: number | null, code: string, details: object = expect.anything()) => ({
  id,
  ok: false,
  error: { code, details },
});

describe('a client of the control socket', () => {
  it('is greeted with what runs there, before it says anything', async () => {
    await startServer();
    const { lines } = openRaw();
    expect(await lines()).toEqual({
      greeting: 'parallelix-operator',
      contract: contractVersion,
      ...greeting,
    });
  });

  it('gets its answers by number, however its requests are cut into pieces', async () => {
    await startServer();
    const { socket, lines } = openRaw();
    await lines();
    const text = [
      { id: 7, command: 'pause', input: { forMs: 5000 } },
      { id: 8, command: 'resume', input: {} },
      { id: 9, command: 'drain', input: {} },
    ]
      .map((request) => `${JSON.stringify(request)}\n`)
      .join('\n');
    for (const byte of Buffer.from(text)) socket.write(Buffer.from([byte]));
    const answers = [await lines(), await lines(), await lines()] as { id: number }[];
    expect(answers.toSorted((a, b) => a.id - b.id)).toEqual([
      { id: 7, ok: true, output: { sinceMs: 1, untilMs: 5000 } },
      { id: 8, ok: true, output: { wasPaused: false } },
      { id: 9, ok: true, output: { limitMs: 30_000 } },
    ]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['JSON that is no request', '[1,2]'],
    ['a request without a number', '{"command":"snapshot","input":{}}'],
    ['a request with more than a request has', '{"id":1,"command":"snapshot","input":{},"then":"drain"}'],
    ['a command longer than any', JSON.stringify({ id: 1, command: 'x'.repeat(65), input: {} })],
  ])('that sends %s is refused, and can go on', async (_, line) => {
    const { errors } = await startServer();
    const { socket, lines } = openRaw();
    await lines();
    socket.write(`${line}\n`);
    expect(await lines()).toEqual(refusal(null, 'command-invalid'));
    socket.write('{"id":2,"command":"resume","input":{}}\n');
    expect(await lines()).toMatchObject({ id: 2, ok: true });
    expect(errors).toEqual([]);
  });

  it('is told which command does not exist', async () => {
    await startServer();
    const { socket, lines } = openRaw();
    await lines();
    socket.write('{"id":3,"command":"explode","input":{}}\n{"id":4,"command":"toString","input":{}}\n');
    expect(await lines()).toEqual(refusal(3, 'command-unknown', { command: 'explode' }));
    expect(await lines()).toEqual(refusal(4, 'command-unknown', { command: 'toString' }));
  });

  it('is told what is wrong with its input', async () => {
    await startServer();
    const client = await connect();
    closing.push(() => client.close());
    await expect(client.ask('pause', { forMs: 1 })).rejects.toMatchObject({
      code: 'command-invalid',
      details: { command: 'pause', reason: expect.stringContaining('forMs') },
    });
    expect(await client.ask('pause', { forMs: null })).toEqual({ sinceMs: 1, untilMs: null });
  });

  it('is not blamed for what went wrong inside, and gets no details of it', async () => {
    const { errors } = await startServer({
      resume: async () => ({ was: 'paused' }) as never,
      drain: async () => {
        throw new SyntaxError('secret of the inside');
      },
    });
    const client = await connect();
    closing.push(() => client.close());
    await expect(client.ask('resume', {})).rejects.toMatchObject({ code: 'internal-error', details: {} });
    await expect(client.ask('drain', {})).rejects.toMatchObject({ code: 'internal-error', details: {} });
    expect(errors).toEqual(['command-failed', 'command-failed']);
  });

  it('that sends a line without end is dropped', async () => {
    await startServer();
    const { socket, lines, closed } = openRaw();
    await lines();
    socket.write('x'.repeat(70 * 1024));
    await closed;
    expect((await connect()).greeting.pid).toBe(4242);
  });

  it('that never reads is dropped, and its subscription with it, while others are served', async () => {
    const { subscribers } = await startServer();
    const { socket, lines, closed } = openRaw();
    await lines();
    socket.write('{"id":1,"command":"subscribe","input":{}}\n');
    await lines();
    await lines();
    socket.pause();
    const [deaf] = subscribers;
    const other = await connect();
    closing.push(() => other.close());
    const event: DaemonEvent = {
      event: 'change',
      version: 1,
      changes: { identity: { ...sampleSnapshot().identity, owner: 'x'.repeat(64 * 1024) } },
    };
    // Far more than any buffer between the two holds.
    for (let sent = 0; sent < 200; sent += 1) deaf?.(event);
    await expect.poll(() => subscribers.size, { interval: 5 }).toBe(0);
    expect(await other.ask('resume', {})).toEqual({ wasPaused: false });
    socket.resume();
    await closed;
  });

  it('is turned away when 64 others listen, and let in when one has left', async () => {
    await startServer();
    const clients = await Promise.all(Array.from({ length: 64 }, () => connect()));
    closing.push(() => {
      for (const client of clients) client.close();
    });
    for (const client of clients) await client.subscribe(() => {});
    await expect(connect()).rejects.toMatchObject({ code: 'daemon-not-answering' });
    expect(await clients[63]?.ask('resume', {})).toEqual({ wasPaused: false });
    clients[0]?.close();
    await clients[0]?.closed;
    const welcome = () =>
      connect().then(
        (client) => {
          client.close();
          return client.greeting.pid;
        },
        () => null,
      );
    await expect.poll(welcome, { interval: 5 }).toBe(4242);
  });

  it('is let in though 64 others connected and ask nothing: the first of them makes room', async () => {
    await startServer();
    const idle = Array.from({ length: 64 }, () => openRaw());
    for (const one of idle) await one.lines();
    const client = await connect();
    expect(await client.ask('resume', {})).toEqual({ wasPaused: false });
    await idle[0]?.closed;
    expect(idle[63]?.socket.destroyed).toBe(false);
    client.close();
  });

  it.each([
    ['is gone', () => rmSync(socketPath)],
    ['is gone with its folder', () => rmSync(directory, { recursive: true })],
    [
      'was replaced by a file',
      () => {
        rmSync(socketPath);
        writeFileSync(socketPath, '');
      },
    ],
  ])('finds it again after the socket %s', async (_how, remove) => {
    const clock = createSimulatedClock();
    await startServer({}, clock);
    const before = await connect();
    remove();
    await clock.advance(5000);
    const after = await connect();
    expect(after.greeting.pid).toBe(4242);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    // Who was connected stays.
    expect(await before.ask('resume', {})).toEqual({ wasPaused: false });
    before.close();
    after.close();
  });

  it('finds the socket of the daemon that took the place, after the first one stopped', async () => {
    const first = await startServer();
    rmSync(socketPath);
    await startServer();
    await first.server.stop();
    const client = await connect();
    expect(client.greeting.pid).toBe(4242);
    client.close();
  });

  it('is notified that the daemon ends, and the socket is gone', async () => {
    const { server } = await startServer({ drain: () => new Promise(() => undefined) });
    const client = await connect();
    const asked = client.ask('drain', {});
    const unanswered = expect(asked).rejects.toMatchObject({ code: 'daemon-not-answering' });
    await server.stop();
    await client.closed;
    await unanswered;
    expect(existsSync(socketPath)).toBe(false);
    await expect(connect()).rejects.toMatchObject({ code: 'no-daemon', details: { stateDir: directory } });
  });
});

describe('a daemon of another contract', () => {
  async function startOther(answer: (socket: Socket) => void): Promise<string[]> {
    const received: string[] = [];
    const server: Server = createServer((socket) => {
      closing.push(() => void socket.destroy());
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => received.push(String(chunk)));
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    closing.push(() => new Promise((resolve) => server.close(() => resolve())));
    return received;
  }

  it('can be shown but is asked nothing', async () => {
    const received = await startOther((socket) =>
      socket.write(
        `${JSON.stringify({ greeting: 'parallelix-operator', contract: contractVersion + 1, ...greeting, more: 1 })}\n`,
      ),
    );
    const client = await connect();
    expect(client.compatible).toBe(false);
    expect(client.greeting).toMatchObject({ contract: contractVersion + 1, label: 'Ready', pid: 4242 });
    const mismatch = {
      code: 'contract-mismatch',
      details: { ours: contractVersion, theirs: contractVersion + 1 },
    };
    await expect(client.ask('snapshot', {})).rejects.toMatchObject(mismatch);
    await expect(client.subscribe(() => undefined)).rejects.toMatchObject(mismatch);
    client.close();
    await client.closed;
    expect(received).toEqual([]);
  });

  it('that says nothing, or something else, is not waited for without end', async () => {
    let answer: (socket: Socket) => void = () => undefined;
    await startOther((socket) => answer(socket));
    const clock = createSimulatedClock();
    const silent = connect(2000, clock);
    await expect(clock.during(silent, 2000)).rejects.toMatchObject({ code: 'daemon-not-answering' });
    for (const text of ['HTTP/1.1 400 Bad Request\r\n\r\n', '{"greeting":"hello"}\n', 'x'.repeat(5 << 20)]) {
      answer = (socket) => void socket.write(text);
      await expect(connect()).rejects.toMatchObject({ code: 'daemon-not-answering' });
    }
    answer = (socket) => socket.destroy();
    await expect(connect()).rejects.toMatchObject({ code: 'daemon-not-answering' });
  });

  it('whose answer does not come, or is none, fails the question', async () => {
    let reply = '';
    await startOther((socket) => {
      socket.write(
        `${JSON.stringify({ greeting: 'parallelix-operator', contract: contractVersion, ...greeting })}\n`,
      );
      socket.on('data', () => reply !== '' && socket.write(reply));
    });
    const clock = createSimulatedClock();
    const client = await connect(3000, clock);
    await expect(clock.during(client.ask('resume', {}), 3000)).rejects.toMatchObject({
      code: 'daemon-not-answering',
    });
    expect(clock.timers).toBe(0);
    reply = `${JSON.stringify({ id: 1, ok: true, output: { was: 1 } })}\n`;
    await expect(client.ask('resume', {})).rejects.toMatchObject({ code: 'daemon-not-answering' });
    client.close();
  });
});
