import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, packageFolder } from '../../fixtures/systemd/installed.ts';
import { createServiceWorld, needsWorld, type ServiceWorld } from '../../fixtures/systemd/world.ts';

const unit = 'parallelix-operator@default.service';
const unitFile = `/etc/systemd/system/${unit}`;
const stateRoot = '/var/lib/parallelix-operator';
const service = { user: 'parallelix-operator' };

describe('the service of the whole computer, on a real systemd', { timeout: 240_000 }, () => {
  let world: ServiceWorld;
  let found: ServiceWorld | { reason: string };
  let node: { nodeKeyHash: string; nodeId: string };
  needsWorld(() => found);

  const must = (command: string, user?: string) => world.machine.must(command, user ? { user } : {});
  const run = (command: string, user?: string) => world.machine.run(command, user ? { user } : {});
  const status = (name = 'default') => world.document(`service status --system --name ${name}`);

  beforeAll(async () => {
    found = await createServiceWorld();
    if ('reason' in found) return;
    world = found;
    await addUser(world.machine, 'ann');
    await addUser(world.machine, 'bob');
    await must('printf "[Service]\\nExecStart=/bin/false\\n" > /etc/systemd/system/parallelix-node.service');
  });
  afterAll(() => world?.stop());

  it('is not installed without administrator rights', async () => {
    const { code, stderr } = await run('parallelix-operator service install --system --yes', 'ann');
    expect([code, stderr]).toEqual([7, expect.stringContaining('sudo')]);
  });

  it('never runs a program that a user can change', async () => {
    await must(
      `mkdir ~/plx && cp -r ${packageFolder}/bin ~/plx && mkdir ~/plx/lib && ln -s ${packageFolder}/lib/node ~/plx/lib/node && cp ${packageFolder}/lib/cli.mjs ~/plx/lib`,
      'ann',
    );
    const { code, stderr } = await run(
      '/home/ann/plx/bin/parallelix-operator service install --system --yes',
    );
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/\/home\/ann(\/plx\S*)? can be changed by another user/),
    ]);
    expect((await run('id parallelix-operator')).code).not.toBe(0);
  });

  it('gets a user and a folder of its own, and waits for its key', async () => {
    const installed = await world.document('service install --system --yes');
    expect(installed).toMatchObject({
      ...{
        code: 5,
        service: unit,
        scope: 'system',
        user: 'parallelix-operator',
        stateDir: `${stateRoot}/default`,
      },
      ...{ started: false, written: true, key: 'missing' },
    });
    expect(await must(`stat -c '%U %a' ${stateRoot}/default; stat -c %a ${unitFile}`)).toBe(
      'parallelix-operator 700\n644\n',
    );
    expect(await must('getent passwd parallelix-operator')).toContain(`${stateRoot}:/usr/sbin/nologin`);
  });

  it('has a unit that systemd has nothing to say about', async () => {
    expect(await run(`systemd-analyze --man=no verify ${unitFile}`)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const figure = /exposure level.*?: ([\d.]+)/.exec(
      await must(`systemd-analyze security --no-pager ${unit}`),
    )?.[1];
    console.info(`systemd-analyze security: ${figure} for ${unit}`);
    expect(Number(figure)).toBeLessThan(3);
  });

  it('starts once its own key is there, under its own user', async () => {
    node = await world.makeNode({ ...service, stateDir: `${stateRoot}/default` });
    const first = world.heartbeat(node.nodeId);
    expect(await world.document('service install --system --yes')).toMatchObject({
      ...{ code: 0, started: true, written: false, key: 'file' },
    });
    await first;
    const { pid } = await status();
    expect(await must(`ps -o user:32= -p ${pid as number}`)).toBe('parallelix-operator\n');
  });

  it('is open to its group and to nobody else', async () => {
    expect(
      await must('stat -c "%U %G %a" /run/parallelix-operator /run/parallelix-operator/default.sock'),
    ).toBe('parallelix-operator parallelix-operator 750\nparallelix-operator parallelix-operator 660\n');
    const connect = `import net from 'node:net'; net.connect('/run/parallelix-operator/default.sock').on('connect', () => process.exit(0)).on('error', (error) => { console.log(error.code); process.exit(1) })`;
    const tryIt = `${packageFolder}/lib/node --input-type=module -e "${connect}"`;
    expect(await run(tryIt, 'bob')).toMatchObject({ code: 1, stdout: 'EACCES\n' });
    const refused = await run('parallelix-operator status', 'bob');
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringContaining('usermod -aG parallelix-operator bob'),
    ]);

    // Whoever may not reach it is not kept from a node of their own.
    expect((await run('parallelix-operator drain', 'bob')).code).toBe(3);

    await must('usermod -aG parallelix-operator ann');
    expect((await run(tryIt, 'ann')).code).toBe(0);
    const told = await world.machine.run('parallelix-operator status --json', { user: 'ann' });
    expect(told.stderr).toBe(`Note: this is the node of the service ${unit}.\n`);
    expect(JSON.parse(told.stdout)).toMatchObject({ running: true, identity: { nodeId: node.nodeId } });
    // What it keeps is its own.
    expect((await run(`cat ${stateRoot}/default/node.key`, 'ann')).code).not.toBe(0);
  });

  it('is not asked by somebody with a node of their own', async () => {
    await must('parallelix-operator init', 'ann');
    expect((await run('parallelix-operator status', 'ann')).code).toBe(3);
  });

  it('comes back after kill -9, and after a hang', async () => {
    await must(
      `mkdir ${unitFile}.d && printf '[Service]\\nWatchdogSec=1\\nRestartSec=100ms\\n' > ${unitFile}.d/short.conf && systemctl daemon-reload && systemctl restart ${unit}`,
    );
    for (const signal of ['KILL', 'STOP']) {
      const { pid } = await status();
      const next = world.heartbeat(node.nodeId);
      await must(`kill -${signal} ${pid as number}`);
      await world.machine.until(
        `pid=$(systemctl show --property=MainPID --value ${unit}); [ "$pid" != 0 ] && [ "$pid" != ${pid as number} ] && systemctl is-active ${unit}`,
      );
      await next;
    }
    await must(`rm -r ${unitFile}.d && systemctl daemon-reload`);
  });

  it('keeps the socket folder when one of two stops', async () => {
    await world.document('service install --system --yes --name two');
    const two = await world.makeNode({ ...service, stateDir: `${stateRoot}/two` });
    const first = world.heartbeat(two.nodeId);
    await world.document('service start --system --name two');
    await first;
    await world.document('service stop --system --name two');
    expect(await status()).toMatchObject({ activity: 'running', nodeState: expect.any(String) as string });
    expect(await must('ls /run/parallelix-operator')).toBe('default.sock\n');
  });

  it('never uses another user’s key', async () => {
    await must(`chown root ${stateRoot}/two/node.key`);
    const { code, stderr } = await run('parallelix-operator service install --system --yes --name two');
    expect([code, stderr]).toEqual([5, expect.stringContaining('belongs to another user')]);
    await must(`chown parallelix-operator ${stateRoot}/two/node.key`);
    const elsewhere = 'service install --system --yes --state-dir /home/ann/.local/state/parallelix-operator';
    expect((await run(`parallelix-operator ${elsewhere}`)).code).toBe(2);
  });

  it('gets its passphrase as an encrypted credential', async () => {
    await must('umask 077; echo correct-horse-battery > /run/pass; chown parallelix-operator /run/pass');
    await world.document('service install --system --yes --name locked');
    const locked = await world.makeNode({
      ...{ ...service, stateDir: `${stateRoot}/locked` },
      init: '--passphrase --passphrase-file /run/pass',
    });
    const first = world.heartbeat(locked.nodeId);
    const args = 'service install --system --yes --name locked --passphrase-file /run/pass';
    expect(await world.document(args)).toMatchObject({ code: 0, started: true });
    await must('rm /run/pass');
    await first;
    const sealed = '/etc/parallelix-operator/locked.passphrase';
    expect(await must(`grep -c correct ${sealed} || true; stat -c %a ${sealed}`)).toBe('0\n600\n');
    expect((await run(`ls ${sealed}`, 'ann')).code).not.toBe(0);
    await world.document('service uninstall --system --yes --name locked');
    expect((await run(`ls ${sealed}`)).code).not.toBe(0);
  });

  it('runs again after a reboot', async () => {
    await world.machine.powerOff();
    const next = world.heartbeat(node.nodeId);
    await world.machine.boot();
    await next;
    expect(await status()).toMatchObject({ activity: 'running', enabled: true });
  });

  it('shows its log to those who may see it', async () => {
    expect(await must('parallelix-operator service logs --system -n 20')).toMatch(/heartbeat/i);
  });

  it('is uninstalled, leaves key and data, and never touched the official client’s unit', async () => {
    for (const name of ['default', 'two'])
      expect(await world.document(`service uninstall --system --yes --name ${name}`)).toMatchObject({
        code: 0,
      });
    expect(await must('ls /etc/systemd/system/ | grep parallelix')).toBe('parallelix-node.service\n');
    expect(await must(`ls ${stateRoot}/default`)).toContain('node.key');
    expect(await must('cat /etc/systemd/system/parallelix-node.service')).toBe(
      '[Service]\nExecStart=/bin/false\n',
    );
  });
});
