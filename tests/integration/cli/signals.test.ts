import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli, submitSlowRequest } from '../../fixtures/cli/network.ts';

describe('signals to a running node', () => {
  let cli: ConnectedCli;

  beforeEach(async () => {
    cli = await createConnectedCli();
    await cli.makeNode();
  });
  afterEach(() => cli.stop());

  it.for(['SIGINT', 'SIGTERM'] as const)(
    '%s finishes the request that runs, then ends with 0',
    async (signal) => {
      const node = await cli.startNode();
      const requestId = await submitSlowRequest(cli, 30);
      node.signal(signal);
      await node.printed(/Finishing current requests/);
      const { code } = await node.ended;
      expect(code).toBe(0);
      expect(cli.network.coordinator.ledger.request(requestId)).toMatchObject({
        outcome: 'answered',
        failures: [],
      });
      const { heartbeats } = cli.network.coordinator.ledger;
      expect(heartbeats.at(-1)?.body).toMatchObject({ available: false });
    },
  );

  it.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'a second %s ends at once with %d, and the request is reported by the next run',
    async ([signal, exitCode]) => {
      const node = await cli.startNode();
      const requestId = await submitSlowRequest(cli, 1000);
      node.signal(signal);
      await node.printed(/Finishing current requests/);
      node.signal(signal);
      expect((await node.ended).code).toBe(exitCode);
      await cli.network.ollama.clearFaults();
      await cli.startNode();
      const report = await cli.network.coordinator.ledger.when('a failure report', () =>
        cli.network.coordinator.ledger.request(requestId)?.failures.at(0),
      );
      expect(report).toMatchObject({ accepted: true, error: 'node.restarted' });
    },
  );

  it('restart lets the node that runs finish its request, then serves on in its own terminal', async () => {
    const node = await cli.startNode();
    const requestId = await submitSlowRequest(cli, 30);
    const next = cli.world.start(['restart']);
    await next.printed(/First heartbeat accepted/);
    expect((await node.ended).code).toBe(0);
    expect(cli.network.coordinator.ledger.request(requestId)).toMatchObject({
      outcome: 'answered',
      failures: [],
    });
    await cli.network.ollama.clearFaults();
    const later = cli.network.coordinator.submit('After the restart');
    expect(await cli.network.coordinator.answered(later)).toMatchObject({ outcome: 'answered' });
    next.signal('SIGTERM');
    expect((await next.ended).code).toBe(0);
  });

  it('restart starts the node where none runs', async () => {
    const node = cli.world.start(['restart']);
    await node.printed(/First heartbeat accepted/);
    node.signal('SIGTERM');
    expect((await node.ended).code).toBe(0);
  });

  it('serves on after a hang-up where there is no terminal to lose', async () => {
    const node = await cli.startNode();
    node.signal('SIGHUP');
    node.signal('SIGHUP');
    const requestId = cli.network.coordinator.submit('After the hang-up');
    expect(await cli.network.coordinator.answered(requestId)).toMatchObject({ outcome: 'answered' });
    node.signal('SIGTERM');
    expect((await node.ended).code).toBe(0);
  });

  it('serves on when nobody reads its output any more', async () => {
    const node = await cli.startNode();
    node.child.stdout?.destroy();
    node.child.stderr?.destroy();
    for (const number of [1, 2, 3]) {
      const requestId = cli.network.coordinator.submit(`After the terminal went away: ${number}`);
      expect(await cli.network.coordinator.answered(requestId)).toMatchObject({ outcome: 'answered' });
    }
    expect((await cli.world.run(['status', '--json'])).json()).toMatchObject({ serving: { served: 3 } });
    expect((await cli.world.run(['drain'])).code).toBe(0);
  });

  it('ends with 70 on a fault that nobody caught, keeps a mark of it, and verify reports it', async () => {
    const fault = join(cli.world.homeDir, 'fault.mjs');
    await writeFile(fault, "process.on('SIGUSR2', () => { throw new Error('planted fault'); });");
    const node = await cli.startNode([], { NODE_OPTIONS: `--import=${fault}` });
    node.signal('SIGUSR2');
    const { code, stderr } = await node.ended;
    expect(code).toBe(70);
    expect(stderr).toMatch(/^parallelix-operator: Something went wrong inside the program[^\n]+\n$/);
    expect((await cli.world.run(['status'])).code).toBe(3);
    const logs = await cli.world.run(['logs']);
    expect(logs.stdout).toMatch(/An error in the program ended the node/);
    const { checks } = (await cli.world.run(['verify', '--json'])).json() as {
      checks: { id: string; finding: string }[];
    };
    expect(checks.find(({ id }) => id === 'last-run')).toMatchObject({ finding: 'last-run-crashed' });
    await cli.startNode();
  });
});
