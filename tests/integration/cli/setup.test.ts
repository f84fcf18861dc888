import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { converse, hasScript } from '../../fixtures/cli/conversation.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';

const wallet = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

let cli: ConnectedCli;
beforeEach(async () => {
  cli = await createConnectedCli();
});
afterEach(() => cli.stop());

const identity = async () =>
  JSON.parse(await readFile(join(cli.world.stateDir, 'identity.json'), 'utf8')) as Record<
    string,
    string | null
  >;

describe('init', () => {
  it('refuses on an existing key and changes nothing', async () => {
    await cli.makeNode({ register: false });
    const before = await readFile(join(cli.world.stateDir, 'node.key'), 'utf8');
    const record = await identity();
    const { code, stderr } = await cli.world.run(['init']);
    expect([code, stderr]).toEqual([6, expect.stringContaining('Nothing was changed.')]);
    expect(await readFile(join(cli.world.stateDir, 'node.key'), 'utf8')).toBe(before);
    expect(await identity()).toEqual(record);
  });

  it('moves the old key to a dated backup first with --force, and says where', async () => {
    const { nodeKeyHash } = await cli.makeNode({ register: false });
    const before = await readFile(join(cli.world.stateDir, 'node.key'), 'utf8');
    const { code, stdout } = await cli.world.run(['init', '--force']);
    expect(code).toBe(0);
    const backup = /is in (\S+\.key),/.exec(stdout)?.[1] ?? '';
    expect(await readFile(backup, 'utf8')).toBe(before);
    expect(backup).toMatch(/node-[0-9a-f]{8}-\d{8}T\d{6}Z\.key$/);
    expect(stdout).toContain(nodeKeyHash);
    expect((await identity()).nodeKeyHash).not.toBe(nodeKeyHash);
  });

  it('makes no key where the journal remembers one that is gone', async () => {
    await cli.makeNode();
    const node = await cli.startNode();
    await cli.network.coordinator.answered(cli.network.coordinator.submit('One row for the journal'));
    await node.printed(/Delivered/);
    await cli.world.run(['drain']);
    for (const file of ['node.key', 'identity.json']) await rm(join(cli.world.stateDir, file));
    for (const command of ['init', 'start', 'setup']) {
      const { code, stderr } = await cli.world.run([command]);
      expect([command, code, stderr]).toEqual([command, 6, expect.stringContaining('No new key was made')]);
    }
    expect(await readdir(cli.world.stateDir)).not.toContain('node.key');
  });

  it('records the owner, and refuses the address of the node key as one', async () => {
    await cli.world.run(['init', '--wallet', wallet]);
    expect((await identity()).owner).toBe(wallet.toLowerCase());
    const { nodeAddress } = await identity();
    for (const command of ['init', 'start', 'setup']) {
      const { code, stderr } = await cli.world.run([command, '--wallet', String(nodeAddress)]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('address of the node key')]);
    }
  });
});

describe('the way to register with another coordinator', () => {
  const words = (text: string) => text.replace(/\s+/g, ' ');
  const unknown = /contracts aren’t known, .*Ask whoever runs this coordinator how to register/;
  const compare = 'Compare contract and chain before you sign';

  it('is no form of the Console where its contracts are not known: init, setup, verify and start', async () => {
    const init = await cli.world.run(['init']);
    const setup = await cli.world.run(['setup']);
    const verify = await cli.world.run(['verify']);
    const node = cli.world.start(['start', '--plain']);
    await node.printed(/noticed by itself/);
    node.signal('SIGTERM');
    for (const { stdout } of [init, setup, verify, await node.ended]) {
      expect(words(stdout)).toMatch(unknown);
      expect(stdout).not.toContain('app.parallelix.io/operate');
    }
    expect(init.stdout).toMatch(/tier +tier [1-4][\s\S]*nodeKeyHash +0x[0-9a-f]{64}/);
  });

  it('is the form with a warning where contracts are named', async () => {
    await cli.nameContracts();
    const init = await cli.world.run(['init']);
    const setup = await cli.world.run(['setup']);
    const verify = await cli.world.run(['verify']);
    const node = cli.world.start(['start', '--plain']);
    await node.printed(/noticed by itself/);
    node.signal('SIGTERM');
    for (const { stdout } of [init, setup, verify, await node.ended]) {
      expect(words(stdout)).toContain(compare);
      expect(stdout).toContain('https://app.parallelix.io/operate/nodes/register?keyHash=0x');
    }
  });
});

