import { existsSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createIdentity, openIdentity } from '../../../electron/daemon/identity/identity.ts';
import { moveKey } from '../../../electron/daemon/identity/move.ts';
import { quarantineKey } from '../../../electron/daemon/identity/quarantine.ts';
import { keyNamedByJournals } from '../../../electron/daemon/serving/journal-key.ts';
import { keysUnder } from '../../fixtures/identity/identity.ts';
import { bundledChild, startChild } from '../../fixtures/storage/sandbox.ts';
import { uninstallFixture } from '../../fixtures/uninstall.ts';

/** Removes everything in a process that kills itself before its n-th removal; none is the 0th. */
const remover = `
  const [stateDir, folder, nth] = process.argv.slice(1);
  const { default: files } = await import('node:fs/promises');
  const { syncBuiltinESMExports } = await import('node:module');
  let calls = 0;
  const mortal = (work) => async (...args) => {
    if (++calls === Number(nth)) process.kill(process.pid, 'SIGKILL');
    return work(...args);
  };
  for (const name of ['rm', 'rmdir']) files[name] = mortal(files[name]);
  syncBuiltinESMExports();
  const { systemClock } = await import('@/system/clock.ts');
  const { statePaths } = await import('@/storage/paths.ts');
  const { removeNodeData } = await import('@/../node/operations/uninstall.ts');
  const { standInKeychain } = await import('@/../../tests/fixtures/identity/keychain-stand-in.ts');
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: '/home/nobody' });
  const keychain = standInKeychain(folder);
  keychain.erase = mortal(keychain.erase);
  const modules = { clock: systemClock, keychain, lookUp: async () => ({ kind: 'not-registered' }) };
  await removeNodeData({ paths, version: '0', loseKey: true, confirm: async () => {} }, modules);
  console.log('calls ' + calls);
`;

describe('a removal that is killed', () => {
  /** As many files as tell one kind from the next, so that every boundary is hit. */
  async function mortalFixture(store: 'file' | 'keychain') {
    const state = await uninstallFixture({ backup: false });
    const { paths, modules, keychain, key } = state;
    if (store === 'keychain') await moveKey({ paths, to: 'keychain' }, { ...modules, keychain });
    await quarantineKey(paths, key.nodeKeyHash, 0);
    rmSync(`${paths.logFile}.1`);
    return state;
  }

  it.each(['file', 'keychain'] as const)(
    'at any step leaves a node that can run, or one that expects its key, or none; with the key as a %s',
    async (store) => {
      const whole = await mortalFixture(store);
      const program = await bundledChild(remover);
      const counting = await startChild(program, [whole.paths.stateDir, whole.keychainFolder, '0']).ended;
      const steps = Number(/calls (\d+)/.exec(counting.output)?.[1] ?? counting.errors);
      expect(steps).toBeGreaterThan(8);
      expect(existsSync(whole.paths.stateDir)).toBe(false);
      const seen = new Set<string>();
      async function killBefore(step: number): Promise<void> {
        const state = await mortalFixture(store);
        const { paths, keychain, keychainFolder, key, privateKey } = state;
        const child = startChild(program, [paths.stateDir, keychainFolder, String(step)]);
        expect(await child.ended).toMatchObject({ signal: 'SIGKILL' });
        const modules = { ...state.modules, keychain, journalNamesKey: () => keyNamedByJournals(paths) };
        const left = keysUnder(paths.stateDir).has(privateKey) || readdirSync(keychainFolder).length > 0;
        const creation = createIdentity({ paths }, modules);
        const label = `before step ${step}`;
        if (left) {
          seen.add('runs');
          await expect(creation, label).rejects.toMatchObject({ code: 'key-exists' });
          expect((await openIdentity({ paths }, modules)).key.nodeKeyHash, label).toBe(key.nodeKeyHash);
          expect(existsSync(paths.quarantineFile), label).toBe(true);
        } else if (existsSync(paths.identityFile)) {
          seen.add('expects');
          await expect(creation, label).rejects.toMatchObject({ code: 'key-missing' });
        } else {
          seen.add('none');
          await creation;
        }
        await state.remove({ loseKey: true });
        expect(existsSync(paths.identityFile) || existsSync(paths.keyFile), label).toBe(false);
        expect(readdirSync(keychainFolder), label).toEqual([]);
      }
      for (let step = 1; step <= steps; step += 2) {
        await Promise.all([killBefore(step), ...(step < steps ? [killBefore(step + 1)] : [])]);
      }
      expect([...seen].toSorted()).toEqual(store === 'file' ? ['none', 'runs'] : ['expects', 'none', 'runs']);
    },
    120_000,
  );

  it('begun again without a record and a lock still finds the rest', async () => {
    const { paths, remove } = await uninstallFixture();
    for (const path of [paths.lockFile, paths.identityFile, paths.keyFile]) rmSync(path);
    await remove();
    expect(existsSync(paths.stateDir)).toBe(false);
  });
});
