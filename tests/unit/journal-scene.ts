import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createNodeKey, generatePrivateKey } from '../../electron/daemon/identity/node-key.ts';
import { createJournal } from '../../electron/daemon/serving/journal.ts';
import { openDatabase } from '../../electron/daemon/storage/database.ts';
import { openJournalFile } from '../../electron/daemon/storage/journal-file.ts';
import { clock } from './identity-scene.ts';
import { silentLog } from './silent-log.ts';

const pageBytes = 4096;

/** Leaves a journal behind in which a node of this key took on one request, and finished `finished` of them. */
export function writeJournal(journalFile: string, nodeKeyHash: string, finished = 0): void {
  const database = openDatabase(journalFile);
  try {
    const identity = { nodeId: '7', nodeAddress: `0x${nodeKeyHash.slice(-40)}`, nodeKeyHash };
    const journal = createJournal({ identity, attempts: 3, path: journalFile }, { database, clock });
    const ids = Array.from({ length: Math.max(1, finished) }, (_, index) => `r-${nodeKeyHash}-${index}`);
    for (const [index, acceptance] of journal.accept(ids).entries()) {
      if (acceptance.kind !== 'accepted' || index >= finished) continue;
      const figures = { generationMs: 1, inputTokens: 1, outputTokens: 1 };
      journal.finish(acceptance.seq, { model: 'm', result: 'An answer.', poe: '0x', ...figures });
    }
  } finally {
    database.close();
  }
}

/** What happens to a journal; after the first two of these its rows can still be read. */
export const damages = {
  'its tallies garbage': (file: string) => fillPage(file, 'tallies'),
  'its index garbage': (file: string) => fillPage(file, 'requests_open'),
  'its rows garbage': (file: string) => fillPage(file, 'requests'),
  'cut short': (file: string) => truncateSync(file, pageBytes),
  'no database': (file: string) => writeFileSync(file, 'garbage '.repeat(pageBytes)),
} as const;
export type Damage = keyof typeof damages;

/** Damages a journal and lets the start of a daemon find it so, which puts it aside. */
export function breakJournal(journalFile: string, damage: Damage): void {
  damages[damage](journalFile);
  openJournalFile(journalFile, { clock, log: silentLog }).close();
}

function fillPage(file: string, name: string): void {
  const database = openDatabase(file);
  const { rootpage } = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name) as {
    rootpage: number;
  };
  database.close();
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill('garbage ', (rootpage - 1) * pageBytes, rootpage * pageBytes));
}

/** How the journal of a node can be found, and what a start or a new key says where nothing else is left. */
export const journalStates = [
  { journal: 'none', alone: 'no-identity' },
  { journal: 'in use', alone: 'key-expected' },
  { journal: 'put aside', alone: 'key-expected' },
  { journal: 'put aside, unreadable', alone: 'key-unknown' },
] as const;
export type JournalLoss = (typeof journalStates)[number]['journal'];

export function loseJournal(journal: JournalLoss, journalFile: string, nodeKeyHash: string): void {
  if (journal !== 'none') writeJournal(journalFile, nodeKeyHash);
  if (journal === 'put aside') breakJournal(journalFile, 'its tallies garbage');
  if (journal === 'put aside, unreadable') breakJournal(journalFile, 'no database');
}

export const someHash = (): string => createNodeKey(generatePrivateKey()).nodeKeyHash;
