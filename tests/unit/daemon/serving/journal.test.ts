import { describe, expect, it } from 'vitest';
import type { Journal } from '../../../../electron/daemon/serving/journal.ts';
import {
  accepted,
  acceptOne,
  clock,
  database,
  journalForEachTest,
  journalOf,
  mine,
  reopenDatabase,
  rows,
  startMs,
  work,
} from '../../../fixtures/serving/journal-rows.ts';

journalForEachTest();

describe('a request in the journal', () => {
  it('is accepted, finished, delivered; then only the figures are left', () => {
    const journal = journalOf();
    const { seq, attempt } = acceptOne(journal, 'r-1');
    expect(attempt).toBe(1);
    expect(journal.undelivered()).toEqual([]);
    clock.delay(5000);
    journal.finish(seq, work);
    expect(journal.undelivered()).toEqual([
      {
        seq,
        nodeId: '7',
        requestId: 'r-1',
        acceptedAtMs: startMs,
        finishedAtMs: startMs + 5000,
        ageMs: 0,
        failure: null,
        ...work,
      },
    ]);
    clock.delay(1000);
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
    reopenDatabase();
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
