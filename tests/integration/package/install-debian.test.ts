import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root as checkout, productVersion } from '../../../.tasks/package/places.ts';
import { runTool } from '../../../.tasks/package/tools.ts';
import { expectServes } from '../../fixtures/cli/network.ts';
import { debianRoot, type FreshRoot, openFreshRoot } from '../../fixtures/package/fresh-root.ts';
import {
  builtPackage,
  noPackagesReason,
  onlySlowly,
  releasePackages,
} from '../../fixtures/package/packages.ts';
import { type ReleaseServer, startReleaseServer } from '../../fixtures/package/release-server.ts';
import { unpackedPackage } from '../../fixtures/package/unpacked.ts';

const version = productVersion();
const nameOf = (arch: string) => `parallelix-operator-cli-${version}-linux-${arch}.tar.xz`;
const otherArch = process.arch === 'x64' ? 'arm64' : 'x64';
const program = '/root/.local/bin/parallelix-operator';

describe('install.sh on a Debian with nothing on it', () => {
  let reason = noPackagesReason(['tar.xz']) ?? onlySlowly;
  let root: FreshRoot | null = null;
  let server: ReleaseServer | null = null;
  const here = () => root as FreshRoot;
  const serving = () => server as ReleaseServer;

  beforeAll(async () => {
    if (reason) return;
    const debian = await debianRoot();
    if (typeof debian !== 'string') {
      reason = debian.reason;
      return;
    }
    const opened = await openFreshRoot(debian);
    if ('reason' in opened) {
      reason = opened.reason;
      return;
    }
    root = opened;
    server = await startReleaseServer();
    const script = join(checkout, 'resources', 'install.sh');
    await root.must(`cp '${script}' '${root.path}/tmp/install.sh'`, { outside: true });
  }, 700_000);
  afterAll(async () => {
    await server?.stop();
    await root?.stop();
  });

  function install(args = '--no-setup', options: { offline?: boolean } = {}) {
    const set = `PARALLELIX_RELEASE_URL=${serving().url} PARALLELIX_TEST_LOOPBACK_HTTP=1`;
    return here().run(`${set} setsid -w sh /tmp/install.sh ${args} < /dev/null`, options);
  }

  it('says what to do without a network', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const { code, output } = await install('--no-setup', { offline: true });
    expect(code).toBe(1);
    expect(output).toContain('Check your internet connection');
  });

  it('refuses a package that was made for another processor', async (test) => {
    const why =
      reason ??
      (releasePackages && readdirSync(releasePackages).includes(nameOf(otherArch))
        ? null
        : `no package for ${otherArch} was made`);
    test.skip(why !== null, why ?? '');
    const foreign = join(releasePackages ?? '', nameOf(otherArch));
    serving().offer([{ name: nameOf(otherArch), file: foreign }]);
    expect((await install()).output).toContain(`This release has no package for linux ${process.arch}.`);
    serving().offer([{ name: nameOf(process.arch), file: foreign }]);
    const { code, output } = await install();
    expect(code).toBe(1);
    expect(output).toContain('This package doesn’t run on this computer.');
    expect((await here().run(`ls ${program}`)).code).not.toBe(0);
  });

  it('continues a download that was cut off, installs, and serves a request there without any other Node', async (test) => {
    test.skip(reason !== null, reason ?? '');
    serving().offer([{ name: nameOf(process.arch), file: await builtPackage('tar.xz') }]);
    serving().cutAfter(5_000_000);
    const cut = await install();
    expect(cut.output).toContain('The download stopped early.');
    serving().cutAfter(null);
    const whole = await install();
    expect(whole.output).toContain(`Installed ParalleliX Operator ${version}`);
    expect(serving().requests.at(-1)).toMatch(/bytes=[1-9]\d+-$/);
    expect((await here().run('command -v node nodejs')).code).not.toBe(0);
    expect(await here().must(`${program} version`)).toContain(version);

    const folder = await mkdtemp(join(tmpdir(), 'plx-enter-'));
    const launcher = join(folder, 'launcher');
    const enter = here()
      .enter.map((word) => `'${word}'`)
      .join(' ');
    const inside = `mkdir -p "$HOME" && exec ${program} "$@"`;
    writeFileSync(
      launcher,
      `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH\nexec ${enter} sh -c '${inside}' sh "$@"\n`,
    );
    chmodSync(launcher, 0o755);
    try {
      await expectServes(launcher);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);

  it('runs again without a download, and uninstalls', async (test) => {
    test.skip(reason !== null, reason ?? '');
    serving().requests.length = 0;
    expect((await install()).output).toContain('is already installed');
    expect(serving().requests).toEqual(['GET /SHA256SUMS']);
    expect((await install('--uninstall')).output).toContain('was removed');
    expect(
      (await here().run('ls /root/.local/bin/plx /root/.local/share/parallelix-operator')).code,
    ).not.toBe(0);
  });

  it('installs for the whole computer, and says that there is no systemd for its service', async (test) => {
    test.skip(reason !== null, reason ?? '');
    serving().offer([{ name: nameOf(process.arch), file: await builtPackage('tar.xz') }]);
    const { code, output } = await install('--system --no-setup');
    expect(code).toBe(1);
    expect(output).toContain('This computer does not run systemd');
    expect(output).toContain('The program is in /opt/parallelix-operator.');
    expect(await here().must('/usr/local/bin/parallelix-operator version')).toContain(version);
    expect(await here().must(`find /opt/parallelix-operator ! -user 0 -o ! -type l -perm /022`)).toBe('');
    expect((await install('--system --uninstall')).output).toContain('was removed');
  });
});

describe('npm run demo', () => {
  it('serves its 20 requests from the unpacked package', async (test) => {
    const why = noPackagesReason(['tar.xz']) ?? onlySlowly;
    test.skip(why !== null, why ?? '');
    const unpacked = await unpackedPackage();
    try {
      const demo = join(checkout, 'tests', 'practice-network', 'demo.ts');
      const shown = runTool(process.execPath, [demo, '--cli', unpacked.launcher], { cwd: checkout });
      expect(shown).toContain('20');
    } finally {
      await unpacked.remove();
    }
  }, 180_000);
});
