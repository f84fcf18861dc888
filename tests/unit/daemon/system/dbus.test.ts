import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { busCall, connectBus } from '../../../../electron/daemon/system/dbus/connection.ts';
import {
  type DbusMessage,
  decodeMessage,
  encodeMessage,
  messageLength,
  messageTypes,
} from '../../../../electron/daemon/system/dbus/message.ts';
import { sessionBusSockets } from '../../../../electron/daemon/system/dbus/session-bus.ts';
import {
  createReader,
  createWriter,
  splitSignature,
} from '../../../../electron/daemon/system/dbus/values.ts';
import { temporaryFolder } from '../../../fixtures/storage/sandbox.ts';

const clock = systemClock;

describe('values on the wire', () => {
  it('are laid out as the specification shows', () => {
    const writer = createWriter();
    writer.write('s', 'foo');
    writer.write('s', '+');
    writer.write('s', 'bar');
    // The example of the specification's chapter on marshaling.
    const expected = '03000000' + '666f6f00' + '01000000' + '2b00' + '0000' + '03000000' + '62617200';
    expect(writer.bytes().toString('hex')).toBe(expected);
  });

  it('align an array to its elements, even an empty one, and do not count that', () => {
    const writer = createWriter();
    writer.write('a(ss)', []);
    expect(writer.bytes().toString('hex')).toBe('0000000000000000');
    const one = createWriter();
    one.write('a{ss}', [['a', 'b']]);
    expect(one.bytes().readUInt32LE(0)).toBe(14);
    expect(one.bytes()).toHaveLength(22);
  });

  it('come back as they were, of every kind that is asked for or answered', () => {
    const signature = 'ybusogasaoa{ss}a{sv}(oayays)v';
    const body = [
      ...[7, true, 4_000_000_000, 'grün', '/a/b', 'a{sv}', ['x', ''], ['/'], [['k', 'v']]],
      [['name', { signature: 'b', value: false }]],
      ['/session', [], [1, 2, 255], 'text/plain'],
      { signature: 'a(su)', value: [['deep', 1]] },
    ];
    const encoded = encodeMessage({ type: messageTypes.signal, serial: 9, path: '/p', signature, body });
    expect(messageLength(encoded)).toBe(encoded.length);
    expect(decodeMessage(encoded)).toMatchObject({ type: 4, serial: 9, path: '/p', signature, body });
  });

  it('longer than a first guess are written whole', () => {
    const long = 'x'.repeat(100_000);
    const body = [long, [...Array(300).keys()].map((index) => index % 256)];
    const encoded = encodeMessage({ type: messageTypes.call, serial: 1, signature: 'say', body });
    expect(decodeMessage(encoded).body).toEqual(body);
  });

  it.each(['(', '((s)', 'a', 'a{s', '()', 'a()', '(s'])(
    'of the broken signature %s are refused',
    (signature) => {
      expect(() => splitSignature(signature)).toThrow(RangeError);
    },
  );

  it('nested without end are refused', () => {
    const depth = 200;
    const bytes = Buffer.concat([
      ...Array(depth).fill(Buffer.from([1, 0x76, 0])),
      Buffer.from([1, 0x79, 0, 5]),
    ]);
    expect(() => createReader(bytes).read('v')).toThrow('nested too deeply');
  });

  it('cut or damaged anywhere never hang and never read beyond their end', () => {
    const whole = encodeMessage({
      ...{
        type: messageTypes.answer,
        serial: 3,
        replySerial: 1,
        destination: ':1.2',
        signature: 'aoaoa{sv}v',
      },
      body: [['/a', '/b'], [], [['k', { signature: 'as', value: ['x'] }]], { signature: 'u', value: 5 }],
    });
    let random = 42;
    const next = () => {
      random = (random * 1103515245 + 12345) % 2 ** 31;
      return random;
    };
    for (let round = 0; round < 20_000; round += 1) {
      const damaged = Buffer.from(whole.subarray(0, 1 + (next() % whole.length)));
      for (let hit = 0; hit < round % 4; hit += 1) damaged[next() % damaged.length] = next() % 256;
      try {
        const message = decodeMessage(damaged);
        expect(
          JSON.stringify(message.body, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))
            .length,
        ).toBeLessThan(100_000);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });

  it('are no message when too long, of another byte order or another version', () => {
    const message = encodeMessage({ type: messageTypes.call, serial: 1 });
    expect(messageLength(message.subarray(0, 15))).toBeNull();
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(message);
      copy.writeUInt8(value, at);
      return copy;
    };
    expect(() => messageLength(changed(0, 0x42))).toThrow(RangeError);
    expect(() => messageLength(changed(3, 2))).toThrow(RangeError);
    expect(() => messageLength(changed(7, 0x7f))).toThrow('too long');
  });
});

