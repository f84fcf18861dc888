import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { startLiveness, timestampOf } from '../../fixtures/liveness.ts';
import { signerOf } from '../../practice-network/coordinator/wire.ts';

const every = (stepMs: number, fromMs: number, count: number) =>
  Array.from({ length: count }, (_, index) => fromMs + index * stepMs);

describe('heartbeats of a running node', () => {
  it('come every ten seconds to the millisecond, with times that only rise', async () => {
    const { clock, beats, beatTimes, coordinator } = await startLiveness();
    await clock.advance(300_000);
    expect(beatTimes()).toEqual(every(10_000, 0, 31));
    const stamps = beats().map(timestampOf);
    expect(stamps.every((stamp, index) => index === 0 || stamp - (stamps[index - 1] ?? 0) === 10_000)).toBe(
      true,
    );
    expect(coordinator.ledger.violations).toEqual([]);
  });

  it('say exactly what the wire asks for, in its order, and sign it', async () => {
    const fixture = await startLiveness({ tier: 1, settings: { mode: 'gpu', capabilitiesVersion: '9.8.7' } });
    const { node, clock } = fixture;
    const atMs = clock.now();
    const { nodeKeyHash, nodeAddress } = node.host.identity.key;
    const [beat] = fixture.beats();
    if (!beat) throw new Error('no heartbeat');
    const message = `parallelix-node:heartbeat:${node.nodeId}:${atMs}`;
    expect(beat).toEqual({
      nodeId: node.nodeId,
      nodeAddress: `0x${nodeKeyHash.slice(-40)}`,
      message,
      signature: beat.signature,
      capabilities: {
        version: '9.8.7',
        tier: 1,
        mode: 'gpu',
        model: 'llama3.2:latest',
        models: fixture
          .snapshot()
          .ollama.models.filter((model) => model.servable)
          .map((model) => model.name),
        gpu: null,
        vramGb: 0,
        cores: 2,
        ramGb: 8,
      },
      served: 0,
      available: true,
    });
    expect(beat.capabilities.models).toContain('llama3.2:latest');
    expect(signerOf(message, beat.signature)).toBe(nodeAddress);
    expect(Object.keys(beat)).toEqual([
      ...['nodeId', 'nodeAddress', 'message', 'signature', 'capabilities', 'served', 'available'],
    ]);
    expect(Object.keys(beat.capabilities)).toEqual([
      ...['version', 'tier', 'mode', 'model', 'models', 'gpu', 'vramGb', 'cores', 'ramGb'],
    ]);
  });

  it('name the tier of this machine, not the registered one', async () => {
    const { clock, coordinator, beats, memory, node } = await startLiveness({ tier: 1, register: false });
    await memory.registerNode({ nodeKeyHash: node.host.identity.key.nodeKeyHash, tier: 3 });
    await clock.advance(5000);
    expect(beats().map(({ capabilities }) => capabilities.tier)).toEqual([1]);
    expect(coordinator.ledger.violations.map(({ rule }) => rule)).toEqual(['tier']);
  });

  it('go on while inbox, results and Ollama hang', async () => {
    const { clock, beatTimes, beats, coordinator, ollama } = await startLiveness();
    await ollama.setFaults({ hangAfterChunks: 2 });
    coordinator.submit('hang in the middle of this');
    await clock.advance(3000);
    coordinator.setFaults({ inbox: { hang: true }, result: { hang: true }, failure: { hang: true } });
    await ollama.setFaults({ apiHang: true });
    await clock.advance(297_000);
    const times = beatTimes();
    for (const tick of every(10_000, 0, 31)) expect(times).toContain(tick);
    expect(coordinator.ledger.violations.filter(({ endpoint }) => endpoint === 'overlap')).toEqual([]);
    expect(beats().length).toBe(times.length);
  });

  it('never overlap when the coordinator does not answer, and go on at the next tick', async () => {
    const { clock, beatTimes, coordinator, snapshot } = await startLiveness();
    coordinator.setFaults({ heartbeat: { hang: true } });
    await clock.advance(60_000);
    // Each is given up after 8 s, so there is never a second one beside it.
    expect(beatTimes()).toEqual(every(10_000, 0, 7));
    expect(coordinator.ledger.violations.filter(({ endpoint }) => endpoint === 'overlap')).toEqual([]);
    expect(snapshot().heartbeat).toMatchObject({ accepted: 1, failed: 5, lastFailure: 'timeout' });
    coordinator.clearFaults();
    await clock.advance(10_000);
    expect(snapshot().heartbeat).toMatchObject({ accepted: 2, lastFailure: null, failingSinceMs: null });
  });
});

