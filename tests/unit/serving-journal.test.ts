import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Acceptance,
  createJournal,
  type FinishedWork,
  type Journal,
  journalNamesKey,
  type ServingIdentity,
} from '../../electron/daemon/serving/journal.ts';
import { openDatabase } from '../../electron/daemon/storage/database.ts';
import { createSimulatedClock, type SimulatedClock } from '../simulated-clock.ts';

const mine: ServingIdentity = {
  nodeId: '7',
  nodeAddress: `0x${'11'.repeat(20)}`,
  nodeKeyHash: `0x${'aa'.repeat(32)}`,
};
const startMs = 1_800_000_000_000;
const dayMs = 24 * 60 * 60 * 1000;
const work: FinishedWork = {
  model: 'llama3.2:latest',
  result: 'An answer.',
  poe: `0x${'0'.repeat(64)}`,
  generationMs: 1234,
  inputTokens: 5,
  outputTokens: null,
};

let directory: string;
let path: string;
let database: DatabaseSync;
let clock: SimulatedClock;

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

const journalOf = (identity: ServingIdentity = mine, attempts = 3): Journal =>
  createJournal({ identity, attempts, path }, { database, clock });

function accepted(acceptance: Acceptance | undefined): { seq: number; attempt: number } {
  if (acceptance?.kind !== 'accepted') throw new Error(`not accepted but ${acceptance?.kind}`);
  return acceptance;
}

const acceptOne = (journal: Journal, requestId: string) => accepted(journal.accept([requestId])[0]);

const rows = () =>
  database
    .prepare('SELECT request_id AS id, state, attempt, result, outcome FROM requests ORDER BY seq')
    .all();

describe('a request in the journal', () => {
  it('is accepted, finished, delivered; then only the figures are left', () => {
    const journal = journalOf();
    const { seq, attempt } = acceptOne(journal, 'r-1');
    expect(attempt).toBe(1);
    expect(journal.undelivered()).toEqual([]);
    clock.holdUp(5000);
    journal.finish(seq, work);
    expect(journal.undelivered()).toEqual([
      {
        seq,
        nodeId: '7',
        requestId: 'r-1',
        acceptedAtMs: startMs,
        finishedAtMs: startMs + 5000,
        failure: null,
        ...work,
      },
    ]);
    clock.holdUp(1000);
    journal.close(seq, 'delivered', 'http_200');
    expect(journal.undelivered()).toEqual([]);
    const row = database.prepare('SELECT * FROM requests').get();
    expect(row).toMatchObject({
      node_id: '7',
      node_address: mine.nodeAddress,
      request_id: 'r-1',
      state: 'delivered',
      accepted_ms: startMs,
      finished_ms: startMs + 5000,
      closed_ms: startMs + 6000,
      model: work.model,
      ...{ generation_ms: 1234, input_tokens: 5, output_tokens: null, poe: work.poe },
      ...{ outcome: 'http_200', result: null, error_code: null },
    });
  });

  it('that fails owes a report, in the order of acceptance', () => {
    const journal = journalOf();
    const [first, second, third] = journal.accept(['a', 'b', 'c']).map(accepted);
    journal.fail(third?.seq ?? 0, 'queue-full');
    journal.finish(second?.seq ?? 0, work);
    journal.fail(first?.seq ?? 0, 'ollama-died');
    expect(journal.undelivered().map(({ requestId, failure }) => [requestId, failure])).toEqual([
      ['a', 'ollama-died'],
      ['b', null],
      ['c', 'queue-full'],
    ]);
  });

  it('is failed with many others at once', () => {
    const journal = journalOf();
    const [a, , c] = journal.accept(['a', 'b', 'c']).map((one) => accepted(one).seq);
    journal.failAll([
      { seq: a ?? 0, failure: 'queue-full' },
      { seq: c ?? 0, failure: 'request-invalid' },
    ]);
    journal.failAll([]);
    expect(rows().map(({ state }) => state)).toEqual(['failed', 'accepted', 'failed']);
  });

  it('ends once: a late word cannot change what has been decided', () => {
    const journal = journalOf();
    const { seq } = acceptOne(journal, 'r-1');
    journal.finish(seq, work);
    journal.fail(seq, 'deadline-exceeded');
    expect(journal.undelivered()).toMatchObject([{ failure: null, result: work.result }]);
    journal.close(seq, 'delivered', 'http_200');
    journal.finish(seq, { ...work, result: 'Another.' });
    journal.fail(seq, 'deadline-exceeded');
    expect(rows()).toMatchObject([{ state: 'delivered', result: null }]);
  });

  it('outlives the process that wrote it', () => {
    const journal = journalOf();
    journal.finish(acceptOne(journal, 'r-1').seq, work);
    database.close();
    database = openDatabase(path);
    expect(journalOf().undelivered()).toMatchObject([{ requestId: 'r-1', result: work.result }]);
  });
});

