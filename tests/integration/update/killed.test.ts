import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeathOfUpdate, UpdaterChildOptions } from '../../fixtures/update/updater.ts';
import { createUpdateWorld, type UpdateWorld } from '../../fixtures/update/world.ts';

describe('an update killed with SIGKILL', () => {
  let world: UpdateWorld;
  let number = 1;
  const table: { killed: string; 'left behind': string; node: string; missed: number }[] = [];

  beforeAll(async () => {
    world = await createUpdateWorld();
    await world.install('0.1.0');
    await world.makeNode();
    await world.startNode();
  });
  afterAll(async () => {
    await world.stop();
    console.table(table);
  });

  async function killedAt(dieAt: DeathOfUpdate): Promise<void> {
    const given: UpdaterChildOptions = {
      options: world.updaterOptions(),
      paths: world.paths,
      env: world.env,
      version: world.current(),
      dieAt,
    };
    const entry = join(import.meta.dirname, '..', '..', 'fixtures', 'update', 'updater.ts');
    const child = spawn(process.execPath, [entry, JSON.stringify(given)], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...world.env, NODE_NO_WARNINGS: '1' },
    });
    const signal = await new Promise((resolve) =>
      child.once('close', (_code, killedBy) => resolve(killedBy)),
    );
    expect(signal).toBe('SIGKILL');
  }

  /** The state that a kill leaves works as it is: one version is current, runs, and a node of one of the two serves. */
  async function expectWorking(from: string, to: string): Promise<string> {
    const current = world.current();
    expect([from, to]).toContain(current);
    expect((await world.run(['version'])).text).toBe(`parallelix-operator ${current}\n`);
    const { version } = await world.serving(null);
    expect([from, to]).toContain(version);
    return current;
  }

  it.each<DeathOfUpdate>(['half downloaded', 'checking', 'unpacking', 'unpacked and not named', 'named'])(
    'when it is at "%s" leaves the node untouched',
    async (dieAt) => {
      const from = world.current();
      const to = '0.2.0';
      await world.publish(to);
      const { pid } = await world.serving(from);
      const fromMs = performance.now();
      await killedAt(dieAt);
      expect(await expectWorking(from, to)).toBe(from);
      expect((await world.greeting())?.pid).toBe(pid);
      table.push({
        killed: dieAt,
        'left behind': from,
        node: 'old, untouched',
        missed: world.missedSince(fromMs),
      });
      expect(table.at(-1)?.missed).toBe(0);
    },
  );

  it.each<DeathOfUpdate>([
    'preparing',
    'draining',
    'waiting',
    'the link is about to change',
    'the link has changed',
  ])('when it is at "%s" leaves one of the two serving, and the next update goes through', async (dieAt) => {
    const from = world.current();
    number += 1;
    const to = `0.${number}.0`;
    await world.publish(to);
    const fromMs = performance.now();
    await killedAt(dieAt);
    const left = await expectWorking(from, to);
    const missed = world.missedSince(fromMs);
    await world.update();
    expect(world.current()).toBe(to);
    await world.serving(to);
    table.push({ killed: dieAt, 'left behind': left, node: 'new, in the end', missed });
    expect(missed).toBeLessThanOrEqual(1);
    expect(world.missedSince(fromMs)).toBeLessThanOrEqual(1);
  });
});
