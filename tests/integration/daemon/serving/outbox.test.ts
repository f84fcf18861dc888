import { describe, expect, it } from 'vitest';
import { createJournal } from '../../../../electron/daemon/serving/journal.ts';
import { openDatabase } from '../../../../electron/daemon/storage/database.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import {
  expectExactAccount,
  type Fixture,
  type FixtureOptions,
  openFixture,
  until,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { EndpointFault } from '../../../practice-network/coordinator/faults.ts';

async function openSimulated(options: FixtureOptions = {}) {
  const clock = createSimulatedClock();
  const fixture = await openFixture({ ...options, clock });
  clock.lead(fixture.coordinator);
  return { fixture, clock, ledger: fixture.coordinator.ledger };
}

const many = 100_000;

/** How many result posts have met the fault, which must have been set with `many` times. */
const faulted = ({ coordinator }: Fixture) => many - (coordinator.faults.result?.times ?? 0);

const setResultFault = ({ coordinator }: Fixture, fault: EndpointFault) =>
  coordinator.setFaults({ result: { ...fault, times: many } });

describe('an outage of results', () => {
  it('does not stop serving until 32 are undelivered; then nothing is polled, and recovery delivers all once', async () => {
    const { fixture, clock, ledger } = await openSimulated();
    setResultFault(fixture, { status: { code: 503 } });
    for (let number = 0; number < 40; number++) fixture.submit(`Question ${number}?`);
    await fixture.start();
    await clock.advanceUntil('32 undelivered', () => fixture.serving().undelivered === 32);
    await clock.advance(3000);
    const polls = ledger.polls.length;
    await clock.advance(120_000);

    expect(fixture.ollama.seen.generations).toHaveLength(32);
    expect(ledger.polls).toHaveLength(polls);
    expect(ledger.summary().dispatches).toBe(32);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });
    expect(fixture.node.host.daemon.snapshot().state.code).toBe('backlog');

    fixture.coordinator.clearFaults();
    await clock.advanceUntil('all answers', () => ledger.summary().answered === 40);
    await clock.advanceUntil('an empty outbox', () => fixture.serving().undelivered === 0);
    expectExactAccount(fixture);
    expect(ledger.results).toHaveLength(40);
    expect(fixture.ollama.seen.generations).toHaveLength(40);
    expect(fixture.serving()).toMatchObject({ served: 40, delivered: 40, failed: 0 });
  });

  it('ends for all that waits as soon as one result is taken', async () => {
    const { fixture, clock, ledger } = await openSimulated();
    setResultFault(fixture, { reset: true });
    for (let number = 0; number < 20; number++) fixture.submit(`Question ${number}?`);
    await fixture.start();
    await clock.advanceUntil('20 undelivered', () => fixture.serving().undelivered === 20);
    await clock.advance(300_000);
    fixture.coordinator.clearFaults();
    await clock.advanceUntil('the first result', () => ledger.results.length > 0, 80_000);
    await clock.advance(0);

    expect(ledger.results).toHaveLength(20);
    expectExactAccount(fixture);
  });

  it('survives a restart: what was finished is delivered once after it', async () => {
    const fixture = await openFixture();
    setResultFault(fixture, { status: { code: 502 } });
    for (let number = 0; number < 5; number++) fixture.submit(`Question ${number}?`);
    await fixture.start();
    await until('five undelivered', () => fixture.serving().undelivered === 5);
    const generations = fixture.ollama.seen.generations.length;
    await fixture.node.restart();
    expect(fixture.serving().undelivered).toBe(5);
    fixture.coordinator.clearFaults();
    await fixture.settled();

    expectExactAccount(fixture);
    expect(fixture.coordinator.ledger.results).toHaveLength(5);
    expect(fixture.ollama.seen.generations).toHaveLength(generations);
    expect(fixture.serving()).toMatchObject({ served: 5, delivered: 5 });
  });
});

