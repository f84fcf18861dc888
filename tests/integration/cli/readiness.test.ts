import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';

describe('a start for which something is missing', () => {
  let cli: ConnectedCli;

  beforeEach(async () => {
    cli = await createConnectedCli();
  });
  afterEach(() => cli.stop());

  it('is refused without a key, with the command that makes one', async () => {
    const { code, stderr } = await cli.world.run(['start']);
    expect([code, stderr]).toEqual([
      6,
      expect.stringMatching(/no node key[^\n]*parallelix-operator setup\n$/),
    ]);
  });

  it('is refused while Ollama does not answer, and makes no heartbeat', async () => {
    await cli.makeNode();
    await cli.network.ollama.setFaults({ down: true });
    const { code, stderr } = await cli.world.run(['start']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^parallelix-operator: Ollama [^\n]*not earning[^\n]*\n$/);
    expect(cli.network.coordinator.ledger.heartbeats).toEqual([]);
    expect((await cli.world.run(['models'])).code).toBe(5);
  });

  it('is refused without a model that can serve, naming one that fits', async () => {
    await cli.makeNode();
    cli.network.ollama.models.replace([{ name: 'nomic-embed-text', capabilities: ['embedding'] }]);
    const { code, stderr } = await cli.world.run(['start']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/no model that can serve[^\n]*models pull \S+\n$/);
    const models = await cli.world.run(['models']);
    expect([models.code, models.stdout]).toEqual([
      5,
      expect.stringMatching(/nomic-embed-text.*No: embeddings, not text/),
    ]);
  });

  it('waits for Ollama with --wait, and serves as soon as it answers', async () => {
    await cli.makeNode();
    await cli.network.ollama.setFaults({ down: true });
    const node = cli.world.start(['start', '--wait']);
    await node.printed(/Ollama doesn’t answer/);
    const status = (await cli.world.run(['status', '--json'])).json();
    expect(status).toMatchObject({
      running: true,
      heartbeat: { accepted: 0 },
      serving: { available: false },
    });
    await cli.network.ollama.clearFaults();
    await node.printed(/First heartbeat accepted/);
    const requestId = cli.network.coordinator.submit('After waiting');
    expect(await cli.network.coordinator.answered(requestId)).toMatchObject({ outcome: 'answered' });
  });

  it('says that a model asked for is missing, and serves with another', async () => {
    await cli.makeNode();
    const node = cli.world.start(['start', '--model', 'phi4']);
    await node.printed(/Note: The model phi4 isn’t installed.*Serving with llama3\.2:latest meanwhile/);
    await node.printed(/First heartbeat accepted/);
  });

  it('serves the node id that was named, in the mode and with the concurrency asked for', async () => {
    const { nodeId } = await cli.makeNode();
    const node = await cli.startNode(['--node-id', String(nodeId), '--cpu', '--concurrency', '2', '--json']);
    expect(node.stdout).toMatch(new RegExp(`"event":"started".*"nodeId":"${nodeId}"`));
    const status = (await cli.world.run(['status', '--json'])).json();
    expect(status).toMatchObject({ serving: { concurrency: 2 }, hardware: { mode: 'cpu' } });
  });
});
