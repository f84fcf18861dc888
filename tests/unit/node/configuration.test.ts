import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FlagName, type FlagValues, flags } from '../../../electron/cli/args/flags.ts';
import { resolveConfiguration as resolveForCommandLine } from '../../../electron/cli/resolve.ts';
import type { Terminal } from '../../../electron/cli/terminal/terminal.ts';
import { statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import {
  describeSettings,
  resolveConfiguration,
  settingsInForce,
} from '../../../electron/node/configuration.ts';
import { stateDirVariable, variables } from '../../../electron/node/overrides.ts';
import { resolvePaths } from '../../../electron/node/state-directory.ts';
import { temporaryFolder } from '../../fixtures/storage/sandbox.ts';

/** One value of each variable that is neither the default nor what is saved below. */
const given: Readonly<Record<string, { text: string; value: unknown }>> = {
  coordinatorUrl: { text: 'https://env.example', value: 'https://env.example' },
  ollamaUrl: { text: '127.0.0.1:1002', value: 'http://127.0.0.1:1002' },
  defaultModel: { text: ' from-env ', value: 'from-env' },
  'hardware.acceptTierMismatch': { text: 'true', value: true },
};
const withVariable = Object.entries(variables).flatMap(([setting, variable]) =>
  variable === null ? [] : [{ setting, variable }],
);

async function place() {
  const homeDir = await temporaryFolder();
  const paths = statePaths({ stateDir: `${homeDir}/node`, env: {}, platform: 'linux', homeDir });
  return { homeDir, paths };
}

/** What a command reads, from the program's own adapter. */
function onCommandLine(homeDir: string, stateDir: string, env: NodeJS.ProcessEnv, values: FlagValues = {}) {
  const said: string[] = [];
  const terminal = { err: (text: string) => said.push(text) } as unknown as Terminal;
  const call = { operands: [], homeDir, platform: 'linux', version: '1.0.0', terminal, clock } as const;
  return resolveForCommandLine({ ...call, env, flags: { 'state-dir': stateDir, ...values } });
}

describe('what is in force', () => {
  it.for(withVariable)('$variable counts in the app exactly as on the command line', async (row) => {
    const { homeDir, paths } = await place();
    const store = await openSettings({ paths }, { clock });
    const { text, value } = given[row.setting] ?? { text: '', value: null };
    const env = { [row.variable]: text };
    const inApp = settingsInForce({ env }, store);
    const inCommand = await onCommandLine(homeDir, paths.stateDir, env);
    expect(inApp.settings).toEqual(inCommand.settings);
    expect(inApp.ollama).toEqual(inCommand.ollama);
    for (const inForce of [inApp, inCommand]) {
      expect(describeSettings(store, inForce).find(({ name }) => name === row.setting)).toMatchObject({
        value,
        source: 'environment',
        givenBy: row.variable,
      });
      expect(inForce.settings).not.toEqual(store.current);
    }
  });

  it.for(withVariable)('$variable with a value that cannot be is refused by name in both', async (row) => {
    const { homeDir, paths } = await place();
    const store = await openSettings({ paths }, { clock });
    const env = { [row.variable]: 'two words' };
    const details = { name: row.variable, value: 'two words' };
    expect(() => settingsInForce({ env }, store)).toThrow(
      expect.objectContaining({ code: 'setting-invalid', details: expect.objectContaining(details) }),
    );
    await expect(onCommandLine(homeDir, paths.stateDir, env)).rejects.toMatchObject({
      code: 'usage',
      details: { input: `${row.variable}=two words` },
    });
  });

  it('is a flag before the environment, then what is saved, then the default', async () => {
    const { homeDir, paths } = await place();
    mkdirSync(paths.stateDir, { mode: 0o700 });
    const store = await openSettings({ paths }, { clock });
    const env = { PARALLELIX_MODEL: 'from-env' };
    const model = async (variables: NodeJS.ProcessEnv, values: FlagValues) => {
      const { settings, sourceOf } = await onCommandLine(homeDir, paths.stateDir, variables, values);
      return [settings.defaultModel, sourceOf('defaultModel')];
    };
    expect(await model({}, {})).toEqual([null, 'default']);
    await store.set('defaultModel', 'saved');
    expect(await model({ PARALLELIX_MODEL: '  ' }, {})).toEqual(['saved', 'saved']);
    expect(await model(env, {})).toEqual(['from-env', 'environment']);
    expect(await model(env, { model: 'from-flag' })).toEqual(['from-flag', 'flag']);
  });

  it('knows every flag that has a variable for a setting, and names the same variable', () => {
    const listed = (Object.keys(flags) as FlagName[]).flatMap((name) => {
      const flag = flags[name];
      return 'overrides' in flag && 'env' in flag ? [[flag.overrides.setting, flag.env]] : [];
    });
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(withVariable.map(({ setting, variable }) => [setting, variable])),
    );
  });

  it('leaves what the store holds as it is', async () => {
    const { paths } = await place();
    const store = await openSettings({ paths }, { clock });
    settingsInForce({ env: { PARALLELIX_ACCEPT_TIER_MISMATCH: 'true' } }, store);
    expect(store.current.hardware.acceptTierMismatch).toBe(false);
  });

  it('takes a record that cannot be read for none only where the operation reports it', async () => {
    const { paths } = await place();
    mkdirSync(paths.stateDir, { mode: 0o700 });
    writeFileSync(paths.identityFile, 'torn');
    const context = { paths, env: {}, clock };
    await expect(resolveConfiguration(context)).rejects.toMatchObject({ code: 'identity-unreadable' });
    expect(await resolveConfiguration(context, { record: 'lenient' })).toMatchObject({ record: null });
  });

  it('names the state directory by the same variable for every host, and refuses a file there', async () => {
    const homeDir = await temporaryFolder();
    const computer = { platform: 'linux', homeDir } as const;
    const stateDir = `${homeDir}/elsewhere`;
    expect(await resolvePaths({ ...computer, env: { [stateDirVariable]: stateDir } })).toMatchObject({
      stateDir,
      chosenBy: 'environment',
    });
    writeFileSync(stateDir, '');
    await expect(resolvePaths({ ...computer, env: { [stateDirVariable]: stateDir } })).rejects.toMatchObject({
      code: 'state-dir-unusable',
    });
  });
});
