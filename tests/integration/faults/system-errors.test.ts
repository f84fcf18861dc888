import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { finalExitCodes } from '../../../electron/cli/exit-codes.ts';
import { type ConnectedCli, createConnectedCli } from '../../fixtures/cli/network.ts';
import { builtCli, type CliWorld, createCliWorld } from '../../fixtures/cli/process.ts';
import { type ErrorDisk, mountErrorDisk, mountSmallDisk, noRealDisk } from '../../fixtures/faults/disk.ts';

/** The real command line on real disks that fail: each cause has its own words, exit code and remedy. */

const asRoot = process.geteuid?.() === 0;
/** An account that root's rights do not belong to. */
const nobody = 65_534;

async function openWorld(): Promise<CliWorld> {
  const world = await createCliWorld();
  onTestFinished(() => world.clean());
  return world;
}

interface Told {
  code: number | null;
  stderr: string;
  error: { code: string; details: { place?: string; reason?: string; path?: string } };
}

/** What a command that has to fail says. */
async function told(world: CliWorld, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Told> {
  const { code, stderr, json } = await world.run([...args, '--json'], env);
  return { code, stderr, error: json().error as Told['error'] };
}

/** Commands that write, and the place of each. */
const writers = (world: CliWorld) =>
  [
    [/settings|state-dir/, ['config', 'set', 'concurrency', '2'], 7],
    [/other/, ['diagnostics', join(world.stateDir, 'report.txt')], 7],
  ] as const;

const causes = {
  ENOSPC: {
    async make(context: TestContext) {
      if (noRealDisk) return context.skip(noRealDisk);
      const disk = await mountSmallDisk();
      return { folder: disk.folder, fail: () => disk.fill(), mend: () => disk.makeRoom(), env: {} };
    },
    words: /The disk is full\./,
    remedy: /Free up disk space/,
  },
  EROFS: {
    async make(context: TestContext) {
      if (noRealDisk) return context.skip(noRealDisk);
      const { folder } = await mountSmallDisk();
      const fail = () => void execFileSync('mount', ['-o', 'remount,ro', folder]);
      const mend = () => void execFileSync('mount', ['-o', 'remount,rw', folder]);
      return { folder, fail, mend, env: {} };
    },
    words: /The disk is read-only\./,
    remedy: /make it writable again|Choose a place that can be written/,
  },
} as const;

describe.each(Object.entries(causes))('%s', (errno, { make, words, remedy }) => {
  it('is told by every command that writes, with its place and its remedy, and costs nothing', async (context) => {
    const disk = await make(context);
    if (!disk) return;
    const world = await openWorld();
    world.env.PARALLELIX_STATE_DIR = join(disk.folder, 's');
    Object.assign(world, { stateDir: join(disk.folder, 's') });
    expect((await world.run(['init'])).code).toBe(0);
    const key = readFileSync(join(world.stateDir, 'node.key'));
    disk.fail();
    for (const [place, args, exitCode] of writers(world)) {
      const { code, stderr, error } = await told(world, args);
      expect(error.details, args.join(' ')).toMatchObject(
        error.code === 'bundle-not-written'
          ? { reason: errno }
          : { place: expect.stringMatching(place), reason: errno },
      );
      expect(code).toBe(exitCode);
      expect(stderr).toMatch(words);
      expect(stderr).toMatch(remedy);
    }
    expect(readFileSync(join(world.stateDir, 'node.key'))).toEqual(key);
    expect(existsSync(join(world.stateDir, 'report.txt'))).toBe(false);
  });

  it('ends a node of a service with a code after which it is started again, and serves once it is over', async (context) => {
    const disk = await make(context);
    if (!disk) return;
    const cli = await createConnectedCli();
    onTestFinished(() => cli.stop());
    const stateDir = join(disk.folder, 's');
    Object.assign(cli.world.env, { PARALLELIX_STATE_DIR: stateDir });
    await cli.makeNode();
    disk.fail();
    const refused = await Promise.race([
      cli.world.run(['start', '--wait', '--plain']),
      // On a full disk it starts and beats without taking work.
      cli.network.coordinator.ledger
        .when('a heartbeat', () => cli.network.coordinator.ledger.heartbeats.length > 0, {
          timeoutMs: 60_000,
        })
        .then(
          () => null,
          () => null,
        ),
    ]);
    if (refused === null) return expect(errno).toBe('ENOSPC');
    expect(finalExitCodes).not.toContain(refused.code);
    expect(refused.stderr).toMatch(words);
    disk.mend();
    await cli.startNode(['--wait', '--plain']);
  });

  it('keeps init from making half a key, and says why', async (context) => {
    const disk = await make(context);
    if (!disk) return;
    const world = await openWorld();
    mkdirSync(join(disk.folder, 's'), { mode: 0o700 });
    disk.fail();
    const env = { PARALLELIX_STATE_DIR: join(disk.folder, 's') };
    const { code, stderr, error } = await told(world, ['init'], env);
    expect(error.details.reason).toBe(errno);
    expect([6, 7]).toContain(code);
    expect(stderr).toMatch(words);
    expect(existsSync(join(disk.folder, 's', 'identity.json'))).toBe(false);
    expect(existsSync(join(disk.folder, 's', 'node.key'))).toBe(false);
  });
});

it('EACCES: a state directory of somebody else is told as that, by every command', async (context) => {
  if (!asRoot) return context.skip('only root can be somebody else for a moment');
  const world = await openWorld();
  await world.run(['init']);
  const cli = await builtCli();
  chmodSync(world.homeDir, 0o755);
  for (const command of ['config set concurrency 2', 'key show', 'start']) {
    const { code, stderr } = await asNobody([cli, ...command.split(' ')], world.env);
    expect(stderr, command).toMatch(/aren’t allowed|belongs to another user/);
    expect(stderr, command).not.toMatch(/inside the program/);
    expect(code, command).toBe(6);
  }
});

function asNobody(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
  const { NODE_COMPILE_CACHE: _, ...rest } = env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { env: rest, uid: nobody, gid: nobody, cwd: '/' },
      (_error, _out, stderr) => resolve({ code: child.exitCode, stderr }),
    );
  });
}

