import { symlinkSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onPath, runTool } from '../../../.tasks/package/tools.ts';
import { installationAt } from '../../../electron/node/operations/update/installation.ts';
import { withUpdateLock } from '../../../electron/node/operations/update/lock.ts';
import { linkTools, runInstallScript } from '../../fixtures/package/install-script.ts';
import { type ReleaseServer, startReleaseServer } from '../../fixtures/package/release-server.ts';
import { smallPackageName as nameOf, smallPackage } from '../../fixtures/package/small-package.ts';

const missing = ['flock', 'curl', 'xz'].filter((name) => onPath(name) === null).join(', ');
const reason = process.platform !== 'linux' || missing !== '' ? `not here: ${missing || 'Linux'}` : null;

/** What installs, updates and removes takes one lock. */
describe('install.sh and update', { timeout: 120_000 }, () => {
  let folder: string;
  let bin: string;
  let home: string;
  let server: ReleaseServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plx-turns-'));
    bin = join(folder, 'bin');
    await mkdir(bin);
    linkTools(bin);
    // Apart from the rest: macOS has none.
    await mkdir(join(folder, 'flock'));
    const flock = onPath('flock');
    if (flock) symlinkSync(flock, join(folder, 'flock', 'flock'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    home = await mkdtemp(join(folder, 'home-'));
    server = await startReleaseServer();
  });
  afterEach(() => server.stop());

  const data = (...path: string[]) => join(home, '.local', 'share', 'parallelix-operator', ...path);
  const launcher = () => join(home, '.local', 'bin', 'parallelix-operator');
  const install = (args: readonly string[], env: NodeJS.ProcessEnv) =>
    runInstallScript({ bin, home, releaseUrl: server.url }, ['--no-setup', ...args], env);

  it.for<[string, boolean]>([
    ['flock', true],
    ['a link, as on macOS', false],
  ])(
    'are one at a time, by %s: a second run says so and leaves everything alone',
    async ([, withFlock], test) => {
      const why = reason ?? (onPath('flock') ? null : 'not installed here: flock');
      test.skip(why !== null, why ?? '');
      const env = withFlock ? { PATH: `${bin}:${join(folder, 'flock')}` } : {};
      server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
      const held = server.hold();
      const first = install([], env);
      await held.asked;
      for (const args of [[], ['--uninstall']]) {
        const second = await install(args, env);
        expect(second).toMatchObject({ code: 1 });
        expect(second.output).toContain('is being installed, updated or removed by another run');
      }
      const updated = withUpdateLock(installationAt(data(), '1.2.3'), { PATH: bin, ...env }, async () => {});
      await expect(updated).rejects.toMatchObject({ code: 'update-busy' });
      held.release();
      expect(await first).toMatchObject({ code: 0 });
      expect(runTool(launcher(), ['version'])).toContain('1.2.3');
      // What a run that was killed has left keeps nobody out: no process has that number.
      if (!withFlock) symlinkSync('4194305', data('..', '.parallelix-operator-installing'));
      expect(await install([], env)).toMatchObject({ code: 0 });
      expect((await readdir(data())).sort()).toEqual(['current', 'versions']);
      expect(await readdir(data('..'))).toEqual(['parallelix-operator']);
    },
  );

  it.for<[string, boolean]>([
    ['flock', true],
    ['a link, as on macOS', false],
  ])(
    'wait for each other: nothing is installed or removed while an update runs, by %s',
    async ([, withFlock], test) => {
      const why = reason ?? (onPath('flock') ? null : 'not installed here: flock');
      test.skip(why !== null, why ?? '');
      const env = { PATH: withFlock ? `${bin}:${join(folder, 'flock')}` : bin };
      server.offer([{ name: nameOf('1.2.3'), file: await smallPackage(home, '1.2.3') }]);
      expect(await install([], env)).toMatchObject({ code: 0 });
      const installation = installationAt(data(), '1.2.3');
      server.requests.length = 0;
      await withUpdateLock(installation, env, async () => {
        for (const args of [[], ['--uninstall']]) {
          const refused = await install(args, env);
          expect(refused).toMatchObject({ code: 1 });
          expect(refused.output).toContain('is being installed, updated or removed by another run');
          expect(refused.output).toContain('Wait until it has finished');
        }
      });
      expect([server.requests, runTool(launcher(), ['version'])]).toEqual([
        [],
        expect.stringContaining('1.2.3'),
      ]);
      // What an update that was killed has left keeps nobody out.
      if (!withFlock) symlinkSync('4194305', data('..', '.parallelix-operator-installing'));
      expect(await withUpdateLock(installation, env, async () => 'updated')).toBe('updated');
      expect(await install(['--uninstall'], env)).toMatchObject({ code: 0 });
      expect(await readdir(data('..'))).toEqual([]);
    },
  );
});