describe('setup', () => {
  it('is idempotent with --yes --json: what is missing, and the same document each time', async () => {
    await cli.nameContracts();
    const first = await cli.world.run(['setup', '--yes', '--json']);
    const second = await cli.world.run(['setup', '--yes', '--json']);
    expect([first.code, second.code]).toEqual([5, 5]);
    expect(second.stdout).toBe(first.stdout);
    const missing = first.json() as {
      complete: boolean;
      nodeKeyHash: string;
      registerLink: string;
      steps: { id: string; done: boolean }[];
    };
    expect(missing.complete).toBe(false);
    expect(missing.steps.filter(({ done }) => !done).map(({ id }) => id)).toEqual(['registration']);
    expect(missing.registerLink).toContain(`keyHash=${missing.nodeKeyHash}&tier=`);

    const { nodeId } = await cli.network.registerNode({ nodeKeyHash: missing.nodeKeyHash, tier: 1 });
    const third = await cli.world.run(['setup', '--yes', '--json']);
    const fourth = await cli.world.run(['setup', '--yes', '--json']);
    expect(third.json()).toMatchObject({ complete: true, nodeId, registeredTier: 1, registerLink: null });
    expect(fourth.stdout).toBe(third.stdout);
    expect([third.code, fourth.code]).toEqual([0, 0]);
    expect((await identity()).nodeId).toBe(nodeId);
  });

  it('offline says once that it is to be run again, and offers no form to a key that was registered', async () => {
    await cli.nameContracts();
    await cli.makeNode({ register: false });
    const offline = { PARALLELIX_API_URL: 'http://127.0.0.1:1' };
    const fresh = await cli.world.run(['setup'], offline);
    expect([fresh.code, fresh.stdout]).toEqual([5, expect.stringContaining('nodes/register?keyHash=0x')]);
    expect(fresh.stdout.match(/run setup again/g)).toHaveLength(1);
    const path = join(cli.world.stateDir, 'identity.json');
    await writeFile(path, JSON.stringify({ ...(await identity()), nodeId: '4217' }), { mode: 0o600 });
    const registered = await cli.world.run(['setup'], offline);
    expect([registered.code, registered.stdout]).toEqual([5, expect.not.stringContaining('nodes/register')]);
  });

  it('waits for the registration and goes on by itself', async () => {
    const setup = cli.world.start(['setup', '--wait']);
    const [, nodeKeyHash = ''] = await setup.printed(
      /nodeKeyHash +(0x[0-9a-f]{64})[\s\S]*Waiting for your registration/,
    );
    const { nodeId } = await cli.network.registerNode({ nodeKeyHash, tier: 1 });
    const { code, stdout } = await setup.ended;
    expect(stdout).toMatch(
      new RegExp(
        `Registered as node ${nodeId} of 0x[\\s\\S]*Everything is set up.*parallelix-operator start`,
      ),
    );
    expect(code).toBe(0);
  });

  it('asks the coordinator again about a stored node id instead of trusting it', async () => {
    const { nodeKeyHash } = await cli.makeNode({ register: false });
    const path = join(cli.world.stateDir, 'identity.json');
    await writeFile(path, JSON.stringify({ ...(await identity()), nodeId: '9999' }), { mode: 0o600 });
    const lost = await cli.world.run(['setup']);
    expect([lost.code, lost.stdout]).toEqual([
      5,
      expect.stringContaining('was registered as node 9999. The network no longer knows it'),
    ]);
    const { nodeId } = await cli.network.registerNode({ nodeKeyHash, tier: 1 });
    expect((await cli.world.run(['setup'])).code).toBe(0);
    expect((await identity()).nodeId).toBe(nodeId);
  });

  it('names Ollama as what is missing when it does not answer', async () => {
    await cli.network.ollama.setFaults({ down: true });
    const { code, stdout } = await cli.world.run(['setup', '--yes']);
    expect([code, stdout]).toEqual([5, expect.stringMatching(/Still to do:\n +! Ollama/)]);
  });

  it('gets the recommended model with --yes, and the document is the same afterwards', async () => {
    cli.network.ollama.models.replace([{ name: 'nomic-embed-text', capabilities: ['embedding'] }]);
    const asked = await cli.world.run(['setup', '--json']);
    expect(asked.json()).toMatchObject({ model: null });
    expect(cli.network.ollama.seen.count('/api/pull')).toBe(0);
    const got = await cli.world.run(['setup', '--yes', '--json']);
    const { model, steps } = got.json() as { model: string; steps: { id: string; done: boolean }[] };
    expect(steps.find(({ id }) => id === 'ollama')).toMatchObject({ done: true });
    expect(cli.network.ollama.models.find(model)).not.toBeNull();
    expect((await cli.world.run(['setup', '--yes', '--json'])).stdout).toBe(got.stdout);
  });

  const fastMemory = async () => {
    await mkdir(cli.world.stateDir, { recursive: true, mode: 0o700 });
    const measured = JSON.stringify({ schemaVersion: 1, bytesPerSecond: 1e12 });
    await writeFile(join(cli.world.stateDir, 'memory-speed.json'), measured);
  };

  it('tests what it got, and corrects a choice that turns out too slow', async () => {
    const { ollama } = cli.network;
    ollama.models.replace([]);
    await fastMemory();
    await ollama.setFaults({ claimedTokenMs: 1000 });
    const { stdout } = await cli.world.run(['setup', '--yes']);
    const [first] = ollama.seen.requests.filter(({ endpoint }) => endpoint === '/api/pull');
    expect(first?.model).not.toBe('llama3.2');
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toContain(`${first?.model} answers here with about 1 token/s, too slow`);
    expect(words).toContain('llama3.2 (2.02 GB) is downloaded to serve instead');
    expect(ollama.models.find('llama3.2')).not.toBeNull();
  });

  it('asks before it corrects a choice, and takes a no', async (context) => {
    if (!hasScript) context.skip('no real terminal here');
    const { ollama } = cli.network;
    ollama.models.replace([]);
    await cli.nameContracts();
    await fastMemory();
    await ollama.setFaults({ claimedTokenMs: 1000 });
    const { text } = await converse(
      cli.world,
      ['setup'],
      [
        [/Download \S+ \(.* tokens\/s\)\? \[Y\/n\]/, 'y\n'],
        [/Download llama3\.2 \(2\.02 GB\) to serve instead\? \[Y\/n\]/, 'n\n'],
        // For the phone with the wallet; what it reads is told by the test of QR codes.
        [/[▀▄█ ]{40}[\s\S]*Scan it with your phone to open this in your wallet’s browser/, '\u0003'],
      ],
    );
    expect(text).toContain('too slow');
    expect(ollama.seen.count('/api/pull')).toBe(1);
  });

  it('checks the node while it runs', async () => {
    await cli.makeNode();
    await cli.startNode();
    const { code, stdout } = await cli.world.run(['setup', '--yes']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('your node is running')]);
  });
});

