import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageFolder } from '../../fixtures/systemd/installed.ts';
import { createServiceWorld, needsWorld, type ServiceWorld } from '../../fixtures/systemd/world.ts';

const script = fileURLToPath(new URL('../../fixtures/systemd/app-node.ts', import.meta.url));
const heartbeatMs = 10_000;

let world: ServiceWorld;
let found: ServiceWorld | { reason: string };
needsWorld(() => found);

beforeAll(async () => {
  found = await createServiceWorld();
  if ('reason' in found) return;
  world = found;
  await world.machine.must('loginctl enable-linger root');
  await world.machine.until('systemctl --user is-system-running');
});
afterAll(() => world?.stop());

it('the app moves its node to a service, attaches to it, and takes it back, with at most one heartbeat missed each', {
  timeout: 240_000,
}, async ({ skip }) => {
  const { machine, network } = world;
  if ((await machine.run(`test -r ${script}`)).code !== 0)
    skip('this checkout does not lie on the root file system');
  const { nodeId } = await world.makeNode({ user: 'root' });
  const printed = await machine.must(`${packageFolder}/lib/node --no-warnings ${script}`, {
    timeoutMs: 200_000,
  });
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { did: 'start', phase: 'hosting' },
    { did: 'look', unavailable: null, installed: null, movesKey: false },
    { did: 'install', phase: 'attached', version: expect.any(String) as string },
    {
      did: 'look',
      installed: { label: 'parallelix-operator@default.service', scope: 'user', lingering: true },
    },
    { did: 'uninstall', phase: 'hosting' },
  ]);
  const times = network.coordinator.ledger.heartbeats
    .filter((beat) => beat.accepted && beat.nodeId === nodeId)
    .map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
  const missed = Math.max(...gaps.map((gap) => Math.max(0, Math.round(gap / heartbeatMs) - 1)));
  console.info(`longest time without a heartbeat while moving: ${Math.round(Math.max(...gaps))} ms`);
  expect(missed).toBeLessThanOrEqual(1);
});
