import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { createCliWorld } from '../../fixtures/cli/process.ts';

/** Names of all fields, nested ones with a dot, of list entries with []; values that are free-form maps end there. */
function fieldsOf(value: unknown, free: ReadonlySet<string>, path = ''): string[] {
  if (Array.isArray(value) && value.length === 0) return [`${path}[]`];
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => fieldsOf(one, free, `${path}[]`)))];
  if (typeof value !== 'object' || value === null || free.has(path)) return [path];
  return Object.entries(value).flatMap(([name, inner]) =>
    fieldsOf(inner, free, path === '' ? name : `${path}.${name}`),
  );
}

const freeForm = new Set([
  'state.params',
  // Which fields a figure has depends on whether it is known; the contract says which.
  'chain',
  'earned',
  'checks[].facts',
  'settings[].value',
  'settings[].default',
  'value',
  'default',
  'error.details',
  'facts',
]);
const head = ['schemaVersion', 'document'];
const within = (path: string, names: string) => names.split(' ').map((name) => `${path}.${name}`);

const statusFields = [
  ...head,
  'running',
  'compatible',
  ...within('process', 'pid version contract uptimeMs'),
  ...within('state', 'code label sentence what effect action button earns sinceMs params'),
  ...within('badges[]', 'code sentence what effect action button'),
  ...within('daemon', 'pid version startedAtMs stateDir network.coordinatorUrl network.rpcUrl'),
  ...within('identity', 'nodeId nodeAddress nodeKeyHash owner keyStore'),
  ...within('registration', 'status tier stakePrlx asOfMs'),
  ...within(
    'heartbeat',
    'accepted failed firstAcceptedAtMs lastAcceptedAtMs lastAttemptAtMs failingSinceMs lastFailure intervalMs lastLatenessMs maxLatenessMs clockSkewMs',
  ),
  ...within('uptime', 'today last30Days sinceMs asOfMs'),
  ...within(
    'serving',
    'available running[] queued concurrency served servedToday failed refusedEntries duplicates conflicts withoutCounts inputTokens outputTokens lastRequestAtMs undelivered oldestUndeliveredAtMs foreign delivered expired refused',
  ),
  ...within('ollama', 'url remote state reason sinceMs version defaultModel preferredMissing asOfMs'),
  ...within('ollama', 'condition server binary pid restart gpuUnused tooSlow parallel'),
  ...within('ollama.warmUp', 'state model sinceMs reason'),
  ...within('ollama.modelsVolume', 'path certain freeBytes reserveBytes'),
  ...within('ollama.models[].loaded', 'sizeBytes vramBytes'),
  ...within('ollama.models[]', 'name sizeBytes servable notServableBecause asideUntilMs'),
  ...within(
    'ollama.models[]',
    'parameterSize quantization contextLength contextTokenBytes capabilities capabilities[] loaded fit',
  ),
  'pulls[]',
  'install',
  'selfTests[]',
  ...within('hardware', 'tier mode gpu vramGb cores ramGb asOfMs cards[] findings[] chosenCards'),
  ...within('hardware', 'registrationHold load'),
  ...within('hardware.arithmetic', 'gpu vramGb thresholdGb nextThresholdGb uncappedTier'),
  ...within('hardware.modelBudget', 'bytes basis'),
  ...within('hardware.declared', 'tier match accepted'),
  'chain',
  ...within('earnings', 'lifetimePrlx source asOfMs'),
  'earned',
  ...within('control', 'pause draining'),
  'onDisk.stateDir',
  ...within('onDisk.identity', 'nodeKeyHash nodeAddress nodeId owner keyStore problem'),
];
const settingFields = ['name', 'value', 'source', 'default', 'bounds', 'meaning'];

const earningsFields = [...head, 'head', 'node', 'earned', 'claims'];
const nodesFields = [...head, 'change', 'owner', 'nodes[]', 'totals', 'head', 'scan'];
const walletFields = [
  ...head,
  ...'action owner feeWei rawCall funds opened'.split(' '),
  ...within('calls[]', 'action function link walletLink prefilled'),
  ...within('calls[].contract', 'name address'),
  ...within('calls[].chain', 'id name'),
  ...within('calls[].arguments[]', 'name value'),
  ...within('preconditions[]', 'code blocks fact'),
];

