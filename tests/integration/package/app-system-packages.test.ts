import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { smallAppPackage } from '../../fixtures/package/app-versions.ts';
import {
  debianRoot,
  type FreshRoot,
  noFreshRootReason,
  openFreshRoot,
} from '../../fixtures/package/fresh-root.ts';
import { builtStandIn, noPackagesReason, onlySlowly } from '../../fixtures/package/packages.ts';
import { type UnpackedPackage, unpackedPackage } from '../../fixtures/package/unpacked.ts';
import { smallSystemPackage } from '../../fixtures/package/versions.ts';

const reason = noPackagesReason(['tar.xz', 'deb', 'rpm']) ?? noFreshRootReason();
const [older, newer] = ['98.0.0', '99.0.0'];
const key = '/root/.local/state/parallelix-operator/node.key';
const autostart = '/root/.config/autostart/parallelix-operator.desktop';
const profile = '/etc/apparmor.d/parallelix-operator';
const appFolder = '/opt/ParalleliX-Operator';
const restarted = 'daemon-reload\ntry-restart parallelix-operator@app.service\n';
const stopped = 'disable --now parallelix-operator@app.service\n';

/** A service of the app's node, one of what install.sh has put in /opt, and what writes down how systemctl is called. */
const prepare = `
mkdir -p /etc/systemd/system /run/systemd/system /etc/apparmor.d $(dirname ${key}) $(dirname ${autostart})
printf '[Service]\\nExecStart=${appFolder}/resources/cli/bin/parallelix-operator start\\n' > /etc/systemd/system/parallelix-operator@app.service
printf '[Service]\\nExecStart=/opt/parallelix-operator/current/bin/parallelix-operator start\\n' > /etc/systemd/system/parallelix-operator@other.service
echo key > ${key}
echo 'Exec="${appFolder}/parallelix-operator" --hidden' > ${autostart}
printf '#!/bin/sh\\necho "$*" >> /tmp/systemctl\\n' > /usr/bin/systemctl.new
chmod 755 /usr/bin/systemctl.new
mv /usr/bin/systemctl.new /usr/bin/systemctl
`;

type Format = 'deb' | 'rpm';

