import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser } from '../../fixtures/systemd/installed.ts';
import { createServiceWorld, needsWorld, type ServiceWorld } from '../../fixtures/systemd/world.ts';

const unit = 'parallelix-operator@default.service';
const unitFile = '~/.config/systemd/user/parallelix-operator@default.service';
const stateDir = '/home/ann/.local/state/parallelix-operator';

describe('the service of a user, on a real systemd', { timeout: 240_000 }, () => {
  let world: ServiceWorld;
  let found: ServiceWorld | { reason: string };
  let node: { nodeKeyHash: string; nodeId: string };
  const ann = { user: 'ann' };
  needsWorld(() => found);

  const status = (args = '', options = ann) => world.document(`service status ${args}`, options);
  const shown = (property: string) =>
    world.machine
      .must(`systemctl --user show --property=${property} --value ${unit}`, ann)
      .then((text) => text.trim());
  /** Another process than `pid` runs the service. */
  const cameBack = (pid: unknown) =>
    world.machine.until(
      `pid=$(systemctl --user show --property=MainPID --value ${unit}); [ "$pid" != 0 ] && [ "$pid" != ${pid as number} ] && systemctl --user is-active ${unit}`,
      ann,
    );
  const running = async () => (await status()).activity === 'running';

  beforeAll(async () => {
    found = await createServiceWorld();
    if ('reason' in found) return;
    world = found;
    await addUser(world.machine, 'ann');
    await addUser(world.machine, 'bob');
  });
  afterAll(() => world?.stop());

  it('is not installed without a user service manager, and says what helps', async () => {
    const { code, stderr } = await world.machine.run('parallelix-operator service install --yes', {
      user: 'bob',
      userManager: false,
    });
    expect(code).toBe(7);
    expect(stderr).toContain('sudo loginctl enable-linger bob');
  });

  it('is not installed for root when a user called sudo', async () => {
    const { code, stderr } = await world.machine.run('parallelix-operator service install --yes', {
      env: { SUDO_USER: 'ann', SUDO_UID: '1000' },
    });
    expect([code, stderr]).toEqual([5, expect.stringContaining('Run it without sudo')]);
  });

  it('is not installed where there is no key, and leaves nothing', async () => {
    await world.machine.must('loginctl enable-linger ann');
    await world.machine.until('systemctl --user is-system-running', ann);
    const { code } = await world.machine.run('parallelix-operator service install --yes', ann);
    expect(code).toBe(6);
    expect((await world.machine.run(`ls ${unitFile}`, ann)).code).not.toBe(0);
  });

  it('is installed, starts, and serves with lingering', async () => {
    node = await world.makeNode({ user: 'ann' });
    const first = world.heartbeat(node.nodeId);
    const installed = await world.document('service install --yes', ann);
    expect(installed).toMatchObject({
      ...{
        code: 0,
        service: unit,
        scope: 'user',
        name: 'default',
        stateDir,
        key: 'file',
        lingering: true,
      },
      ...{ started: true, written: true, keyMoved: false, program: ['/usr/bin/parallelix-operator'] },
    });
    await first;
    expect(await status()).toMatchObject({
      activity: 'running',
      enabled: true,
      restarts: 0,
      lingering: true,
    });
  });

  it('has a unit that systemd has nothing to say about', async () => {
    const verified = await world.machine.run(
      `systemd-analyze --user --man=no verify ${unitFile}; stat -c %a ${unitFile}`,
      ann,
    );
    expect(verified).toEqual({ code: 0, stdout: '644\n', stderr: '' });
  });

  it('is installed again without touching anything', async () => {
    const { pid } = await status();
    expect(await world.document('service install --yes', ann)).toMatchObject({ code: 0, written: false });
    expect((await status()).pid).toBe(pid);
  });

  it('comes back after kill -9', async () => {
    const { pid } = await status();
    const next = world.heartbeat(node.nodeId);
    await world.machine.must(`kill -9 ${pid as number}`);
    await cameBack(pid);
    await next;
    expect((await status()).restarts).toBe(1);
  });

  it('comes back after a hang', async () => {
    const dropIn = `${unitFile}.d/short.conf`;
    await world.machine.must(
      `mkdir -p ${unitFile}.d && printf '[Service]\\nWatchdogSec=1\\nRestartSec=100ms\\n' > ${dropIn} && systemctl --user daemon-reload && systemctl --user restart ${unit}`,
      ann,
    );
    const { pid } = await status();
    await world.machine.must(`kill -STOP ${pid as number}`);
    await cameBack(pid);
    await world.machine.must(`rm -r ${unitFile}.d && systemctl --user daemon-reload`, ann);
    expect(await running()).toBe(true);
  });

  it('stays stopped after a drain', async () => {
    await world.machine.must('parallelix-operator drain', ann);
    // The process has ended; systemd hears of it in its own time.
    await world.machine.until(
      `[ "$(systemctl --user show --property=ActiveState --value ${unit})" = inactive ]`,
      ann,
    );
    expect([await shown('ActiveState'), await shown('SubState'), await shown('Result')]).toEqual([
      ...['inactive', 'dead', 'success'],
    ]);
    expect(await status()).toMatchObject({ activity: 'stopped', exitCode: 0 });
    const told = await world.machine.run('parallelix-operator status', ann);
    expect([told.code, told.stdout]).toEqual([3, expect.stringContaining('service start')]);
  });

  it('is started, restarted and stopped; what is so already is no error', async () => {
    for (const verb of ['start', 'start', 'restart'])
      expect(await world.document(`service ${verb}`, ann)).toMatchObject({
        code: 0,
        activity: 'running',
      });
    for (const verb of ['stop', 'stop'])
      expect(await world.document(`service ${verb}`, ann)).toMatchObject({
        code: 0,
        activity: 'stopped',
      });
  });

  it('gives up at once without its key, and says why', async () => {
    const key = `${stateDir}/node.key`;
    await world.document('service stop', ann);
    await world.machine.must(`mv ${key} ${key}.away`, ann);
    const started = await world.machine.run('parallelix-operator service start', ann);
    expect(started.code).toBe(1);
    expect(await status()).toMatchObject({ activity: 'failed', exitCode: 6 });
    await world.machine.must(`mv ${key}.away ${key}`, ann);
    expect(await world.document('service start', ann)).toMatchObject({ activity: 'running' });
  });

  it('runs beside one of another state directory, which goes on when it stops', async () => {
    const two = await world.makeNode({ user: 'ann', stateDir: '/home/ann/two' });
    const first = world.heartbeat(two.nodeId);
    expect(await world.document('service install --yes --state-dir /home/ann/two', ann)).toMatchObject({
      ...{ code: 0, name: 'two', service: 'parallelix-operator@two.service' },
    });
    await first;
    await world.document('service stop --name default', ann);
    expect(await status('--name two')).toMatchObject({ activity: 'running', stateDir: '/home/ann/two' });
    await world.document('service start --name default', ann);
    const taken = await world.machine.run('parallelix-operator service install --yes --name two', ann);
    expect(taken.code).toBe(5);
  });

  it('takes over from a node that runs in a terminal', async () => {
    await world.document('service stop', ann);
    await world.machine.must(
      'nohup parallelix-operator start --plain > start.log 2>&1 & until grep -q heartbeat start.log; do sleep 0.1; done',
      ann,
    );
    const next = world.heartbeat(node.nodeId);
    expect(await world.document('service install --yes', ann)).toMatchObject({ code: 0, started: true });
    await next;
    expect(await world.machine.must('tail -n 3 start.log', ann)).toMatch(/stopped|Stopped/);
  });

  it('is replaced by an upgrade in place, with its requests finished', async () => {
    const { pid } = await status();
    await world.machine.must(
      `sed -i 's/^Version=.*/Version=0.0.1/; s/RestartSec=3/RestartSec=9/' ${unitFile}`,
      ann,
    );
    const next = world.heartbeat(node.nodeId);
    expect(await world.document('service install --yes', ann)).toMatchObject({
      written: true,
      started: true,
    });
    await next;
    expect((await status()).pid).not.toBe(pid);
    expect(await shown('RestartUSec')).toBe('3s');
  });

  it('is installed by the official client’s commands, with its flags', async () => {
    expect(await world.document(`service --node-id ${node.nodeId} --cpu --yes`, ann)).toMatchObject({
      ...{ code: 0, document: 'service-install', written: true },
    });
    expect(await world.machine.must(`grep ^ExecStart= ${unitFile}`, ann)).toContain(
      ` --node-id ${node.nodeId} --cpu\n`,
    );
    expect(await running()).toBe(true);
  });

  it('asks a person first, and about lingering by itself; without it, it ends with the last login', async () => {
    const bob = { user: 'bob' };
    const other = await world.makeNode({ user: 'bob' });
    const uid = (await world.machine.must('id -u bob')).trim();
    await world.machine.must(`systemctl start user@${uid}`);
    // Open at both ends: what is typed is there before it is asked for, and the terminal stays.
    const answer = (typed: string) =>
      world.machine.run(
        `rm -f typed; mkfifo typed; exec 3<> typed; printf '${typed}' >&3; script -qec 'parallelix-operator service install' /dev/null <&3`,
        bob,
      );
    const refused = await answer('n\\n');
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('This will be installed')]);
    expect((await world.machine.run('ls ~/.config/systemd/user', bob)).code).not.toBe(0);

    const first = world.heartbeat(other.nodeId);
    const agreed = await answer('y\\nn\\n');
    expect([agreed.code, agreed.stdout]).toEqual([0, expect.stringContaining('It stops when you sign out')]);
    await first;
    await world.machine.must(`systemctl stop user@${uid}`);
    expect((await world.machine.run('pgrep -u bob -f parallelix-operator')).code).toBe(1);
  });

  it('runs again after a reboot, before anybody signs in', async () => {
    await world.machine.powerOff();
    const next = world.heartbeat(node.nodeId);
    await world.machine.boot();
    await next;
    expect([await running(), (await status('--name two')).activity]).toEqual([true, 'running']);
  });

  it('leaves nothing behind when a step fails', async () => {
    await world.makeNode({ user: 'ann', stateDir: '/home/ann/three' });
    // The node cannot open its lock, and ends.
    await world.machine.must('rm -f /home/ann/three/lock.db && mkdir /home/ann/three/lock.db', ann);
    const { code, stderr } = await world.machine.run(
      'parallelix-operator service install --yes --state-dir /home/ann/three',
      ann,
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('exit code 7')]);
    const left = await world.machine.must('find ~/.config/systemd/user -name "*three*"', ann);
    expect(left).toBe('');
    expect(await world.machine.must('systemctl --user list-units --all --no-legend "*three*"', ann)).toBe('');
  });

  it('opens a locked key with a credential, and refuses to be installed without one', async () => {
    await world.machine.must('umask 077; echo correct-horse-battery > ~/pass', ann);
    const locked = await world.makeNode({
      ...{ user: 'ann', stateDir: '/home/ann/locked' },
      init: '--passphrase --passphrase-file ~/pass',
    });
    const args = 'service install --yes --state-dir /home/ann/locked';
    expect((await world.machine.run(`parallelix-operator ${args}`, ann)).code).toBe(6);
    const first = world.heartbeat(locked.nodeId);
    expect(await world.document(`${args} --passphrase-file /home/ann/pass`, ann)).toMatchObject({
      started: true,
    });
    await first;
    await world.document('service uninstall --yes --name locked', ann);
  });

  it('shows its log', async () => {
    expect(await world.machine.must('parallelix-operator service logs -n 20', ann)).toMatch(/heartbeat/i);
  });

  it('keeps its data from being removed under it', async () => {
    const { code, stderr } = await world.machine.run(
      'parallelix-operator uninstall --data --lose-key --yes-really',
      ann,
    );
    expect([code, stderr]).toEqual([5, expect.stringContaining('service uninstall')]);
  });

  it('is uninstalled and leaves the key; with the data it leaves nothing', async () => {
    const done = await world.document('service uninstall --yes', ann);
    expect(done).toMatchObject({ code: 0, service: unit, stateDir });
    expect((await world.machine.run(`ls ${unitFile}`, ann)).code).not.toBe(0);
    expect(await world.machine.must(`ls ${stateDir}`, ann)).toContain('node.key');
    expect((await world.machine.run('parallelix-operator service status', ann)).code).toBe(0);
    const both = 'service uninstall --yes --name two --data --lose-key --yes-really';
    expect((await world.machine.run(`parallelix-operator ${both}`, ann)).code).toBe(0);
    expect((await world.machine.run('ls /home/ann/two/node.key', ann)).code).not.toBe(0);
    expect((await world.machine.run('parallelix-operator service status', ann)).code).toBe(5);
  });
});
