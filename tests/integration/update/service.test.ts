import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root as checkout } from '../../../.tasks/package/places.ts';
import { type Authority, createAuthority, createServers } from '../../fixtures/http/servers.ts';
import { startReleaseServer } from '../../fixtures/package/release-server.ts';
import { addUser, packageFolder } from '../../fixtures/systemd/installed.ts';
import { createServiceWorld, needsWorld, type ServiceWorld } from '../../fixtures/systemd/world.ts';
import { archiveName, type Flavour, layOut, packVersion } from '../../fixtures/update/packages.ts';
import { startTestReleases, type TestReleases } from '../../fixtures/update/release-server.ts';
import { beatMs } from '../../fixtures/update/world.ts';

const unit = 'parallelix-operator@default.service';
const home = '/home/ann/.local/share/parallelix-operator';
const program = `${home}/current/bin/parallelix-operator`;
const node = `${packageFolder}/lib/node`;
const ann = { user: 'ann' };

describe('an update of a node that a service runs, on a real systemd', () => {
  let found: ServiceWorld | { reason: string };
  let world: ServiceWorld;
  let authority: Authority;
  let releases: TestReleases;
  let nodeId: string;
  const servers = createServers();
  const folder = mkdtempSync(join(tmpdir(), 'plu-s-'));
  const table: { update: string; node: string; missed: number }[] = [];
  needsWorld(() => found);

  beforeAll(async () => {
    found = await createServiceWorld();
    if ('reason' in found) return;
    world = found;
    const { machine, network } = world;
    authority = createAuthority();
    releases = await startTestReleases(authority, servers);
    await addUser(machine, 'ann');
    await machine.copy(authority.caFile, '/etc/plx-test-ca.pem');
    await layOut(join(folder, '0.1.0'), { version: '0.1.0', flavour: 'good', key: releases.key, node });
    execFileSync('tar', ['-C', folder, '-cf', join(folder, 'first.tar'), '0.1.0']);
    await machine.copy(join(folder, 'first.tar'), '/var/first.tar');
    await installFirst(home, ann);
    await machine.must('loginctl enable-linger ann');
    await machine.until('systemctl --user is-system-running', ann);
    ({ nodeId } = await world.makeNode(ann));
    await machine.must(`${program} config set timing.heartbeatMs ${beatMs}`, ann);
    const first = world.heartbeat(nodeId);
    await machine.must(`${program} service install --yes`, ann);
    await first;
    expect(network.coordinator.ledger.heartbeats.length).toBeGreaterThan(0);
  });
  afterAll(async () => {
    await world?.stop();
    await servers.closeAll();
    authority?.remove();
    rmSync(folder, { recursive: true, force: true });
    console.table(table);
  });

  async function installFirst(at: string, as: { user: string }): Promise<void> {
    await world.machine.must(
      `mkdir -p ${at}/versions && tar -C ${at}/versions -xf /var/first.tar && echo install.sh > ${at}/versions/0.1.0/installed-by && ln -s versions/0.1.0 ${at}/current`,
      as,
    );
  }
  async function publish(version: string, flavour: Flavour): Promise<void> {
    const place = mkdtempSync(join(folder, 'p-'));
    releases.publish(version, await packVersion(place, { version, flavour, key: releases.key, node }));
  }
  const update = (args: string) =>
    world.machine.run(
      `NODE_EXTRA_CA_CERTS=/etc/plx-test-ca.pem PARALLELIX_RELEASE_URL=${releases.url} ${program} update ${args}`,
      { ...ann, timeoutMs: 240_000 },
    );
  const show = (property: string) =>
    world.machine
      .must(`systemctl --user show --property=${property} --value ${unit}`, ann)
      .then((text) => text.trim());
  const status = async () =>
    JSON.parse(await world.machine.must(`${program} status --json`, ann)) as {
      process: { version: string; pid: number };
    };
  function missedSince(fromMs: number, id = nodeId): number {
    const times = world.network.coordinator.ledger.heartbeats
      .filter((beat) => beat.accepted && beat.nodeId === id)
      .map(({ atMs }) => atMs);
    const since = [
      times.findLast((atMs) => atMs < fromMs) ?? fromMs,
      ...times.filter((atMs) => atMs >= fromMs),
    ];
    return since.reduce((sum, atMs, at) => {
      const gapMs = atMs - (since[at - 1] ?? atMs);
      return sum + Math.max(0, Math.round(gapMs / beatMs) - 1);
    }, 0);
  }

  it('restarts the service with the new version', async () => {
    await publish('0.2.0', 'good');
    const before = await show('MainPID');
    const fromMs = performance.now();
    const { code, stdout, stderr } = await update('--yes --json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ installed: '0.2.0', node: 'restarted', online: true });
    const { process } = await status();
    expect(process.version).toBe('0.2.0');
    expect(await show('MainPID')).toBe(String(process.pid));
    expect(String(process.pid)).not.toBe(before);
    expect(await show('ActiveState')).toBe('active');
    await world.heartbeat(nodeId);
    const missed = missedSince(fromMs);
    table.push({ update: 'good', node: 'new, by its service', missed });
    expect(missed).toBeLessThanOrEqual(1);
  });

  it('leaves the old version running when the new one does not get ready, and its service runs on', async () => {
    await publish('0.3.0', 'does-not-start');
    const before = await show('MainPID');
    const fromMs = performance.now();
    const { code, stderr } = await update('--yes');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Version 0\.3\.0 doesn['’]t work here .* Version 0\.2\.0 keeps running/);
    await world.heartbeat(nodeId);
    expect([await show('MainPID'), await show('ActiveState')]).toEqual([before, 'active']);
    expect(await world.machine.must(`readlink ${home}/current`, ann)).toBe('versions/0.2.0\n');
    const missed = missedSince(fromMs);
    table.push({ update: 'does not start', node: 'old, untouched', missed });
    expect(missed).toBe(0);
    const again = await update('--auto');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('failed here before')]);
  });

  it('brings the old version back when no heartbeat of the new one is accepted, and its service runs on', async () => {
    await publish('0.3.1', 'never-beats');
    const fromMs = performance.now();
    const { code, stderr } = await update('--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('no heartbeat accepted, 2 failed')]);
    await world.heartbeat(nodeId);
    expect((await status()).process.version).toBe('0.2.0');
    expect(await show('ActiveState')).toBe('active');
    expect(await world.machine.must(`readlink ${home}/current`, ann)).toBe('versions/0.2.0\n');
    const missed = missedSince(fromMs);
    table.push({ update: 'never beats', node: 'old, by its service', missed });
    expect(missed).toBeLessThanOrEqual(3);
    const again = await update('--auto');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('failed here before')]);
  });

  it('that was killed after the switch is ended by the next one, which brings the old version back', async () => {
    const { machine } = world;
    // As kill -9 leaves it: the link is switched, the old node has drained, and the new version falls over.
    const bad = mkdtempSync(join(folder, 'b-'));
    const options = { version: '0.4.0', flavour: 'does-not-start', key: releases.key, node } as const;
    await layOut(join(bad, '0.4.0'), options);
    execFileSync('tar', ['-C', bad, '-cf', join(bad, 'bad.tar'), '0.4.0']);
    await machine.copy(join(bad, 'bad.tar'), '/var/bad.tar');
    const handover = { from: '0.2.0', to: '0.4.0', sha256: 'f'.repeat(64), service: `user:${unit}` };
    const record = {
      ...{ schemaVersion: 1, failures: [], last: null },
      handover: {
        ...handover,
        stateDir: '/home/ann/.local/state/parallelix-operator',
        startedAtMs: Date.now(),
      },
    };
    await machine.must(
      `tar -C ${home}/versions -xf /var/bad.tar && echo install.sh > ${home}/versions/0.4.0/installed-by && ln -sfn versions/0.4.0 ${home}/current && echo '${JSON.stringify(record)}' > ${home}/update.json && systemctl --user restart ${unit}; true`,
      ann,
    );
    await publish('0.2.0', 'good');
    const next = world.heartbeat(nodeId);
    const { code, stdout, stderr } = await update('--auto');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Version 0.2.0 is up to date.');
    await next;
    expect((await status()).process.version).toBe('0.2.0');
    expect(await machine.must(`readlink ${home}/current`, ann)).toBe('versions/0.2.0\n');
  });

  it('is scheduled each day by a timer that systemd has nothing to say about, until it is not', async () => {
    const { machine } = world;
    const on = await update('schedule --window 02:30-04:30');
    expect(on.stdout).toMatch(/^Automatic updates are on, at a random moment between 02:30 and 04:30/);
    const units = '~/.config/systemd/user/parallelix-operator-update';
    const verified = await machine.run(
      `systemd-analyze --user --man=no verify ${units}.service ${units}.timer`,
      ann,
    );
    expect(verified).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await machine.must('systemctl --user is-enabled parallelix-operator-update.timer', ann)).toBe(
      'enabled\n',
    );
    const next = await machine.must(
      'systemctl --user show --property=TimersCalendar parallelix-operator-update.timer',
      ann,
    );
    expect(next).toContain('02:30:00');
    const off = await update('unschedule --json');
    expect(JSON.parse(off.stdout)).toMatchObject({ scheduled: false, window: null });
    expect((await machine.run(`ls ${units}.service ${units}.timer`, ann)).code).not.toBe(0);
    expect((await machine.run('systemctl --user cat parallelix-operator-update.timer', ann)).code).not.toBe(
      0,
    );
  });

  it('that the timer runs leaves a node without a service running on', async () => {
    const { machine, network } = world;
    const bob = { user: 'bob' };
    const bobsHome = '/home/bob/.local/share/parallelix-operator';
    const own = `${bobsHome}/current/bin/parallelix-operator`;
    const environment = `NODE_EXTRA_CA_CERTS=/etc/plx-test-ca.pem PARALLELIX_RELEASE_URL=${releases.url}`;
    await addUser(machine, 'bob');
    await machine.must('loginctl enable-linger bob');
    await machine.until('systemctl --user is-system-running', bob);
    await installFirst(bobsHome, bob);
    const { nodeId: bobs } = await world.makeNode(bob);
    await machine.must(`${own} config set timing.heartbeatMs ${beatMs}`, bob);
    const first = world.heartbeat(bobs);
    await machine.must(`setsid ${own} start > /dev/null 2>&1 < /dev/null & sleep 0`, bob);
    await first;
    await publish('0.2.0', 'good');
    await machine.must(`${own} update schedule`, bob);
    // The same unit, without the wait for a moment of the night.
    await machine.must(
      `mkdir -p ~/.config/systemd/user/parallelix-operator-update.service.d && printf '[Service]\\nEnvironment=${environment}\\nExecStart=\\nExecStart=${own} update --auto\\n' > ~/.config/systemd/user/parallelix-operator-update.service.d/now.conf && systemctl --user daemon-reload && systemctl --user start parallelix-operator-update.service`,
      { ...bob, timeoutMs: 240_000 },
    );
    const after = world.heartbeat(bobs);
    const shown = await machine.must(
      'systemctl --user show --property=ActiveState,Result parallelix-operator-update.service',
      bob,
    );
    expect(shown.trim().split('\n').toSorted()).toEqual(['ActiveState=inactive', 'Result=success']);
    await after;
    const found = JSON.parse(await machine.must(`${own} status --json`, bob)) as {
      process: { version: string };
    };
    expect(found.process.version).toBe('0.2.0');
    expect(await machine.must(`readlink ${bobsHome}/current`, bob)).toBe('versions/0.2.0\n');
    expect(network.coordinator.ledger.violations).toEqual([]);
  });

  it('that install.sh --system put there is root’s, and restarts the service of the computer', {
    timeout: 400_000,
  }, async () => {
    const { machine, network } = world;
    const shared = '/opt/parallelix-operator';
    const own = `${shared}/current/bin/parallelix-operator`;
    const stateDir = '/var/lib/parallelix-operator/default';
    const account = { user: 'parallelix-operator' };
    const served = await startReleaseServer();
    const place = mkdtempSync(join(folder, 'i-'));
    await packVersion(place, { version: '0.1.0', flavour: 'good', key: releases.key, node });
    served.offer([{ name: archiveName('0.1.0'), file: join(place, archiveName('0.1.0')) }]);
    await machine.copy(join(checkout, 'resources', 'install.sh'), '/var/install.sh');
    const script = (args: string) =>
      machine.run(
        `PARALLELIX_RELEASE_URL=${served.url} PARALLELIX_TEST_LOOPBACK_HTTP=1 setsid -w sh /var/install.sh --system ${args} < /dev/null`,
      );
    const installed = await script('--no-setup');
    await served.stop();
    expect([installed.code, installed.stdout]).toEqual([
      0,
      expect.stringContaining(
        `sudo -u parallelix-operator parallelix-operator setup --state-dir ${stateDir}`,
      ),
    ]);
    expect(await machine.must(`grep ^ExecStart= /etc/systemd/system/${unit}`)).toContain(`=${own} start`);

    const { nodeId: shares } = await world.makeNode({ ...account, stateDir });
    await machine.must(
      `parallelix-operator config set timing.heartbeatMs ${beatMs} --state-dir ${stateDir}`,
      account,
    );
    const first = world.heartbeat(shares);
    await machine.must('parallelix-operator service start --system');
    await first;

    const variables = `NODE_EXTRA_CA_CERTS=/etc/plx-test-ca.pem PARALLELIX_RELEASE_URL=${releases.url}`;
    const updateBy = (user: string, args: string) =>
      machine.run(`${variables} parallelix-operator update ${args}`, { user, timeoutMs: 240_000 });
    await publish('0.2.0', 'good');
    for (const args of ['--yes', 'schedule']) {
      const refused = await updateBy('ann', args);
      expect([refused.code, refused.stderr]).toEqual([
        7,
        expect.stringContaining('sudo parallelix-operator update'),
      ]);
    }
    expect((await updateBy('ann', '--check')).stdout).toContain(
      'Update with: sudo parallelix-operator update',
    );
    const fromMs = performance.now();
    const { code, stdout } = await updateBy('root', '--yes --json');
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { installed: '0.2.0', node: 'restarted', online: true },
    ]);
    const missed = missedSince(fromMs, shares);
    table.push({ update: 'good, of the computer’s service', node: 'new, by its service', missed });
    expect(missed).toBeLessThanOrEqual(1);
    expect(await machine.must(`find ${shared} ! -user 0 -o ! -type l -perm /022`)).toBe('');

    await machine.must(`${variables} parallelix-operator update schedule`);
    expect(await machine.must('cat /etc/systemd/system/parallelix-operator-update.service')).toContain(
      `ExecStart=${own} update --auto --window 03:00-05:00 --state-dir ${stateDir}`,
    );

    const running = await script('--uninstall');
    expect([running.code, running.stderr]).toEqual([
      1,
      expect.stringContaining('service stop --system --name default'),
    ]);
    await machine.must('parallelix-operator service stop --system');

    // What another user runs by hand is not started again by root, with variables of that user's choice.
    const byHand = world.heartbeat(shares);
    await machine.must(
      `setsid ${own} start --state-dir ${stateDir} > /dev/null 2>&1 < /dev/null & sleep 0`,
      account,
    );
    await byHand;
    await publish('0.3.0', 'good');
    const elsewhere = JSON.parse((await updateBy('root', '--yes --json')).stdout) as {
      node: string;
      pid: number;
    };
    expect(elsewhere).toMatchObject({ installed: '0.3.0', node: 'elsewhere' });
    expect((await script('--uninstall')).stderr).toContain('Your node is running from this program.');
    await machine.must(`kill ${elsewhere.pid}`);
    await machine.until(`! kill -0 ${elsewhere.pid}`);

    expect(await script('--uninstall')).toMatchObject({ code: 0 });
    expect((await machine.run(`ls ${shared}`)).code).not.toBe(0);
    expect(
      (await machine.run(`systemctl is-enabled ${unit} parallelix-operator-update.timer`)).stdout,
    ).not.toMatch(/^enabled/m);
    expect(await machine.must(`ls ${stateDir}`)).toContain('node.key');
    expect(network.coordinator.ledger.violations).toEqual([]);
  });
});