it('ENOENT: a folder that is not there is named, with what to do', async () => {
  const world = await openWorld();
  await world.run(['init']);
  const report = await told(world, ['diagnostics', '/nonexistent/folder/report.txt']);
  expect(report).toMatchObject({ code: 7, error: { details: { reason: 'ENOENT' } } });
  expect(report.stderr).toMatch(/isn’t there: \/nonexistent\/folder\/report\.txt.*Create the folder/);
});

it('EIO: settings on a disk that cannot be read are an error of the disk, and are not replaced', async (context) => {
  if (!existsSync('/proc/self/mem')) return context.skip('no file here whose reading fails');
  const world = await openWorld();
  await world.run(['init']);
  rmSync(join(world.stateDir, 'settings.json'), { force: true });
  symlinkSync('/proc/self/mem', join(world.stateDir, 'settings.json'));
  const change = await told(world, ['config', 'set', 'concurrency', '2']);
  expect(change).toMatchObject({ code: 7, error: { details: { place: 'settings', reason: 'EIO' } } });
  expect(change.stderr).toMatch(/The disk reports an error.*replace the disk/);
});

it('EMFILE: at whatever limit of open files a command fails, it says so and is no fault of the program', async (context) => {
  if (process.platform === 'win32') return context.skip('no ulimit here');
  const world = await openWorld();
  await world.run(['init']);
  const cli = await builtCli();
  const seen: string[] = [];
  for (let limit = 32; limit >= 16; limit -= 1) {
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const script = `ulimit -n ${limit} && exec "$@"`;
      const child = execFile(
        'sh',
        ['-c', script, 'sh', process.execPath, cli, 'config', 'set', 'concurrency', '2'],
        { env: world.env },
        (_error, _out, text) => resolve({ code: child.exitCode, stderr: text }),
      );
    });
    if (code === 0) continue;
    // So few that the runtime itself does not come up.
    if (!stderr.includes('parallelix-operator')) break;
    seen.push(stderr);
    expect(stderr, `limit ${limit}`).toMatch(/too many open files/);
    // 6 where it was the identity record that could not be opened.
    expect([6, 7], `limit ${limit}`).toContain(code);
  }
});

it('EDQUOT is told by its own words', ({ skip }) =>
  skip('EDQUOT needs a file system with quotas of a user: the words are in the table, the disk is not here'));
it('ENFILE is told by its own words', ({ skip }) =>
  skip('ENFILE needs the limit of the whole computer, which would starve whatever else runs on it'));

describe('a disk that turns read-only under a running node', () => {
  async function onErrorDisk(context: TestContext): Promise<{ cli: ConnectedCli; disk: ErrorDisk } | null> {
    const disk = await mountErrorDisk().catch((error: Error) => error);
    if (disk instanceof Error) {
      context.skip(`no ext4 of its own here: ${disk.message.split('\n')[0]}`);
      return null;
    }
    const cli = await createConnectedCli();
    onTestFinished(() => cli.stop());
    cli.world.env.PARALLELIX_STATE_DIR = join(disk.folder, 's');
    await cli.makeNode();
    return { cli, disk };
  }

  it('is told as that by state, verify and log, beats on, and stops with 0', async (context) => {
    const fixture = await onErrorDisk(context);
    if (fixture === null) return;
    const { cli, disk } = fixture;
    const settings = join(disk.folder, 's', 'settings.json');
    writeFileSync(
      settings,
      JSON.stringify({ schemaVersion: 1, limits: { minFreeBytes: 0 }, timing: { heartbeatMs: 1000 } }),
    );
    const node = await cli.startNode(['--plain']);
    disk.becomeReadOnly();
    const requestId = cli.network.coordinator.submit('Question?');
    await node.printed(/Nothing can be written to the disk: the disk is read-only/);
    expect(node.stdout).not.toMatch(/The disk is full/);
    // It can't be written down, so it is given back at once rather than lost.
    const report = await cli.network.coordinator.ledger.when('a report', () =>
      cli.network.coordinator.ledger.request(requestId)?.failures.at(0),
    );
    expect(report).toMatchObject({ accepted: true, error: 'node.disk_full' });
    const status = (await cli.world.run(['status', '--json'])).json();
    expect(status).toMatchObject({ state: { code: 'disk-read-only' } });
    const verify = await cli.world.run(['verify', '--json']);
    const checks = verify.json().checks as { id: string; result: string; means: string }[];
    const disks = checks.find(({ id }) => id === 'disk');
    expect(disks).toMatchObject({ result: 'failed' });
    expect(disks?.means).toMatch(/The disk is read-only/);
    expect(verify.code).toBe(1);
    const beats = cli.network.coordinator.ledger.heartbeats.length;
    await cli.network.coordinator.ledger.when(
      'another beat',
      () => cli.network.coordinator.ledger.heartbeats.length > beats,
    );
    node.signal('SIGTERM');
    const { code, stderr } = await node.ended;
    expect(stderr).not.toMatch(/inside the program/);
    expect(code).toBe(0);
  });
});
