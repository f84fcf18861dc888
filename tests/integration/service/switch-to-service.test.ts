import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { packageFolder } from '../../fixtures/systemd/installed.ts';
import { createServiceWorld, needsWorld, type ServiceWorld } from '../../fixtures/systemd/world.ts';

/**
 * What the official client's daemon does, with nothing but Node: beats with signatures that were made beforehand would
 * be refused, so this one only keeps its unit running and writes the log that the gap is read from.
 */
const officialDaemon = `
import { appendFileSync } from 'node:fs';
const beat = () => appendFileSync(process.env.HOME + '/.parallelix/node.log', new Date().toISOString() + ' heartbeat accepted\\n');
process.on('SIGTERM', () => process.exit(0));
setInterval(beat, 1000);
beat();
`;

const appScript = fileURLToPath(new URL('../../fixtures/systemd/app-migrate.ts', import.meta.url));
const unitFile = '/etc/systemd/system/parallelix-node.service';
const unit = `[Unit]
Description=ParalleliX node
[Service]
User=root
ExecStart=/usr/local/bin/parallelix-node start --node-id 1
Restart=on-failure
[Install]
WantedBy=multi-user.target
`;

describe('switching from an official client that is a service, on a real systemd', {
  timeout: 240_000,
}, () => {
  let world: ServiceWorld;
  let found: ServiceWorld | { reason: string };
  const privateKey = generatePrivateKey();
  const { nodeKeyHash, nodeAddress, publicKey } = createNodeKey(privateKey);
  let nodeId: string;
  needsWorld(() => found);

  beforeAll(async () => {
    found = await createServiceWorld();
    if ('reason' in found) return;
    world = found;
    const { machine, network } = world;
    const { coordinatorUrl, ollamaUrl } = network.urls;
    const registered = await network.registerNode({ nodeKeyHash, tier: 1 });
    ({ nodeId } = registered);
    const config = { nodeAddress, nodeKeyHash, pubKey: publicKey, nodeId, owner: registered.owner };
    await machine.put('/root/.parallelix/node.key', privateKey.replace(/^0x/, ''), '0600');
    const addresses = { coordinator: coordinatorUrl, ollama: ollamaUrl };
    await machine.put('/root/.parallelix/config.json', JSON.stringify({ ...config, ...addresses }), '0600');
    await machine.put('/opt/official.mjs', officialDaemon);
    await machine.put(
      '/usr/local/bin/parallelix-node',
      `#!/bin/sh\nexec ${packageFolder}/lib/node /opt/official.mjs "$@"\n`,
      '0755',
    );
    await machine.put(unitFile, unit);
    await machine.must('systemctl daemon-reload && systemctl enable --now parallelix-node.service');
    await machine.must('loginctl enable-linger root');
    await machine.until('systemctl --user is-system-running');
  });
  afterAll(() => world?.stop());

  it('ends in a service of ours, which survives a reboot alone', async () => {
    const { machine } = world;
    const switched = await world.document('switch');
    expect(switched).toMatchObject({
      ...{ code: 0, direction: 'to-ours', nodeKeyHash, nodeId, lingering: true },
      ...{ service: 'parallelix-operator@default.service' },
      official: { kind: 'systemd-unit', name: 'parallelix-node.service', enabled: true },
    });
    expect((await machine.run('systemctl is-active parallelix-node.service')).stdout).toBe('inactive\n');
    await machine.powerOff();
    const next = world.heartbeat(nodeId);
    await machine.boot();
    await next;
    expect((await machine.run('systemctl is-active parallelix-node.service')).stdout).toBe('inactive\n');
    // Its own unit file stays as its installer wrote it.
    expect(await machine.must(`cat ${unitFile}`)).toBe(unit);
  });

  it('is not installed beside the official client, and goes away when that one is returned to', async () => {
    const { machine } = world;
    expect(await world.document('switch --back')).toMatchObject({ code: 0, direction: 'back' });
    expect((await machine.run('systemctl is-active parallelix-node.service')).stdout).toBe('active\n');
    expect((await machine.run('parallelix-operator service status')).code).toBe(5);
    const { code, stderr } = await machine.run('parallelix-operator service install --yes');
    expect([code, stderr]).toEqual([4, expect.stringContaining('parallelix-node')]);
  });

  it('by the button of the app ends in a service too, to which the app attaches', async ({ skip }) => {
    const { machine } = world;
    if ((await machine.run(`test -r ${appScript}`)).code !== 0)
      skip('this checkout does not lie on the root file system');
    const printed = await machine.must(`${packageFolder}/lib/node --no-warnings ${appScript}`, {
      timeoutMs: 200_000,
    });
    const service = 'parallelix-operator@default.service';
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { did: 'plan', endsAs: 'service' },
      { did: 'migrate', nodeKeyHash, nodeId, service },
      { did: 'state', state: 'done', service, lingerFault: null, gapMs: expect.any(Number) as number },
      { did: 'phase', phase: 'attached' },
    ]);
    expect(await machine.must(`systemctl --user is-active ${service}`)).toBe('active\n');
    const official = await machine.run(
      'systemctl is-active parallelix-node.service; systemctl is-enabled parallelix-node.service',
    );
    expect(official.stdout).toBe('inactive\ndisabled\n');
    expect(await machine.must(`cat ${unitFile}`)).toBe(unit);
    // The app has ended, and the node goes on.
    await world.heartbeat(nodeId);
  });
});
