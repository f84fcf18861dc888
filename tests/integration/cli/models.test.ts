import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { converse, hasScript } from '../../fixtures/cli/conversation.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';

let cli: ConnectedCli;
/** No size is asked for on the internet, and models lie where the stand-in keeps them. */
let env: NodeJS.ProcessEnv;
const model = 'nomic-embed-text';
const whole = 4 * 1024 * 1024 + 1_429 + 7_711 + 485;

beforeEach(async () => {
  cli = await createConnectedCli();
  const { ollama } = cli.network;
  env = { HTTPS_PROXY: 'http://127.0.0.1:9', OLLAMA_MODELS: ollama.modelsDir };
  ollama.models.remove(model);
});
afterEach(() => cli.stop());

const run = (...args: string[]) => cli.world.run(['models', ...args], env);
const pulls = () => cli.network.ollama.seen.requests.filter(({ endpoint }) => endpoint === '/api/pull');

describe.each(['command', 'node'] as const)('models pull, done by the %s', (by) => {
  beforeEach(async () => {
    if (by === 'command') return;
    await cli.makeNode();
    await cli.startNode([], env);
  });

  it('gets a model and says so; the document has its figures', async () => {
    const { code, stdout, stderr } = await run('pull', model);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      new RegExp(
        `^(?:The running node downloads it|Ctrl-C cancels)[^\\n]*\\n[\\s\\S]*${model} is here: 4.2 MB`,
      ),
    );
    expect(stdout.includes('The running node')).toBe(by === 'node');
    expect(cli.network.ollama.models.find(model)).not.toBeNull();
    const again = await run('pull', model, '--json');
    expect(again.json()).toEqual({
      schemaVersion: 1,
      document: 'model-pull',
      model,
      by,
      state: 'done',
      totalBytes: null,
      completedBytes: whole,
      attempt: 1,
    });
  });

  it('is cancelled by Ctrl-C; what came stays, and the next pull goes on from there', async () => {
    const { ollama } = cli.network;
    await ollama.setFaults({ pullHangAfterBytes: 3_000_000 });
    const pull = cli.world.start(['models', 'pull', model], env);
    await ollama.seen.when('bytes', () => (pulls()[0]?.chunksSent ?? 0) > 45);
    await pull.printed(/layer 1/);
    pull.signal('SIGINT');
    const { code, stdout } = await pull.ended;
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /Cancelled\. The [23](?:\.\d+)? MB that came stay; resume with: parallelix-operator models pull/,
      ),
    ]);
    await ollama.seen.when('the end', () => pulls()[0]?.outcome === 'aborted');
    await ollama.clearFaults();
    expect((await run('pull', model)).code).toBe(0);
    expect(pulls()[1]?.chunksSent).toBeLessThan(40);
  });

  it('fails with the reason and what to do', async () => {
    const unknown = await run('pull', 'nobody/knows');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringMatching(/library has no model nobody\/knows\. Nothing was changed/),
    ]);
    const cloud = await run('pull', 'gpt-oss:120b-cloud', '--json');
    expect([cloud.code, cloud.json()]).toMatchObject([
      2,
      { document: 'error', error: { code: 'model-cloud' } },
    ]);
    await cli.network.ollama.setFaults({ pullTooOld: true });
    expect((await run('pull', model)).stderr).toMatch(/needs a newer Ollama/);
  });

  it('of unknown size above 5 GB waits for a decision, and comes with --yes', async () => {
    await cli.network.ollama.setFaults({ pullClaimedBytes: 6_000_000_000 });
    const { code, stderr } = await run('pull', model);
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/6 GB or more\. Above 5 GB you decide[^\n]*models pull \S+ --yes\n$/),
    ]);
    expect(cli.network.ollama.models.find(model)).toBeNull();
    expect((await run('pull', model, '--yes')).code).toBe(0);
    expect(cli.network.ollama.models.find(model)).not.toBeNull();
  });

  it('rm deletes a model and says what that freed', async () => {
    await run('pull', model);
    const { code, json } = await run('rm', model, '--json');
    expect([code, json()]).toEqual([
      0,
      {
        schemaVersion: 1,
        document: 'model-deletion',
        model: `${model}:latest`,
        by,
        freedBytes: expect.any(Number),
        sizeBytes: whole,
      },
    ]);
    expect(json().freedBytes).toBeGreaterThanOrEqual(whole);
    expect(cli.network.ollama.models.find(model)).toBeNull();
    const gone = await run('rm', model);
    expect([gone.code, gone.stderr]).toEqual([5, expect.stringMatching(/isn’t installed/)]);
  });

  it('test measures the default model', async () => {
    const { code, stdout } = await run('test');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/llama3\.2:latest\n +generating +\S+ tokens\/s/),
    ]);
    const { json } = await run('test', 'qwen2.5:7b', '--json');
    expect(json()).toMatchObject({
      document: 'model-test',
      model: 'qwen2.5:7b',
      by,
      state: 'done',
      runs: 5,
      ollamaVersion: '0.0.0-stand-in',
    });
  });
});

