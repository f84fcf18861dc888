import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { root as checkout } from '../../../.tasks/package/places.ts';
import { type FreshRoot, openFreshRoot } from '../../fixtures/package/fresh-root.ts';
import { type ReleaseServer, startReleaseServer } from '../../fixtures/package/release-server.ts';
import { smallPackage, smallPackageName } from '../../fixtures/package/small-package.ts';

/** Says by whom it was called; its service waits for a key once it is told to. */
const program =
  'case $1 in version) echo "parallelix-operator $number";; status) exit 3;; *) echo "called with $* by $(id -un) in $HOME"; [ "$1" != service ] || [ ! -e /etc/waits ] || exit 5;; esac';
const data = '/opt/parallelix-operator';
const units = '/etc/systemd/system';

/** On an overlay of this computer's own root: what is installed for the whole computer stays in there. */
describe('install.sh --system', () => {
  let root: FreshRoot | { reason: string };
  let server: ReleaseServer;
  let folder: string;
  const here = () => root as FreshRoot;

  beforeAll(async () => {
    root = await openFreshRoot('/');
    if ('reason' in root) return;
    folder = await mkdtemp(join(tmpdir(), 'plx-system-'));
    server = await startReleaseServer();
    await root.must(`cp '${join(checkout, 'resources', 'install.sh')}' '${root.path}/tmp/install.sh'`, {
      outside: true,
    });
    await root.must(
      `rm -rf ${data} /usr/local/bin/plx /usr/local/bin/parallelix-operator /usr/lib/parallelix-operator && chmod 755 /opt && chown 0:0 / /opt && useradd --system --user-group --shell /usr/sbin/nologin parallelix-operator && useradd --create-home ann`,
    );
  });
  beforeEach(({ skip }) => {
    if ('reason' in root) skip(root.reason);
  });
  afterAll(async () => {
    if ('reason' in root) return;
    await server.stop();
    await root.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const set = () => `PARALLELIX_RELEASE_URL=${server.url} PARALLELIX_TEST_LOOPBACK_HTTP=1`;
  const install = (args: string, before = '') =>
    here().run(`${before} ${set()} setsid -w sh /tmp/install.sh --system ${args} < /dev/null`);
  async function offer(number: string): Promise<void> {
    // As a careless or evil archive has it: another's, and open to everybody.
    const evil = ['--owner=1000', '--group=1000', '--mode=u+rwX,go+rwX'];
    const file = await smallPackage(folder, number, program, evil);
    server.offer([{ name: smallPackageName(number), file }]);
  }

  it('installs where only root can change it, whatever archive and umask say, and then the service', async () => {
    await offer('1.2.3');
    const { code, output } = await install('--no-setup', 'umask 000;');
    expect([code, output]).toEqual([
      0,
      expect.stringContaining(`goes to ${data}, where only root can change it`),
    ]);
    expect(output).toContain('Its service is installed for the whole computer');
    expect(output).toContain('called with service install --system --yes by root');
    expect(output).not.toContain('called with setup');
    expect(await here().must(`readlink ${data}/current /usr/local/bin/plx`)).toBe(
      `versions/1.2.3\n${data}/current/bin/plx\n`,
    );
    const open = `find ${data} ! -type l '(' ! -user 0 -o ! -group 0 -o -perm /022 -o ! -perm -444 ')'`;
    expect(await here().must(open)).toBe('');
    expect(await here().must(`ls -A ${data} /root/.local/share 2>/dev/null || true`)).not.toContain(
      'download',
    );
    expect(await here().must('runuser -u ann -- /usr/local/bin/parallelix-operator version')).toContain(
      '1.2.3',
    );
  });

  it('runs again without a download, and upgrades', async () => {
    server.requests.length = 0;
    expect((await install('--no-setup')).output).toContain('is already installed');
    expect(server.requests).toEqual(['GET /SHA256SUMS']);
    await offer('1.3.0');
    expect(await install('--no-setup')).toMatchObject({ code: 0 });
    expect(await here().must(`ls ${data}/versions; readlink ${data}/current`)).toBe(
      '1.2.3\n1.3.0\nversions/1.3.0\n',
    );
  });

  it('sets the node up as the user of its service, and then starts that', async () => {
    await here().must('touch /etc/waits');
    const { output } = await install('--yes --with-model tiny:1b');
    const [first, ...rest] = output.split('\n').filter((line) => line.startsWith('called with'));
    expect(first).toContain('called with service install --system --yes by root');
    const as = 'by parallelix-operator in /var/lib/parallelix-operator';
    expect(rest).toEqual([
      `called with models pull tiny:1b --yes --state-dir /var/lib/parallelix-operator/default ${as}`,
      `called with setup --yes --state-dir /var/lib/parallelix-operator/default ${as}`,
      expect.stringContaining('called with service install --system --yes by root'),
    ]);
    expect(output).toContain('sudo -u parallelix-operator parallelix-operator setup --state-dir');
    await here().must('rm /etc/waits');
  });

  it('runs with sudo what changes the computer, and nothing else', async () => {
    await offer('1.4.0');
    // Stand-ins: there is no sudo here. The one says that this is not root, the other writes down what it is for.
    await here().must(
      `mkdir /tmp/fake && printf '#!/bin/sh\\n[ "$1" = -u ] && echo 1000 || exec /usr/bin/id "$@"\\n' > /tmp/fake/id && printf '#!/bin/sh\\necho "$1" >> /tmp/sudo-log\\nexec "$@"\\n' > /tmp/fake/sudo && chmod 755 /tmp/fake/*`,
    );
    const { code, output } = await install('--no-setup', 'PATH=/tmp/fake:$PATH');
    expect([code, output]).toEqual([
      0,
      expect.stringContaining('This uses sudo, which may ask for your password.'),
    ]);
    expect(output.indexOf('This uses sudo')).toBeLessThan(output.indexOf('Downloading'));
    const used = await here().must('sort -u /tmp/sudo-log');
    expect(used.trim().split('\n')).toEqual([
      `${data}/current/bin/parallelix-operator`,
      'cp',
      'ln',
      'mkdir',
      'mv',
      'rm',
      'sh',
    ]);
  });

  it('installs nothing in a place that others can change', async () => {
    await here().must('chmod 777 /opt');
    const { code, output } = await install('--no-setup');
    expect([code, output]).toEqual([1, expect.stringContaining('Others than root can change /opt.')]);
    await here().must(`chmod 755 /opt && chown ann ${data}/versions`);
    expect((await install('--no-setup')).output).toContain(`Others than root can change ${data}/versions.`);
    await here().must(`chown root ${data}/versions`);
  });

  it('leaves a package of the system to the system, and its own folder to its user', async () => {
    await here().must(
      'mkdir /usr/lib/parallelix-operator && echo deb > /usr/lib/parallelix-operator/installed-by',
    );
    expect((await install('--no-setup')).output).toContain('Update it with apt or dnf instead.');
    await here().must('rm -r /usr/lib/parallelix-operator');
    expect(await install('--with-ollama')).toMatchObject({ code: 2 });
    const user = 'HOME=/home/ann runuser -u ann --';
    const { output } = await here().run(
      `${user} env PATH=/usr/bin:/bin sh /tmp/install.sh --system < /dev/null`,
    );
    expect(output).toContain('sudo isn’t installed.');
  });

  it('is uninstalled, with what would start it, and leaves units and nodes', async () => {
    const unit = `${units}/parallelix-operator@default.service`;
    await here().must(
      `mkdir -p /var/lib/parallelix-operator/default && touch /var/lib/parallelix-operator/default/node.key && echo 'ExecStart=${data}/current/bin/parallelix-operator start' | tee ${unit} > ${units}/parallelix-operator-update.service && touch ${units}/parallelix-operator-update.timer`,
    );
    const { code, output } = await install('--uninstall');
    expect([code, output]).toEqual([0, expect.stringContaining('kept, in /var/lib/parallelix-operator.')]);
    expect(output).toContain(
      'parallelix-operator@default.service no longer starts by itself. Its file stays.',
    );
    expect(
      await here().must(
        `ls ${units} | grep ^parallelix; ls /opt /usr/local/bin | grep -c parallelix || true`,
      ),
    ).toBe('parallelix-operator@default.service\n0\n');
    expect(await here().must('ls /var/lib/parallelix-operator/default')).toBe('node.key\n');
    expect((await install('--uninstall')).output).toContain('isn’t installed here');
  });
});
