import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mountSmallDisk, noRealDisk } from '../../fixtures/faults/disk.ts';
import {
  type DaemonProcess,
  type FaultScene,
  filesOf,
  journalRows,
  openFaultScene,
  settled,
} from '../../fixtures/faults/faults.ts';
import { damages as journalDamages } from '../../fixtures/serving/journal.ts';

/** Everything that is or names a key; whatever was broken, it must be the same afterwards. */
const keyFiles = ({ paths }: FaultScene) =>
  [...filesOf(paths)]
    .filter(([name]) => /key|identity|backup/.test(name))
    .map(([name, bytes]) => [name, bytes.toString()]);

async function serves(scene: FaultScene, daemon: DaemonProcess): Promise<void> {
  const id = scene.coordinator.submit('Question?');
  await settled(scene, daemon);
  expect(scene.coordinator.ledger.request(id)?.outcome).toBe('answered');
  expect(scene.coordinator.ledger.violations).toEqual([]);
}

async function refusalOf(daemon: DaemonProcess): Promise<unknown> {
  const { code, errors } = await daemon.ended;
  expect(code).toBe(1);
  return JSON.parse(errors);
}

const putAside = ({ paths }: FaultScene) =>
  readdirSync(paths.stateDir)
    .filter((name) => name.startsWith('journal.db.broken-'))
    .sort();

/** A journal with one delivered row, closed in good order. */
async function withHistory(): Promise<FaultScene> {
  const scene = await openFaultScene();
  const daemon = scene.start();
  await serves(scene, daemon);
  await daemon.drain();
  return scene;
}

describe('a journal that cannot be read is put aside whole, and the node serves on', () => {
  const damages: [string, (file: string) => void][] = [
    ['is garbage', (file) => writeFileSync(file, Buffer.alloc(20_000, 'garbage '))],
    ['is cut in half', (file) => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096)],
    [
      'has a page of garbage where requests are looked up',
      (file) => {
        const bytes = readFileSync(file);
        writeFileSync(file, bytes.fill('garbage ', 4096));
      },
    ],
  ];

  it.each(damages)('when it %s', async (_how, damage) => {
    const scene = await withHistory();
    damage(scene.paths.journalFile);
    const damaged = readFileSync(scene.paths.journalFile);
    const keys = keyFiles(scene);

    const daemon = scene.start();
    await daemon.logged('journal-put-aside');
    await serves(scene, daemon);
    await daemon.drain();

    const [aside = '', ...more] = putAside(scene);
    expect(more.filter((name) => !/-(?:wal|shm)$/.test(name))).toEqual([]);
    expect(readFileSync(join(scene.paths.stateDir, aside)).equals(damaged)).toBe(true);
    expect(journalRows(scene.paths)).toMatchObject([{ state: 'delivered' }]);
    expect(keyFiles(scene)).toEqual(keys);
  });

  it('but an empty file is as good as none', async () => {
    const scene = await openFaultScene();
    writeFileSync(scene.paths.journalFile, '');
    const daemon = scene.start();
    await serves(scene, daemon);
    await daemon.drain();
    expect(putAside(scene)).toEqual([]);
  });
});

it('a journal from a newer version stops the start with that reason and is not touched', async () => {
  const scene = await withHistory();
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(scene.paths.journalFile);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = filesOf(scene.paths);

  expect(await refusalOf(scene.start())).toEqual({
    code: 'database-unusable',
    details: { path: scene.paths.journalFile, reason: 'written by a newer version (schema 99)' },
  });

  const after = filesOf(scene.paths);
  for (const name of ['journal.db', 'identity.json', 'node.key', 'settings.json'])
    expect(after.get(name)?.equals(before.get(name) ?? Buffer.alloc(0)), name).toBe(true);
  expect(putAside(scene)).toEqual([]);
});

it('a torn settings.json is put aside and the node serves on with the defaults', async () => {
  const scene = await withHistory();
  const { coordinatorUrl } = JSON.parse(readFileSync(scene.paths.settingsFile, 'utf8')) as {
    coordinatorUrl: string;
  };
  const torn = readFileSync(scene.paths.settingsFile, 'utf8').slice(0, 40);
  writeFileSync(scene.paths.settingsFile, torn);
  const keys = keyFiles(scene);

  const daemon = scene.start({ coordinatorUrl });
  expect((await daemon.logged('settings-notice')).facts).toEqual({ kind: 'healed' });
  await serves(scene, daemon);
  await daemon.drain();

  const [aside = ''] = readdirSync(scene.paths.stateDir).filter((name) =>
    name.startsWith('settings.json.broken-'),
  );
  expect(readFileSync(join(scene.paths.stateDir, aside), 'utf8')).toBe(torn);
  expect(keyFiles(scene)).toEqual(keys);
});

