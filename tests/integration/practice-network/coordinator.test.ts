import { beforeEach, describe, expect, it } from 'vitest';
import {
  behave,
  get,
  network,
  node,
  nodeId,
  poll,
  polledIds,
  post,
  useCoordinator,
} from '../../fixtures/coordinator/practice-coordinator.ts';
import { createSampleNode } from '../../practice-network/sample-node.ts';

useCoordinator();

describe('inbox and results', () => {
  beforeEach(async () => {
    await post('heartbeat', node.heartbeat(nodeId));
  });

  it('hands a request out once, verifies the proof, and keeps the account', async () => {
    const id = network.coordinator.submit('Hello', { model: 'llama3.2', system: 'Be brief.' });
    expect(await poll()).toEqual([{ id, prompt: 'Hello', system: 'Be brief.', model: 'llama3.2' }]);
    expect(await poll()).toEqual([]);
    expect(
      await post('result', node.result(nodeId, id, 'Hi', { inputTokens: 3, outputTokens: 5 })),
    ).toMatchObject({ status: 200 });
    const record = await network.coordinator.answered(id);
    await network.coordinator.ledger.when('acknowledgement', () => record.results[0]?.acknowledgedAtMs);
    expect(record).toMatchObject({
      outcome: 'answered',
      results: [{ result: 'Hi', poeVerified: true, accepted: true }],
    });
    expect(network.coordinator.ledger.summary()).toMatchObject({
      dispatches: 1,
      resultsAccepted: 1,
      inputTokens: 3,
      outputTokens: 5,
      violations: 0,
    });
  });

  it('rejects a wrong proof and sends the request out again', async () => {
    const id = network.coordinator.submit('Hello');
    await poll();
    const wrong = node.result(nodeId, id, 'Hi', { result: 'Hi ' });
    expect(await post('result', wrong)).toMatchObject({ status: 400, text: '{"error":"poe_mismatch"}' });
    expect(network.coordinator.ledger.summary()).toMatchObject({
      resultsAccepted: 0,
      resultsWithoutValidPoe: 1,
    });
    expect(await polledIds()).toEqual([id]);
  });

  it('rejects results that are unsigned by the node, of unknown requests, or of requests given to others', async () => {
    const id = network.coordinator.submit('Hello', { nodeId });
    const stranger = createSampleNode();
    const other = await network.registerNode({ nodeKeyHash: stranger.nodeKeyHash, tier: 1 });
    await poll();
    expect(await post('result', stranger.result(nodeId, id, 'Hi'))).toMatchObject({ status: 401 });
    expect(await post('result', stranger.failure(nodeId, id, 'no'))).toMatchObject({ status: 401 });
    expect(await post('result', stranger.result(other.nodeId, id, 'Hi'))).toMatchObject({
      status: 409,
      text: '{"error":"not_assigned"}',
    });
    expect(await post('result', node.result(nodeId, 'req_x', 'Hi'))).toMatchObject({ status: 404 });
    expect(await post('result', { ...node.result(nodeId, id, 'Hi'), ms: 1.5 })).toMatchObject({
      status: 400,
    });
    expect(network.coordinator.ledger.request(id)?.outcome).toBe('open');
  });

  it('counts a result that comes again after its acknowledgement, under both answers', async () => {
    const id = network.coordinator.submit('Hello');
    await poll();
    const body = node.result(nodeId, id, 'Hi');
    await post('result', body);
    await network.coordinator.ledger.when(
      'acknowledgement',
      () => network.coordinator.ledger.results[0]?.acknowledgedAtMs,
    );
    expect(await post('result', body)).toMatchObject({ status: 200 });
    behave({ duplicateResult: 'refuse' });
    expect(await post('result', body)).toMatchObject({ status: 409 });
    expect(network.coordinator.ledger.summary()).toMatchObject({
      resultsAccepted: 1,
      deliveredTwiceAfterAcknowledgement: 2,
    });
  });

  it('does not count a repetition when the first answer never arrived', async () => {
    const id = network.coordinator.submit('Hello');
    await poll();
    network.coordinator.setFaults({ result: { times: 1, hangUpAfter: true } });
    const body = node.result(nodeId, id, 'Hi');
    await expect(post('result', body)).rejects.toThrow();
    expect(network.coordinator.ledger.request(id)?.outcome).toBe('answered');
    expect(await post('result', body)).toMatchObject({ status: 200 });
    expect(network.coordinator.ledger.summary()).toMatchObject({
      resultsAccepted: 1,
      deliveredTwiceAfterAcknowledgement: 0,
    });
  });

  it('lease: redelivers what was not answered in time', async () => {
    behave({ inbox: 'lease', leaseMs: 1 });
    const id = network.coordinator.submit('Hello');
    expect(await polledIds()).toEqual([id]);
    await expect.poll(() => polledIds(), { interval: 5 }).toEqual([id]);
    expect(network.coordinator.ledger.request(id)?.dispatches.length).toBeGreaterThan(1);
  });

  it('consume: never again; peek: until answered', async () => {
    behave({ inbox: 'consume', leaseMs: 1 });
    const consumed = network.coordinator.submit('one');
    expect(await polledIds()).toEqual([consumed]);
    expect(await polledIds()).toEqual([]);
    behave({ inbox: 'peek', maxEntries: 5, entriesKey: 'jobs', idField: 'requestId', promptField: 'input' });
    const peeked = network.coordinator.submit('two');
    expect(await poll()).toEqual([{ requestId: peeked, input: 'two' }]);
    expect(await polledIds()).toEqual([peeked]);
    await post('result', node.result(nodeId, peeked, 'x'));
    expect(await polledIds()).toEqual([]);
  });

  it('hands out several entries at once, and the same one twice, when asked to', async () => {
    behave({ maxEntries: 2, duplicateEntries: true });
    const ids = ['a', 'b', 'c'].map((prompt) => network.coordinator.submit(prompt));
    expect(await polledIds()).toEqual([ids[0], ids[0], ids[1], ids[1]]);
  });

  it.each([
    ['same-node' as const, true, true],
    ['other-nodes' as const, false, true],
    ['never' as const, false, false],
  ])('after a failure report, requeued to %s', async (requeueAfterFailure, toSame, toOther) => {
    behave({ requeueAfterFailure, inbox: 'consume' });
    const second = createSampleNode();
    const other = await network.registerNode({ nodeKeyHash: second.nodeKeyHash, tier: 1 });
    const id = network.coordinator.submit('Hello');
    await poll();
    expect(await post('result', node.failure(nodeId, id, 'ollama 500'))).toMatchObject({ status: 200 });
    expect(network.coordinator.ledger.failures).toMatchObject([{ error: 'ollama 500', accepted: true }]);
    expect((await polledIds()).length > 0).toBe(toSame);
    if (!toSame) expect((await polledIds(other.nodeId)).length > 0).toBe(toOther);
    if (!toOther) expect((await network.coordinator.answered(id)).outcome).toBe('failed');
  });

  it('gives a request up after the last attempt', async () => {
    behave({ maxAttempts: 2 });
    const id = network.coordinator.submit('Hello');
    for (const attempt of [1, 2]) {
      expect(await polledIds(), `attempt ${attempt}`).toEqual([id]);
      await post('result', node.failure(nodeId, id, 'no'));
    }
    expect(await network.coordinator.answered(id)).toMatchObject({ outcome: 'failed' });
    expect(await polledIds()).toEqual([]);
  });

  it('takes or refuses a late result', async () => {
    behave({ deadlineMs: 1, lateResult: 'refuse' });
    const id = network.coordinator.submit('Hello');
    await poll();
    const dispatchedAtMs = network.coordinator.ledger.request(id)?.dispatches[0]?.atMs ?? 0;
    await expect.poll(() => performance.now() - dispatchedAtMs, { interval: 1 }).toBeGreaterThan(20);
    expect(await post('result', node.result(nodeId, id, 'Hi'))).toMatchObject({
      status: 409,
      text: '{"error":"too_late"}',
    });
    expect(network.coordinator.ledger.results).toMatchObject([{ late: true, accepted: false }]);
    behave({ lateResult: 'accept' });
    expect(await post('result', node.result(nodeId, id, 'Hi'))).toMatchObject({ status: 200 });
    expect(network.coordinator.ledger.request(id)?.outcome).toBe('answered');
  });

  it('store-and-409: keeps the result and says 409 all the same', async () => {
    behave({ successAnswer: 'store-and-409' });
    const id = network.coordinator.submit('Hello');
    await poll();
    expect(await post('result', node.result(nodeId, id, 'Hi'))).toMatchObject({ status: 409 });
    expect(await network.coordinator.answered(id)).toMatchObject({ outcome: 'answered' });
    expect(network.coordinator.ledger.violations).toEqual([]);
  });

  it('notes a model that was not asked for, and polls of a node that is not online', async () => {
    const id = network.coordinator.submit('Hello', { model: 'phi4' });
    await poll();
    await post('result', node.result(nodeId, id, 'Hi'));
    await network.registry.requestUnstake(nodeId);
    await poll();
    const rules = network.coordinator.ledger.violations.map((violation) => violation.rule);
    expect(rules).toEqual(['model', 'not-serving']);
  });
});