/** A bus that greets as told and answers each message as told. */
async function practiceBus(
  greeting: string | null,
  answer: (message: DbusMessage, socket: Socket) => Buffer | null = () => null,
): Promise<string> {
  const socketPath = join(await temporaryFolder(), 'bus');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let pending = Buffer.alloc(0);
    let asked = false;
    let greeted = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      if (!greeted) {
        if (greeting !== null && pending.toString('latin1').endsWith('\r\n') && !asked)
          socket.write(greeting);
        asked = true;
        const begin = pending.indexOf('BEGIN\r\n');
        if (begin < 0) return;
        greeted = true;
        pending = pending.subarray(begin + 'BEGIN\r\n'.length);
      }
      for (;;) {
        const length = messageLength(pending);
        if (length === null || pending.length < length) return;
        const reply = answer(decodeMessage(pending.subarray(0, length)), socket);
        pending = pending.subarray(length);
        if (reply) socket.write(reply);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return socketPath;
}

const answered = (message: DbusMessage, signature = '', body: DbusMessage['body'] = []) =>
  encodeMessage({
    ...{ type: messageTypes.answer, serial: 1, replySerial: message.serial, signature, body },
  });
const refusal = (message: DbusMessage, errorName: string) =>
  encodeMessage({ type: messageTypes.error, serial: 1, replySerial: message.serial, errorName });

const cutOff = (_message: DbusMessage, socket: Socket) => {
  socket.destroy();
  return null;
};

describe('a connection to the bus', () => {
  it('says who it is, says hello, and is given its answers, whatever order they come in', async () => {
    const held: DbusMessage[] = [];
    const socketPath = await practiceBus('OK 1234\r\n', (message, socket) => {
      if (message.member === 'Hello') return answered(message, 's', [':1.1']);
      held.push(message);
      if (held.length < 2) return null;
      for (const late of held.splice(0).reverse()) socket.write(answered(late, 's', [late.member ?? '']));
      return null;
    });
    const bus = await connectBus({ socketPath, timeoutMs: 5000 }, { clock });
    const names = ['First', 'Second'];
    const answers = await Promise.all(names.map((name) => busCall(bus, name, '', [], 's', 5000)));
    expect(answers).toEqual([['First'], ['Second']]);
    bus.close();
    await expect(busCall(bus, 'Third', '', [], '', 5000)).rejects.toMatchObject({
      code: 'bus-failed',
      details: { call: 'org.freedesktop.DBus.Third', error: 'closed' },
    });
  });

  it('receives messages that come together as the greeting, or byte by byte', async () => {
    const socketPath = await practiceBus('OK 1234\r\n', (message, socket) => {
      if (message.member === 'Hello') {
        for (const byte of answered(message, 's', [':1.1'])) socket.write(Buffer.from([byte]));
        return null;
      }
      const signal = encodeMessage({
        ...{ type: messageTypes.signal, serial: 2, path: '/p', interface: 'a.b', member: 'Rang' },
      });
      return Buffer.concat([signal, answered(message), signal]);
    });
    const bus = await connectBus({ socketPath, timeoutMs: 5000 }, { clock });
    const heard: (string | null)[] = [];
    bus.onMessage(({ member }) => heard.push(member));
    await busCall(bus, 'Ring', '', [], '', 5000);
    await busCall(bus, 'Ring', '', [], '', 5000);
    expect(heard.length).toBeGreaterThanOrEqual(3);
    bus.close();
  });

  const connecting: [string, string | null, string][] = [
    ['serves somebody else', 'REJECTED EXTERNAL\r\n', 'rejected'],
    ['is no bus', 'HTTP/1.1 400 Bad Request\r\n', 'nonsense'],
    ['talks without end', 'x'.repeat(5000), 'nonsense'],
    ['says nothing', null, 'timeout'],
    ['greets and then says nothing', 'OK 1234\r\n', 'timeout'],
  ];
  it.each(connecting)('that %s is given up', async (_what, greeting, error) => {
    const socketPath = await practiceBus(greeting);
    await expect(connectBus({ socketPath, timeoutMs: 100 }, { clock })).rejects.toMatchObject({
      code: 'bus-failed',
      details: { error },
    });
  });

  it('that is not there is said so', async () => {
    const socketPath = join(await temporaryFolder(), 'none');
    await expect(connectBus({ socketPath, timeoutMs: 1000 }, { clock })).rejects.toMatchObject({
      details: { error: 'ENOENT' },
    });
  });

  it.each([
    [
      'refused',
      (message: DbusMessage) => refusal(message, 'org.freedesktop.DBus.Error.AccessDenied'),
      'org.freedesktop.DBus.Error.AccessDenied',
    ],
    ['answered with nonsense', () => Buffer.alloc(64, 0xff), 'nonsense'],
    [
      'answered with a damaged message',
      (message: DbusMessage) => answered(message, 's', ['x']).fill(0xee, 18, 19),
      'nonsense',
    ],
    [
      'answered with another kind of value',
      (message: DbusMessage) => answered(message, 'u', [1]),
      'nonsense',
    ],
    ['cut off', cutOff, 'closed'],
    ['never answered', () => null, 'timeout'],
  ])('tells a call that is %s', async (_what, answer, error) => {
    const socketPath = await practiceBus('OK 1234\r\n', (message, socket) =>
      message.member === 'Hello' ? answered(message, 's', [':1.1']) : answer(message, socket),
    );
    const bus = await connectBus({ socketPath, timeoutMs: 5000 }, { clock });
    await expect(busCall(bus, 'Ask', '', [], 's', 100)).rejects.toMatchObject({
      code: 'bus-failed',
      details: { error },
    });
    bus.close();
  });
});

describe('where the session bus is', () => {
  it.each([
    ['unix:path=/run/user/1000/bus', ['/run/user/1000/bus']],
    ['unix:path=/tmp/a%20b,guid=12', ['/tmp/a b']],
    ['unix:abstract=/tmp/dbus-x,guid=1', ['\0/tmp/dbus-x']],
    ['tcp:host=localhost,port=1;unix:path=/second', ['/second']],
    ['autolaunch:', []],
    ['unix:path=%zz', []],
    ['nonsense', []],
  ])('%s', async (address, sockets) => {
    expect(await sessionBusSockets({ DBUS_SESSION_BUS_ADDRESS: address })).toEqual(sockets);
  });

  it('is nowhere without an address, and in no runtime directory without a socket', async () => {
    expect(await sessionBusSockets({})).toEqual([]);
    expect(await sessionBusSockets({ XDG_RUNTIME_DIR: 'relative' })).toEqual([]);
    expect(await sessionBusSockets({ XDG_RUNTIME_DIR: await temporaryFolder() })).toEqual([]);
  });
});