describe('an answer to a result', () => {
  it('is final when it refuses the body: posted once, kept as refused, never again', async () => {
    const codes = [400, 404, 405, 409, 410, 411, 413, 414, 415, 422];
    const { fixture, clock } = await openSimulated();
    await fixture.start();
    for (const code of codes) {
      setResultFault(fixture, { status: { code } });
      const id = fixture.submit(`Question ${code}?`);
      await clock.advanceUntil(`the end of ${code}`, () =>
        fixture.node.log.some(({ event, facts }) => event === 'outbox-refused' && facts.requestId === id),
      );
      await clock.advance(130_000);
      expect(faulted(fixture), `posts answered ${code}`).toBe(1);
    }
    expect(fixture.serving()).toMatchObject({ refused: codes.length, undelivered: 0, served: 0 });
    expect(fixture.coordinator.ledger.violations).toEqual([]);
  });

  it.each([301, 302, 401, 402, 403, 407, 408, 421, 425, 429, 500, 501, 502, 503, 504, 599])(
    '%i leaves hope: the same result is posted again',
    async (code) => {
      const fixture = await openFixture();
      const location = code < 400 ? { location: 'http://127.0.0.1:1/' } : {};
      fixture.coordinator.setFaults({ result: { status: { code, ...location }, times: 2 } });
      fixture.submit('Question?');
      await fixture.start();
      await fixture.settled();
      expectExactAccount(fixture);
      expect(fixture.ollama.seen.generations).toHaveLength(1);
      expect(fixture.serving()).toMatchObject({ served: 1, refused: 0 });
    },
  );

  it('is waited for 1, 2, 4 … 60 s, varied by a fifth', async () => {
    const { fixture, clock } = await openSimulated();
    setResultFault(fixture, { status: { code: 500 } });
    fixture.submit('Question?');
    await fixture.start();
    await clock.advanceUntil('the first post', () => faulted(fixture) === 1);
    let lastMs = clock.monotonicMs();
    for (const wantedMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      const posts = faulted(fixture);
      await clock.advanceUntil('the next post', () => faulted(fixture) > posts);
      const waitedMs = clock.monotonicMs() - lastMs;
      expect(waitedMs).toBeGreaterThanOrEqual(0.8 * wantedMs);
      expect(waitedMs).toBeLessThanOrEqual(1.2 * wantedMs);
      lastMs = clock.monotonicMs();
    }
  });

  it.each([
    { code: 503, retryAfter: '45', waitsMs: 45_000 },
    { code: 429, retryAfter: '600', waitsMs: 60_000 },
    { code: 429, retryAfter: '3', waitsMs: 3000 },
  ])('$code with Retry-After $retryAfter is posted again after $waitsMs ms', async (row) => {
    const { fixture, clock, ledger } = await openSimulated();
    const { code, retryAfter, waitsMs } = row;
    fixture.coordinator.setFaults({ result: { status: { code, retryAfter }, times: 1 } });
    fixture.submit('Question?');
    await fixture.start();
    await clock.advanceUntil('the refusal', () => fixture.coordinator.faults.result === undefined);
    const refusedAtMs = clock.monotonicMs();
    await clock.advanceUntil('the result', () => ledger.results.length === 1);
    expect(clock.monotonicMs() - refusedAtMs).toBe(waitsMs);
    await clock.advanceUntil('an empty outbox', () => fixture.serving().undelivered === 0);
    expectExactAccount(fixture);
  });

  it('with Retry-After as a date is understood', async () => {
    const { fixture, clock, ledger } = await openSimulated();
    const retryAfter = new Date(clock.trueNow() + 40_000).toUTCString();
    fixture.coordinator.setFaults({ result: { status: { code: 503, retryAfter }, times: 1 } });
    fixture.submit('Question?');
    await fixture.start();
    await clock.advanceUntil('the refusal', () => fixture.coordinator.faults.result === undefined);
    const refusedAtMs = clock.monotonicMs();
    await clock.advanceUntil('the result', () => ledger.results.length === 1);
    const waitedMs = clock.monotonicMs() - refusedAtMs;
    expect(waitedMs).toBeGreaterThan(30_000);
    expect(waitedMs).toBeLessThanOrEqual(41_000);
  });

  it('is no acknowledgement when it is a web page with status 200', async () => {
    const fixture = await openFixture();
    const page = '<!doctype html><html><title>Sign in</title></html>';
    fixture.coordinator.setFaults({
      result: { rawBody: page, times: 2 },
      failure: { rawBody: page, times: 2 },
    });
    fixture.submit('Question?');
    fixture.submit('Question?', { model: 'mixtral' });
    fixture.coordinator.setBehaviour({ requeueAfterFailure: 'never' });
    await fixture.start();
    await fixture.settled();
    expectExactAccount(fixture);
    expect(fixture.coordinator.ledger.summary()).toMatchObject({ answered: 1, failed: 1 });
    expect(fixture.logged('outbox-waiting').map(({ facts }) => facts.reason)).toEqual(
      Array(4).fill('not-the-coordinator'),
    );
  });

  it('lost on the way makes a duplicate before the acknowledgement and none after', async () => {
    const fixture = await openFixture();
    fixture.coordinator.setFaults({ result: { hangUpAfter: true, times: 3 } });
    for (const number of [1, 2, 3]) fixture.submit(`Question ${number}?`);
    await fixture.start();
    await fixture.settled();
    const { ledger } = fixture.coordinator;
    expectExactAccount(fixture);
    expect(ledger.results.filter(({ duplicate }) => duplicate).length).toBeGreaterThanOrEqual(2);
    expect(ledger.results.filter(({ afterAcknowledgement }) => afterAcknowledgement)).toEqual([]);
    expect(fixture.serving()).toMatchObject({ served: 3, delivered: 3 });
  });

  it('that says the node is not staked is waited out; the result is not lost', async () => {
    const fixture = await openFixture();
    const refusal = { status: { code: 403, body: { reason: 'not_staked' } }, times: 2 };
    fixture.coordinator.setFaults({ result: refusal });
    fixture.submit('Question?');
    await fixture.start();
    await fixture.settled();
    expectExactAccount(fixture);
    expect(fixture.serving()).toMatchObject({ served: 1 });
  });
});

