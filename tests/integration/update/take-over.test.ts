import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processStart } from '../../../electron/daemon/system/process-start.ts';
import { usualTiming } from '../../../electron/node/operations/update/take-over.ts';
import { failureFrom } from '../../fixtures/http/servers.ts';
import { createUpdateWorld, quickTiming, type UpdateWorld } from '../../fixtures/update/world.ts';

describe('an update of a running node', () => {
  let world: UpdateWorld;
  /** What the coordinator missed in each, for the table at the end. */
  const table: { update: string; node: string; missed: number }[] = [];
  const note = (update: string, node: string, fromMs: number) => {
    const missed = world.missedSince(fromMs);
    table.push({ update, node, missed });
    return missed;
  };

  beforeAll(async () => {
    world = await createUpdateWorld();
    await world.install('0.1.0');
    await world.makeNode();
    await world.startNode(['--wait', '--concurrency', '1']);
  });
  afterAll(async () => {
    await world.stop();
    console.table(table);
  });

  it('that cannot be had leaves it alone', async () => {
    await world.publish('0.2.0');
    const { pid } = await world.serving('0.1.0');
    const fromMs = performance.now();
    world.releases.faults = { cutAfterBytes: 1000 };
    expect(await failureFrom(world.update())).toMatchObject({ code: 'download-failed' });
    world.releases.faults = {};
    expect((await world.greeting())?.pid).toBe(pid);
    expect(note('broken off', 'old, untouched', fromMs)).toBe(0);
  });

  it.each([
    ['does-not-start', 'a fault in the new version'],
    ['never-ready', 'not-ready-in-time'],
  ] as const)('to a version that %s never reaches it', async (flavour, reason) => {
    await world.publish('0.2.0', flavour);
    const { pid } = await world.serving('0.1.0');
    const fromMs = performance.now();
    const prepareMs = flavour === 'never-ready' ? 1500 : quickTiming.prepareMs;
    const refused = await failureFrom(world.update({ timing: { ...quickTiming, prepareMs } }));
    expect(refused).toMatchObject({
      code: 'update-failed',
      restored: true,
      reason: expect.stringContaining(reason),
    });
    expect((await world.greeting())?.pid).toBe(pid);
    expect(world.current()).toBe('0.1.0');
    expect(note(flavour, 'old, untouched', fromMs)).toBe(0);
    // By itself it is not tried again, whatever happens.
    expect(await failureFrom(world.update({ unattended: true }))).toMatchObject({ code: 'update-held-back' });
  });

  it('to a version that falls over in its place brings the old one back', async () => {
    await world.publish('0.2.0', 'falls-over');
    const fromMs = performance.now();
    const refused = await failureFrom(world.update());
    expect(refused).toMatchObject({ code: 'update-failed', restored: true });
    await world.serving('0.1.0');
    expect(world.current()).toBe('0.1.0');
    expect(note('falls over', 'old, started again', fromMs)).toBeLessThanOrEqual(1);
  });

  it('to a version that never has a heartbeat accepted brings the old one back, with its flags', async () => {
    await world.publish('0.2.0', 'never-beats');
    const fromMs = performance.now();
    // With all the patience that it has in earnest: two that fail are enough.
    const { heartbeatMs } = usualTiming;
    const refused = await failureFrom(world.update({ timing: { ...quickTiming, heartbeatMs } }));
    expect(refused).toMatchObject({
      code: 'update-failed',
      restored: true,
      reason: 'heartbeats-failed(2)',
    });
    await world.serving('0.1.0');
    expect(world.current()).toBe('0.1.0');
    const { settings } = (await world.run(['config', 'list', '--json'])).json() as { settings: unknown[] };
    expect(settings.length).toBeGreaterThan(10);
    // The second that fails comes one interval after the first; starting costs more of the 2 s here than of 10 s.
    expect(note('never beats', 'old, started again', fromMs)).toBeLessThanOrEqual(3);
    expect(await failureFrom(world.update({ unattended: true }))).toMatchObject({ code: 'update-held-back' });
  });

  it('waits for the request in hand, and delivers it', async () => {
    await world.publish('0.2.0');
    const { network } = world;
    await network.ollama.setFaults({ tokenDelayMs: 60 });
    const requestId = network.coordinator.submit('A slow question');
    await network.ollama.seen.when('a generation', () => network.ollama.seen.generationsInFlight > 0);
    const fromMs = performance.now();
    const updated = await world.update();
    expect(updated).toMatchObject({ from: '0.1.0', to: '0.2.0', node: 'taken-over', online: true });
    const record = network.coordinator.ledger.request(requestId);
    expect(record).toMatchObject({ outcome: 'answered', failures: [] });
    expect(record?.dispatches).toHaveLength(1);
    await network.ollama.setFaults({ tokenDelayMs: 0 });
    expect(note('good, with a request in hand', 'new', fromMs)).toBe(0);
  });

  it('is taken over by the new version without a missed heartbeat, from the command line', async () => {
    await world.publish('0.3.0');
    const looked = await world.run(['update', '--check', '--json']);
    expect(looked.json()).toMatchObject({ available: true, updated: false, offered: '0.3.0', node: null });
    const fromMs = performance.now();
    const { code, json } = await world.run(['update', '--yes', '--json']);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ installed: '0.3.0', from: '0.2.0', node: 'taken-over', online: true });
    const { pid } = await world.serving('0.3.0');
    expect(json().pid).toBe(pid);
    expect(world.current()).toBe('0.3.0');
    const again = world.network.coordinator.submit('Still there?');
    expect((await world.network.coordinator.answered(again)).results[0]).toMatchObject({ accepted: true });
    expect(note('good', 'new', fromMs)).toBe(0);
    expect((await world.run(['update', '--yes'])).text).toContain('Version 0.3.0 is up to date.');
  });

  it('that has no heartbeats accepted is judged by staying up, and is not said to be online', async () => {
    world.network.coordinator.setFaults({ heartbeat: { status: { code: 503 } } });
    const failing = async () => {
      const { heartbeat } = (await world.run(['status', '--json'])).json() as {
        heartbeat: { failingSinceMs: number | null };
      };
      return heartbeat.failingSinceMs;
    };
    await expect.poll(failing).not.toBe(null);
    await world.publish('0.4.0');
    const updated = await world.update();
    world.network.coordinator.clearFaults();
    expect(updated).toMatchObject({ to: '0.4.0', node: 'taken-over', online: false });
    await world.serving('0.4.0');
  });

  it('replaces a node that hangs', async () => {
    const { pid } = await world.serving('0.4.0');
    await world.publish('0.5.0');
    process.kill(pid, 'SIGSTOP');
    const timing = { ...quickTiming, answerMs: 500, drainMs: 1000, graceMs: 500 };
    expect(await world.update({ timing })).toMatchObject({ to: '0.5.0', node: 'taken-over' });
    await world.serving('0.5.0');
    expect(await processStart(pid)).toBe(null);
  });

  it('that another program runs leaves that node as it is', async () => {
    const greeting = await world.serving('0.5.0');
    process.kill(greeting.pid, 'SIGTERM');
    await expect.poll(() => world.greeting()).toBe(null);
    const copy = `${world.home}/copy`;
    const { copyFolder } = await import('../../fixtures/update/packages.ts');
    copyFolder(`${world.root}/versions/0.5.0`, copy);
    world.start(['start'], `${copy}/bin/parallelix-operator`);
    const { pid } = await world.serving('0.5.0');
    await world.publish('0.6.0');
    expect(await world.update()).toMatchObject({ to: '0.6.0', node: 'elsewhere', pid });
    expect((await world.greeting())?.pid).toBe(pid);
    expect(world.current()).toBe('0.6.0');
  });

  it('that does not run installs the new version and starts nothing', async () => {
    const greeting = await world.serving('0.5.0');
    process.kill(greeting.pid, 'SIGTERM');
    await expect.poll(() => world.greeting()).toBe(null);
    await world.publish('0.7.0');
    expect(await world.update()).toMatchObject({ to: '0.7.0', node: 'none', pid: null });
    expect(await world.greeting()).toBe(null);
    expect((await world.run(['version'])).text).toBe('parallelix-operator 0.7.0\n');
  });
});