describe('models pull on a terminal', () => {
  it.for<[string, number, RegExp]>([
    ['y\r', 0, /layer 1: 0 %, [\s\S]*is here/],
    ['\r', 5, /you decide/],
  ])('asks before it goes on above 5 GB; answered with %j', async ([answer, code, text], context) => {
    if (!hasScript) context.skip('no util-linux script here to make a terminal with');
    // Slow enough that a bar is drawn.
    await cli.network.ollama.setFaults({ pullClaimedBytes: 6_000_000_000, pullBytesPerSecond: 4_000_000 });
    const question: [RegExp, string] = [/6 GB or more\. Download it anyway\? \[y\/N\]/, answer];
    const ended = await converse(cli.world, ['models', 'pull', model], [question], env);
    expect([ended.code, ended.text]).toEqual([code, expect.stringMatching(text)]);
    expect(cli.network.ollama.models.find(model) !== null).toBe(code === 0);
  });
});

describe('a running node and its models', () => {
  it('goes on pulling when the terminal that asked closes', async () => {
    await cli.makeNode();
    await cli.startNode([], env);
    const { ollama } = cli.network;
    await ollama.setFaults({ pullHangAfterBytes: 1_000_000 });
    const pull = cli.world.start(['models', 'pull', model], env);
    await pull.printed(/layer 1/);
    // As when the terminal takes the command with it; without one a hang-up means nothing to it.
    pull.signal('SIGKILL');
    await pull.ended;
    expect((await cli.world.run(['status', '--json'])).json()).toMatchObject({
      pulls: [{ model, state: 'pulling' }],
    });
    expect(pulls()[0]?.outcome).toBe('running');
  });

  it('is not waited for when it ends', async () => {
    await cli.makeNode();
    const node = await cli.startNode([], env);
    await cli.network.ollama.setFaults({ pullHangAfterBytes: 1_000_000 });
    const pull = cli.world.start(['models', 'pull', model], env);
    await pull.printed(/layer 1/);
    node.signal('SIGKILL');
    const { code, stderr } = await pull.ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/didn’t answer \(it has ended\)/)]);
  });

  it('keeps the model that it serves with, unless it is said again', async () => {
    await cli.makeNode();
    await cli.startNode([], env);
    const kept = await run('rm', 'llama3.2');
    expect([kept.code, kept.stderr]).toEqual([
      5,
      expect.stringMatching(/llama3\.2:latest is the default model\. Nothing was changed\.[^\n]*--yes/),
    ]);
    expect((await run('rm', 'llama3.2', '--yes')).code).toBe(0);
    expect(cli.network.ollama.models.find('llama3.2')).toBeNull();
  });
});

describe('models list, catalog and recommend', () => {
  it('list says of each model what it is, where it is, whether it fits and whether it can serve', async () => {
    await cli.network.ollama.seen.when('ready', () => true);
    const { stdout } = await run('list');
    expect(stdout).toMatch(/^ {2}MODEL +SIZE +SERVES +MEMORY +LOADED\n/);
    expect(stdout).toMatch(/\n● llama3\.2:latest +2\.02 GB +Yes +(?:Fits|Tight|Too large|—) +No\n/);
    expect(stdout).toMatch(/gpt-oss:120b-cloud +— +No: runs on somebody else’s computers +— +No\n/);
    const more = await run('list', '--verbose');
    expect(more.stdout).toMatch(/llama3\.2:latest .* 2\.\d+ GB +Q4_K_M +4,096 +completion\n/);
  });

  it('list says until when the running node leaves a model alone, and why', async () => {
    const { network } = cli;
    await cli.makeNode();
    await cli.startNode([], env);
    await network.coordinator.answered(network.coordinator.submit('Say something'));
    await network.ollama.setFaults({
      loadStatus: 500,
      errorText: 'model requires more system memory (9.9 GiB) than is available',
    });
    await network.coordinator.answered(network.coordinator.submit('And this?', { model: 'qwen2.5:7b' }));
    const { stdout } = await run('list');
    expect(stdout).toMatch(/\n {2}qwen2\.5:7b +\S+ GB +Not until .*\d:\d\d.*: too little memory/);
    expect(stdout).toMatch(/\n● llama3\.2:latest +2\.02 GB +Yes /);
    const { models } = (await run('list', '--json')).json() as { models: { name: string }[] };
    expect(models.find(({ name }) => name === 'qwen2.5:7b')).toMatchObject({
      ...{ servable: false, notServableBecause: 'needs-memory', asideUntilMs: expect.any(Number) },
    });
  });

  it('recommend says why, and where the official client differs', async () => {
    const { stdout } = await run('recommend');
    const { json } = await run('catalog', '--json');
    const { models, officialPick } = json() as { models: { id: string }[]; officialPick: string };
    // Each command measures this computer's memory for itself, and a busy one may be slower the next time.
    const [, recommended = ''] = /^(\S+)\n[\s\S]*models pull \1\n$/.exec(stdout) ?? [];
    expect(models.map(({ id }) => id)).toContain(recommended);
    expect(stdout.includes(`The official client would pick ${officialPick} here`)).toBe(
      officialPick !== recommended,
    );
    const table = await run('catalog');
    expect(table.stdout).toMatch(/llama3\.3:70b +70B +42\.5 GB +(?:fits|tight|too big|needs)/);
  });
});