describe('the app as deb and rpm', () => {
  let folder: string;
  let cli: UnpackedPackage | null = null;
  let root: FreshRoot | { reason: string } | null = null;
  const files: Record<string, string> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plx-app-system-'));
    if (reason) return;
    const app = await builtStandIn('app-dir');
    cli = await unpackedPackage();
    for (const format of ['deb', 'rpm'] as const) {
      for (const version of [older, newer])
        files[`${version}.${format}`] = smallAppPackage(app, cli.folder, folder, format, version);
      files[`cli.${format}`] = smallSystemPackage(cli.folder, folder, format, '97.0.0');
    }
  }, 180_000);
  afterAll(async () => {
    await cli?.remove();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    if (root && 'stop' in root) await root.stop();
    root = null;
  });

  /** A root with the packages in /tmp, and a parser of profiles that knows their rules or does not. */
  async function freshRoot(lower: string, format: Format, parser = true): Promise<FreshRoot | string> {
    root = await openFreshRoot(lower);
    if ('reason' in root) return root.reason;
    await root.must(prepare);
    await root.must(
      `printf '#!/bin/sh\\nexit ${parser ? 0 : 1}\\n' > /usr/sbin/apparmor_parser; chmod 755 /usr/sbin/apparmor_parser`,
    );
    for (const [name, file] of Object.entries(files))
      if (name.endsWith(format))
        await root.must(`cp '${file}' '${root.path}/tmp/${name}'`, { outside: true });
    return root;
  }

  const calls = (from: FreshRoot) =>
    from.must('cat /tmp/systemctl 2>/dev/null || true; rm -f /tmp/systemctl');
  const versionOf = (from: FreshRoot) => from.must('parallelix-operator version && plx version');

  /** One life of the package, whatever manages it. */
  async function life(
    here: FreshRoot,
    manage: { format: Format; install: (file: string) => Promise<unknown>; remove: () => Promise<unknown> },
  ): Promise<void> {
    await manage.install(`/tmp/${older}`);
    expect(await versionOf(here)).toContain(older);
    expect(await here.must(`readlink -f /usr/bin/parallelix-operator`)).toBe(
      `${appFolder}/resources/cli/bin/parallelix-operator\n`,
    );
    expect(await here.must(`cat ${appFolder}/resources/package-type`)).toBe(`${manage.format}\n`);
    expect(await here.must(`stat -c '%a %U' ${appFolder}/chrome-sandbox`)).toBe('4755 root\n');
    expect(await here.must(`cat ${profile}`)).toContain('userns,');
    expect(await calls(here)).toBe(restarted);

    // Up and down again: nothing is stopped, disabled or taken away.
    for (const version of [newer, older]) {
      await manage.install(`/tmp/${version}`);
      expect(await versionOf(here)).toContain(version);
      const called = await calls(here);
      expect(called).toContain(restarted);
      expect(called).not.toMatch(/disable|stop|other/);
      await here.must(
        `test -f ${profile} && test -x ${appFolder}/parallelix-operator && test -f ${autostart}`,
      );
    }

    await manage.remove();
    const called = await calls(here);
    expect(called).toContain(stopped);
    expect(called).not.toContain('other');
    const gone = `${appFolder} /usr/bin/parallelix-operator /usr/bin/plx ${profile} /usr/share/applications/parallelix-operator.desktop`;
    expect((await here.run(`ls -d ${gone} 2>/dev/null`)).output).toBe('');
    expect(await here.must(`cat ${key}`)).toBe('key\n');
  }

  it('as deb: an upgrade and a downgrade keep command, autostart and service; a purge leaves the key', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const here = await freshRoot('/', 'deb');
    test.skip(typeof here === 'string', String(here));
    const fresh = here as FreshRoot;
    await life(fresh, {
      format: 'deb',
      install: (file) => fresh.must(`dpkg --force-unsafe-io --install ${file}.deb`),
      remove: () => fresh.must('dpkg --remove parallelix-operator && dpkg --purge parallelix-operator'),
    });
  });

  it('as deb on a Debian with nothing on it, by apt without a network', async (test) => {
    const why = reason ?? onlySlowly;
    test.skip(why !== null, why ?? '');
    const debian = await debianRoot();
    test.skip(typeof debian !== 'string', String((debian as { reason: string }).reason));
    const here = await freshRoot(debian as string, 'deb');
    test.skip(typeof here === 'string', String(here));
    const fresh = here as FreshRoot;
    const apt = 'apt-get install --yes --quiet --no-install-recommends --allow-downgrades';
    await life(fresh, {
      format: 'deb',
      install: (file) => fresh.must(`${apt} ${file}.deb`),
      remove: () => fresh.must('apt-get purge --yes --quiet parallelix-operator'),
    });
  }, 700_000);

  it('as rpm: an upgrade and a downgrade keep command, autostart and service; a removal leaves the key', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const here = await freshRoot('/', 'rpm');
    test.skip(typeof here === 'string', String(here));
    const fresh = here as FreshRoot;
    const rpm = (words: string) =>
      fresh.must(`rpm --root '${fresh.path}' --nodeps ${words}`, { outside: true });
    await life(fresh, {
      format: 'rpm',
      install: (file) => rpm(`--upgrade --oldpackage '${fresh.path}${file}.rpm'`),
      remove: () => rpm('--erase parallelix-operator'),
    });
  });

  it('leaves the profile out where the parser does not know its rules', async (test) => {
    test.skip(reason !== null, reason ?? '');
    const here = await freshRoot('/', 'deb', false);
    test.skip(typeof here === 'string', String(here));
    const fresh = here as FreshRoot;
    await fresh.must(`dpkg --force-unsafe-io --install /tmp/${older}.deb`);
    expect(await versionOf(fresh)).toContain(older);
    expect((await fresh.run(`ls ${profile}`)).code).not.toBe(0);
  });

  for (const format of ['deb', 'rpm'] as const) {
    it(`as ${format}: takes the place of the command-line package without stopping its service`, async (test) => {
      test.skip(reason !== null, reason ?? '');
      const here = await freshRoot('/', format);
      test.skip(typeof here === 'string', String(here));
      const fresh = here as FreshRoot;
      const install = (name: string) =>
        format === 'deb'
          ? fresh.must(`dpkg --force-unsafe-io --install /tmp/${name}.deb`)
          : fresh.must(`rpm --root '${fresh.path}' --nodeps --upgrade '${fresh.path}/tmp/${name}.rpm'`, {
              outside: true,
            });
      await fresh.must(
        "printf '[Service]\\nExecStart=/usr/bin/parallelix-operator start\\n' > /etc/systemd/system/parallelix-operator@cli.service",
      );
      await install('cli');
      expect(await versionOf(fresh)).toContain('97.0.0');
      await calls(fresh);
      await install(newer);
      expect(await versionOf(fresh)).toContain(newer);
      const called = await calls(fresh);
      expect(called).toContain('try-restart parallelix-operator@cli.service');
      expect(called).not.toContain('disable');
      expect((await fresh.run('ls -d /usr/lib/parallelix-operator 2>/dev/null')).output).toBe('');
    });
  }
});
