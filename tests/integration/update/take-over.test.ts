import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpdateWorld, type UpdateWorld } from '../../fixtures/update/world.ts';

describe('an update of a running node', () => {
  let world: UpdateWorld;

  beforeAll(async () => {
    world = await createUpdateWorld();
    await world.install('0.1.0');
    await world.makeNode();
    await world.startNode();
  });
  afterAll(() => world.stop());

  it('is taken over by the new version without a missed heartbeat', async () => {
    await world.publish('0.2.0');
    const fromMs = performance.now();
    const { code, text, json } = await world.run(['update', '--yes', '--json']);
    expect(text).toContain('"updated":true');
    expect(code).toBe(0);
    expect(json()).toMatchObject({ installed: '0.2.0', from: '0.1.0', node: 'taken-over', online: true });
    const { pid } = await world.serving('0.2.0');
    expect(json().pid).toBe(pid);
    expect(world.current()).toBe('0.2.0');
    expect(world.missedSince(fromMs)).toBe(0);
  });
});
