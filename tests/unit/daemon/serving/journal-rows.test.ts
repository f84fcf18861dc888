import { describe, expect, it } from 'vitest';
import { journalNamesKey } from '../../../../electron/daemon/serving/journal.ts';
import {
  accepted,
  acceptOne,
  clock,
  database,
  dayMs,
  journalForEachTest,
  journalOf,
  mine,
  rows,
  startMs,
  work,
} from '../../../fixtures/serving/journal-rows.ts';

journalForEachTest();

describe('counts and pruning', () => {
  it('count what waits and, over the whole life of the journal, what ended', () => {
    const journal = journalOf();
    const ends = ['delivered', 'delivered', 'refused', 'expired', 'reported'] as const;
    for (const [index, state] of ends.entries()) {
      const { seq } = acceptOne(journal, `end-${index}`);
      journal.finish(seq, work);
      journal.close(seq, state, 'test');
    }
    clock.delay(1000);
    acceptOne(journal, 'accepted');
    journal.finish(acceptOne(journal, 'waits').seq, work);
    clock.delay(1000);
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
    clock.delay(399 * dayMs);
    const young = acceptOne(journal, 'young').seq;
    journal.finish(young, work);
    journal.close(young, 'delivered', 'http_200');
    journal.prune(400);
    expect(rows()).toHaveLength(3);
    clock.delay(2 * dayMs);
    journal.prune(400);
    expect(rows().map(({ id }) => id)).toEqual(['waits', 'young']);
    expect(journal.counts()).toMatchObject({ delivered: 2, undelivered: 1 });
  });

  it('prunes some thousands at a time', () => {
    const journal = journalOf();
    const ids = Array.from({ length: 2500 }, (_, index) => `r-${index}`);
    const seqs = journal.accept(ids).map((one) => accepted(one).seq);
    database.exec('BEGIN');
    const close = database.prepare(
      "UPDATE requests SET state = 'delivered', closed_ms = ?, closed_elapsed_ms = 0 WHERE seq = ?",
    );
    for (const seq of seqs) close.run(startMs, seq);
    database.exec('COMMIT');
    clock.delay(401 * dayMs);
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
    expect(row?.failure === null && row.result === text).toBe(true);
    expect(row).toMatchObject({ model: text.slice(0, 100) });
  });

  it('with half a surrogate pair comes back with U+FFFD in its place, as it hashes', () => {
    const journal = journalOf();
    journal.finish(acceptOne(journal, 'r-1').seq, { ...work, result: 'a\ud83db' });
    expect(journal.undelivered()[0]).toMatchObject({ result: 'a\ufffdb' });
  });

  it.each(["r'; DROP TABLE requests; --", '%', 'r_1', 'r-A'])('of an id is only text: %s', (id) => {
    const journal = journalOf();
    acceptOne(journal, id);
    expect(journal.standing(id)).toBe('in-flight');
    for (const other of [`${id}x`, 'r-1', 'rx1', 'r-a', '']) expect(journal.standing(other)).toBe('accepted');
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