it.each(['', '{"schemaVersion":1,"pid":1', 'null', '{"schemaVersion":1,"pid":1}'])(
  'a control.json that says %j, left by a crash, is replaced at the next start',
  async (text) => {
    const scene = await openFaultScene();
    writeFileSync(scene.paths.controlFile, text);
    const daemon = scene.start();
    await daemon.logged('hosted');
    expect(JSON.parse(readFileSync(scene.paths.controlFile, 'utf8'))).toMatchObject({
      pid: daemon.pid,
      socketPath: scene.paths.socketFile,
    });
    await daemon.drain();
  },
);

it('a torn identity.json stops the start, and no key is made or changed', async () => {
  const scene = await withHistory();
  const text = readFileSync(scene.paths.identityFile, 'utf8');
  writeFileSync(scene.paths.identityFile, text.slice(0, text.length / 2));
  const keys = keyFiles(scene);
  for (let times = 0; times < 2; times++) {
    expect(await refusalOf(scene.start())).toMatchObject({
      code: 'identity-unreadable',
      details: { path: scene.paths.identityFile, reason: 'not JSON' },
    });
  }
  expect(keyFiles(scene)).toEqual(keys);
});

it('a node.key that vanishes while the node runs does not end its work; the next start says that it is missing', async () => {
  const scene = await openFaultScene();
  const daemon = scene.start();
  await serves(scene, daemon);
  rmSync(scene.paths.keyFile);
  const keys = keyFiles(scene);
  await serves(scene, daemon);
  await daemon.drain();
  expect(await refusalOf(scene.start())).toMatchObject({
    code: 'key-missing',
    details: { nodeKeyHash: scene.nodeKeyHash, place: scene.paths.keyFile },
  });
  expect(keyFiles(scene)).toEqual(keys);
});

it('where key and record are gone and only the journal remembers, the start says which key it expects', async () => {
  const scene = await withHistory();
  rmSync(scene.paths.keyFile);
  rmSync(scene.paths.identityFile);
  expect(await refusalOf(scene.start())).toMatchObject({
    code: 'key-expected',
    details: { nodeKeyHash: scene.nodeKeyHash },
  });
  expect(keyFiles(scene)).toEqual([]);
});

it.each([
  ['names the key', 'its tallies garbage', 'key-expected'],
  ['cannot be read', 'no database', 'key-unknown'],
] as const)(
  'where key and record are gone and the journal is broken and %s, no start forgets that there was one',
  async (_how, damage, code) => {
    const scene = await withHistory();
    journalDamages[damage](scene.paths.journalFile);
    rmSync(scene.paths.keyFile);
    rmSync(scene.paths.identityFile);
    for (let times = 0; times < 2; times++) {
      expect(await refusalOf(scene.start())).toMatchObject({ code });
    }
    expect(putAside(scene)).not.toEqual([]);
    expect(keyFiles(scene)).toEqual([]);
  },
);

it('a control socket that cannot be bound stops the start, and nothing of the daemon runs on', async () => {
  const scene = await withHistory();
  mkdirSync(join(scene.paths.socketFile, 'in-the-way'), { recursive: true });
  expect(await refusalOf(scene.start())).toMatchObject({
    code: 'state-dir-unusable',
    details: { path: scene.paths.socketFile },
  });
  expect(existsSync(scene.paths.controlFile)).toBe(false);
  rmSync(scene.paths.socketFile, { recursive: true });
  const next = scene.start();
  await serves(scene, next);
  await next.drain();
});

it('a state directory that became read-only stops the start with the reason, and nothing of it changes', async (context) => {
  if (noRealDisk) return context.skip(noRealDisk);
  const { folder } = await mountSmallDisk();
  const scene = await openFaultScene({ stateDir: join(folder, 's') });
  const daemon = scene.start();
  await serves(scene, daemon);
  await daemon.drain();
  const before = filesOf(scene.paths);
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  onTestFinished(() => void execFileSync('mount', ['-o', 'remount,rw', folder]));
  expect(await refusalOf(scene.start())).toEqual({
    code: 'state-dir-unusable',
    details: { path: scene.paths.stateDir, reason: 'EROFS' },
  });
  expect(filesOf(scene.paths)).toEqual(before);
});

it('a log folder that is removed while the node runs costs the lines in it, and is made again', async () => {
  const scene = await openFaultScene();
  const daemon = scene.start();
  await serves(scene, daemon);
  rmSync(scene.paths.logDir, { recursive: true });
  const id = scene.coordinator.submit('Another?');
  await settled(scene, daemon);
  await daemon.drain();
  const log = readFileSync(scene.paths.logFile, 'utf8');
  expect(log).toContain(`"event":"delivered","requestId":"${id}"`);
  expect(log).toContain('"event":"stopped"');
  expect(existsSync(scene.paths.logDir)).toBe(true);
  expect(statSync(scene.paths.logDir).mode & 0o777).toBe(0o700);
});
