import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeKey, generatePrivateKey } from '../../../electron/daemon/identity/node-key.ts';
import { readIdentityRecord } from '../../../electron/daemon/storage/identity-record.ts';
import { findDaemon } from '../../../electron/daemon/storage/lock.ts';
import { statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { createDiagnostics } from '../../../electron/desktop/commands/diagnostics.ts';
import { createMigration } from '../../../electron/desktop/commands/migration.ts';
import { createContext } from '../../../electron/node/context.ts';
import { createDaemonManager } from '../../../electron/node/daemon-manager.ts';
import { createKeptPassphrase } from '../../../electron/node/kept-passphrase.ts';
import type { Migration } from '../../../shared/contract/migration.ts';
import { isNodeError } from '../../../shared/errors.ts';
import { createConnectedCli } from '../../fixtures/cli/network.ts';
import { installOfficial } from '../../fixtures/incumbent/official-stand-in.ts';
import { silentLog } from '../../fixtures/silent-log.ts';

const closing: (() => unknown)[] = [];

/** A home whose official client serves, on a practice network of its own. */
async function servedByOfficial() {
  const cli = await createConnectedCli();
  closing.push(() => cli.stop());
  const { world, network } = cli;
  const privateKey = generatePrivateKey();
  const { nodeKeyHash } = createNodeKey(privateKey);
  const { nodeId, owner } = await network.registerNode({ nodeKeyHash, tier: 1 });
  const { coordinatorUrl, ollamaUrl } = network.urls;
  const official = installOfficial(world.homeDir, {
    ...{ privateKey, nodeId, owner, coordinator: coordinatorUrl, ollama: ollamaUrl },
  });
  closing.push(() => official.end());
  const { ledger } = network.coordinator;
  const accepted = () => ledger.heartbeats.filter((beat) => beat.accepted).length;
  await promisify(execFile)(join(official.bin, 'systemctl'), ['start'], { env: world.env });
  await ledger.when('the first heartbeat of the official client', () => accepted() > 0);
  const PATH = `${official.bin}:/usr/bin:/bin`;
  const { homeDir, stateDir } = world;
  const paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir });
  return { cli, world, network, official, nodeId, nodeKeyHash, privateKey, PATH, paths };
}
type Home = Awaited<ReturnType<typeof servedByOfficial>>;

/** The built program, as a person in a terminal calls it. */
function commandLine({ world, PATH }: Home, patienceS: number) {
  const env = { PATH, PARALLELIX_API_URL: undefined, OLLAMA_HOST: undefined };
  closing.push(() => world.run(['drain'], env));
  return {
    async migrate(): Promise<string> {
      const { code, json } = await world.run(['switch', '--json', '--for', `${patienceS}s`], env);
      return code === 0 ? 'ok' : (json() as { error: { code: string } }).error.code;
    },
  };
}

/** The button of the app, on the app's own manager of the node. */
async function app({ world, paths, PATH }: Home, patienceS: number) {
  const env = { PATH, PARALLELIX_STATE_DIR: world.stateDir };
  const computer = { paths, env, platform: process.platform, homeDir: world.homeDir, version: '0.0.0-test' };
  const keptPassphrase = createKeptPassphrase();
  const context = createContext(computer, { clock, askPassphrase: keptPassphrase.ask });
  const settings = await openSettings({ paths }, { clock });
  const node = createDaemonManager(context, {
    ...{ settings, keptPassphrase, log: silentLog, random: Math.random },
  });
  closing.push(() => node.stop(0));
  await node.start();
  const { check } = createDiagnostics(context, { settings, node });
  const seen: (Migration | null)[] = [];
  const migration = createMigration(context, {
    ...{ node, settings, check, patienceMs: patienceS * 1000, program: () => null },
    changed: () => void seen.push(migration.state),
  });
  return {
    node,
    migration,
    seen,
    migrate: () =>
      migration.commands['node.migrate']({}).then(
        () => 'ok',
        (error: unknown) => {
          if (isNodeError(error)) return error.code;
          throw error;
        },
      ),
  };
}

