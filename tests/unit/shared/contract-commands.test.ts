import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../electron/daemon/control/server.ts';
import {
  type CommandHandlers,
  commands,
  contractVersion,
  isCommandName,
} from '../../../shared/contract/commands.ts';
import {
  eventSchema,
  greetingSchema,
  requestSchema,
  responseSchema,
} from '../../../shared/contract/messages.ts';
import { type Snapshot, snapshotSchema } from '../../../shared/contract/snapshot.ts';
import { isNodeError } from '../../../shared/errors.ts';
import { sampleHandlers } from '../../fixtures/sample-handlers.ts';
import { sampleSnapshot } from '../../fixtures/sample-snapshot.ts';

const right = sampleHandlers();
const inputs: Record<keyof CommandHandlers, unknown> = {
  snapshot: {},
  pause: { forMs: 60_000 },
  resume: {},
  drain: {},
  'chain.watch': { forMs: 10_000 },
  'nodes.ofWallet': {},
  'nodes.add': { nodeId: '4218' },
  'nodes.remove': { nodeId: '4218' },
  'nodes.scan': {},
  'wallet.look': { address: `0x${'c'.repeat(40)}` },
  'wallet.tryCall': { call: 'claim', nodeId: '4217' },
  'earnings.series': { range: 'week' },
  'earnings.claims': {},
  'earnings.export': { format: 'csv' },
  'hardware.probe': {},
  'hardware.watch': { forMs: 10_000 },
  'hardware.acceptTierMismatch': { accept: true },
  'models.catalogue': {},
  'models.pull': { model: 'llama3.2' },
  'models.cancelPull': { model: 'llama3.2' },
  'models.forgetPull': { model: 'llama3.2' },
  'models.delete': { model: 'llama3.2' },
  'models.setDefault': { model: null },
  'models.test': { model: 'llama3.2' },
  'models.cancelTest': {},
  'ollama.start': {},
  'ollama.stop': {},
  'ollama.install': {},
  'ollama.cancelInstall': {},
  'requests.recent': {},
  activity: { range: 'day' },
};

describe('a command', () => {
  it.each(Object.entries(inputs))(
    '%s takes what the contract says and gives what it says',
    async (name, input) => {
      await expect(runCommand(name, input, right)).resolves.toBeDefined();
    },
  );

  it.each(Object.entries(inputs))(
    '%s whose handler gives something else fails, whoever asked',
    async (name, input) => {
      for (const wrong of [
        undefined,
        null,
        'done',
        {},
        [],
        { wasPaused: 'no', limitMs: '30', untilMs: '1' },
      ]) {
        const handlers = { ...right, [name]: async () => wrong } as unknown as CommandHandlers;
        const failure = await runCommand(name, input, handlers).then(
          () => null,
          (error: unknown) => error,
        );
        expect(failure, JSON.stringify(wrong)).not.toBeNull();
        expect(isNodeError(failure, 'command-invalid'), 'it is no fault of the input').toBe(false);
      }
    },
  );

  it('whose handler gives more than the contract says does not pass it on', async () => {
    const handlers = { ...right, resume: async () => ({ wasPaused: true, privateKey: '0xsecret' }) };
    expect(await runCommand('resume', {}, handlers)).toEqual({ wasPaused: true });
    const talkative = { ...right, snapshot: async () => ({ ...sampleSnapshot(), privateKey: '0xsecret' }) };
    expect(JSON.stringify(await runCommand('snapshot', {}, talkative))).not.toContain('secret');
  });

  const wrongInputs: [string, unknown][] = [
    ['snapshot', { all: true }],
    ['snapshot', []],
    ['snapshot', 'everything'],
    ['pause', {}],
    ['pause', undefined],
    ['pause', { forMs: undefined }],
    ['pause', { forMs: '60000' }],
    ['pause', { forMs: 999 }],
    ['pause', { forMs: -1 }],
    ['pause', { forMs: 1000.5 }],
    ['pause', { forMs: Number.NaN }],
    ['pause', { forMs: 31 * 24 * 3_600_000 }],
    ['pause', { forMs: null, untilMs: 5 }],
    ['resume', { force: true }],
    ['drain', { limitMs: 0 }],
    ['drain', { limitMs: 999 }],
    ['drain', { limitMs: 3_600_000 }],
    ['drain', 30_000],
    ['chain.watch', { forMs: 3_600_000 }],
    ['nodes.add', { nodeId: '007' }],
    ['nodes.add', { nodeId: '-1' }],
    ['wallet.look', { address: '0x12' }],
    ['wallet.tryCall', { call: 'transfer', nodeId: '1' }],
    ['earnings.series', { range: 'century' }],
    ['earnings.claims', { limit: 201 }],
    ['earnings.export', { format: 'xls' }],
    ['hardware.watch', { forMs: 999 }],
    ['hardware.watch', { forMs: 3_600_000 }],
    ['hardware.acceptTierMismatch', {}],
    ['hardware.acceptTierMismatch', { accept: 'yes' }],
    ['models.pull', { model: '' }],
    ['models.pull', { model: 'x'.repeat(201) }],
    ['models.pull', { model: 'phi4', large: 1 }],
    ['models.delete', {}],
    ['models.setDefault', { model: 7 }],
    ['activity', {}],
    ['activity', { range: 'year' }],
    ['requests.recent', { limit: 201 }],
    ['requests.recent', { beforeSeq: 0 }],
    ['ollama.stop', { force: true }],
    ['ollama.install', { url: 'http://elsewhere.example' }],
  ];
  it.each(wrongInputs)('%s does not run with the input %j', async (name, input) => {
    let ran = false;
    const handlers = {
      ...right,
      [name]: async () => {
        ran = true;
      },
    } as unknown as CommandHandlers;
    await expect(runCommand(name, input, handlers)).rejects.toMatchObject({
      code: 'command-invalid',
      details: { command: name },
    });
    expect(ran).toBe(false);
  });

  it.each(['', 'stop', 'toString', '__proto__', 'constructor', 'Snapshot', 'x'.repeat(1000)])(
    'that does not exist is refused: %s',
    async (name) => {
      expect(isCommandName(name)).toBe(false);
      await expect(runCommand(name, {}, right)).rejects.toMatchObject({
        code: 'command-unknown',
        details: { command: name.slice(0, 64) },
      });
    },
  );

  it('that fails keeps its own reason', async () => {
    const handlers = {
      ...right,
      pause: async () => {
        throw new TypeError('cannot read');
      },
    };
    await expect(runCommand('pause', { forMs: null }, handlers)).rejects.toThrow(TypeError);
  });
});