describe('verify', () => {
  const resultsOf = async (args: readonly string[] = []) => {
    const { code, json } = await cli.world.run(['verify', '--json', ...args]);
    const { checks } = json() as {
      checks: { id: string; result: string; finding: string; action: string | null }[];
    };
    return { code, of: (id: string) => checks.find((check) => check.id === id), checks };
  };

  it('fails nothing on a machine that is in order', async () => {
    await cli.makeNode();
    const { code, checks, of } = await resultsOf();
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(code).toBe(0);
    expect(of('clock')?.finding).toBe('clock-right');
    expect(of('backup')?.finding).toBe('backup-none');
    expect(of('official')?.finding).toBe('official-not-here');
    expect(of('daemon')?.finding).toBe('daemon-not-running');
  });

  it('reports whether the network accepts the heartbeats of the running node', async () => {
    await cli.makeNode();
    expect((await resultsOf()).of('heartbeats')?.result).toBe('not-checked');
    await cli.startNode();
    expect((await resultsOf()).of('heartbeats')?.finding).toBe('heartbeats-accepted');
    cli.network.coordinator.setBehaviour({ allowedSkewMs: 1, clockSkewMs: 3_600_000 });
    // A pause is told by a heartbeat at once, and that one is refused.
    await cli.world.run(['pause']);
    await cli.network.coordinator.ledger.when('a refusal', () =>
      cli.network.coordinator.ledger.heartbeats.some(({ accepted }) => !accepted),
    );
    const refused = await resultsOf();
    expect([refused.code, refused.of('heartbeats')?.result]).toEqual([1, 'failed']);
  });

  it('reports before the first setup what is missing, and how to fix each', async () => {
    const { code, checks } = await resultsOf();
    expect(code).toBe(1);
    const failed = checks.filter(({ result }) => result === 'failed');
    expect(failed.map(({ finding }) => finding)).toEqual(['key-none']);
    expect(
      checks.filter(({ result, action }) => (result === 'failed' || result === 'warning') && !action),
    ).toEqual([]);
  });

  it('finds a key that others can read, and a directory that others can enter', async () => {
    await cli.makeNode();
    await chmod(join(cli.world.stateDir, 'node.key'), 0o644);
    await chmod(cli.world.stateDir, 0o755);
    const { code, of } = await resultsOf();
    expect([code, of('key')?.result, of('state-dir')?.finding]).toEqual([1, 'failed', 'state-dir-open']);
  });

  it('finds a clock that is off, a tier that is too high, and a coordinator that is down', async () => {
    const { tier } = await cli.makeNode({ tier: 4 });
    cli.network.coordinator.setBehaviour({ clockSkewMs: 120_000 });
    const { of } = await resultsOf();
    expect(of('clock')?.finding).toBe('clock-off');
    expect(of('tier')?.finding).toBe(tier === 4 ? 'tier-agrees' : 'tier-too-high');
    await cli.network.coordinator.outage('refused');
    const down = await resultsOf();
    expect([down.of('coordinator')?.result, down.of('registration')?.result]).toEqual([
      'failed',
      'not-checked',
    ]);
  });

  it('finds an Ollama that lists its models and answers nothing', async () => {
    await cli.makeNode();
    expect((await resultsOf()).of('generation')?.finding).toBe('generation-works');
    await cli.network.ollama.setFaults({ status: 500 });
    const { code, of } = await resultsOf();
    expect([code, of('ollama')?.result, of('generation')?.finding]).toEqual([1, 'ok', 'generation-fails']);
  });

  it('tests a running node’s model without changing how it is kept in memory', async () => {
    await cli.makeNode();
    await cli.startNode(['--wait']);
    const inMemory = async () =>
      ((await (await fetch(`${cli.network.urls.ollamaUrl}/api/ps`)).json()) as { models: unknown[] }).models;
    await expect.poll(inMemory).toHaveLength(1);
    const loads = () => cli.network.ollama.seen.requests.filter(({ prompt }) => prompt === '');
    const [first] = loads();
    expect((await resultsOf()).of('generation')?.finding).toBe('generation-works');
    for (const { body } of loads()) expect(body).toEqual(first?.body);
  });

  it('asks an RPC of one’s own for its chain', async () => {
    await cli.makeNode();
    expect((await resultsOf()).of('rpc')?.finding).toBe('rpc-none');
    expect((await resultsOf(['--rpc-url', cli.network.urls.ollamaUrl])).of('rpc')?.finding).toBe(
      'rpc-unreachable',
    );
  });

  it('reports an identity record that cannot be read, rather than fail over it', async () => {
    await cli.makeNode();
    await writeFile(join(cli.world.stateDir, 'identity.json'), '{"torn');
    const { code, of } = await resultsOf();
    expect([code, of('key')?.finding]).toEqual([1, 'key-unusable']);
  });
});
