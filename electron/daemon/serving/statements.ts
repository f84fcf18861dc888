import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { databaseError } from '../storage/database.ts';

/** Statements of one database, prepared once each; what SQLite throws comes out as a NodeError. */
export interface Statements {
  sql(text: string): StatementSync;
  /** @throws NodeError `disk-full`, `database-unusable` */
  durably<T>(work: () => T): T;
  /** The same, all or nothing. */
  inTransaction<T>(work: () => T): T;
}

export function createStatements(
  { path }: { path: string },
  { database }: { database: DatabaseSync },
): Statements {
  const prepared = new Map<string, StatementSync>();

  function durably<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseError(error, path);
    }
  }

  return {
    sql(text) {
      const known = prepared.get(text) ?? database.prepare(text);
      prepared.set(text, known);
      return known;
    },
    durably,
    inTransaction(work) {
      return durably(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          const result = work();
          database.exec('COMMIT');
          return result;
        } catch (error) {
          // A full disk may have rolled the transaction back already.
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      });
    },
  };
}