describe('the same id again', () => {
  it.each([
    { state: 'accepted', end: () => undefined },
    { state: 'finished', end: (journal: Journal, seq: number) => journal.finish(seq, work) },
    { state: 'failed', end: (journal: Journal, seq: number) => journal.fail(seq, 'ollama-error') },
  ])('is in flight while $state', ({ end }) => {
    const journal = journalOf();
    end(journal, acceptOne(journal, 'r-1').seq);
    expect(journal.standing('r-1')).toBe('in-flight');
    expect(journal.accept(['r-1'])).toEqual([{ kind: 'in-flight' }]);
    expect(rows()).toHaveLength(1);
  });

  it('is known after delivery, for as long as the row is kept', () => {
    const journal = journalOf();
    const { seq } = acceptOne(journal, 'r-1');
    journal.finish(seq, work);
    journal.close(seq, 'delivered', 'http_200');
    expect(journal.standing('r-1')).toBe('delivered');
    expect(journal.accept(['r-1'])).toEqual([{ kind: 'delivered' }]);
  });

  it('is a new attempt after a report, a refusal or an expiry, and no more than the attempts allowed', () => {
    const journal = journalOf(mine, 3);
    for (const [index, state] of (['reported', 'refused', 'expired'] as const).entries()) {
      const { seq, attempt } = acceptOne(journal, 'r-1');
      expect(attempt).toBe(index + 1);
      if (state === 'reported') journal.fail(seq, 'ollama-error');
      else journal.finish(seq, work);
      journal.close(seq, state, 'test');
    }
    expect(journal.standing('r-1')).toBe('exhausted');
    expect(journal.accept(['r-1'])).toEqual([{ kind: 'exhausted' }]);
    expect(journal.accept(['r-2'])).toMatchObject([{ kind: 'accepted', attempt: 1 }]);
    expect(rows()).toHaveLength(4);
  });

  it('twice in one call is accepted once', () => {
    const journal = journalOf();
    expect(journal.accept(['r-1', 'r-1', 'r-2']).map(({ kind }) => kind)).toEqual([
      'accepted',
      'in-flight',
      'accepted',
    ]);
  });

  it('under another key is another request; under another node id of the same key it is not', () => {
    acceptOne(journalOf(), 'r-1');
    const otherKey = { ...mine, nodeAddress: `0x${'22'.repeat(20)}` };
    expect(journalOf(otherKey).standing('r-1')).toBe('accepted');
    expect(journalOf({ ...mine, nodeId: '8' }).standing('r-1')).toBe('in-flight');
  });

  it('asked for its standing writes nothing', () => {
    const journal = journalOf();
    expect(journal.standing('r-1')).toBe('accepted');
    expect(rows()).toEqual([]);
  });
});