async function leftBy({ world, official, paths, nodeKeyHash, privateKey }: Home) {
  const record = await readIdentityRecord(paths.identityFile);
  const keyFile = existsSync(paths.keyFile) ? readFileSync(paths.keyFile, 'utf8').trim() : null;
  const acts = official.calls().filter((call) => /^(stop|start|enable|disable) /.test(call));
  const settings = await openSettings({ paths }, { clock });
  return {
    official: { runs: official.pid() !== null, enabled: official.isEnabled(), acts },
    ours: (await findDaemon(paths, { clock })) !== null,
    key: [record?.nodeKeyHash === nodeKeyHash, keyFile === privateKey, record?.keyStore],
    settings: settings.current.coordinatorUrl.startsWith('http://127.0.0.1'),
    canGoBack: existsSync(join(world.stateDir, 'switch.json')),
  };
}

const off = ['stop parallelix-node.service', 'disable parallelix-node.service'];
const on = ['enable parallelix-node.service', 'start parallelix-node.service'];

describe.skipIf(process.platform !== 'linux')('migrating from the official client', () => {
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('by the app leaves what the command leaves, and serves with its key', async () => {
    const [one, other] = [await servedByOfficial(), await servedByOfficial()];
    const button = await app(other, 60);
    expect(await button.migration.commands['node.planMigration']({})).toEqual({ endsAs: 'app' });
    expect(await commandLine(one, 60).migrate()).toBe('ok');
    expect(await button.migrate()).toBe('ok');
    const left = await leftBy(other);
    expect(left).toEqual(await leftBy(one));
    expect(left).toEqual({
      official: { runs: false, enabled: false, acts: off },
      ours: true,
      key: [true, true, 'file'],
      settings: true,
      canGoBack: true,
    });
    expect(button.node.phase).toEqual({ phase: 'hosting' });
    expect(button.seen.map((state) => (state?.state === 'running' ? state.step : state?.state))).toEqual([
      ...['importing', 'importing', 'importing', 'stopping-official', 'starting', 'done'],
    ]);
    expect(button.migration.state).toMatchObject({ service: null, gapMs: expect.any(Number) });
    const answer = await other.network.coordinator.answered(
      other.network.coordinator.submit('Say something'),
    );
    expect(answer.results[0]).toMatchObject({ accepted: true });
  });

  it('by the app is undone like by the command when no heartbeat is accepted', async () => {
    const [one, other] = [await servedByOfficial(), await servedByOfficial()];
    for (const { network } of [one, other])
      network.coordinator.setFaults({
        heartbeat: { status: { code: 403, body: { error: 'tier_mismatch' } } },
      });
    const button = await app(other, 4);
    expect(await commandLine(one, 4).migrate()).toBe('switch-failed');
    expect(await button.migrate()).toBe('switch-failed');
    const left = await leftBy(other);
    expect(left).toEqual(await leftBy(one));
    expect(left).toMatchObject({
      official: { runs: true, enabled: true, acts: [...off, ...on] },
      ours: false,
      canGoBack: false,
    });
    expect(button.migration.state).toMatchObject({
      state: 'failed',
      error: {
        code: 'switch-failed',
        details: {
          reason: expect.stringContaining('tier_mismatch'),
          official: 'official-started-again',
        },
      },
    });
  });

  it('is taken back when the app ends in the middle', async () => {
    const home = await servedByOfficial();
    home.network.coordinator.setFaults({ heartbeat: { hang: true } });
    const button = await app(home, 60);
    const ended = button.migrate();
    await expect.poll(() => button.migration.state).toEqual({ state: 'running', step: 'starting' });
    await button.migration.stop();
    expect(await ended).toBe('switch-failed');
    expect(await leftBy(home)).toMatchObject({ official: { runs: true, enabled: true }, ours: false });
  });

  it('is one for whoever presses twice', async () => {
    const home = await servedByOfficial();
    const button = await app(home, 60);
    expect(await Promise.all([button.migrate(), button.migrate()])).toEqual(['ok', 'ok']);
    expect((await leftBy(home)).official.acts).toEqual(off);
    expect(await button.migrate()).toBe('other-daemon');
  });
});
