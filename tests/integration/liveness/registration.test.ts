import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { LivenessFixture } from '../../fixtures/liveness.ts';
import { startLiveness } from '../../fixtures/liveness.ts';

const keyHashOf = ({ node }: LivenessFixture) => node.host.identity.key.nodeKeyHash;
const lookUps = ({ sent }: LivenessFixture, sinceMs = 0) =>
  sent.times('/api/operator/node-by-keyhash/', sinceMs);

async function savedRegistration({ node }: LivenessFixture): Promise<{ nodeId: unknown; owner: unknown }> {
  const { nodeId, owner } = JSON.parse(await readFile(node.paths.identityFile, 'utf8'));
  return { nodeId, owner };
}

describe('a key without a registration', () => {
  it('is looked up every five seconds, sends nothing else, and beats by itself once it is registered', async () => {
    const fixture = await startLiveness({ register: false });
    const { clock, memory, state, beatTimes, pollTimes, snapshot } = fixture;
    await clock.advance(30_000);
    expect(lookUps(fixture)).toEqual([0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000]);
    expect(state()).toBe('not-registered');
    expect(snapshot().registration.status).toBe('not-registered');
    expect(beatTimes()).toEqual([]);
    expect(pollTimes()).toEqual([]);

    const registered = await memory.registerNode({ nodeKeyHash: keyHashOf(fixture), tier: 1 });
    await clock.advance(5000);
    expect(beatTimes()).toEqual([35_000]);
    expect(state()).toBe('ready');
    expect(snapshot().identity).toMatchObject(registered);
    expect(snapshot().registration).toMatchObject({ status: 'registered', tier: 1, stakePrlx: '50000' });
    expect(await savedRegistration(fixture)).toEqual(registered);
  });

  it('is looked up less and less often while the coordinator fails, every 30 s at least', async () => {
    const fixture = await startLiveness({
      register: false,
      before: ({ coordinator }) => coordinator.setFaults({ keyhash: { status: { code: 502 } } }),
    });
    const { clock, coordinator, memory, state, beatTimes } = fixture;
    await clock.advance(120_000);
    expect(lookUps(fixture)).toEqual([0, 5000, 15_000, 35_000, 65_000, 95_000]);
    expect(state()).toBe('coordinator-down');
    await memory.registerNode({ nodeKeyHash: keyHashOf(fixture), tier: 1 });
    coordinator.clearFaults();
    await clock.advance(5000);
    expect(beatTimes()).toEqual([125_000]);
  });

  it('keeps what it has learned over a restart, and beats without waiting for a look-up', async () => {
    const fixture = await startLiveness({ register: false });
    const { clock, coordinator, memory, node } = fixture;
    const { nodeId } = await memory.registerNode({ nodeKeyHash: keyHashOf(fixture), tier: 1 });
    await clock.advance(5000);
    coordinator.setFaults({ keyhash: { hang: true } });
    await clock.during(node.restart());
    const startedMs = clock.monotonicMs();
    await clock.advance(10_000);
    expect(fixture.snapshot().identity.nodeId).toBe(nodeId);
    expect(fixture.beatTimes(startedMs)).toContain(startedMs);
    expect(fixture.state()).toBe('ready');
  });
});

describe('a saved node id', () => {
  async function startSaved(): Promise<LivenessFixture> {
    const fixture = await startLiveness();
    await fixture.clock.advance(9000);
    return fixture;
  }

  it('is kept while its heartbeats are accepted, even if the look-up finds nothing', async () => {
    const fixture = await startSaved();
    const { coordinator, clock, node } = fixture;
    const { nodeId } = node;
    coordinator.setFaults({ keyhash: { status: { code: 404, body: { error: 'not_registered' } } } });
    await clock.during(node.restart());
    await clock.advance(60_000);
    expect(fixture.snapshot().registration.status).toBe('not-registered');
    expect(fixture.state()).toBe('ready');
    expect(fixture.snapshot().identity.nodeId).toBe(nodeId);
    expect(await savedRegistration(fixture)).toMatchObject({ nodeId });
  });

  it('that was withdrawn is retired, and its record is kept', async () => {
    const fixture = await startSaved();
    const { clock, memory, node, state } = fixture;
    await memory.withdrawStake(node.nodeId);
    await clock.advance(60_000);
    expect(state()).toBe('retired');
    expect(fixture.snapshot().registration.status).toBe('not-registered');
    expect(await savedRegistration(fixture)).toMatchObject({ nodeId: node.nodeId });
  });

  it('that was refused from the first heartbeat on, and is registered nowhere, is not registered', async () => {
    const fixture = await startSaved();
    const { clock, memory, node, state } = fixture;
    await memory.withdrawStake(node.nodeId);
    await clock.during(node.restart());
    await clock.advance(20_000);
    expect(state()).toBe('not-registered');
  });

  it('that is refused gives way to the registration found for the key', async () => {
    const fixture = await startSaved();
    const { clock, memory, node, coordinator, state } = fixture;
    await memory.withdrawStake(node.nodeId);
    const again = await memory.registerNode({ nodeKeyHash: keyHashOf(fixture), tier: 1 });
    expect(again.nodeId).not.toBe(node.nodeId);
    const refusedMs = 10_000;
    await clock.advanceUntil('the new one online', () => coordinator.isOnline(again.nodeId), 120_000);
    // The refusal itself is the reason to look, not the look that comes every ten minutes.
    expect(clock.monotonicMs()).toBe(refusedMs);
    await clock.advance(0);
    expect(await savedRegistration(fixture)).toEqual(again);
    expect(fixture.snapshot().identity).toMatchObject(again);
    await clock.advance(60_000);
    expect(state()).toBe('ready');
    expect(coordinator.isOnline(node.nodeId)).toBe(false);
    const id = coordinator.submit('for the new one');
    await clock.advance(4000);
    expect(coordinator.ledger.request(id)?.results[0]).toMatchObject({
      nodeId: again.nodeId,
      poeVerified: true,
    });
    expect(coordinator.ledger.violations.filter(({ endpoint }) => endpoint === 'overlap')).toEqual([]);
  });

  it('that works does not give way to another registration of the key', async () => {
    const fixture = await startSaved();
    const { clock, memory, node, state } = fixture;
    await memory.registerNode({ nodeKeyHash: keyHashOf(fixture), tier: 1 });
    await clock.advance(11 * 60_000);
    expect(lookUps(fixture, 1)).toEqual([600_000]);
    expect(fixture.snapshot().identity.nodeId).toBe(node.nodeId);
    expect(state()).toBe('ready');
    expect(await savedRegistration(fixture)).toMatchObject({ nodeId: node.nodeId });
  });
});

describe('a node id that the operator names', () => {
  it('is never replaced, however often it is refused', async () => {
    const fixture = await startLiveness({ register: false, namedNodeId: '999' });
    const { clock, memory, sent, state } = fixture;
    const found = await memory.registerNode({ nodeKeyHash: keyHashOf(fixture), tier: 1 });
    await clock.advance(11 * 60_000);
    expect(fixture.snapshot().identity.nodeId).toBe('999');
    expect(fixture.snapshot().registration.status).toBe('registered');
    expect(fixture.beats().every(({ nodeId }) => nodeId === '999')).toBe(true);
    expect(sent.all.some(({ path }) => path.includes(`nodeId=${found.nodeId}`))).toBe(false);
    expect(state()).toBe('refused');
    expect(await savedRegistration(fixture)).toEqual({ nodeId: null, owner: null });
  });
});