describe('documents of a running node', () => {
  let cli: ConnectedCli;

  beforeAll(async () => {
    cli = await createConnectedCli();
    await cli.makeNode();
    // Without contracts there is no call to describe.
    for (const [index, name] of ['token', 'registry', 'rewards'].entries())
      await cli.world.run(['config', 'set', `chain.${name}`, `0x${String(index + 1).repeat(40)}`]);
    await cli.startNode();
    // Its fields are all there once the default model is in memory.
    const loaded = async () => {
      const { ollama } = (await cli.world.run(['status', '--json'])).json() as {
        ollama: { models: { loaded: unknown }[] };
      };
      return ollama.models.some((model) => model.loaded !== null);
    };
    while (!(await loaded()));
  });
  afterAll(() => cli.stop());

  it.for<[string, string[], string[]]>([
    ['status', ['status'], statusFields],
    [
      'verify',
      ['verify'],
      [
        ...head,
        'ok',
        ...within('counts', 'ok warning failed not-checked'),
        ...within('checks[]', 'id result finding means action facts'),
      ],
    ],
    ['diagnostics', ['diagnostics'], [...head, 'path', 'text']],
    [
      'probe',
      ['probe'],
      [
        ...head,
        ...'tier label multiplier gpu vramGb cores ramGb kept probedAtMs'.split(' '),
        ...'ramLimitBytes cpuLimit driverStamp chosenCards registrationHold'.split(' '),
        ...within('modelBudget', 'bytes basis'),
        ...within('arithmetic', 'gpu vramGb thresholdGb nextThresholdGb uncappedTier'),
      ],
    ],
    [
      'estimate',
      ['estimate', '--growth', '2'],
      [
        ...head,
        'weightFrom',
        ...within('input', 'stakeWei tier uptimeBp totalWeightWei monthlyGrowthBp wattsReady wattsLoaded'),
        ...within('input', 'loadedBp microUsdPerKwh fixedMicroUsdPerMonth hardwareMicroUsd microUsdPerPrlx'),
        ...'grossWei runningMicroUsd hardwareMicroUsd netMicroUsd breakEvenMicroUsd'.split(' '),
        'breakEvenWithHardwareMicroUsd',
        ...within('months[]', 'month totalWeightWei sharePpm grossWei costMicroUsd netMicroUsd'),
      ],
    ],
    ['wallet-call', ['claim'], walletFields],
    ['earnings', ['earnings'], earningsFields],
    ['nodes', ['nodes'], nodesFields],
    [
      'models',
      ['models'],
      [
        ...head,
        'ollama.url',
        'ollama.version',
        'defaultModel',
        'preferredMissing',
        'recommended',
        'budgetBytes',
        'contextTokens',
        ...within('models[]', 'name sizeBytes servable notServableBecause asideUntilMs default fits'),
        ...within(
          'models[]',
          'parameterSize quantization contextLength contextTokenBytes capabilities capabilities[] fit neededBytes',
        ),
        ...within('models[]', 'loaded loaded.sizeBytes loaded.vramBytes'),
      ],
    ],
    [
      'catalog',
      ['models', 'catalog'],
      [
        ...head,
        'recommended',
        'officialPick',
        'budgetBytes',
        'contextTokens',
        ...within(
          'models[]',
          'id parameters fitGb fits fit downloadBytes neededBytes kvCacheBytes tokensPerSecond',
        ),
      ],
    ],
    [
      'setup',
      ['setup', '--yes'],
      [
        ...head,
        'complete',
        ...within('steps[]', 'id done means next'),
        ...'tier nodeKeyHash nodeAddress keyFile registerLink registrationHold nodeId owner'.split(' '),
        ...'registeredTier tierMatch model'.split(' '),
        ...within('checks[]', 'id result finding'),
      ],
    ],
    ['pause', ['pause', '--for', '1h'], [...head, 'sinceMs', 'untilMs']],
    ['resume', ['resume'], [...head, 'wasPaused']],
    [
      'config',
      ['config', 'list'],
      [
        ...head,
        ...within('stateDir', 'value source'),
        ...within('nodeId', 'value source'),
        ...within('owner', 'value source'),
        ...within('settings[]', settingFields.join(' ')),
      ],
    ],
    ['setting', ['config', 'set', 'concurrency', '2'], [...head, ...settingFields, 'needsRestart']],
    ['version', ['version'], [...head, 'version', 'node', 'platform', 'arch']],
    ['error', ['init'], [...head, 'error.code', 'error.message', 'error.details', 'exitCode']],
  ])('%s keeps its fields', async ([name, args, fields]) => {
    const { stdout } = await cli.world.run([...args, '--json']);
    expect(stdout.split('\n')).toHaveLength(2);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document).toMatchObject({ schemaVersion: 1, document: name });
    // Sections of the contract, which has tests of its own.
    const sections = name === 'earnings' || name === 'nodes' ? new Set(fields) : freeForm;
    const present = fieldsOf(document, sections).filter((field) => !/^(cards|findings)/.test(field));
    expect(new Set(present)).toEqual(new Set(fields));
  });

  it('says that a change of settings waits for a restart', async () => {
    const { json } = await cli.world.run(['config', 'set', 'concurrency', '3', '--json']);
    expect(json()).toMatchObject({ name: 'concurrency', value: 3, source: 'saved', needsRestart: true });
    expect((await cli.world.run(['status', '--json'])).json()).toMatchObject({ serving: { concurrency: 1 } });
  });

  it('drain keeps its fields, and so does everything that is left on disk', async () => {
    const drained = (await cli.world.run(['drain', '--json'])).json();
    expect(Object.keys(drained).toSorted()).toEqual([...head, 'pid', 'limitMs', 'ended'].toSorted());
    expect(drained).toMatchObject({ ended: true });
    const { code, json } = await cli.world.run(['status', '--json']);
    expect(code).toBe(3);
    const top = statusFields.map((field) => field.split(/[.[]/)[0]);
    expect(Object.keys(json()).toSorted()).toEqual([...new Set(top)].toSorted());
    expect(json()).toMatchObject({
      running: false,
      state: null,
      serving: null,
      onDisk: { identity: { problem: null } },
    });
  });
});

