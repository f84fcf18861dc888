import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectedCli, createConnectedCli, submitSlowRequest } from '../../fixtures/cli/network.ts';

/** Beside schemaVersion, document, event and tMs. */
const eventFields = {
  started: 'version pid nodeId nodeKeyHash tier mode model coordinatorUrl ollamaUrl stateDir registerLink',
  state: 'state',
  heartbeat: 'accepted reason',
  request: 'requestId outcome reason model ms inputTokens outputTokens',
  notice: 'level name facts',
  stopped: 'served failed undelivered answers',
};

describe('the life of a node, from the command line', () => {
  let cli: ConnectedCli;

  beforeEach(async () => {
    cli = await createConnectedCli();
  });
  afterEach(() => cli.stop());

  it('goes from init to registration, serving, pause, resume and drain', async () => {
    const { world, network } = cli;
    const made = await world.run(['init']);
    expect(made.code).toBe(0);
    const nodeKeyHash = /nodeKeyHash +(0x[0-9a-f]{64})/.exec(made.stdout)?.[1] ?? '';
    // This coordinator's contracts are not known, so there is no form to open; see below.
    expect(made.stdout).not.toContain('nodes/register');
    expect(made.stdout.replace(/\s+/g, ' ')).toMatch(
      /contracts aren’t known.*Ask whoever runs this coordinator/,
    );
    expect(made.stdout).toContain(`${join(world.stateDir, 'node.key')} (mode 0600)`);
    expect(made.stdout).toMatch(/tier [1-4] \(/);

    const node = world.start(['start']);
    await node.printed(/This node is not registered yet\.[\s\S]*noticed by itself/);
    expect(node.stdout).not.toContain('nodes/register');
    const { nodeId, owner } = await network.registerNode({ nodeKeyHash, tier: 1 });
    await node.printed(new RegExp(`Registered as node ${nodeId} with tier 1`));
    await node.printed(/First heartbeat accepted/);
    // The state after a model's loading is told in the log, even that of a request.
    const state = async () => (await world.run(['status', '--json'])).json().state as { code: string };
    while ((await state()).code !== 'ready');

    const requestId = network.coordinator.submit('Say something');
    const record = await network.coordinator.answered(requestId);
    expect(record.results[0]).toMatchObject({ accepted: true, poeVerified: true });
    await node.printed(
      new RegExp(`Delivered ${requestId} · llama3.2:latest · [\\d,]+ ms · \\d+ → \\d+ tokens`),
    );

    const status = (await world.run(['status', '--json'])).json();
    expect(status).toMatchObject({
      schemaVersion: 1,
      running: true,
      process: { pid: node.pid },
      identity: { nodeId, nodeKeyHash, owner },
      serving: { served: 1, undelivered: 0, delivered: 1 },
      state: { code: 'ready', earns: 'yes' },
      registration: { status: 'registered', tier: 1 },
    });
    const words = await world.run(['status']);
    expect(words.code).toBe(0);
    // What it earns comes first, ids only when asked for. Midnight may have passed since the request.
    expect(words.stdout).toMatch(
      /● Ready · Earning[\s\S]*Node +[\s\S]*Earnings +[\s\S]*Uptime +[\s\S]*Speed +\d+ tokens\/s[\s\S]*Requests +[01] today, 1 in all/,
    );
    expect(words.stdout).not.toContain(nodeKeyHash);
    expect((await world.run(['status', '-v'])).stdout).toContain(nodeKeyHash);

    const requests = await world.run(['requests']);
    expect(requests.stdout).toMatch(
      new RegExp(
        `RECEIVED +STATUS +MODEL[^\\n]*\\n[\\d-]+ [\\d:]+ +Delivered +llama3.2:latest .* → \\d+ +${requestId}\\n`,
      ),
    );
    expect((await world.run(['requests', '--json'])).json()).toMatchObject({
      document: 'requests',
      requests: [{ requestId, state: 'delivered' }],
      more: false,
    });
    const about = await world.run(['logs', '--grep', requestId, '--level', 'info', '--since', '1h']);
    expect(about.stdout.trim().split('\n')).toHaveLength(3);
    // What comes and goes with every request is no line of the log.
    expect((await world.run(['logs', '--json'])).stdout).not.toContain('"code":"serving"');

    const watching = world.start(['status', '--watch']);
    await watching.printed(/● Ready · heartbeats \d+ · served 1/);
    const paused = await world.run(['pause', '1h']);
    await watching.printed(/● Paused/);
    watching.signal('SIGINT');
    expect((await watching.ended).code).toBe(0);
    expect(paused.stdout).toMatch(/^Paused until .* \(in 1 h\)/);
    expect((await world.run(['status', '--json'])).json()).toMatchObject({
      state: { code: 'paused', earns: 'unknown' },
    });
    expect((await world.run(['resume'])).stdout).toMatch(/^Resumed/);
    expect((await world.run(['resume'])).stdout).toMatch(/wasn’t paused/);

    const drained = await world.run(['drain']);
    expect([drained.code, drained.stdout]).toEqual([0, expect.stringMatching(/^Stopped\./)]);
    const ended = await node.ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toMatch(/Stopped\. Served 1 in this run; nothing is left to deliver/);
    expect((await world.run(['status'])).code).toBe(3);
    await expect(stat(join(world.stateDir, 'control.json'))).rejects.toThrow('ENOENT');
  });

  it('refuses a second daemon on the same state directory with the pid of the first', async () => {
    await cli.makeNode();
    const first = await cli.startNode();
    const second = await cli.world.run(['start']);
    expect(second.code).toBe(4);
    expect(second.stderr).toMatch(new RegExp(`already running as process ${first.pid}, up \\d+ s`));
    const forced = await cli.world.run(['init', '--force']);
    expect([forced.code, forced.stderr]).toEqual([4, expect.stringContaining(String(first.pid))]);
    const plainly = await cli.world.run(['init']);
    expect([plainly.code, plainly.stderr]).toEqual([6, expect.stringContaining('Nothing was changed.')]);
    expect((await cli.world.run(['status', '--json'])).json()).toMatchObject({ process: { pid: first.pid } });
  });

  it('drains a node that is answering, and reports what is still under way', async () => {
    await cli.makeNode();
    const node = await cli.startNode();
    const requestId = await submitSlowRequest(cli, 40);
    const drained = await cli.world.run(['drain']);
    expect([drained.code, drained.stdout]).toEqual([
      0,
      expect.stringMatching(/Finishing: 1 running[\s\S]*Stopped\./),
    ]);
    expect((await node.ended).code).toBe(0);
    expect(cli.network.coordinator.ledger.request(requestId)?.outcome).toBe('answered');
  });

  it('prints every event as a document with --json, and never a prompt or an answer', async () => {
    await cli.makeNode();
    const node = await cli.startNode(['--json']);
    const requestId = cli.network.coordinator.submit('planted-prompt-text');
    await cli.network.coordinator.answered(requestId);
    await node.printed(/"event":"request"/);
    node.signal('SIGTERM');
    const { code, stdout, stderr } = await node.ended;
    expect([code, stderr]).toEqual([0, '']);
    const documents = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents.every((one) => one.schemaVersion === 1 && one.document === 'event')).toBe(true);
    expect(documents.map((one) => one.event)).toEqual(
      expect.arrayContaining(['started', 'heartbeat', 'state', 'request', 'stopped']),
    );
    expect(documents.find((one) => one.event === 'request')).toMatchObject({ requestId, outcome: 'served' });
    const fieldsOf = (event: string) =>
      Object.keys(documents.find((one) => one.event === event) ?? {}).filter(
        (name) => !common.includes(name),
      );
    const common = ['schemaVersion', 'document', 'event', 'tMs'];
    for (const [event, fields] of Object.entries(eventFields)) {
      expect([event, new Set(fieldsOf(event))]).toEqual([event, new Set(fields.split(' '))]);
    }
    expect(documents.at(-1)).toMatchObject({ event: 'stopped', served: 1, undelivered: 0 });
    expect(stdout).not.toMatch(/planted-prompt-text|Stand-in/);
    expect(await readFile(join(cli.world.stateDir, 'logs', 'node.log'), 'utf8')).not.toMatch(
      /planted-prompt-text|Stand-in [0-9a-f]/,
    );
  });

  it('runs on with a coordinator that is not there, and says so', async () => {
    await cli.makeNode();
    await cli.network.coordinator.outage('refused');
    const node = cli.world.start(['start']);
    await node.printed(/Heartbeat not accepted|No registration|ParalleliX has been unreachable/);
    const status = (await cli.world.run(['status', '--json'])).json();
    expect(status).toMatchObject({ running: true, heartbeat: { accepted: 0 } });
    await cli.network.coordinator.outage('off');
    await node.printed(/Registered as node/);
    await node.printed(/First heartbeat accepted|accepted again/);
  });
});
