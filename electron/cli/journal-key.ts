import { existsSync } from 'node:fs';
import { journalNamesKey } from '../daemon/serving/journal.ts';
import { openDatabase } from '../daemon/storage/database.ts';
import type { StatePaths } from '../daemon/storage/paths.ts';

/**
 * The key that the journal names, null when it names none or is not there; a journal that cannot
 * be read counts as naming one, by throwing.
 *
 * @throws NodeError `database-unusable`, `disk-full`
 */
export function journalKey({ journalFile }: StatePaths): string | null {
  if (!existsSync(journalFile)) return null;
  const database = openDatabase(journalFile);
  try {
    return journalNamesKey(database);
  } finally {
    database.close();
  }
}