it('a result is given up after 24 h: shown as expired, its text erased, never posted again', async () => {
  const hourMs = 3_600_000;
  const { fixture, clock } = await openSimulated();
  setResultFault(fixture, { status: { code: 503 } });
  fixture.submit('Question?');
  await fixture.start();
  await clock.advanceUntil('the first post', () => faulted(fixture) === 1);
  clock.suspend(23 * hourMs + 58 * 60_000);
  await clock.advance(90_000);
  expect(fixture.serving()).toMatchObject({ undelivered: 1, expired: 0 });
  await clock.advance(300_000);

  expect(fixture.serving()).toMatchObject({ undelivered: 0, expired: 1, delivered: 0 });
  const posts = faulted(fixture);
  fixture.coordinator.clearFaults();
  await clock.advance(120_000);
  expect(posts).toBeGreaterThan(2);
  expect(fixture.coordinator.ledger.results).toEqual([]);
  const database = openDatabase(fixture.node.paths.journalFile);
  const rows = database.prepare('SELECT state, outcome, result, model FROM requests').all();
  database.close();
  expect(rows).toMatchObject([
    { state: 'expired', outcome: 'too-old', result: null, model: 'llama3.2:latest' },
  ]);
});

it.each([
  ['two days forward', 2],
  ['500 days forward', 500],
  ['500 days back', -500],
])('a result is delivered after the clock was set %s while it waited', async (_how, days) => {
  const { fixture, clock } = await openSimulated();
  setResultFault(fixture, { status: { code: 503 } });
  fixture.submit('Question?');
  await fixture.start();
  await clock.advanceUntil('the first post', () => faulted(fixture) === 1);
  clock.setWallClock(days * 24 * 3_600_000);
  await clock.advance(10 * 60_000);
  expect(fixture.serving()).toMatchObject({ undelivered: 1, expired: 0 });
  fixture.coordinator.clearFaults();
  await clock.advance(120_000);
  expect(fixture.serving()).toMatchObject({ undelivered: 0, expired: 0, delivered: 1 });
});

