import type * as Sqlite from 'node:sqlite';

/**
 * The instants at which a daemon under test can be told to die: those between two steps of a request's life that no
 * server can hold it at. They are told by what it says to its journal, which is one statement a step.
 */
export interface DeathStep {
  /** `exec` for whole texts such as COMMIT, `run` for prepared statements. */
  via: 'exec' | 'run';
  sql: RegExp;
  /** What the last prepared statement before it must have been. */
  follows?: RegExp;
  moment: 'before' | 'after';
  /** Runs this much of the text first; for dying in the middle of one. */
  instead?: (sql: string) => string;
}

const accept = /INSERT INTO requests/;
const finish = /SET state = 'finished'/;
const fail = /SET state = 'failed'[\s\S]*WHERE seq/;
const close = /SET state = \?, closed_ms/;
const tally = /INSERT INTO tallies/;
const checkpoint = /wal_checkpoint\(TRUNCATE\)/;
const commit = /^COMMIT$/;

export const deathSteps = {
  'an answer of the inbox has come and nothing is written': { via: 'run', sql: accept, moment: 'before' },
  'the accepted row is written and not committed': {
    ...{ via: 'exec', sql: commit, follows: accept, moment: 'before' },
  },
  'the accepted row is on disk': { via: 'exec', sql: commit, follows: accept, moment: 'after' },
  'the answer is whole and not written': { via: 'run', sql: finish, moment: 'before' },
  'the finished row is on disk and no POST has left': { via: 'run', sql: finish, moment: 'after' },
  'a failure is known and not written': { via: 'run', sql: fail, moment: 'before' },
  'the failed row is on disk and no report has left': { via: 'run', sql: fail, moment: 'after' },
  'the POST is acknowledged and the row not closed': { via: 'run', sql: close, moment: 'before' },
  'the row is closed and not committed': { via: 'exec', sql: commit, follows: tally, moment: 'before' },
  'the row is closed and nothing is checkpointed': {
    ...{ via: 'exec', sql: commit, follows: tally, moment: 'after' },
  },
  'a checkpoint is about to begin': { via: 'exec', sql: checkpoint, follows: tally, moment: 'before' },
  'a checkpoint has copied and not truncated': {
    ...{ via: 'exec', sql: checkpoint, follows: tally, moment: 'after' },
    instead: () => 'PRAGMA wal_checkpoint(PASSIVE)',
  },
  'a checkpoint is over': { via: 'exec', sql: checkpoint, follows: tally, moment: 'after' },
  'the migration is about to begin': { via: 'exec', sql: /CREATE TABLE requests/, moment: 'before' },
  'the migration has made its tables and not committed': {
    ...{ via: 'exec', sql: /CREATE TABLE requests/, moment: 'after' },
    instead: (sql) => sql.slice(0, sql.indexOf('PRAGMA user_version')),
  },
  'the migration is committed': { via: 'exec', sql: /CREATE TABLE requests/, moment: 'after' },
} as const satisfies Record<string, DeathStep>;

export type DeathStepName = keyof typeof deathSteps;

/** Makes this process end as if by kill -9 at that step, with nothing of the product knowing. */
export function dieAt(step: DeathStep): void {
  const { DatabaseSync, StatementSync } = process.getBuiltinModule('node:sqlite') as typeof Sqlite;
  const { exec } = DatabaseSync.prototype;
  const { run } = StatementSync.prototype;
  let last = '';

  const fits = (via: DeathStep['via'], sql: string) =>
    via === step.via && step.sql.test(sql) && (step.follows === undefined || step.follows.test(last));

  function passing<T>(via: DeathStep['via'], sql: string, perform: () => T): T {
    const isIt = fits(via, sql);
    if (isIt && step.moment === 'before') kill();
    const result = perform();
    if (via === 'run') last = sql;
    if (isIt) kill();
    return result;
  }

  DatabaseSync.prototype.exec = function (sql) {
    const text = fits('exec', sql) ? (step.instead?.(sql) ?? sql) : sql;
    passing('exec', sql, () => exec.call(this, text));
  };
  StatementSync.prototype.run = function (this: Sqlite.StatementSync, ...values: Parameters<typeof run>) {
    return passing('run', this.sourceSQL, () => run.apply(this, values));
  } as typeof run;
}

function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}
