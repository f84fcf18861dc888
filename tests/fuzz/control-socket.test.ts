import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectToDaemon } from '../../electron/daemon/control/client.ts';
import { systemClock } from '../../electron/daemon/system/clock.ts';
import { greetingSchema, responseSchema } from '../../shared/contract/messages.ts';
import { patienceMs } from '../fixtures/patience.ts';
import { type Fixture, playFixture } from '../fixtures/serving/serving.ts';
import { type Seeded, seeded } from './seeded.ts';

function socketPath({ node }: Fixture): string {
  const control = JSON.parse(readFileSync(node.paths.controlFile, 'utf8')) as { socket?: string };
  return control.socket ?? node.paths.socketFile;
}

/** Sends bytes, ends its side, and gives back every line the daemon sent until the connection was closed. */
function converse(path: string, sent: readonly (Buffer | string)[]): Promise<string[]> {
  return new Promise((resolve) => {
    const socket: Socket = createConnection(path);
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received.split('\n').filter((line) => line !== '')));
    for (const piece of sent) socket.write(piece);
    socket.end();
  });
}

const names = ['id', 'command', 'input', 'forMs', '__proto__', 'constructor', 'toString', 'schemaVersion'];
const leaves: unknown[] = [
  null,
  true,
  0,
  1,
  -1,
  1.5,
  2 ** 53,
  '',
  'snapshot',
  'pause',
  'Snapshot',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(65),
  '\u0000',
  '\ud800',
  [],
  {},
];

/** Never a valid `drain`, `pause` or `resume`: those do what they say. */
function line(random: Seeded): Buffer | string {
  const id = random.pick([0, 1, 7, -1, 1.5, '1', null]);
  const input = random.json(leaves, names);
  return random.pick<() => Buffer | string>([
    () => Buffer.concat([random.bytes(random.below(200)), Buffer.from('\n')]),
    () => `${JSON.stringify(random.json(leaves, names)) ?? ''}\n`,
    () => `${JSON.stringify({ id, command: random.pick(leaves), input: { forMs: input } })}\n`,
    () => `${JSON.stringify({ id, command: random.pick(['drain', 'resume']), input: { x: input } })}\n`,
    () => `${JSON.stringify({ id, command: 'snapshot', input, more: 1 })}\n`,
    () => '{"id":1,"command":"pause","input":{"forMs":1e999}}\n',
    () => '{"id":1,"command":"pause","input":{"forMs":999}}\n',
    () => `{"id":1,"command":"snapshot","input":${'['.repeat(20_000)}\n`,
    () => '\n\r\n \n',
    () => '{"id":3,"command":"sna',
    () => '{"id":3,"command":"subscribe"}\n',
    () => '{"id":3,"command":"snapshot","input":{}}\n',
  ])();
}

async function expectAnswering(fixture: Fixture): Promise<void> {
  const { stateDir } = fixture.node.paths;
  const options = { socketPath: socketPath(fixture), stateDir, timeoutMs: patienceMs };
  const client = await connectToDaemon(options, { clock: systemClock });
  const snapshot = await client.ask('snapshot', {});
  expect(snapshot).toMatchObject({ daemon: { stateDir }, control: { pause: null, draining: false } });
  client.close();
  await client.closed;
}

describe('the control socket', () => {
  it('answers 600 seeded conversations with its own documents, and the next client as if nothing had been', async () => {
    const fixture = await playFixture();
    const random = seeded(11);
    const path = socketPath(fixture);
    const seen = { answers: 0, refusals: 0 };
    for (let round = 0; round < 150; round++) {
      const conversations = Array.from({ length: 4 }, () =>
        converse(
          path,
          Array.from({ length: 1 + random.below(5) }, () => line(random)),
        ),
      );
      for (const received of await Promise.all(conversations)) {
        const [greeting, ...messages] = received.map((text) => JSON.parse(text) as Record<string, unknown>);
        if (greeting !== undefined) expect(greetingSchema.safeParse(greeting).success).toBe(true);
        for (const message of messages) {
          if ('event' in message) continue;
          const response = responseSchema.parse(message);
          if (response.ok) seen.answers += 1;
          else {
            seen.refusals += 1;
            expect(['command-invalid', 'command-unknown']).toContain(response.error.code);
            expect(JSON.stringify(response.error).length).toBeLessThan(600);
          }
        }
      }
      if (round % 30 === 0) await expectAnswering(fixture);
    }
    expect(seen.answers).toBeGreaterThan(50);
    expect(seen.refusals).toBeGreaterThan(200);
    await expectAnswering(fixture);
    expect(fixture.logged('command-failed')).toEqual([]);

    // And it still does what it is for.
    const record = await fixture.coordinator.answered(fixture.submit('Still there?'));
    expect(record.results).toMatchObject([{ accepted: true }]);
  });

  it.each([
    { what: 'a line without end', pieces: Array.from({ length: 64 }, () => 'x'.repeat(65_536)) },
    { what: 'a line just over the limit', pieces: [`"${'x'.repeat(64 * 1024)}"\n`] },
    { what: 'a megabyte of newlines', pieces: ['\n'.repeat(1_000_000)] },
    { what: 'ten thousand requests at once', pieces: ['{"id":1,"command":"nothing"}\n'.repeat(10_000)] },
    { what: 'half a character', pieces: [Buffer.from([0xf0, 0x9f]), Buffer.from([0x0a])] },
  ])('survives $what', async ({ pieces }) => {
    const fixture = await playFixture();
    await converse(socketPath(fixture), pieces);
    await expectAnswering(fixture);
  });

  it('survives two hundred clients that connect and say nothing, or vanish', async () => {
    const fixture = await playFixture();
    const path = socketPath(fixture);
    const sockets = Array.from({ length: 200 }, () => createConnection(path).on('error', () => undefined));
    await Promise.all(
      sockets.map(
        (socket, index) =>
          new Promise<void>((resolve) => {
            socket.once('close', () => resolve());
            socket.once('data', () => (index % 2 === 0 ? socket.destroy() : socket.end()));
          }),
      ),
    );
    await expectAnswering(fixture);
  });
});
