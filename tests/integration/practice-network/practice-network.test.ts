import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startPracticeNetwork } from '../../practice-network/practice-network.ts';
import { createSampleNode } from '../../practice-network/sample-node.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function post(url: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function refused(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

type Main = ChildProcessByStdio<null, Readable, Readable>;

function runMain(...flags: string[]): { child: Main; output: () => string; exit: Promise<number | null> } {
  const main = fileURLToPath(new URL('../../practice-network/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanups.push(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (text += data.toString()));
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, output: () => text, exit };
}

describe('the whole network on a real chain', () => {
  it('pays a node that is online, through the coordinator’s own word, and both figures agree to the wei', async () => {
    const network = await startPracticeNetwork({
      ollama: 'none',
      coordinator: { behaviour: { onlineWindowMs: 10_000 } },
    });
    cleanups.push(network.stop);
    const { coordinator, chain, urls } = network;
    const node = createSampleNode();
    const { nodeId, owner } = await network.registerNode({ nodeKeyHash: node.nodeKeyHash, tier: 1 });
    const heartbeat = () => post(`${urls.coordinatorUrl}/operator/heartbeat`, node.heartbeat(nodeId));

    expect(await heartbeat()).toMatchObject({ status: 200 });
    await coordinator.settled();
    await chain.increaseTime(3_600);
    const block = await chain.blockNumber();
    const earned = await chain.earnedWei(nodeId, block);
    expect(earned).toBeGreaterThan(0n);
    expect(await chain.earnedIndependently(nodeId, block)).toBe(earned);

    const stats = await fetch(`${urls.coordinatorUrl}/operator/stats/${owner}`);
    expect(
      Number(((await stats.json()) as { lifetimeEarningsPrlx: string }).lifetimeEarningsPrlx),
    ).toBeCloseTo(Number(earned / 10n ** 12n) / 1e6, 3);
    const found = await fetch(`${urls.coordinatorUrl}/operator/node-by-keyhash/${node.nodeKeyHash}`);
    expect(await found.json()).toEqual({ nodeId, owner, tier: 1, stakePrlx: 50_000 });

    await chain.requestUnstake(nodeId);
    expect(await heartbeat()).toEqual({ status: 403, body: { reason: 'in_cooldown' } });
    await coordinator.settled();
  });

  it('is driven over HTTP, and says what is wrong with a wrong command', async () => {
    const network = await startPracticeNetwork({ chain: 'none' });
    cleanups.push(network.stop);
    const { controlUrl } = network.urls;
    const node = createSampleNode();
    const registered = await post(`${controlUrl}/register`, { nodeKeyHash: node.nodeKeyHash, tier: 2 });
    expect(registered.body).toMatchObject({ nodeId: '4217' });
    expect(await post(`${controlUrl}/work`, { prompt: 'Hello', count: 2 })).toEqual({
      status: 200,
      body: { requestIds: ['req_0001', 'req_0002'] },
    });
    const changed = { faults: { inbox: { status: { code: 500 } } }, behaviour: { inbox: 'peek' } };
    expect((await post(`${controlUrl}/faults/coordinator`, changed)).body).toMatchObject(changed);
    expect(network.coordinator.behaviour.inbox).toBe('peek');
    expect((await post(`${controlUrl}/faults/ollama`, { down: true })).body).toMatchObject({
      faults: { down: true },
    });
    expect(await refused(network.urls.ollamaUrl)).toBe(true);
    expect(await (await fetch(`${controlUrl}/ledger`)).json()).toMatchObject({
      summary: { submitted: 2, open: 2 },
    });

    const wrong = await post(`${controlUrl}/faults/ollama`, { dwn: true });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error).toContain('dwn');
    expect((await post(`${controlUrl}/faults/coordinator`, { faults: { inbx: {} } })).status).toBe(400);
    expect((await post(`${controlUrl}/register`, { nodeKeyHash: '0x12', tier: 9 })).status).toBe(400);
    expect(await post(`${controlUrl}/time`, { seconds: 5 })).toEqual({
      status: 409,
      body: { error: 'this network runs without a chain' },
    });
    expect((await post(`${controlUrl}/nothing`, {})).status).toBe(404);
  });

  it('leaves nothing behind when it stops', async () => {
    const network = await startPracticeNetwork();
    const { urls, ollama } = network;
    await (await fetch(`${urls.ollamaUrl}/api/pull`, { method: 'POST', body: '{"model":"phi4"}' })).text();
    expect(existsSync(ollama.blobDir)).toBe(true);
    await network.stop();
    for (const url of Object.values(urls)) expect(await refused(url), url).toBe(true);
    expect(existsSync(ollama.blobDir)).toBe(false);
  });
});

describe('npm run practice', () => {
  it('prints where everything is, and ends with status 0 on an interrupt', async () => {
    const main = runMain('--token-delay-ms', '1');
    await expect.poll(main.output).toContain('Ctrl+C ends it.');
    const rpcUrl = /Ethereum RPC\s+(\S+)/.exec(main.output())?.[1] ?? '';
    expect(await refused(rpcUrl)).toBe(false);
    main.child.kill('SIGINT');
    expect(await main.exit).toBe(0);
    expect(await refused(rpcUrl)).toBe(true);
  });

  it('takes the chain down with it even when it is killed', async () => {
    const main = runMain();
    await expect.poll(main.output).toContain('Ctrl+C ends it.');
    const rpcUrl = /Ethereum RPC\s+(\S+)/.exec(main.output())?.[1] ?? '';
    expect(await refused(rpcUrl)).toBe(false);
    main.child.kill('SIGKILL');
    await main.exit;
    await expect.poll(() => refused(rpcUrl)).toBe(true);
  });

  it('says in one line which port is taken', async () => {
    const network = await startPracticeNetwork({ chain: 'none', ollama: 'none' });
    cleanups.push(network.stop);
    const main = runMain('--coordinator-port', String(network.coordinator.port));
    expect(await main.exit).toBe(1);
    expect(main.output()).toMatch(/cannot start.*EADDRINUSE.*\n$/);
  });

  it.each([[['--nonsense', '1']], [['--rpc-port', 'abc']], [['--control-port', '70000']]])(
    'refuses %j with one line and status 2',
    async (flags) => {
      const main = runMain(...flags);
      expect(await main.exit).toBe(2);
      expect(main.output().trim().split('\n')).toHaveLength(1);
    },
  );
});
