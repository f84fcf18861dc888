import { describe, expect, it } from 'vitest';
import {
  answersTo,
  expectExactAccount,
  type Fixture,
  openFixture,
} from '../../../fixtures/serving/serving.ts';
import type { CoordinatorBehaviour } from '../../../practice-network/coordinator/behaviour.ts';
import type { EndpointFault } from '../../../practice-network/coordinator/faults.ts';

/** Six requests; the third asks for a model that is not installed. */
async function playCore(behaviour: Partial<CoordinatorBehaviour>, fault?: EndpointFault): Promise<Fixture> {
  const fixture = await openFixture({ behaviour });
  for (const number of [1, 2, 3, 4, 5, 6])
    fixture.submit(`Question ${number}?`, number === 3 ? { id: 'bad', model: 'mixtral' } : {});
  if (fault) fixture.coordinator.setFaults({ result: fault });
  await fixture.start();
  return fixture;
}

const attempts = 3;

describe('the same work ends in the same account, whatever the coordinator does that nobody published', () => {
  const harmless: Partial<CoordinatorBehaviour>[] = [
    { inbox: 'lease' },
    { inbox: 'consume' },
    { inbox: 'peek' },
    { maxEntries: 1 },
    { maxEntries: 5 },
    { entriesKey: 'requests' },
    { entriesKey: 'jobs' },
    { idField: 'id' },
    { idField: 'requestId' },
    { promptField: 'prompt' },
    { promptField: 'input' },
    { duplicateEntries: false },
    { duplicateEntries: true },
    { duplicateEntries: true, maxEntries: 5, inbox: 'peek' },
    { answerBody: 'json' },
    { answerBody: 'empty-200' },
    { answerBody: 'empty-204' },
    { inbox: 'peek', maxEntries: 5, entriesKey: 'jobs', idField: 'requestId', promptField: 'input' },
    { requeueAfterFailure: 'same-node' },
    { inbox: 'consume', requeueAfterFailure: 'same-node', maxEntries: 5 },
    { inbox: 'peek', requeueAfterFailure: 'same-node', maxEntries: 5 },
  ];
  it.each(harmless.map((behaviour) => ({ behaviour, name: JSON.stringify(behaviour) })))(
    '$name',
    async ({ behaviour }) => {
      const fixture = await playCore(behaviour);
      await fixture.settled();

      expectExactAccount(fixture);
      const { ledger } = fixture.coordinator;
      for (const record of ledger.work) {
        const expected =
          record.requestId === 'bad' ? Array(attempts).fill('node.model_not_installed') : ['result'];
        expect(answersTo(record), record.requestId).toEqual(expected);
      }
      expect(ledger.summary()).toMatchObject({ answered: 5, failed: 1, resultsAccepted: 5 });
      expect(fixture.ollama.seen.generations).toHaveLength(5);
      expect(fixture.ollama.seen.generationsPeak).toBe(1);
      expect(fixture.serving()).toMatchObject({
        served: 5,
        failed: attempts,
        delivered: 5,
        refusedEntries: 0,
      });
    },
  );

  it.each([
    { requeueAfterFailure: 'never' as const, outcome: 'failed' },
    { requeueAfterFailure: 'other-nodes' as const, outcome: 'open' },
  ])('requeueAfterFailure $requeueAfterFailure: a failed request is reported once', async (row) => {
    const fixture = await playCore({ requeueAfterFailure: row.requeueAfterFailure });
    const { ledger } = fixture.coordinator;
    await ledger.when('five results', () => ledger.summary().answered === 5);
    await ledger.when('the report', () => ledger.summary().failureReportsAccepted === 1);
    // Two further polls: nothing comes of them.
    const polls = ledger.polls.length;
    await ledger.when('two more polls', () => ledger.polls.length >= polls + 2);

    expectExactAccount(fixture);
    expect(ledger.request('bad')).toMatchObject({ outcome: row.outcome, failures: [{ accepted: true }] });
    expect(fixture.serving()).toMatchObject({ served: 5, failed: 1, undelivered: 0 });
  });

  it.each(['accept', 'refuse'] as const)(
    'lateResult %s: a late result is posted once',
    async (lateResult) => {
      const fixture = await openFixture({ behaviour: { deadlineMs: 1, lateResult, maxEntries: 5 } });
      await fixture.ollama.setFaults({ firstTokenDelayMs: 20 });
      const ids = [1, 2, 3, 4, 5, 6].map((number) => fixture.submit(`Question ${number}?`));
      await fixture.start();
      const { ledger } = fixture.coordinator;
      await ledger.when('six results', () => ledger.results.length === 6);
      await fixture.ended(ids);

      expectExactAccount(fixture);
      expect(ledger.results.every(({ late }) => late)).toBe(true);
      const accepted = lateResult === 'accept' ? 6 : 0;
      expect(ledger.summary().resultsAccepted).toBe(accepted);
      expect(fixture.serving()).toMatchObject({ served: accepted, refused: 6 - accepted, undelivered: 0 });
    },
  );

  it.each(['accept', 'refuse'] as const)(
    'duplicateResult %s: a result whose answer was lost is delivered again, and that ends it',
    async (duplicateResult) => {
      const fixture = await playCore({ duplicateResult, maxEntries: 5 }, { hangUpAfter: true, times: 2 });
      await fixture.settled();

      expectExactAccount(fixture);
      const { ledger } = fixture.coordinator;
      expect(ledger.results.filter(({ duplicate }) => duplicate)).toHaveLength(2);
      expect(ledger.summary()).toMatchObject({ answered: 5, resultsAccepted: 5 });
      expect(fixture.ollama.seen.generations).toHaveLength(5);
      // Both lost answers may have been one result's: it is sent again at once over a fresh connection.
      const again = new Set(
        ledger.results.filter(({ duplicate }) => duplicate).map((seen) => seen.requestId),
      );
      const accepted = duplicateResult === 'accept' ? 5 : 5 - again.size;
      // What is seen is told: the network had them already. Who delivered them is not known.
      expect(fixture.serving()).toMatchObject({
        served: accepted,
        refused: 5 - accepted,
        conflicts: 5 - accepted,
      });
    },
  );

  it.each(['2xx', 'store-and-409'] as const)(
    'successAnswer %s: the node takes the coordinator at its word',
    async (successAnswer) => {
      const fixture = await playCore({ successAnswer, maxEntries: 5 });
      await fixture.settled();

      expectExactAccount(fixture);
      const { ledger } = fixture.coordinator;
      expect(ledger.summary()).toMatchObject({ answered: 5, resultsAccepted: 5 });
      expect(ledger.results).toHaveLength(5);
      const accepted = successAnswer === '2xx' ? 5 : 0;
      expect(fixture.serving()).toMatchObject({
        served: accepted,
        delivered: accepted,
        refused: 5 - accepted,
      });
    },
  );

  it('a lease that ends while the answer is under way makes no second run', async () => {
    const fixture = await openFixture({
      behaviour: { leaseMs: 1, maxEntries: 5 },
      settings: { concurrency: 2 },
    });
    await fixture.ollama.setFaults({ firstTokenDelayMs: 600 });
    const id = fixture.submit('Slow?');
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await ledger.when('the id again', () => (ledger.request(id)?.dispatches.length ?? 0) >= 3);
    await fixture.settled();

    expect(ledger.request(id)?.results).toHaveLength(1);
    expect(fixture.ollama.seen.generations).toHaveLength(1);
    expect(fixture.serving().duplicates).toBeGreaterThanOrEqual(2);
    expect(ledger.violations).toEqual([]);
  });
});
