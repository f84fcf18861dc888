import { describe, expect, it } from 'vitest';
import {
  behave,
  network,
  node,
  nodeId,
  poll,
  post,
  startAnother,
  useCoordinator,
} from '../../fixtures/coordinator/practice-coordinator.ts';
import { createSampleNode } from '../../practice-network/sample-node.ts';

useCoordinator();

describe('heartbeats', () => {
  it('accepts the body that the official client sends, byte for byte', async () => {
    // From the published vectors: key "random_looking", node 4217, ts 1760000000000.
    const key = '0x93fe4a1ddf10d0339818127c21db7dc362d1287ff43b71e758a197c76100993c';
    const official = createSampleNode(key);
    await startAnother({});
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
