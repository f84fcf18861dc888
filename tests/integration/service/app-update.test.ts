import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServers } from '../../fixtures/http/servers.ts';
import { ollamaWithGate } from '../../fixtures/ollama/gate.ts';
import { createServiceWorld, needsWorld, type ServiceWorld } from '../../fixtures/systemd/world.ts';
import { layOutVersion } from '../../fixtures/update/hosted-versions.ts';
import { layOut, testKey } from '../../fixtures/update/packages.ts';
import type { HeartbeatSeen } from '../../practice-network/coordinator/ledger.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const host = join(root, 'tests', 'fake-electron');
/** On the file system that the machine sees: its /tmp is its own. */
const shared = join(root, 'node_modules', '.cache', `parallelix-app-update-${process.pid}`);
/** Where the deb puts what belongs to the app. */
const resources = '/opt/ParalleliX-Operator/resources';
const unit = 'parallelix-operator@default.service';
const [older, newer] = ['0.1.0', '0.2.0'];
const heartbeatMs = 10_000;

let world: ServiceWorld;
let found: ServiceWorld | { reason: string };
const servers = createServers();
needsWorld(() => found);

beforeAll(async () => {
  found = await createServiceWorld();
  if ('reason' in found) return;
  world = found;
  await world.machine.must('loginctl enable-linger root');
  await world.machine.until('systemctl --user is-system-running');
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await servers.closeAll();
  rmSync(shared, { recursive: true, force: true });
});

it('the new version of the app restarts the service that runs its files, once its request is finished, with at most one heartbeat missed', {
  timeout: 300_000,
}, async ({ skip }) => {
  const { machine, network } = world;
  const { coordinator } = network;
  const { ledger } = coordinator;
  const { key } = testKey();
  mkdirSync(shared, { recursive: true });
  for (const version of [older, newer]) {
    mkdirSync(join(shared, version));
    await layOut(join(shared, version, 'cli'), { version, flavour: 'good', key });
  }
  if ((await machine.run(`test -r ${shared}/${older}`)).code !== 0)
    skip('this checkout does not lie on the root file system');
  const main = await layOutVersion(join(shared, 'app'), { version: newer, key });
  /** As a package manager does: whole files, each by its name. */
  const replaceFiles = (version: string) =>
    machine.must(
      `mkdir -p ${resources} && rm -rf ${resources}/new && cp -r ${shared}/${version}/cli ${resources}/new && rm -rf ${resources}/cli && mv ${resources}/new ${resources}/cli`,
    );
  await replaceFiles(older);
  await machine.must(`ln -sf ${resources}/cli/bin/parallelix-operator /usr/bin/parallelix-operator`);

  const ollama = await ollamaWithGate(servers, network.urls.ollamaUrl);
  const { nodeId } = await world.makeNode({ user: 'root' });
  await machine.must(`parallelix-operator config set ollamaUrl ${ollama.url}`);
  expect(await world.document('service install --yes')).toMatchObject({
    code: 0,
    program: [`${resources}/cli/bin/parallelix-operator`],
  });
  const beats = () => ledger.heartbeats.filter((beat) => beat.accepted && beat.nodeId === nodeId);
  const versionOf = ({ body }: HeartbeatSeen) =>
    (body as { capabilities: { version: string } }).capabilities.version;
  const ofVersion = (version: string) => beats().filter((beat) => versionOf(beat) === version);
  const served = (requestId: string) => coordinator.answered(requestId, { timeoutMs: 100_000 });
  await ledger.when('a heartbeat of the old version', () => ofVersion(older).length > 0, {
    timeoutMs: 100_000,
  });
  expect((await served(coordinator.submit('Before'))).results).toMatchObject([{ accepted: true }]);
  const pid = () => machine.must(`systemctl --user show --property=MainPID --value ${unit}`);
  const before = await pid();

  ollama.close();
  const requestId = coordinator.submit('Say something');
  await ollama.waiting();
  await replaceFiles(newer);
  const env = {
    TEST_HOST_USER_DATA: '/root/profile',
    TEST_HOST_RESOURCES: resources,
    TEST_HOST_PACKAGED: '1',
  };
  // The app as its login item starts it: without a window.
  const command = `${process.execPath} --import ${host}/hooks.ts ${host}/start.ts ${main} --hidden`;
  const app = machine.run(`echo $$ > /run/app.pid; exec ${command}`, { env, timeoutMs: 250_000 });
  const log = '/root/.local/state/parallelix-operator/logs/app.log';
  // It was told to end, and waits for the answer: the old process is still there.
  await machine.until(`systemctl --user show --property=ActiveState --value ${unit} | grep deactivating`);
  expect(await pid()).toBe(before);
  expect((await machine.run(`grep service-restarted ${log}`)).code).not.toBe(0);
  ollama.open();
  const { results, dispatches, failures } = await served(requestId);
  expect(results).toMatchObject([{ accepted: true, poeVerified: true, duplicate: false }]);
  expect([dispatches.length, failures]).toEqual([1, []]);

  await machine.until(`grep service-restarted ${log}`);
  await ledger.when('two heartbeats of the new version', () => ofVersion(newer).length > 1, {
    timeoutMs: 100_000,
  });
  expect((await served(coordinator.submit('After'))).results).toMatchObject([
    { accepted: true, poeVerified: true },
  ]);
  expect(await machine.must(`grep -c service-restarted ${log}`)).toBe('1\n');
  expect(JSON.parse(await machine.must(`grep service-restarted ${log}`))).toMatchObject({
    from: older,
    to: newer,
  });
  const after = await pid();
  expect(after).not.toBe(before);
  // The node is the service's: the app looks on, and its end is not the node's.
  expect(await machine.must(`readlink /proc/${after.trim()}/exe`)).toBe(`${process.execPath}\n`);
  await machine.must('kill $(cat /run/app.pid)');
  expect(await app).toMatchObject({ code: 0 });
  expect(await pid()).toBe(after);

  const times = beats().map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  const missed = gaps.map((gap) => Math.max(0, Math.round(gap / heartbeatMs) - 1));
  console.info(
    `an app update restarts the service: ${missed.reduce((sum, one) => sum + one, 0)} heartbeats missed, ${Math.round(Math.max(...gaps))} ms the longest time without one`,
  );
  expect(Math.max(...missed)).toBeLessThanOrEqual(1);
});