describe('availability', () => {
  it('is reported at once when work begins and when it ends', async () => {
    const { clock, beats, beatTimes, coordinator, ollama } = await startLiveness();
    await clock.advance(3000);
    await ollama.setFaults({ hangAfterChunks: 1 });
    coordinator.submit('wait');
    await clock.advance(1000);
    expect(beatTimes()).toEqual([0, 4000]);
    expect(beats().map(({ available }) => available)).toEqual([true, false]);
    await ollama.clearFaults();
    // The generation that hangs is given up at its deadline.
    await clock.advance(120_000);
    expect(beats().at(-1)?.available).toBe(true);
    expect(beatTimes()).toContain(124_000);
  });

  it('does not flood the coordinator when requests are short', async () => {
    const { clock, beatTimes, coordinator, beats } = await startLiveness();
    for (let request = 0; request < 30; request += 1) coordinator.submit(`short ${request}`);
    await clock.advance(10_000);
    expect(coordinator.ledger.summary().answered).toBe(30);
    const times = beatTimes();
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
    expect(beats().at(-1)).toMatchObject({ available: true, served: 30 });
  });

  it('ends while Ollama is down, and heartbeats go on', async () => {
    const { clock, beats, beatTimes, pollTimes, ollama, state } = await startLiveness();
    await clock.advance(5000);
    await ollama.setFaults({ down: true });
    await clock.advance(60_000);
    expect(beats().at(-1)?.available).toBe(false);
    // The model it names is in the list beside it, as a strict coordinator may want.
    const { model, models } = beats().at(-1)?.capabilities ?? {};
    expect(models).toContain(model);
    expect(state()).toBe('ollama-down');
    for (const tick of every(10_000, 0, 7)) expect(beatTimes()).toContain(tick);
    // Noticed at its next look, at the latest ten seconds after it went.
    expect(pollTimes(16_000)).toEqual([]);
    await ollama.clearFaults();
    await clock.advance(10_000);
    expect(beats().at(-1)?.available).toBe(true);
    expect(pollTimes(65_000).length).toBeGreaterThan(0);
    expect(state()).toBe('ready');
  });

  const largestReserveBytes = 1024 ** 4;
  const { bavail, bsize } = statfsSync(tmpdir());
  it('ends while the disk lacks its reserve, and heartbeats go on', async (context) => {
    if (bavail * bsize >= largestReserveBytes)
      return context.skip('more is free here than the largest reserve');
    const { clock, beats, beatTimes, pollTimes, state } = await startLiveness({
      settings: { 'limits.minFreeBytes': largestReserveBytes },
    });
    await clock.advance(60_000);
    expect(beats().at(-1)?.available).toBe(false);
    expect(beatTimes().length).toBeGreaterThanOrEqual(7);
    expect(pollTimes(1000)).toEqual([]);
    expect(state()).toBe('disk-full');
  });
});

describe('the first heartbeat', () => {
  it('waits for an Ollama that is down, and follows by itself when it comes up', async () => {
    const { clock, beatTimes, pollTimes, ollama, state } = await startLiveness({
      before: (network) => network.ollama?.setFaults({ down: true }),
    });
    await clock.advance(120_000);
    expect(beatTimes()).toEqual([]);
    expect(pollTimes()).toEqual([]);
    expect(['ollama-not-running', 'ollama-missing']).toContain(state());
    await ollama.clearFaults();
    await clock.advance(10_000);
    const [first] = beatTimes();
    expect(first).toBeGreaterThan(120_000);
    expect(first).toBeLessThanOrEqual(130_000);
    expect(state()).toBe('ready');
  });

  it('waits for a model that can serve', async () => {
    const { clock, beatTimes, ollama, state, beats } = await startLiveness({
      ollama: { models: [{ name: 'nomic-embed-text', capabilities: ['embedding'] }] },
    });
    await clock.advance(60_000);
    expect(beatTimes()).toEqual([]);
    expect(state()).toBe('no-model');
    ollama.models.add({ name: 'mistral:7b' });
    await clock.advance(10_000);
    expect(beats()[0]?.capabilities).toMatchObject({ model: 'mistral:7b', models: ['mistral:7b'] });
    expect(state()).toBe('ready');
  });
});