describe('the contract', () => {
  it('has version 4 and these commands', () => {
    expect(contractVersion).toBe(4);
    expect(Object.keys(commands)).toEqual([
      ...['snapshot', 'pause', 'resume', 'drain', 'activity'],
      ...['chain.watch', 'nodes.ofWallet', 'nodes.add', 'nodes.remove', 'nodes.scan'],
      ...['wallet.look', 'wallet.tryCall', 'earnings.series', 'earnings.claims', 'earnings.export'],
      ...['hardware.probe', 'hardware.watch', 'hardware.acceptTierMismatch'],
      ...['models.catalogue', 'models.pull', 'models.cancelPull', 'models.forgetPull', 'models.delete'],
      ...['models.setDefault', 'models.test', 'models.cancelTest'],
      ...['ollama.start', 'ollama.stop', 'ollama.install', 'ollama.cancelInstall', 'requests.recent'],
    ]);
  });

  it('keeps every field of the greeting, which is all that other versions can rely on', () => {
    expect(Object.keys(greetingSchema.shape)).toEqual([
      ...['greeting', 'contract', 'version', 'pid', 'uptimeMs', 'nodeId', 'nodeKeyHash', 'label', 'sentence'],
      // Added later: older versions leave it out, and no client may need it.
      'firstHeartbeatAcceptedAtMs',
      'failedHeartbeats',
    ]);
    expect(greetingSchema.shape.firstHeartbeatAcceptedAtMs.safeParse(undefined).success).toBe(true);
  });

  it('accepts a request with and without input, and no other shape', () => {
    expect(requestSchema.safeParse({ id: 1, command: 'snapshot', input: {} }).success).toBe(true);
    for (const wrong of [
      ...[
        null,
        1,
        'snapshot',
        [],
        {},
        { command: 'snapshot', input: {} },
        { id: -1, command: 'a', input: {} },
      ],
      ...[
        { id: 1.5, command: 'a', input: {} },
        { id: '1', command: 'a', input: {} },
        { id: 1, input: {} },
      ],
      ...[
        { id: 1, command: 'a', input: {}, after: 1 },
        { id: 1, command: 'x'.repeat(65), input: {} },
      ],
    ])
      expect(requestSchema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
  });

  it('accepts answers and events as they are sent', () => {
    const snapshot = sampleSnapshot();
    const through = <T>(value: T): unknown => JSON.parse(JSON.stringify(value));
    expect(snapshotSchema.parse(through(snapshot))).toEqual(snapshot);
    for (const event of [
      { event: 'snapshot', version: 0, snapshot },
      { event: 'change', version: 1, changes: { state: snapshot.state, badges: [] } },
    ])
      expect(eventSchema.parse(through(event))).toEqual(event);
    for (const answer of [
      { id: 1, ok: true, output: { wasPaused: true } },
      { id: null, ok: false, error: { code: 'command-invalid', details: {} } },
    ])
      expect(responseSchema.parse(through(answer))).toEqual(answer);
  });

  it('does not accept a snapshot that lacks any of its fields, or has one of another kind', () => {
    const whole = sampleSnapshot();
    for (const section of Object.keys(whole) as (keyof Snapshot)[]) {
      const { [section]: value, ...rest } = whole;
      expect(snapshotSchema.safeParse(rest).success, section).toBe(false);
      if (Array.isArray(value) || value === null) continue;
      for (const field of Object.keys(value)) {
        const { [field]: _, ...lacking } = value as Record<string, unknown>;
        expect(
          snapshotSchema.safeParse({ ...whole, [section]: lacking }).success,
          `${section}.${field}`,
        ).toBe(false);
        const odd = { ...value, [field]: Symbol('odd') };
        expect(snapshotSchema.safeParse({ ...whole, [section]: odd }).success, `${section}.${field}`).toBe(
          false,
        );
      }
    }
    expect(snapshotSchema.safeParse({ ...whole, state: { ...whole.state, code: 'earning' } }).success).toBe(
      false,
    );
  });
});
