import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CoordinatorBehaviour } from '../practice-network/coordinator/behaviour.ts';
import { startPracticeNetwork } from '../practice-network/practice-network.ts';
import { createSampleNode } from '../practice-network/sample-node.ts';

const start = () => startPracticeNetwork({ chain: 'none', ollama: 'none' });
type Network = Awaited<ReturnType<typeof start>>;

let network: Network;
let nodeId: string;
let node = createSampleNode();

beforeEach(async () => {
  network = await start();
  node = createSampleNode();
  ({ nodeId } = await network.registerNode({ nodeKeyHash: node.nodeKeyHash, tier: 1 }));
});
afterEach(() => network.stop());

async function post(
  path: string,
  body: unknown,
): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${network.urls.coordinatorUrl}/operator/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${network.urls.coordinatorUrl}/operator/${path}`);
  return { status: answer.status, body: await answer.json() };
}

async function poll(id = nodeId): Promise<Record<string, unknown>[]> {
  const { body } = await get(`inbox?nodeId=${id}`);
  const { requests, jobs } = body as {
    requests?: Record<string, unknown>[];
    jobs?: Record<string, unknown>[];
  };
  return requests ?? jobs ?? [];
}

async function polledIds(id = nodeId): Promise<unknown[]> {
  return (await poll(id)).map((entry) => entry.id ?? entry.requestId);
}

const behave = (behaviour: Partial<CoordinatorBehaviour>) => network.coordinator.setBehaviour(behaviour);

describe('heartbeats', () => {
  it('accepts the body that the official client sends, byte for byte', async () => {
    // From the published vectors: key "random_looking", node 4217, ts 1760000000000.
    const key = '0x93fe4a1ddf10d0339818127c21db7dc362d1287ff43b71e758a197c76100993c';
    const official = createSampleNode(key);
    await network.stop();
    network = await start();
    await network.registerNode({ nodeKeyHash: official.nodeKeyHash, tier: 3 });
    behave({ clockSkewMs: 1_760_000_000_000 - Date.now() });
    const body =
      '{"nodeId":"4217","nodeAddress":"0xfa3468e466ae6dd79e10dd90cd144f3bb640c31b","message":"parallelix-node:heartbeat:4217:1760000000000","signature":"0x45fb7cb059bad1e562d86bb9b1bbf6f3a08107ed41f87f7bfd1d2850f9e7ea30395fd903b95e3d6b63d132b49aa47c7ec7d79e548dc0c2c2e2a628ef4cb1ae961b","capabilities":{"version":"2.0.0","tier":3,"mode":"gpu","model":"qwen2.5:7b","models":["qwen2.5:7b","llama3.2:latest"],"gpu":"Example GPU 24GB","vramGb":24,"cores":16,"ramGb":67},"served":0,"available":true}';
    expect(await post('heartbeat', JSON.parse(body))).toMatchObject({ status: 200 });
    network.coordinator.submit('Capital of France?', { id: 'req_a3f1' });
    await poll('4217');
    const result =
      '{"nodeId":"4217","requestId":"req_a3f1","result":"The capital of France is Paris.","poe":"0x4ae35ba7399eaf5fd1aa45720d564f87568fdf0b7aceb360b98871781fa1a5b6","model":"qwen2.5:7b","ms":812,"inputTokens":14,"outputTokens":8,"message":"parallelix-node:result:req_a3f1","signature":"0xd4138499c582022ea743d9b479b84d3b6f506a289043f035346970d10445ef4272ee59f390e2fd705ecc588c12976e7137a98dd2b55a95ccce06133c80f1ba891b"}';
    expect(await post('result', JSON.parse(result))).toMatchObject({ status: 200 });
    expect(network.coordinator.ledger.violations).toEqual([]);
  });

  it('brings a node online, and silence takes it offline again', async () => {
    behave({ onlineWindowMs: 60 });
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({ status: 200 });
    await network.coordinator.settled();
    expect(network.memory.online.has(nodeId)).toBe(true);
    await network.coordinator.ledger.when('offline', () => !network.memory.online.has(nodeId));
    expect(network.coordinator.isOnline(nodeId)).toBe(false);
  });

  it.each<[string, number, string, () => unknown]>([
    [
      'the signature of another message',
      401,
      'bad_signature',
      () => node.heartbeat(nodeId, { signature: node.sign('x') }),
    ],
    [
      'the signature of another key',
      401,
      'bad_signature',
      () => ({ ...createSampleNode().heartbeat(nodeId), nodeAddress: node.nodeAddress }),
    ],
    [
      'a valid signature of a key that is not registered',
      401,
      'address_mismatch',
      () => createSampleNode().heartbeat(nodeId),
    ],
    ['a message for another node', 400, 'bad_message', () => ({ ...node.heartbeat('1'), nodeId })],
    [
      'a timestamp six minutes old',
      401,
      'stale_timestamp',
      () => node.heartbeat(nodeId, {}, Date.now() - 360_000),
    ],
    [
      'a timestamp six minutes ahead',
      401,
      'stale_timestamp',
      () => node.heartbeat(nodeId, {}, Date.now() + 360_000),
    ],
    [
      'a timestamp in seconds',
      401,
      'stale_timestamp',
      () => node.heartbeat(nodeId, {}, Math.round(Date.now() / 1000)),
    ],
    ['a numeric nodeId', 400, 'bad_body', () => ({ ...node.heartbeat(nodeId), nodeId: Number(nodeId) })],
    ['a field too many', 400, 'bad_body', () => ({ ...node.heartbeat(nodeId), extra: 1 })],
    ['a field too few', 400, 'bad_body', () => ({ ...node.heartbeat(nodeId), available: undefined })],
    [
      'a checksummed address',
      400,
      'bad_body',
      () => node.heartbeat(nodeId, { nodeAddress: node.nodeAddress.toUpperCase() }),
    ],
  ])('refuses %s', async (_name, status, reason, body) => {
    expect(await post('heartbeat', body())).toMatchObject({
      status,
      text: JSON.stringify({ error: reason }),
    });
    expect(network.coordinator.ledger.summary()).toMatchObject({
      heartbeatsAccepted: 0,
      heartbeatsRefused: 1,
    });
    expect(network.coordinator.ledger.violations).toHaveLength(1);
    expect(network.coordinator.isOnline(nodeId)).toBe(false);
  });

  it('refuses a timestamp that does not grow', async () => {
    const beat = node.heartbeat(nodeId);
    expect(await post('heartbeat', beat)).toMatchObject({ status: 200 });
    expect(await post('heartbeat', beat)).toMatchObject({
      status: 401,
      text: '{"error":"replayed_timestamp"}',
    });
  });

  it('answers 403 with the published reasons as the stake goes, and takes the node offline', async () => {
    const unknown = await post('heartbeat', node.heartbeat('1'));
    expect(unknown).toMatchObject({ status: 403, text: '{"reason":"not_staked"}' });
    await post('heartbeat', node.heartbeat(nodeId));
    await network.registry.requestUnstake(nodeId);
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({
      status: 403,
      text: '{"reason":"in_cooldown"}',
    });
    expect(network.coordinator.isOnline(nodeId)).toBe(false);
    await network.registry.cancelUnstake(nodeId);
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({ status: 200 });
    await network.registry.requestUnstake(nodeId);
    await network.registry.withdrawStake(nodeId);
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({
      status: 403,
      text: '{"reason":"not_staked"}',
    });
    network.memory.failing = true;
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({
      status: 403,
      text: '{"error":"rpc_error"}',
    });
  });

  it('notes two heartbeats at once, and a default model that is not listed', async () => {
    network.coordinator.setFaults({ heartbeat: { times: 1, hang: true } });
    const hungUp = new AbortController();
    const body = JSON.stringify(node.heartbeat(nodeId));
    const headers = { 'content-type': 'application/json' };
    const url = `${network.urls.coordinatorUrl}/operator/heartbeat`;
    const hanging = fetch(url, { method: 'POST', headers, body, signal: hungUp.signal }).catch(
      () => 'hung up',
    );
    await expect.poll(() => network.coordinator.faults.heartbeat, { interval: 1 }).toBeUndefined();
    const { capabilities } = node.heartbeat(nodeId);
    await post('heartbeat', node.heartbeat(nodeId, { capabilities: { ...capabilities, models: [] } }));
    const { ledger } = network.coordinator;
    const rules = () => ledger.violations.map((violation) => violation.rule);
    await ledger.when('the complaint', () => rules().includes('overlap'));
    expect(rules()).toContain('model');
    hungUp.abort();
    expect(await hanging).toBe('hung up');
  });

  it('can answer without a body, as nobody has published what it holds', async () => {
    behave({ answerBody: 'empty-204' });
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({ status: 204, text: '' });
    behave({ answerBody: 'empty-200' });
    expect(await post('heartbeat', node.heartbeat(nodeId))).toMatchObject({ status: 200, text: '' });
  });
});

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

  it('hands out several entries at once, and the same one twice, when told to', async () => {
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