describe('an account that may not be online', () => {
  it('in cooldown is asked for once a minute without polling, and serves again by itself', async () => {
    const { clock, beatTimes, pollTimes, memory, node, state, coordinator } = await startLiveness();
    await clock.advance(9000);
    await memory.requestUnstake(node.nodeId);
    const refusedMs = 10_000;
    await clock.advance(200_000);
    expect(beatTimes(1)).toEqual([10_000, 70_000, 130_000, 190_000]);
    expect(pollTimes(refusedMs + 1)).toEqual([]);
    expect(state()).toBe('cooling');
    await memory.cancelUnstake(node.nodeId);
    await clock.advanceUntil('an accepted heartbeat', () => coordinator.isOnline(node.nodeId));
    expect(clock.monotonicMs()).toBe(250_000);
    await clock.advance(20_000);
    expect(beatTimes(250_000)).toEqual([250_000, 260_000, 270_000]);
    expect(pollTimes(250_000).length).toBeGreaterThan(5);
    expect(state()).toBe('ready');
  });

  it('without a stake is said to be retired, and served again when it is staked anew', async () => {
    const { clock, beatTimes, pollTimes, memory, node, state } = await startLiveness();
    await clock.advance(9000);
    await memory.withdrawStake(node.nodeId);
    await clock.advance(121_000);
    expect(beatTimes(1)).toEqual([10_000, 70_000, 130_000]);
    expect(pollTimes(10_001)).toEqual([]);
    expect(state()).toBe('retired');
    const again = await memory.registerNode({ nodeKeyHash: node.host.identity.key.nodeKeyHash, tier: 1 });
    await clock.advance(70_000);
    expect(node.host.daemon.snapshot().identity.nodeId).toBe(again.nodeId);
    expect(state()).toBe('ready');
  });
});

describe('a coordinator that refuses or is overloaded', () => {
  it('is asked every ten seconds when its 403 is not about the account, and the refusal is shown', async () => {
    const { clock, beatTimes, coordinator, state, snapshot } = await startLiveness();
    coordinator.setFaults({ heartbeat: { status: { code: 403, body: { error: 'rpc_error' } } } });
    await clock.advance(400_000);
    expect(beatTimes()).toEqual(every(10_000, 0, 41));
    expect(state()).toBe('refused');
    expect(snapshot().state.params).toMatchObject({ reason: 'rpc_error', n: 10 });
    coordinator.clearFaults();
    await clock.advance(10_000);
    expect(state()).toBe('ready');
  });

  it('is left alone for as long as its Retry-After says, up to 30 s', async () => {
    const { clock, beatTimes, coordinator } = await startLiveness();
    coordinator.setFaults({ heartbeat: { times: 1, status: { code: 429, retryAfter: 25 } } });
    await clock.advance(45_000);
    expect(beatTimes()).toEqual([0, 10_000, 35_000, 45_000]);
    coordinator.setFaults({ heartbeat: { times: 1, status: { code: 503, retryAfter: 86_400 } } });
    await clock.advance(45_000);
    expect(beatTimes(46_000)).toEqual([55_000, 85_000]);
  });
});

describe('the last heartbeat', () => {
  it('says that the node takes no more work', async () => {
    const { clock, beats, coordinator, stop, node } = await startLiveness();
    await clock.advance(12_345);
    await stop();
    expect(beats().at(-1)?.available).toBe(false);
    expect(
      beats()
        .slice(0, 2)
        .map(({ available }) => available),
    ).toEqual([true, true]);
    expect(coordinator.ledger.violations).toEqual([]);
    expect(clock.timers).toBe(0);
    expect(node.log.at(-1)?.event).toBe('stopped');
  });

  it('does not keep the daemon from ending when nobody answers it', async () => {
    const { clock, coordinator, stop } = await startLiveness();
    await clock.advance(5000);
    coordinator.setFaults({ heartbeat: { hang: true } });
    await stop();
    expect(clock.timers).toBe(0);
  });
});
