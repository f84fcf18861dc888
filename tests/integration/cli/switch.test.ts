import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { installOfficial, type OfficialStandIn } from '../../fixtures/incumbent/official-stand-in.ts';
import { filesUnder } from '../../fixtures/storage/sandbox.ts';

interface SwitchReport {
  direction: string;
  nodeKeyHash: string;
  nodeId: string | null;
  official: unknown;
  gapMinMs: number;
  gapMaxMs: number;
  pid: number;
}

describe.skipIf(process.platform !== 'linux')('switching from the official client', () => {
  let cli: ConnectedCli;
  let official: OfficialStandIn;
  let nodeId: string;
  const privateKey = generatePrivateKey();
  const { nodeKeyHash } = createNodeKey(privateKey);
  // Without the addresses of the practice network: they have to come along from the official client.
  const env = () => ({
    PATH: `${official.bin}:/usr/bin:/bin`,
    PARALLELIX_API_URL: undefined,
    OLLAMA_HOST: undefined,
  });
  const run = (...args: string[]) => cli.world.run(args, env());
  const systemctl = (verb: string) =>
    promisify(execFile)(join(official.bin, 'systemctl'), [verb], { env: cli.world.env });
  const acts = () => official.calls().filter((call) => /^(stop|start|enable|disable) /.test(call));
  const status = async () =>
    (await run('status', '--json')).json() as { running: boolean; process: { pid: number } | null };
  const accepted = () => cli.network.coordinator.ledger.heartbeats.filter((beat) => beat.accepted).length;
  const next = (what: string) => {
    const before = accepted();
    return cli.network.coordinator.ledger.when(what, () => accepted() > before);
  };

  beforeEach(async () => {
    cli = await createConnectedCli();
    const { coordinatorUrl, ollamaUrl } = cli.network.urls;
    const registered = await cli.network.registerNode({ nodeKeyHash, tier: 1 });
    nodeId = registered.nodeId;
    official = installOfficial(cli.world.homeDir, {
      ...{ privateKey, nodeId, owner: registered.owner, coordinator: coordinatorUrl, ollama: ollamaUrl },
    });
    await systemctl('start');
    await next('the first heartbeat of the official client');
  });
  afterEach(async () => {
    const { process: ours } = await status();
    if (ours !== null) await run('drain');
    official.end();
    await cli.stop();
  });

  it('imports its key, stops and disables it, serves, reports the gap, and goes back', async () => {
    const before = [...filesUnder(official.dir)].filter(([file]) => !file.endsWith('node.log'));
    const switched = await run('switch', '--json');
    expect([switched.code, switched.stderr]).toEqual([0, '']);
    const report = switched.json() as unknown as SwitchReport;
    expect(report).toMatchObject({
      direction: 'to-ours',
      nodeKeyHash,
      nodeId,
      official: { kind: 'systemd-unit', name: 'parallelix-node.service', enabled: true },
    });
    expect(acts()).toEqual(['stop parallelix-node.service', 'disable parallelix-node.service']);
    expect([official.pid(), official.isEnabled()]).toEqual([null, false]);
    // Its log told of the last heartbeat, so the gap is one figure, and no longer than the whole command took.
    expect(report.gapMinMs).toBe(report.gapMaxMs);
    expect(report.gapMaxMs).toBeGreaterThan(0);
    expect(report.gapMaxMs).toBeLessThan(20_000);
    expect(await status()).toMatchObject({
      running: true,
      process: { pid: report.pid },
      identity: { nodeId, nodeKeyHash },
      heartbeat: { failed: 0 },
    });
    // Its settings came along, so ours needs no environment.
    expect([...filesUnder(official.dir)].filter(([file]) => !file.endsWith('node.log'))).toEqual(before);
    const requestId = cli.network.coordinator.submit('Say something');
    const record = await cli.network.coordinator.answered(requestId);
    expect(record.results[0]).toMatchObject({ accepted: true, poeVerified: true });

    const back = await run('switch', '--back');
    expect([back.code, back.stderr]).toEqual([0, '']);
    expect(back.stdout).toMatch(/The official client serves again\.[\s\S]*gap +\d+\.\d s to \d+/);
    expect([official.isEnabled(), (await status()).running]).toEqual([true, false]);
    await next('a heartbeat of the official client');
    // And once more, for the way back is no dead end.
    expect((await run('switch')).stdout).toMatch(/here already[\s\S]*This node serves now\./);
  });

  it('starts the official client again when no heartbeat of ours is accepted in time', async () => {
    cli.network.coordinator.setFaults({
      heartbeat: { status: { code: 403, body: { error: 'tier_mismatch' } } },
    });
    const { code, stderr, stdout } = await run('switch', '--for', '8s');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /failed: no heartbeat of this node was accepted in 8 s \(the hardware doesn’t match the registered tier\)\. The official client was started again/,
    );
    expect(stdout).toMatch(
      /Stopping and disabling parallelix-node.service[\s\S]*Taking the change-over back/,
    );
    expect(acts().slice(-2)).toEqual(['enable parallelix-node.service', 'start parallelix-node.service']);
    expect([official.isEnabled(), (await status()).running]).toEqual([true, false]);
    expect(existsSync(join(cli.world.stateDir, 'switch.json'))).toBe(false);
    cli.network.coordinator.clearFaults();
    await next('a heartbeat of the official client');
  });

  it('cancelled with Ctrl-C rolls everything back', async () => {
    cli.network.coordinator.setFaults({ heartbeat: { hang: true } });
    const switching = cli.world.start(['switch'], env());
    await switching.printed(/waiting for its first accepted heartbeat/);
    switching.signal('SIGINT');
    const { code, stderr } = await switching.ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/cancelled\. The official client was started again/),
    ]);
    expect([official.isEnabled(), official.pid() !== null, (await status()).running]).toEqual([
      true,
      true,
      false,
    ]);
  });

  /** No beat is accepted, and soon after that is over one is: the usual interval would be most of a test's time. */
  const refuseBeats = async () => {
    expect((await run('config', 'set', 'timing.heartbeatMs', '2000')).code).toBe(0);
    cli.network.coordinator.setFaults({ heartbeat: { status: { code: 503, body: {} } } });
  };

  it('killed in the middle is completed by a second call, which still knows that the unit was enabled', async () => {
    await refuseBeats();
    const switching = cli.world.start(['switch'], env());
    await switching.printed(/waiting for its first accepted heartbeat/);
    switching.signal('SIGKILL');
    await switching.ended;
    expect([official.isEnabled(), official.pid()]).toEqual([false, null]);
    cli.network.coordinator.clearFaults();
    const again = await run('switch', '--json');
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.json()).toMatchObject({ direction: 'to-ours', official: { enabled: true }, nodeId });
    expect((await run('switch', '--back')).code).toBe(0);
    expect(official.isEnabled()).toBe(true);
  });

  it('keeps the node that a killed call had just started, though that one comes up beside its own', async () => {
    await refuseBeats();
    // Every node stops itself before its first line, however fast this computer is, until it is continued.
    const stopFile = join(cli.world.homeDir, 'stop.mjs');
    writeFileSync(stopFile, "if (process.argv[2] === 'start') process.kill(process.pid, 'SIGSTOP');");
    const stopping = { ...env(), NODE_OPTIONS: `--import=${stopFile}` };
    const nodes = async () => {
      const pattern = `start --wait --plain --state-dir ${cli.world.stateDir}`;
      const { stdout } = await promisify(execFile)('pgrep', ['-f', pattern]);
      return stdout.trim().split('\n').map(Number);
    };
    const stopped = async (pid: number): Promise<number> => {
      const [, state] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
      return state?.startsWith('T') ? pid : setTimeout(10).then(() => stopped(pid));
    };
    const killed = cli.world.start(['switch'], stopping);
    await killed.printed(/waiting for its first accepted heartbeat/);
    const [started = 0] = await nodes();
    const first = await stopped(started);
    killed.signal('SIGKILL');
    await killed.ended;
    cli.network.coordinator.clearFaults();
    const again = cli.world.start(['switch', '--json'], stopping);
    const other = async (): Promise<number> =>
      (await nodes()).find((pid) => pid !== first) ?? setTimeout(10).then(other);
    const second = await stopped(await other());
    process.kill(first, 'SIGCONT');
    await next('the first heartbeat of the node that was found');
    process.kill(second, 'SIGCONT');
    const { code, stderr, json } = await again.ended;
    expect([code, stderr]).toEqual([0, '']);
    const { process: running } = await status();
    expect(json()).toMatchObject({ direction: 'to-ours', pid: running?.pid, nodeId });
    expect(official.pid()).toBeNull();
  });

  it('cancelled before its node is up ends that node too', async () => {
    const switching = cli.world.start(['switch'], env());
    await switching.printed(/waiting for its first accepted heartbeat/);
    const pattern = `start --wait --plain --state-dir ${cli.world.stateDir}`;
    const { stdout } = await promisify(execFile)('pgrep', ['-f', pattern]);
    const pid = Number(stdout.trim());
    switching.signal('SIGINT');
    expect((await switching.ended).stderr).toMatch(/[Tt]he official client was started again/);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(official.pid()).not.toBeNull();
  });

  it('stops nothing while something that our node needs is missing', async () => {
    await cli.network.ollama.stop();
    const { code, stderr } = await run('switch');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/a check failed.*Nothing was stopped, and the official client keeps running/),
    ]);
    expect(acts()).toEqual([]);
    expect(official.pid()).not.toBeNull();
    await next('a heartbeat of the official client');
  });

  it('that may not stop the service changes nothing, and says which step it was', async () => {
    official.refuse('stop');
    const { code, stderr } = await run('switch');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /parallelix-node.service.* didn’t stop: "Failed to stop: Access denied"\. .*administrator/,
      ),
    ]);
    expect([official.isEnabled(), official.pid() !== null, (await status()).running]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('that may not start it again says that nothing serves', async () => {
    cli.network.coordinator.setFaults({ heartbeat: { hang: true } });
    official.refuse('start');
    const { code, stderr } = await run('switch', '--for', '1s');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/[Nn]othing serves now, because .* could not be started again/),
    ]);
    expect(existsSync(join(cli.world.stateDir, 'switch.json'))).toBe(true);
  });

  it('back that may not enable the service keeps the node that serves', async () => {
    expect((await run('switch')).code).toBe(0);
    official.refuse('enable');
    const back = await run('switch', '--back');
    expect([back.code, back.stderr]).toEqual([1, expect.stringContaining('Access denied')]);
    expect((await status()).running).toBe(true);
  });

  it('leaves an official client alone that runs outside of its service', async () => {
    const pid = official.pid();
    writeFileSync(join(official.bin, 'unit', 'pid'), '0');
    const { code, stderr } = await run('switch');
    writeFileSync(join(official.bin, 'unit', 'pid'), String(pid));
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`runs as process ${pid}, not as a service.*It keeps running`)),
    ]);
    expect(acts()).toEqual([]);
  });

  it('is what start and import point to while the official client runs with the same key', async () => {
    const imported = await run('key', 'import');
    expect([imported.code, imported.stderr]).toEqual([
      4,
      expect.stringMatching(/systemd unit parallelix-node, process \d+.*parallelix-operator switch/),
    ]);
    expect(existsSync(join(cli.world.stateDir, 'node.key'))).toBe(false);
    await systemctl('stop');
    expect((await run('key', 'import')).code).toBe(0);
    await systemctl('start');
    const started = await run('start');
    expect([started.code, started.stderr]).toEqual([
      4,
      expect.stringMatching(/The official client runs on this computer/),
    ]);
    const { checks } = (await run('verify', '--json')).json() as {
      checks: { id: string; finding: string }[];
    };
    expect(checks.find(({ id }) => id === 'official')).toMatchObject({ finding: 'official-runs' });
  });

  it('back to nothing is refused', async () => {
    rmSync(official.dir, { recursive: true });
    const { code, stderr } = await run('switch', '--back');
    expect([code, stderr]).toEqual([5, expect.stringContaining('No node of the official client')]);
    const both = await run('switch', '--back', '--for', '5s');
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--for')]);
  });

  it('prints nothing of the key, and keeps it in its two files alone', async () => {
    const { stdout, stderr } = await run('switch', '--debug');
    expect(stdout + stderr).not.toContain(privateKey);
    const holding = [...filesUnder(cli.world.homeDir)]
      .filter(([, text]) => text.includes(privateKey))
      .map(([file]) => file);
    expect(new Set(holding)).toEqual(
      new Set([join(official.dir, 'node.key'), join(cli.world.stateDir, 'node.key')]),
    );
    expect(readFileSync(join(cli.world.stateDir, 'switch.json'), 'utf8')).toContain('"kept": true');
  });
});
