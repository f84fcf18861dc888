import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './fault-scene.ts';

/** A disk that a test can fill up and make room on. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no room for another page. */
  fill(): void;
  makeRoom(): void;
}

const pageBytes = 4096;

/** Why there can be no real small disk here, or null. */
export const noRealDisk: string | null = whyNoMount();

function whyNoMount(): string | null {
  if (process.platform !== 'linux') return 'mounting a tmpfs needs Linux';
  return process.geteuid?.() === 0 ? null : 'mounting a tmpfs needs root';
}

/** A tmpfs of 1 MiB, gone after the test. */
export async function mountSmallDisk(): Promise<SmallDisk> {
  const folder = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', folder]);
  // Lazily, in case a failing test left something open there.
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a');
      try {
        for (;;) writeSync(file, Buffer.alloc(pageBytes, 1));
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    makeRoom: () => rmSync(ballast, { force: true }),
  };
}

/** A folder on which SQLite says, as long as a test wants it, that the disk is full. */
export async function pretendSmallDisk(): Promise<SmallDisk> {
  const folder = await temporaryFolder();
  const { DatabaseSync, StatementSync } = process.getBuiltinModule('node:sqlite') as typeof Sqlite;
  const { exec } = DatabaseSync.prototype;
  const { run } = StatementSync.prototype;
  let full = false;
  const check = (sql: string) => {
    if (!full || !/^\s*(?:INSERT|UPDATE|DELETE|COMMIT)|user_version =/.test(sql)) return;
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  };
  DatabaseSync.prototype.exec = function (sql) {
    check(sql);
    exec.call(this, sql);
  };
  StatementSync.prototype.run = function (this: Sqlite.StatementSync, ...values: Parameters<typeof run>) {
    check(this.sourceSQL);
    return run.apply(this, values);
  } as typeof run;
  onTestFinished(() => {
    DatabaseSync.prototype.exec = exec;
    StatementSync.prototype.run = run;
  });
  return {
    folder,
    fill: () => {
      full = true;
    },
    makeRoom: () => {
      full = false;
    },
  };
}
