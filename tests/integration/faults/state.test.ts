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
  type FaultFixture,
  filesOf,
  journalRows,
  openFaultFixture,
  settled,
} from '../../fixtures/faults/faults.ts';
import { damages as journalDamages } from '../../fixtures/serving/journal.ts';

/** Everything that is or names a key; whatever was broken, it must be the same afterwards. */
const keyFiles = ({ paths }: FaultFixture) =>
  [...filesOf(paths)]
    .filter(([name]) => /key|identity|backup/.test(name))
    .map(([name, bytes]) => [name, bytes.toString()]);

async function serves(fixture: FaultFixture, daemon: DaemonProcess): Promise<void> {
  const id = fixture.coordinator.submit('Question?');
  await settled(fixture, daemon);
  expect(fixture.coordinator.ledger.request(id)?.outcome).toBe('answered');
  expect(fixture.coordinator.ledger.violations).toEqual([]);
}

async function refusalOf(daemon: DaemonProcess): Promise<unknown> {
  const { code, errors } = await daemon.ended;
  expect(code).toBe(1);
  return JSON.parse(errors);
}

const archivedFiles = ({ paths }: FaultFixture) =>
  readdirSync(paths.stateDir)
    .filter((name) => name.startsWith('journal.db.broken-'))
    .sort();

/** A journal with one delivered row, closed in good order. */
async function withHistory(): Promise<FaultFixture> {
  const fixture = await openFaultFixture();
  const daemon = fixture.start();
  await serves(fixture, daemon);
  await daemon.drain();
  return fixture;
}

describe('a journal that cannot be read is archived whole, and the node serves on', () => {
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
    const fixture = await withHistory();
    damage(fixture.paths.journalFile);
    const damaged = readFileSync(fixture.paths.journalFile);
    const keys = keyFiles(fixture);

    const daemon = fixture.start();
    await daemon.logged('journal-put-aside');
    await serves(fixture, daemon);
    await daemon.drain();

    const [archived = '', ...more] = archivedFiles(fixture);
    expect(more.filter((name) => !/-(?:wal|shm)$/.test(name))).toEqual([]);
    expect(readFileSync(join(fixture.paths.stateDir, archived)).equals(damaged)).toBe(true);
    expect(journalRows(fixture.paths)).toMatchObject([{ state: 'delivered' }]);
    expect(keyFiles(fixture)).toEqual(keys);
  });

  it('but an empty file is as good as none', async () => {
    const fixture = await openFaultFixture();
    writeFileSync(fixture.paths.journalFile, '');
    const daemon = fixture.start();
    await serves(fixture, daemon);
    await daemon.drain();
    expect(archivedFiles(fixture)).toEqual([]);
  });
});

it('a journal that a newer version added to is used by this one: an update can be taken back', async () => {
  const fixture = await withHistory();
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(fixture.paths.journalFile);
  database.exec(`CREATE TABLE of_a_newer_version (id INTEGER);
    ALTER TABLE requests ADD COLUMN of_a_newer_version TEXT;
    CREATE INDEX of_a_newer_index ON requests (of_a_newer_version);
    PRAGMA user_version = 99`);
  database.close();
  const daemon = fixture.start();
  await serves(fixture, daemon);
  await daemon.drain();
  const again = new DatabaseSync(fixture.paths.journalFile);
  onTestFinished(() => again.close());
  expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  expect(archivedFiles(fixture)).toEqual([]);
});

it('a journal from a newer version stops the start with that reason and is not touched', async () => {
  const fixture = await withHistory();
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(fixture.paths.journalFile);
  database.exec('ALTER TABLE requests RENAME COLUMN outcome TO ends; PRAGMA user_version = 99');
  database.close();
  const before = filesOf(fixture.paths);

  expect(await refusalOf(fixture.start())).toEqual({
    code: 'database-unusable',
    details: { path: fixture.paths.journalFile, reason: 'newer-schema(99)' },
  });

  const after = filesOf(fixture.paths);
  for (const name of ['journal.db', 'identity.json', 'node.key', 'settings.json'])
    expect(after.get(name)?.equals(before.get(name) ?? Buffer.alloc(0)), name).toBe(true);
  expect(archivedFiles(fixture)).toEqual([]);
});

it('a torn settings.json is archived and the node serves on with the defaults', async () => {
  const fixture = await withHistory();
  const { coordinatorUrl } = JSON.parse(readFileSync(fixture.paths.settingsFile, 'utf8')) as {
    coordinatorUrl: string;
  };
  const torn = readFileSync(fixture.paths.settingsFile, 'utf8').slice(0, 40);
  writeFileSync(fixture.paths.settingsFile, torn);
  const keys = keyFiles(fixture);

  const daemon = fixture.start({ coordinatorUrl });
  expect((await daemon.logged('settings-notice')).facts).toEqual({ kind: 'healed' });
  await serves(fixture, daemon);
  await daemon.drain();

  const [archived = ''] = readdirSync(fixture.paths.stateDir).filter((name) =>
    name.startsWith('settings.json.broken-'),
  );
  expect(readFileSync(join(fixture.paths.stateDir, archived), 'utf8')).toBe(torn);
  expect(keyFiles(fixture)).toEqual(keys);
});