describe('documents without a node', () => {
  it('init keeps its fields', async () => {
    const world = await createCliWorld();
    try {
      const { json } = await world.run(['init', '--json']);
      const fields =
        'schemaVersion document nodeKeyHash nodeAddress tier registerLink registrationHold keyFile keyMode owner backup';
      expect(Object.keys(json()).toSorted()).toEqual(fields.split(' ').toSorted());
      expect(json()).toMatchObject({ keyMode: '0600', backup: null });
      const again = (await world.run(['init', '--force', '--json'])).json();
      expect(Object.keys(again.backup as object).toSorted()).toEqual([
        'keyFile',
        'nodeKeyHash',
        'recordFile',
      ]);
    } finally {
      await world.clean();
    }
  });

  it('uninstall keeps its fields', async () => {
    const world = await createCliWorld({ PARALLELIX_API_URL: 'http://127.0.0.1:1' });
    const keyFields = 'nodeKeyHash place nodeId backup backupPath stake stakeReason';
    const fields = 'schemaVersion document stateDir program data keys undelivered removed[] stays[]'.split(
      ' ',
    );
    try {
      await world.run(['init']);
      const stays = (await world.run(['uninstall', '--json'])).json();
      expect(new Set(fieldsOf(stays, freeForm))).toEqual(
        new Set([...fields.filter((name) => name !== 'stays[]'), ...within('stays[]', 'path reason')]),
      );
      const gone = (await world.run(['uninstall', '--data', '--lose-key', '--yes-really', '--json'])).json();
      expect(new Set(fieldsOf(gone, freeForm))).toEqual(
        new Set([...fields.filter((name) => name !== 'keys'), ...within('keys[]', keyFields)]),
      );
    } finally {
      await world.clean();
    }
  });

  it('of a node of another version only the text of its greeting is shown', async () => {
    const world = await createCliWorld();
    const greeting = {
      greeting: 'parallelix-operator',
      contract: 99,
      version: '9.9.9',
      pid: 4242,
      uptimeMs: 61_000,
      nodeId: '7',
      nodeKeyHash: '0x00',
      label: 'Brand new',
      sentence: 'A state of the future.',
      more: true,
    };
    const server = createServer((socket) =>
      socket.on('error', () => socket.destroy()).write(`${JSON.stringify(greeting)}\n`),
    );
    try {
      await mkdir(world.stateDir, { mode: 0o700 });
      await new Promise<void>((resolve) => server.listen(join(world.stateDir, 'control.sock'), resolve));
      const words = await world.run(['status']);
      expect([words.code, words.stdout]).toEqual([
        0,
        expect.stringMatching(/Brand new\n +A state of the future\.[\s\S]*Another version/),
      ]);
      const { json } = await world.run(['status', '--json']);
      expect(json()).toMatchObject({
        running: true,
        compatible: false,
        process: { pid: 4242, contract: 99 },
        serving: null,
      });
      const { code, stderr } = await world.run(['pause']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('speaks another version')]);
    } finally {
      await world.clean();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
