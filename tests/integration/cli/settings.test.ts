import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';

describe('where a value comes from', () => {
  let world: CliWorld;

  beforeEach(async () => {
    world = await createCliWorld();
  });
  afterEach(() => world.clean());

  async function setting(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    const { json } = await world.run(['config', 'list', '--json', ...args], env);
    const { settings } = json() as { settings: { name: string; value: unknown; source: string }[] };
    const { value, source } = settings.find((one) => one.name === name) ?? {};
    return [value, source];
  }

  it.for([
    [
      'coordinatorUrl',
      'https://saved.example',
      'PARALLELIX_API_URL',
      'https://env.example',
      '--coordinator-url',
      'https://flag.example',
      'https://parallelix.io/api',
    ],
    [
      'ollamaUrl',
      'http://127.0.0.1:1001',
      'OLLAMA_HOST',
      'http://127.0.0.1:1002',
      '--ollama-url',
      'http://127.0.0.1:1003',
      null,
    ],
    ['defaultModel', 'saved', 'PARALLELIX_MODEL', 'environment', '--model', 'flag', null],
  ] as const)(
    '%s: flag before environment before saved before default',
    async ([name, saved, variable, fromEnv, flag, fromFlag, fallback]) => {
      expect(await setting(name)).toEqual([fallback, 'default']);
      expect((await world.run(['config', 'set', name, saved])).code).toBe(0);
      expect(await setting(name)).toEqual([saved, 'saved']);
      expect(await setting(name, [], { [variable]: '' })).toEqual([saved, 'saved']);
      expect(await setting(name, [], { [variable]: fromEnv })).toEqual([fromEnv, 'environment']);
      expect(await setting(name, [flag, fromFlag], { [variable]: fromEnv })).toEqual([fromFlag, 'flag']);
      expect((await world.run(['config', 'unset', name])).code).toBe(0);
      expect(await setting(name)).toEqual([fallback, 'default']);
    },
  );

  it('the mode and the concurrency: flag before saved', async () => {
    await world.run(['config', 'set', 'mode', 'cpu']);
    expect(await setting('mode')).toEqual(['cpu', 'saved']);
    expect(await setting('mode', ['--gpu'])).toEqual(['gpu', 'flag']);
    expect(await setting('concurrency', ['--concurrency', '4'])).toEqual([4, 'flag']);
  });

  it('OLLAMA_HOST is read as Ollama reads it', async () => {
    expect(await setting('ollamaUrl', [], { OLLAMA_HOST: '0.0.0.0' })).toEqual([
      'http://127.0.0.1:11434',
      'environment',
    ]);
  });

  it('the state directory: flag before environment before the convention', async () => {
    const stateDir = async (args: string[], env: NodeJS.ProcessEnv) =>
      ((await world.run(['config', 'list', '--json', ...args], env)).json() as { stateDir: unknown })
        .stateDir;
    const elsewhere = `${world.homeDir}/other`;
    expect(await stateDir(['--state-dir', elsewhere], {})).toEqual({ value: elsewhere, source: 'flag' });
    expect(await stateDir([], {})).toEqual({ value: world.stateDir, source: 'environment' });
    expect(await stateDir([], { PARALLELIX_STATE_DIR: undefined })).toMatchObject({ source: 'default' });
  });

  it('edit saves what an editor changed: all of it, or nothing where a line is wrong', async () => {
    const edit = (command: string) => world.run(['config', 'edit'], { EDITOR: command, VISUAL: undefined });
    const changed = await edit(
      `sed -i -e 's/^concurrency = 1/concurrency = 3/' -e 's/^mode = .*/mode = cpu/'`,
    );
    expect([changed.code, changed.stdout]).toEqual([0, 'mode is now cpu.\nconcurrency is now 3.\n']);
    expect([await setting('concurrency'), await setting('mode')]).toEqual([
      [3, 'saved'],
      ['cpu', 'saved'],
    ]);
    const listed = await world.run(['config', 'list', '--changed']);
    expect(listed.stdout).toMatch(
      /^NAME[^\n]*\nstateDir[^\n]*\nmode +cpu[^\n]*\nconcurrency +3[^\n]*\n\nChange one/,
    );
    const wrong = await edit(
      `sed -i -e 's/^concurrency = 3/concurrency = 99/' -e 's/^mode = .*/mode = gpu/'`,
    );
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('concurrency')]);
    expect(await setting('mode')).toEqual(['cpu', 'saved']);
    const back = await edit(`sed -i '/^concurrency = /d'`);
    expect([back.stdout, await setting('concurrency')]).toEqual([
      'concurrency is back to its default, 1.\n',
      [1, 'default'],
    ]);
    expect((await edit('true')).stdout).toBe('Nothing was changed.\n');
    expect(await edit('false')).toMatchObject({ code: 1 });
    expect(await edit('no-such-editor')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('EDITOR'),
    });
  });

  it('get prints the value in force, and nothing else', async () => {
    await world.run(['config', 'set', 'timing.drainMs', '5000']);
    expect((await world.run(['config', 'get', 'timing.drainMs'])).stdout).toBe('5000\n');
    expect((await world.run(['config', 'get', 'rpcUrl'])).stdout).toBe('none\n');
  });
});