it.each(['', '{"schemaVersion":1,"pid":1', 'null', '{"schemaVersion":1,"pid":1}'])(
  'a control.json that says %j, left by a crash, is replaced at the next start',
  async (text) => {
    const fixture = await openFaultFixture();
    writeFileSync(fixture.paths.controlFile, text);
    const daemon = fixture.start();
    await daemon.logged('hosted');
    expect(JSON.parse(readFileSync(fixture.paths.controlFile, 'utf8'))).toMatchObject({
      pid: daemon.pid,
      socketPath: fixture.paths.socketFile,
    });
    await daemon.drain();
  },
);

it('a torn identity.json stops the start, and no key is made or changed', async () => {
  const fixture = await withHistory();
  const text = readFileSync(fixture.paths.identityFile, 'utf8');
  writeFileSync(fixture.paths.identityFile, text.slice(0, text.length / 2));
  const keys = keyFiles(fixture);
  for (let times = 0; times < 2; times++) {
    expect(await refusalOf(fixture.start())).toMatchObject({
      code: 'identity-unreadable',
      details: { path: fixture.paths.identityFile, reason: 'not-json' },
    });
  }
  expect(keyFiles(fixture)).toEqual(keys);
});

it('a node.key that vanishes while the node runs does not end its work; the next start says that it is missing', async () => {
  const fixture = await openFaultFixture();
  const daemon = fixture.start();
  await serves(fixture, daemon);
  // The registration is written into the record beside the first requests.
  await expect
    .poll(() => JSON.parse(readFileSync(fixture.paths.identityFile, 'utf8')) as object)
    .toMatchObject({ nodeId: expect.any(String) });
  rmSync(fixture.paths.keyFile);
  const keys = keyFiles(fixture);
  await serves(fixture, daemon);
  await daemon.drain();
  expect(await refusalOf(fixture.start())).toMatchObject({
    code: 'key-missing',
    details: { nodeKeyHash: fixture.nodeKeyHash, place: fixture.paths.keyFile },
  });
  expect(keyFiles(fixture)).toEqual(keys);
});

it('where key and record are gone and only the journal remembers, the start says which key it expects', async () => {
  const fixture = await withHistory();
  rmSync(fixture.paths.keyFile);
  rmSync(fixture.paths.identityFile);
  expect(await refusalOf(fixture.start())).toMatchObject({
    code: 'key-expected',
    details: { nodeKeyHash: fixture.nodeKeyHash },
  });
  expect(keyFiles(fixture)).toEqual([]);
});

it.each([
  ['names the key', 'its tallies garbage', 'key-expected'],
  ['cannot be read', 'no database', 'key-unknown'],
] as const)(
  'where key and record are gone and the journal is broken and %s, no start forgets that there was one',
  async (_how, damage, code) => {
    const fixture = await withHistory();
    journalDamages[damage](fixture.paths.journalFile);
    rmSync(fixture.paths.keyFile);
    rmSync(fixture.paths.identityFile);
    for (let times = 0; times < 2; times++) {
      expect(await refusalOf(fixture.start())).toMatchObject({ code });
    }
    expect(archivedFiles(fixture)).not.toEqual([]);
    expect(keyFiles(fixture)).toEqual([]);
  },
);

it('a control socket that cannot be bound stops the start, and nothing of the daemon runs on', async () => {
  const fixture = await withHistory();
  mkdirSync(join(fixture.paths.socketFile, 'in-the-way'), { recursive: true });
  expect(await refusalOf(fixture.start())).toMatchObject({
    code: 'state-dir-unusable',
    details: { path: fixture.paths.socketFile },
  });
  expect(existsSync(fixture.paths.controlFile)).toBe(false);
  rmSync(fixture.paths.socketFile, { recursive: true });
  const next = fixture.start();
  await serves(fixture, next);
  await next.drain();
});

it('a state directory that became read-only stops the start with the reason, and nothing of it changes', async (context) => {
  if (noRealDisk) return context.skip(noRealDisk);
  const { folder } = await mountSmallDisk();
  const fixture = await openFaultFixture({ stateDir: join(folder, 's') });
  const daemon = fixture.start();
  await serves(fixture, daemon);
  await daemon.drain();
  const before = filesOf(fixture.paths);
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  onTestFinished(() => void execFileSync('mount', ['-o', 'remount,rw', folder]));
  expect(await refusalOf(fixture.start())).toEqual({
    code: 'file-failed',
    details: { path: fixture.paths.stateDir, place: 'state-dir', reason: 'EROFS' },
  });
  expect(filesOf(fixture.paths)).toEqual(before);
});

it('a log folder that is removed while the node runs costs the lines in it, and is made again', async () => {
  const fixture = await openFaultFixture();
  const daemon = fixture.start();
  await serves(fixture, daemon);
  rmSync(fixture.paths.logDir, { recursive: true });
  const id = fixture.coordinator.submit('Another?');
  await settled(fixture, daemon);
  await daemon.drain();
  const log = readFileSync(fixture.paths.logFile, 'utf8');
  expect(log).toContain(`"event":"delivered","requestId":"${id}"`);
  expect(log).toContain('"event":"stopped"');
  expect(existsSync(fixture.paths.logDir)).toBe(true);
  expect(statSync(fixture.paths.logDir).mode & 0o777).toBe(0o700);
});
