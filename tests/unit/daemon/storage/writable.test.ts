import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase, proveWritable } from '../../../../electron/daemon/storage/database.ts';
import { tryExclusive } from '../../../../electron/daemon/storage/exclusive.ts';
import { NodeError } from '../../../../shared/errors.ts';
import { describeError } from '../../../../shared/texts/error-text.ts';
import { mountSmallDisk, noRealDisk } from '../../../fixtures/faults/disk.ts';
import { temporaryFolder } from '../../../fixtures/faults/faults.ts';

const bytes = 64 * 1024;

describe('a proof that the disk has room', () => {
  it('fails on a full disk, also where the write-ahead log has pages to spare', async (context) => {
    if (noRealDisk) return context.skip(noRealDisk);
    const disk = await mountSmallDisk();
    const path = join(disk.folder, 'journal.db');
    const database = openDatabase(path);
    // A reader keeps the log from being emptied, so that its pages are used again and again.
    const reader = openDatabase(path);
    reader.exec('BEGIN; SELECT COUNT(*) FROM requests');
    for (let version = 0; version < 20; version += 1) database.exec(`PRAGMA application_id = ${version}`);
    proveWritable(database, { path, bytes });
    disk.fill();
    expect(() => proveWritable(database, { path, bytes })).toThrowError(
      expect.objectContaining({ code: 'disk-full', details: { path, place: 'journal', reason: 'ENOSPC' } }),
    );
    disk.makeRoom();
    proveWritable(database, { path, bytes });
    reader.close();
    database.close();
  });
});

/** What is thrown, as people read it. */
function textOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof NodeError) return describeError(error);
    throw error;
  }
  return 'nothing was thrown';
}

describe('what stands in the place of a file of the node', () => {
  it('is told as what it is: a pipe is no full disk', async (context) => {
    if (process.platform === 'win32') return context.skip('no pipes with names here');
    const path = join(await temporaryFolder(), 'journal.db');
    execFileSync('mkfifo', [path]);
    expect(textOf(() => openDatabase(path))).toMatch(/it isn’t a file/);
  });

  it('is told as what it is: a folder in the place of the lock is no journal to keep', async () => {
    const path = join(await temporaryFolder(), 'lock.db');
    mkdirSync(path);
    expect(textOf(() => tryExclusive(path))).toMatch(/The lock file .* is damaged.*delete it/);
  });
});
