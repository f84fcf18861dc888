import { expect, it } from 'vitest';
import { createServedToday } from '../../../../electron/daemon/serving/served-today.ts';
import { localMidnight } from '../../../../electron/daemon/system/clock.ts';
import {
  acceptOne,
  clock,
  dayMs,
  journalForEachTest,
  journalOf,
  mine,
  reopenDatabase,
  work,
} from '../../../fixtures/serving/journal-rows.ts';

journalForEachTest();

/** One answer, from acceptance to acknowledgement. */
function deliver(journal = journalOf(), id = `r-${Math.random()}`): void {
  const { seq } = acceptOne(journal, id);
  journal.finish(seq, work);
  journal.close(seq, 'delivered', 'acknowledged');
}

it('counts what this run delivered, and what earlier runs did today', () => {
  deliver();
  reopenDatabase();
  const journal = journalOf();
  const today = createServedToday({ journal, clock });
  expect(today.count()).toBe(1);
  deliver(journal);
  today.add();
  expect(today.count()).toBe(2);
  expect(createServedToday({ journal: journalOf(), clock }).count()).toBe(2);
});

it('begins anew at midnight, local time', () => {
  const journal = journalOf();
  const today = createServedToday({ journal, clock });
  deliver(journal);
  expect(today.count()).toBe(1);
  clock.delay(localMidnight(clock.now()) + dayMs + 60 * 60_000 - clock.now());
  expect(today.count()).toBe(0);
  deliver(journal);
  today.add();
  expect(today.count()).toBe(1);
});

it('counts the first one of a day once, though the journal shows it already', () => {
  const journal = journalOf();
  const today = createServedToday({ journal, clock });
  deliver(journal);
  today.add();
  expect(today.count()).toBe(1);
});

it('leaves out what another identity delivered, and what was not delivered', () => {
  deliver(journalOf({ ...mine, nodeId: '8' }));
  const journal = journalOf();
  const { seq } = acceptOne(journal, 'refused');
  journal.finish(seq, work);
  journal.close(seq, 'refused', 'test');
  expect(createServedToday({ journal, clock }).count()).toBe(0);
});

it('is not known while the journal cannot be read', () => {
  const journal = {
    deliveredSince: () => {
      throw new Error('disk');
    },
  };
  expect(createServedToday({ journal, clock }).count()).toBeNull();
});