describe('after a crash', () => {
  it('what was accepted and not finished owes a report; what was finished is still to be delivered', () => {
    const journal = journalOf();
    const [a, b, c, d] = journal.accept(['a', 'b', 'c', 'd']).map((one) => accepted(one).seq);
    journal.finish(b ?? 0, work);
    journal.fail(c ?? 0, 'ollama-died');
    journal.finish(d ?? 0, work);
    journal.close(d ?? 0, 'delivered', 'http_200');
    clock.holdUp(60_000);
    expect(journalOf().recover()).toBe(1);
    expect(journal.undelivered().map(({ seq, failure }) => [seq, failure])).toEqual([
      [a, 'node-restarted'],
      [b, null],
      [c, 'ollama-died'],
    ]);
    expect(journal.undelivered()[0]?.finishedAtMs).toBe(startMs + 60_000);
    expect(journalOf().recover()).toBe(0);
  });

  it.each([
    { whose: 'another node id', who: { ...mine, nodeId: '8' } },
    { whose: 'another key', who: { ...mine, nodeAddress: `0x${'22'.repeat(20)}` } },
  ])('rows of $whose are counted and never touched', ({ who }) => {
    const theirs = journalOf(who);
    const [, finished, closed] = theirs.accept(['x', 'y', 'z']).map((one) => accepted(one).seq);
    theirs.finish(finished ?? 0, work);
    theirs.finish(closed ?? 0, work);
    theirs.close(closed ?? 0, 'delivered', 'http_200');
    const journal = journalOf();
    expect(journal.recover()).toBe(0);
    expect(journal.undelivered()).toEqual([]);
    expect(journal.counts()).toMatchObject({
      undelivered: 0,
      oldestUndeliveredAtMs: null,
      foreign: 2,
      delivered: 0,
    });
    expect(theirs.counts()).toMatchObject({ undelivered: 1, foreign: 0, delivered: 1 });
    expect(rows().map(({ state }) => state)).toEqual(['accepted', 'finished', 'delivered']);
  });
});

describe('counts and pruning', () => {
  it('count what waits and, over the whole life of the journal, what ended', () => {
    const journal = journalOf();
    const ends = ['delivered', 'delivered', 'refused', 'expired', 'reported'] as const;
    for (const [index, state] of ends.entries()) {
      const { seq } = acceptOne(journal, `end-${index}`);
      journal.finish(seq, work);
      journal.close(seq, state, 'test');
    }
    clock.holdUp(1000);
    acceptOne(journal, 'accepted');
    journal.finish(acceptOne(journal, 'waits').seq, work);
    clock.holdUp(1000);
    journal.fail(acceptOne(journal, 'fails').seq, 'ollama-died');
    expect(journal.counts()).toEqual({
      undelivered: 2,
      oldestUndeliveredAtMs: startMs + 1000,
      foreign: 0,
      delivered: 2,
      expired: 1,
      refused: 1,
    });
  });

  it('deletes closed rows past their days, and neither open ones nor what was counted', () => {
    const journal = journalOf();
    const old = acceptOne(journal, 'old').seq;
    journal.finish(old, work);
    journal.close(old, 'delivered', 'http_200');
    journal.finish(acceptOne(journal, 'waits').seq, work);
    clock.holdUp(399 * dayMs);
    const young = acceptOne(journal, 'young').seq;
    journal.finish(young, work);
    journal.close(young, 'delivered', 'http_200');
    journal.prune(400);
    expect(rows()).toHaveLength(3);
    clock.holdUp(2 * dayMs);
    journal.prune(400);
    expect(rows().map(({ id }) => id)).toEqual(['waits', 'young']);
    expect(journal.counts()).toMatchObject({ delivered: 2, undelivered: 1 });
  });

  it('prunes some thousands at a time', () => {
    const journal = journalOf();
    const ids = Array.from({ length: 2500 }, (_, index) => `r-${index}`);
    const seqs = journal.accept(ids).map((one) => accepted(one).seq);
    database.exec('BEGIN');
    const close = database.prepare("UPDATE requests SET state = 'delivered', closed_ms = ? WHERE seq = ?");
    for (const seq of seqs) close.run(startMs, seq);
    database.exec('COMMIT');
    clock.holdUp(401 * dayMs);
    journal.prune(400);
    expect(rows()).toHaveLength(500);
    journal.prune(400);
    expect(rows()).toEqual([]);
  });

  it('names the key of the newest row, and none while empty', () => {
    expect(journalNamesKey(database)).toBeNull();
    acceptOne(journalOf(), 'r-1');
    acceptOne(journalOf({ ...mine, nodeKeyHash: `0x${'bb'.repeat(32)}` }), 'r-2');
    expect(journalNamesKey(database)).toBe(`0x${'bb'.repeat(32)}`);
  });
});

