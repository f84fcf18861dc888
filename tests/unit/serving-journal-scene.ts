import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import {
  type Acceptance,
  createJournal,
  type FinishedWork,
  type Journal,
  type ServingIdentity,
} from '../../electron/daemon/serving/journal.ts';
import { openDatabase } from '../../electron/daemon/storage/database.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated-clock.ts';

/** A journal of its own for every test, and one identity that it belongs to. */
export const mine: ServingIdentity = {
  nodeId: '7',
  nodeAddress: `0x${'11'.repeat(20)}`,
  nodeKeyHash: `0x${'aa'.repeat(32)}`,
};
export const startMs = 1_800_000_000_000;
export const dayMs = 24 * 60 * 60 * 1000;
export const work: FinishedWork = {
  model: 'llama3.2:latest',
  result: 'An answer.',
  poe: `0x${'0'.repeat(64)}`,
  generationMs: 1234,
  inputTokens: 5,
  outputTokens: null,
};

let directory: string;
export let path: string;
export let database: DatabaseSync;
export let clock: SimulatedClock;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plx-'));
  path = join(directory, 'journal.db');
  database = openDatabase(path);
  clock = createSimulatedClock({ startAtMs: startMs });
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

/** As a next process finds it. */
export function reopenDatabase(): void {
  database.close();
  database = openDatabase(path);
}

export const journalOf = (identity: ServingIdentity = mine, attempts = 3): Journal =>
  createJournal({ identity, attempts, path }, { database, clock });

export function accepted(acceptance: Acceptance | undefined): { seq: number; attempt: number } {
  if (acceptance?.kind !== 'accepted') throw new Error(`not accepted but ${acceptance?.kind}`);
  return acceptance;
}

export const acceptOne = (journal: Journal, requestId: string) => accepted(journal.accept([requestId])[0]);

export const rows = () =>
  database
    .prepare('SELECT request_id AS id, state, attempt, result, outcome FROM requests ORDER BY seq')
    .all();