describe('look-ups', () => {
  it('finds a node by its key hash once it is registered, and reports its owner’s earnings', async () => {
    const fresh = createSampleNode();
    expect(await get(`node-by-keyhash/${fresh.nodeKeyHash}`)).toMatchObject({ status: 404 });
    const registered = await network.registerNode({
      nodeKeyHash: fresh.nodeKeyHash,
      tier: 2,
      stakePrlx: 60_000,
    });
    expect(await get(`node-by-keyhash/${fresh.nodeKeyHash}`)).toEqual({
      status: 200,
      body: { ...registered, tier: 2, stakePrlx: 60_000 },
    });
    network.memory.setLifetimeEarned(registered.owner, 1_500_000_000_000_000_000n);
    expect(await get(`stats/${registered.owner}`)).toEqual({
      status: 200,
      body: { lifetimeEarningsPrlx: '1.5' },
    });
  });
});

describe('faults', () => {
  it('answers a status with Retry-After for the wanted number of requests, without processing them', async () => {
    network.coordinator.setFaults({ heartbeat: { times: 1, status: { code: 429, retryAfter: 7 } } });
    const refused = await post('heartbeat', node.heartbeat(nodeId));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect(network.coordinator.ledger.heartbeats).toHaveLength(0);
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({ status: 200 });
  });

  it('resets, hangs, malforms, oversizes and overrides the inbox', async () => {
    const inbox = `${network.urls.coordinatorUrl}/operator/inbox?nodeId=${nodeId}`;
    network.coordinator.setFaults({ inbox: { reset: true } });
    await expect(fetch(inbox)).rejects.toThrow();
    network.coordinator.setFaults({ inbox: { hang: true } });
    await expect(fetch(inbox, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout|aborted/);
    network.coordinator.setFaults({ inbox: { malformedJson: true } });
    await expect(poll()).rejects.toThrow(SyntaxError);
    network.coordinator.setFaults({ inbox: { oversizedBytes: 30_000_000 } });
    expect((await (await fetch(inbox)).text()).length).toBeGreaterThan(30_000_000);
    network.coordinator.setFaults({ inbox: { rawBody: { requests: [{ id: {}, prompt: 3 }] } } });
    expect(await poll()).toEqual([{ id: {}, prompt: 3 }]);
    network.coordinator.setFaults({ inbox: null });
    expect(await poll()).toEqual([]);
  });

  it('tells success and failure posts apart', async () => {
    network.coordinator.setFaults({ failure: { status: { code: 503 } } });
    await post('heartbeat', node.heartbeat(nodeId));
    const id = network.coordinator.submit('Hello');
    await poll();
    expect(await post('result', node.failure(nodeId, id, 'no'))).toMatchObject({ status: 503 });
    expect(await post('result', node.result(nodeId, id, 'Hi'))).toMatchObject({ status: 200 });
  });

  it('goes away and comes back on the same port, and its clock can be wrong', async () => {
    const { port } = network.coordinator;
    await network.coordinator.outage('refused');
    await expect(post('heartbeat', node.heartbeat(nodeId))).rejects.toThrow();
    await network.coordinator.outage('503');
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({ status: 503 });
    await network.coordinator.outage('off');
    expect(network.coordinator.port).toBe(port);
    behave({ clockSkewMs: 3_600_000 });
    const answer = await post('heartbeat', node.heartbeat(nodeId));
    expect(answer).toMatchObject({ status: 401, text: '{"error":"stale_timestamp"}' });
    const ahead = Date.parse(answer.headers.get('date') ?? '') - Date.now();
    expect(Math.abs(ahead - 3_600_000)).toBeLessThan(10_000);
  });
});
