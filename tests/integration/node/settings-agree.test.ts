import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { createSettingsCommands } from '../../../electron/desktop/commands/settings-commands.ts';
import { createContext } from '../../../electron/node/context.ts';
import { isNodeError } from '../../../shared/errors.ts';
import { type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';

/** What a host answers, or what it refuses with. */
type Outcome =
  | { refused: { code: string; details: object } }
  | { value: unknown; source: unknown; needsRestart: unknown };

interface Host {
  set(name: string, text: string): Promise<Outcome>;
  unset(name: string): Promise<Outcome>;
  saved(name: string): Promise<unknown>;
}

const pathsOf = ({ stateDir, homeDir }: CliWorld) =>
  statePaths({ stateDir, env: {}, platform: process.platform, homeDir });

async function savedIn(world: CliWorld, name: string): Promise<unknown> {
  return (await openSettings({ paths: pathsOf(world) }, { clock })).get(name);
}

/** The built program, as a person in a terminal calls it. */
function commandLine(world: CliWorld): Host {
  const run = async (...args: string[]): Promise<Outcome> => {
    const { code, json } = await world.run(['config', ...args, '--json']);
    const said = json() as Record<string, unknown>;
    if (code === 0) return { value: said.value, source: said.source, needsRestart: said.needsRestart };
    const { code: refusal, details } = said.error as { code: string; details: object };
    return { refused: { code: refusal, details } };
  };
  return {
    set: (name, text) => run('set', name, text),
    unset: (name) => run('unset', name),
    saved: (name) => savedIn(world, name),
  };
}

/** The command of the app's windows, which sends values of the setting's own type. */
async function desktop(world: CliWorld): Promise<Host> {
  const paths = pathsOf(world);
  const computer = { paths, version: '0.0.0-test', platform: process.platform, homeDir: world.homeDir };
  const settings = await openSettings({ paths }, { clock });
  const commands = createSettingsCommands(createContext({ ...computer, env: {} }, { clock }), {
    settings,
    changed: () => {},
    testNotification: () => false,
    // Nobody is asked for a file here.
    dialogs: { askCertificates: async () => null, askModelsFolder: async () => null },
    node: { phase: { phase: 'no-identity' } },
  });
  const run = (input: { name: string; value?: unknown }): Promise<Outcome> =>
    commands['settings.set'](input).then(
      ({ setting: { value, source }, needsRestart }) => ({ value, source, needsRestart }),
      (error: unknown) => {
        if (!isNodeError(error)) throw error;
        return { refused: { code: error.code, details: { ...error.details } } };
      },
    );
  return {
    set: (name, text) => run({ name, value: /^-?\d+$/.test(text) ? Number(text) : text }),
    unset: (name) => run({ name }),
    saved: (name) => savedIn(world, name),
  };
}

describe('a setting, on the command line and in the app,', () => {
  let worlds: CliWorld[];
  let hosts: Host[];

  beforeEach(async () => {
    worlds = [await createCliWorld(), await createCliWorld()];
    const [first, second] = worlds as [CliWorld, CliWorld];
    hosts = [commandLine(first), await desktop(second)];
  });
  afterEach(() => Promise.all(worlds.map((world) => world.clean())));

  /** Both do the same; what they answer has to be the same too. */
  async function both<T>(work: (host: Host) => Promise<T>): Promise<T> {
    const [first, second] = await Promise.all(hosts.map(work));
    expect(second).toEqual(first);
    return first as T;
  }

  it.for([
    ['ollamaUrl', 'https://ollama.com', 'a third party'],
    ['ollamaUrl', 'https://api.ollama.com./v1', 'a third party under another name'],
    ['ollamaUrl', 'http://me:secret@10.0.0.7:11434', 'a password'],
    ['ollamaUrl', 'ftp://10.0.0.7', 'another scheme'],
    ['coordinatorUrl', 'http://coordinator.example', 'no TLS'],
    ['concurrency', '17', 'too much'],
    ['concurrency', 'two', 'no number'],
    ['mode', 'turbo', 'none of the choices'],
    ['capabilitiesVersion', '1.2', 'another form'],
    ['pause', 'on', 'what only the program sets'],
  ])('%s is refused for %s: %s, for the same reason', async ([name = '', text = '']) => {
    const before = await both((host) => host.saved(name));
    const outcome = await both((host) => host.set(name, text));
    expect(outcome).toMatchObject({ refused: { code: 'setting-invalid', details: { name } } });
    expect(JSON.stringify(outcome)).not.toContain('secret');
    expect(await both((host) => host.saved(name))).toEqual(before);
  });

  it.for([
    ['ollamaUrl', 'http://10.0.0.7:11434', 'http://10.0.0.7:11434'],
    ['concurrency', '3', 3],
    ['mode', 'cpu', 'cpu'],
  ] as const)('%s is taken, saved and taken back', async ([name, text, value]) => {
    const fallback = await both((host) => host.saved(name));
    expect(await both((host) => host.set(name, text))).toEqual({
      value,
      source: 'saved',
      needsRestart: false,
    });
    expect(await both((host) => host.saved(name))).toBe(value);
    expect(await both((host) => host.unset(name))).toMatchObject({ value: fallback, source: 'default' });
  });

  it('what only the program sets is not taken back either', async () => {
    expect(await both((host) => host.unset('pause'))).toMatchObject({ refused: { code: 'setting-invalid' } });
  });
});
