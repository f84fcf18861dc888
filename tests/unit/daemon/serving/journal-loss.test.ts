import { describe, expect, it } from 'vitest';
import {
  accepted,
  acceptOne,
  clock,
  database,
  journalForEachTest,
  journalOf,
  mine,
  path,
  rows,
  startMs,
  work,
} from '../../../fixtures/serving/journal-rows.ts';

journalForEachTest();

describe('after a crash', () => {
  it('what was accepted and not finished owes a report; what was finished is still to be delivered', () => {
    const journal = journalOf();
    const [a, b, c, d] = journal.accept(['a', 'b', 'c', 'd']).map((one) => accepted(one).seq);
    journal.finish(b ?? 0, work);
    journal.fail(c ?? 0, 'ollama-died');
    journal.finish(d ?? 0, work);
    journal.close(d ?? 0, 'delivered', 'http_200');
    clock.delay(60_000);
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

describe('a full database', () => {
  function fill(): void {
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
  }

  const giveRoom = () => database.exec('PRAGMA max_page_count = 1000000');

  it('refuses new requests as disk-full, takes none of them half, and still reports the state of an id', () => {
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
      expect.objectContaining({ code: 'disk-full', details: { path, place: 'journal', reason: 'ENOSPC' } }),
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