describe('text', () => {
  it.each([
    { name: 'NUL', text: 'before\u0000after' },
    { name: 'every control character', text: String.fromCharCode(...Array(0x20).keys(), 0x7f) },
    { name: 'characters beyond the first plane', text: '\u{1f600}\u{10ffff}' },
    { name: 'a byte order mark', text: '\ufeffx\ufeff' },
    { name: 'nothing', text: '' },
    { name: 'a megabyte', text: 'ü'.repeat(524_288) },
  ])('$name comes back as it was', ({ text }) => {
    const journal = journalOf();
    journal.finish(acceptOne(journal, 'r-1').seq, { ...work, result: text, model: text.slice(0, 100) });
    const [row] = journal.undelivered();
    expect(row?.result === text).toBe(true);
    expect(row?.model).toBe(text.slice(0, 100));
  });

  it('with half a surrogate pair comes back with U+FFFD in its place, as it hashes', () => {
    const journal = journalOf();
    journal.finish(acceptOne(journal, 'r-1').seq, { ...work, result: 'a\ud83db' });
    expect(journal.undelivered()[0]?.result).toBe('a\ufffdb');
  });

  it.each(["r'; DROP TABLE requests; --", '%', 'r_1', 'r-A'])('of an id is only text: %s', (id) => {
    const journal = journalOf();
    acceptOne(journal, id);
    expect(journal.standing(id)).toBe('in-flight');
    for (const other of [`${id}x`, 'r-1', 'rx1', 'r-a', '']) expect(journal.standing(other)).toBe('accepted');
  });
});

describe('a full database', () => {
  function fill(): void {
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  const giveRoom = () => database.exec('PRAGMA max_page_count = 1000000');

  it('refuses new requests as disk-full, takes none of them half, and still tells how an id stands', () => {
    const journal = journalOf();
    journal.finish(acceptOne(journal, 'old').seq, work);
    fill();
    const ids = Array.from({ length: 500 }, (_, index) => `r-${index}-${'x'.repeat(100)}`);
    expect(() => journal.accept(ids)).toThrowError(expect.objectContaining({ code: 'disk-full' }));
    expect(database.isTransaction).toBe(false);
    expect(rows()).toHaveLength(1);
    expect(journal.standing('old')).toBe('in-flight');
    expect(journal.standing(ids[0] ?? '')).toBe('accepted');
    giveRoom();
    expect(journal.accept(ids).every(({ kind }) => kind === 'accepted')).toBe(true);
  });

  it('cannot take a result; the request stays accepted, and finishes when there is room', () => {
    const journal = journalOf();
    const { seq } = acceptOne(journal, 'r-1');
    fill();
    const large = { ...work, result: 'x'.repeat(1_000_000) };
    expect(() => journal.finish(seq, large)).toThrowError(
      expect.objectContaining({ code: 'disk-full', details: { path } }),
    );
    expect(rows()).toMatchObject([{ state: 'accepted', result: null }]);
    giveRoom();
    journal.finish(seq, large);
    expect(journal.undelivered()).toHaveLength(1);
  });

  it('that is damaged is another error', () => {
    const journal = journalOf();
    database.exec('DROP TABLE requests');
    expect(() => journal.accept(['r-1'])).toThrowError(
      expect.objectContaining({ code: 'database-unusable' }),
    );
    expect(database.isTransaction).toBe(false);
  });
});

it('a checkpoint leaves an empty write-ahead log', () => {
  const journal = journalOf();
  journal.finish(acceptOne(journal, 'r-1').seq, work);
  const log = () => database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as { log: number };
  expect(log().log).toBeGreaterThan(0);
  journal.checkpoint();
  expect(log().log).toBe(0);
});

describe('recent requests', () => {
  it('are this identity’s own, newest first, page by page, without any text', () => {
    const journal = journalOf();
    journalOf({ ...mine, nodeId: '8' }).accept(['of-another']);
    for (let n = 1; n <= 5; n++) acceptOne(journal, `req_${n}`);
    const { seq } = acceptOne(journal, 'req_6');
    journal.finish(seq, work);
    const first = journal.recent(4, null);
    expect(first.map(({ requestId }) => requestId)).toEqual(['req_6', 'req_5', 'req_4', 'req_3']);
    expect(first[0]).toEqual({
      seq,
      requestId: 'req_6',
      state: 'finished',
      model: work.model,
      acceptedAtMs: startMs,
      finishedAtMs: startMs,
      closedAtMs: null,
      generationMs: work.generationMs,
      inputTokens: 5,
      outputTokens: null,
      poe: work.poe,
      failure: null,
    });
    const rest = journal.recent(4, first.at(-1)?.seq ?? 0);
    expect(rest.map(({ requestId }) => requestId)).toEqual(['req_2', 'req_1']);
  });
});
