import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSettings } from '../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../electron/daemon/system/clock.ts';
import { readUpdateRecord } from '../../electron/node/operations/update/record.ts';
import type { AppState } from '../../shared/contract/app.ts';
import { testHost } from '../fixtures/e2e/app.ts';
import { createNodeWorld, type NodeWorld } from '../fixtures/e2e/app-node.ts';
import type { RunningApp } from '../fixtures/e2e/running-app.ts';
import { ask, until } from '../fixtures/e2e/until.ts';
import { createAuthority, createServers } from '../fixtures/http/servers.ts';
import { ollamaWithGate } from '../fixtures/ollama/gate.ts';
import { imageOf, layOutVersion } from '../fixtures/update/hosted-versions.ts';
import { startTestReleases, type TestReleases } from '../fixtures/update/release-server.ts';
import type { HeartbeatSeen } from '../practice-network/coordinator/ledger.ts';

/** The whole app under the test host, updated by what a release server of the test offers. */
describe('a running app and its update', () => {
  let world: NodeWorld;
  let releases: TestReleases;
  let folder = '';
  let file = '';
  let old: Buffer;
  let runsFile = '';
  let ollama: Awaited<ReturnType<typeof ollamaWithGate>>;
  const ends: (() => unknown)[] = [];

  beforeEach(async (context) => {
    if (testHost.missing) return context.skip(testHost.missing);
    const authority = createAuthority();
    const servers = createServers();
    ends.push(() => authority.remove(), servers.closeAll);
    releases = await startTestReleases(authority, servers);
    world = await createNodeWorld(testHost, { main: '' });
    ends.push(world.clean);
    ollama = await ollamaWithGate(servers, world.network.urls.ollamaUrl);
    const settings = await openSettings({ paths: world.paths }, { clock });
    await settings.set('caFile', authority.caFile);
    folder = join(world.homeDir, 'Applications');
    mkdirSync(folder, { recursive: true });
    file = join(folder, 'Operator.AppImage');
    runsFile = join(world.homeDir, 'runs');
    writeFileSync(runsFile, '');
    ends.push(endStartedOnes);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  const runs = () => readFileSync(runsFile, 'utf8').split('\n').filter(Boolean);
  const started = () => runs().map((line) => line.split(' ')[0]);

  /** What the update has started belongs to nobody else. */
  async function endStartedOnes(): Promise<void> {
    for (const pid of runs().map((line) => Number(line.split(' ')[1]))) {
      const signal = (name: NodeJS.Signals | 0) => {
        try {
          return process.kill(pid, name);
        } catch {
          return false;
        }
      };
      signal('SIGKILL');
      await until('the end of what was started', () => !signal(0) || isZombie(pid));
    }
  }

  async function make(version: string, env?: Record<string, string>): Promise<Buffer> {
    const main = await layOutVersion(join(world.homeDir, `app-${version}`), { version, key: releases.key });
    return imageOf({ version, main, runsFile, ...(env && { env }) });
  }

  const environment = () => ({
    APPIMAGE: file,
    TEST_HOST_PACKAGED: '1',
    // Those that the update starts have the same one.
    TEST_HOST_USER_DATA: world.userData,
    OLLAMA_HOST: ollama.url,
    PARALLELIX_RELEASE_URL: releases.url,
  });

  async function launch(env: NodeJS.ProcessEnv = {}): Promise<RunningApp> {
    const main = join(world.homeDir, 'app-0.1.0', 'dist', 'app', 'main.mjs');
    return world.launch({ main, env: { ...environment(), ...env } });
  }

  const updateOf = async (app: RunningApp): Promise<AppState['update'] | null> => {
    const { ok, output } = await ask(await app.page(), 'app.state');
    return ok ? (output as AppState).update : null;
  };
  const accepted = (version: string) => (beat: HeartbeatSeen) =>
    beat.accepted && (beat.body as { capabilities: { version: string } }).capabilities.version === version;
  const record = () => readUpdateRecord({ recordFile: join(world.userData, 'app-update.json') });

  /** Online as the old version, which has brought the new one in the background. */
  async function withUpdateReady(version: string, bytes: Buffer): Promise<RunningApp> {
    old = await make('0.1.0');
    writeFileSync(file, old);
    chmodSync(file, 0o755);
    releases.publishApp({ version, bytes });
    const app = await launch();
    const { ledger } = world.network.coordinator;
    await ledger.when('a heartbeat', () => ledger.heartbeats.find(({ accepted: good }) => good) ?? null);
    expect(await ask(await app.page(), 'update.check')).toMatchObject({ ok: true });
    const ready = await until('the download', async () => {
      const update = await updateOf(app);
      if (update?.failure) throw new Error(JSON.stringify(update.failure));
      return update?.status === 'ready' && update;
    });
    // Somebody is at the window: nothing is installed under their hands.
    expect(ready).toMatchObject({ by: 'app', offered: { version, command: null }, laterUntilMs: null });
    expect(readFileSync(file).equals(old)).toBe(true);
    const { output } = await ask(await app.page(), 'app.state');
    expect((output as AppState).explain).toContain('menu-entry');
    return app;
  }

  test('finishes the request that runs, hands over to the new version, and ends once its heartbeat is accepted', async () => {
    const bytes = await make('0.2.0');
    const app = await withUpdateReady('0.2.0', bytes);
    const { coordinator } = world.network;
    ollama.close();
    const requestId = coordinator.submit('Say something');
    await ollama.waiting();
    expect(await ask(await app.page(), 'update.install')).toMatchObject({ ok: true });
    await until('the drain', async () => {
      const { output } = await ask(await app.page(), 'app.state');
      return (output as AppState).quitting !== null;
    });
    // The new file has its name, and nobody starts it while a request runs.
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect((await record()).handover).toMatchObject({ from: '0.1.0', to: '0.2.0', online: true });
    expect(started()).toEqual([]);
    ollama.open();
    const { results, dispatches, failures } = await coordinator.answered(requestId);
    expect(results).toMatchObject([{ accepted: true, poeVerified: true, duplicate: false }]);
    expect([dispatches.length, failures]).toEqual([1, []]);
    expect(await app.exited).toBe(0);
    expect(started()).toEqual(['0.2.0']);
    expect(await record()).toMatchObject({
      handover: null,
      failures: [],
      last: { from: '0.1.0', to: '0.2.0' },
    });
    await until('the end of the way back', () => !existsSync(join(folder, '.Operator.AppImage.previous')));
    const next = await coordinator.answered(coordinator.submit('And again'));
    expect(next.results).toMatchObject([{ accepted: true, poeVerified: true }]);
    const { heartbeats } = coordinator.ledger;
    expect(heartbeats.some(accepted('0.2.0'))).toBe(true);
    expect(heartbeats.findIndex(accepted('0.2.0'))).toBeGreaterThan(
      heartbeats.findLastIndex(accepted('0.1.0')),
    );
  });

  test('has its own file back, and runs on, when no heartbeat of the new version is accepted for ten minutes', async () => {
    const bytes = await make('0.3.0', { PARALLELIX_API_URL: 'http://127.0.0.1:1/api' });
    const app = await withUpdateReady('0.3.0', bytes);
    // Closed: now nobody is disturbed, and it is installed by itself.
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await until('the new version to be up', async () => ((await record()).handover?.starts ?? 0) > 0);
    expect(started()).toEqual(['0.3.0']);
    expect(await tenMinutesLater(app)).toBe(0);
    expect(await record()).toMatchObject({
      handover: null,
      failures: [{ version: '0.3.0', attempts: 1, final: false, reason: 'no-heartbeat' }],
    });
    expect(readFileSync(file).equals(old)).toBe(true);
    const { coordinator } = world.network;
    const next = await coordinator.answered(coordinator.submit('And again'));
    expect(next.results).toMatchObject([{ accepted: true, poeVerified: true }]);
    expect(started()).toEqual(['0.3.0', '0.1.0']);
  });

  test('of a deb is announced with its command; nothing is brought, and no updater is made', async () => {
    await make('0.1.0');
    const resources = join(world.homeDir, 'resources');
    mkdirSync(resources);
    writeFileSync(join(resources, 'package-type'), 'deb');
    const name = 'parallelix-operator-0.2.0-linux-x64.deb';
    releases.publishApp({
      version: '0.2.0',
      bytes: Buffer.from('a package'),
      name,
      file: { format: 'deb' },
    });
    const app = await launch({ APPIMAGE: undefined, TEST_HOST_RESOURCES: resources });
    expect(await ask(await app.page(), 'update.check')).toMatchObject({ ok: true });
    const update = await until('the announcement', async () => {
      const now = await updateOf(app);
      return now?.offered != null && now;
    });
    expect(update).toMatchObject({
      ...{ by: 'command', status: 'idle', failure: null },
      offered: {
        version: '0.2.0',
        command: `curl -fLO ${releases.url}${name} && sudo apt install ./${name}`,
      },
    });
    const shown = await app.evaluate(() => {
      const { record } = (
        globalThis as unknown as { testHost: { record: { call: string; args: unknown[] }[] } }
      ).testHost;
      return record.filter(({ call }) => call === 'Notification.show').map(({ args }) => args[0]);
    });
    expect(shown).toEqual([
      { title: 'An update is available', body: 'Version 0.2.0 is ready. Open the app to install it.' },
    ]);
    expect(await ask(await app.page(), 'update.install')).toMatchObject({ ok: true });
    expect((await updateOf(app))?.status).toBe('idle');
    expect(new Set(releases.seen.map(({ path }) => path))).toEqual(
      new Set(['manifest.json', 'manifest.json.sig']),
    );
    // Where an updater keeps what it has brought.
    expect(existsSync(join(world.userData, 'updates'))).toBe(false);
    expect(started()).toEqual([]);
  });
});

/** Again and again, for it counts from when the watching version has seen the new one come up. Resolves to its exit code. */
async function tenMinutesLater(app: RunningApp): Promise<number | null> {
  for (;;) {
    await app
      .evaluate(() => {
        const place = globalThis as { clockAheadMs?: number };
        place.clockAheadMs = (place.clockAheadMs ?? 0) + 600_001;
      })
      .catch(() => undefined);
    const waited = new Promise<'waited'>((resolve) => setTimeout(resolve, 2000, 'waited'));
    const ended = await Promise.race([app.exited, waited]);
    if (ended !== 'waited') return ended;
  }
}

function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
