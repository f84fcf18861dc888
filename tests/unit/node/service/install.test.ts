import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createIdentity } from '../../../../electron/daemon/identity/identity.ts';
import { readIdentityRecord } from '../../../../electron/daemon/storage/identity-record.ts';
import type { StatePaths } from '../../../../electron/daemon/storage/paths.ts';
import { systemClock as clock } from '../../../../electron/daemon/system/clock.ts';
import type {
  ServiceManager,
  ServiceState,
} from '../../../../electron/daemon/system/service-manager/service-manager.ts';
import { createSystemd } from '../../../../electron/daemon/system/service-manager/systemd.ts';
import { unitText } from '../../../../electron/daemon/system/service-manager/systemd-unit.ts';
import { createContext, type NodeContext } from '../../../../electron/node/context.ts';
import { installService } from '../../../../electron/node/operations/service/install.ts';
import type { ServicePlan } from '../../../../electron/node/operations/service/plan.ts';
import { keyForService } from '../../../../electron/node/operations/service/service-key.ts';
import { NodeError, type ServiceAction } from '../../../../shared/errors.ts';
import { standInKeychain } from '../../../fixtures/identity/keychain-stand-in.ts';
import { sampleDefinition } from '../../../fixtures/service-definition.ts';
import { temporaryFolder, temporaryState } from '../../../fixtures/storage/sandbox.ts';

const stopped: ServiceState = {
  ...{
    activity: 'stopped',
    enabled: false,
    pid: null,
    restarts: 0,
    exitCode: null,
    signal: null,
    hung: false,
  },
};

/** A service manager that writes down what it is told, and fails where it is asked to. */
function recordingManager(folder: string, fails: string | null) {
  const calls: string[] = [];
  const act = (verb: ServiceAction) => async (name?: string) => {
    calls.push(verb);
    if (verb === fails)
      throw new NodeError('service-failed', { action: verb, name: name ?? '', reason: 'refused' });
  };
  const manager: ServiceManager = {
    ...{
      kind: 'systemd',
      scope: 'user',
      label: (name) => name,
      path: (name) => join(folder, name),
      text: unitText,
    },
    ...{
      files: async () => [],
      unavailable: async () => null,
      notify: async () => true,
      state: async () => stopped,
    },
    ...{ reload: act('reload'), enable: act('enable'), disable: act('disable') },
    ...{ start: act('start'), stop: act('stop'), restart: act('restart') },
  };
  return { manager, calls };
}

describe('installing a service for a node whose key is in the keychain', () => {
  let paths: StatePaths;
  let context: NodeContext;
  let nodeKeyHash: string;
  let folder: string;

  beforeEach(async () => {
    paths = await temporaryState();
    folder = await temporaryFolder();
    const keys = join(folder, 'keychain');
    await mkdir(keys);
    const keychain = standInKeychain(keys);
    const env = { PATH: '/usr/bin:/bin' };
    context = {
      ...createContext({ paths, env, platform: 'linux', homeDir: folder, version: '1.2.3' }, { clock }),
      keychain,
    };
    const modules = { clock, keychain, fileStore: context.fileStore(), journalNamesKey: () => null };
    ({ nodeKeyHash } = (await createIdentity({ paths, keyStore: 'keychain' }, modules)).record);
  });

  async function plan(fails: string | null) {
    const { manager, calls } = recordingManager(folder, fails);
    const definition = sampleDefinition({ stateDir: paths.stateDir });
    const key = await keyForService({ paths, uid: process.geteuid?.() ?? 0, passphraseFile: null });
    const planned: ServicePlan = {
      ...{
        manager,
        definition,
        paths,
        text: unitText(definition),
        place: manager.path('default'),
        label: 'default',
      },
      ...{ before: null, state: stopped, key, running: null, lingering: null },
      ...{ makesAccount: false, sealsPassphrase: null, unseenVariables: [] },
    };
    return { planned, calls };
  }
  const install = (planned: ServicePlan, moveKey: boolean) =>
    installService(context, planned, { moveKey, linger: false, onStep: () => {} });
  const inKeychain = () => existsSync(join(folder, 'keychain', nodeKeyHash));

  it('does nothing without a yes to moving it', async () => {
    const { planned, calls } = await plan(null);
    expect(planned.key).toEqual({ place: 'keychain', nodeKeyHash });
    await expect(install(planned, false)).rejects.toMatchObject({ code: 'service-refused' });
    expect([calls, inKeychain(), existsSync(planned.place)]).toEqual([[], true, false]);
  });

  it('moves it to the file, read back, before the service starts', async () => {
    const { planned, calls } = await plan(null);
    expect(await install(planned, true)).toMatchObject({ started: true, keyMoved: true });
    expect(calls).toEqual(['reload', 'enable', 'start']);
    expect([inKeychain(), existsSync(paths.keyFile)]).toEqual([false, true]);
    expect((await readIdentityRecord(paths.identityFile))?.keyStore).toBe('file');
  });

  it.each([
    ['enable', ['reload', 'enable', 'reload']],
    ['start', ['reload', 'enable', 'start', 'stop', 'disable', 'reload']],
  ])('puts everything back where it was when it does not %s', async (step, told) => {
    const { planned, calls } = await plan(step);
    await expect(install(planned, true)).rejects.toMatchObject({ code: 'service-failed' });
    expect(calls).toEqual(told);
    expect([inKeychain(), existsSync(paths.keyFile), existsSync(planned.place)]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await readIdentityRecord(paths.identityFile))?.keyStore).toBe('keychain');
  });

  it('leaves a file that stood there as it was when the new one does not start', async () => {
    const { planned } = await plan('start');
    await writeFile(planned.place, 'the version before\n');
    await expect(install({ ...planned, before: 'the version before\n' }, true)).rejects.toThrow();
    expect(await readFile(planned.place, 'utf8')).toBe('the version before\n');
  });
});

describe('a computer without systemd', () => {
  const reasonOn = async (release: string | null) => {
    const root = await temporaryFolder();
    if (release !== null) {
      await mkdir(join(root, 'proc', 'sys', 'kernel'), { recursive: true });
      await writeFile(join(root, 'proc', 'sys', 'kernel', 'osrelease'), release);
    }
    return createSystemd({ scope: 'user', env: {}, homeDir: root, uid: 1000, root }, { clock }).unavailable();
  };

  it('is told apart from WSL2, where it can be switched on', async () => {
    expect(await reasonOn('5.15.153.1-microsoft-standard-WSL2\n')).toBe('wsl');
    expect(await reasonOn('6.1.0-18-amd64\n')).toBe('no-systemd');
    expect(await reasonOn(null)).toBe('no-systemd');
  });
});