it('a result that grew too old while the computer slept is still delivered after it', async () => {
  const { fixture, clock } = await openSimulated();
  setResultFault(fixture, { status: { code: 503 } });
  fixture.submit('Question?');
  await fixture.start();
  await clock.advanceUntil('the first post', () => faulted(fixture) === 1);
  clock.suspend(25 * 3_600_000);
  await clock.advanceUntil('a post after waking', () => faulted(fixture) === 2);
  fixture.coordinator.clearFaults();
  await clock.advance(120_000);
  expect(fixture.serving()).toMatchObject({ undelivered: 0, expired: 0, delivered: 1 });
});

describe('what an earlier run left', () => {
  const anyText = { model: 'llama3.2:latest', result: 'text', poe: `0x${'0'.repeat(64)}` };
  const figures = { generationMs: 1, inputTokens: 1, outputTokens: 1 };

  /** Writes to the journal of the running node as another process would. */
  function plant(
    fixture: Fixture,
    who: { nodeId?: string; nodeAddress?: string },
    write: (journal: ReturnType<typeof createJournal>) => void,
  ) {
    const { journalFile } = fixture.node.paths;
    const { nodeAddress, nodeKeyHash } = fixture.node.host.daemon.snapshot().identity;
    const identity = { nodeId: fixture.node.nodeId, nodeAddress, nodeKeyHash, ...who };
    const database = openDatabase(journalFile);
    write(createJournal({ identity, attempts: 3, path: journalFile }, { database, clock: systemClock }));
    database.close();
  }

  it('accepted and not finished is reported as node.restarted, and requeued', async () => {
    const fixture = await openFixture();
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await ledger.when('a poll', () => ledger.polls.length > 0);
    // Handed out to this node, but by way of somebody else's poll: the daemon knows only the row.
    await fixture.node.host.daemon.handlers.pause({ forMs: null });
    const id = fixture.submit('Cut off?');
    await until('no poll under way', () => !fixture.serving().available);
    await fetch(`${fixture.coordinator.url}/operator/inbox?nodeId=${fixture.node.nodeId}`);
    plant(fixture, {}, (journal) => journal.accept([id]));
    await fixture.node.restart();
    await ledger.when('the report', () => ledger.failures.length === 1);
    expect(ledger.failures).toMatchObject([{ requestId: id, error: 'node.restarted', accepted: true }]);
    await fixture.node.host.daemon.handlers.resume({});
    await fixture.settled();
    expect(ledger.request(id)?.results).toMatchObject([{ accepted: true }]);
    expectExactAccount(fixture);
  });

  it.each([
    { whose: 'another node id', who: { nodeId: '99' } },
    { whose: 'another key', who: { nodeAddress: `0x${'ab'.repeat(20)}` } },
  ])('of $whose is listed and never posted', async ({ who }) => {
    const fixture = await openFixture();
    await fixture.start();
    plant(fixture, who, (journal) => {
      const [finished, failed] = journal.accept(['theirs-1', 'theirs-2', 'theirs-3']);
      if (finished?.kind !== 'accepted' || failed?.kind !== 'accepted') throw new Error('not accepted');
      journal.finish(finished.seq, { ...anyText, ...figures });
      journal.fail(failed.seq, 'ollama-died');
    });
    await fixture.node.restart();
    fixture.submit('Mine?');
    await fixture.settled();

    expectExactAccount(fixture);
    expect(fixture.serving()).toMatchObject({ foreign: 3, undelivered: 0, delivered: 1 });
    expect(fixture.coordinator.ledger.results).toHaveLength(1);
    expect(fixture.coordinator.ledger.failures).toEqual([]);
  });
});
