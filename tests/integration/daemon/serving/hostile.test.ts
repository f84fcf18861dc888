import { statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { mostJudged } from '../../../../electron/daemon/serving/inbox.ts';
import { openDatabase } from '../../../../electron/daemon/storage/database.ts';
import {
  expectExactAccount,
  type Fixture,
  openFixture,
  playFixture,
  until,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is really in use, bytes: JavaScript heap and buffers. */
function usedBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

type Simulated = Fixture & { clock: SimulatedClock };

async function playSimulated(): Promise<Simulated> {
  const clock = createSimulatedClock();
  const fixture = await openFixture({ clock });
  clock.lead(fixture.coordinator);
  await fixture.start();
  const { ledger } = fixture.coordinator;
  await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
  return Object.assign(fixture, { clock });
}

/** Answers the next poll with this body, and waits for the next that the coordinator answers itself. */
async function answerPoll({ coordinator, clock }: Simulated, rawBody: unknown): Promise<void> {
  const { ledger } = coordinator;
  coordinator.setFaults({ inbox: { rawBody, times: 1 } });
  await clock.advanceUntil('the hostile answer', () => coordinator.faults.inbox === undefined);
  const polls = ledger.polls.length;
  await clock.advanceUntil('the poll after it', () => ledger.polls.length > polls);
}

/** The node still serves, and has run nothing else. */
async function expectServing(fixture: Simulated): Promise<void> {
  const id = fixture.submit('Good?');
  const { ledger } = fixture.coordinator;
  await fixture.clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered');
  await fixture.clock.advance(0);
  const record = await fixture.coordinator.answered(id);
  expect(record.results).toMatchObject([{ accepted: true, poeVerified: true }]);
  expect(fixture.ollama.seen.generations.map(({ prompt }) => prompt)).toEqual(['Good?']);
}

const goodId = 'r-1';
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('an inbox answer that is not one', () => {
  const bodies = [
    'null',
    '17',
    '[{"id":"r-1","prompt":"p"}]',
    '"requests"',
    '{"requests":{"0":{"id":"r-1","prompt":"p"},"length":1}}',
    '{"requests":"r-1"}',
    '{"__proto__":{"requests":[{"id":"r-1","prompt":"p"}]}}',
    '{"requests":[{"id":"r-1","prompt":"p"}',
    '',
    '<html>{"requests":[{"id":"r-1","prompt":"p"}]}</html>',
    `{"requests":${nested(200_000)}}`,
    `{"requests":[],"more":${nested(200_000)}}`,
    '\u0000\u0001\u0002',
  ];

  it('is survived, and nothing is run', async () => {
    const fixture = await playSimulated();
    for (const body of bodies) {
      await answerPoll(fixture, body);
      expect(fixture.ollama.seen.generations, body.slice(0, 80)).toEqual([]);
    }
    expect(fixture.serving()).toMatchObject({ failed: 0, refusedEntries: 1, duplicates: 0 });
    await expectServing(fixture);
    expectExactAccount(fixture);
  });

  it('of 30 MB is cut off, and memory is back to normal', async () => {
    const fixture = await playFixture({ settings: { 'timing.pollBackoffMaxMs': 1000 } });
    const { ledger } = fixture.coordinator;
    await ledger.when('a poll', () => ledger.polls.length > 0);
    const before = usedBytes();
    for (let round = 0; round < 3; round++) {
      fixture.coordinator.setFaults({ inbox: { oversizedBytes: 30_000_000, times: 1 } });
      await until('the flood', () => fixture.coordinator.faults.inbox === undefined);
    }
    const polls = ledger.polls.length;
    await ledger.when('a poll after it', () => ledger.polls.length > polls);
    await until('memory back to normal', () => usedBytes() < before + 8_000_000);
    expect(fixture.logged('inbox-not-answering')[0]?.facts.reason).toBe('body-too-large');
    const record = await fixture.coordinator.answered(fixture.submit('Good?'));
    expect(record.results).toMatchObject([{ accepted: true }]);
  });
});

describe('an entry that is not one', () => {
  const unusable: unknown[] = [
    null,
    true,
    17,
    'r-1',
    [],
    [{ id: goodId, prompt: 'p' }],
    {},
    { prompt: 'p' },
    { id: 17, prompt: 'p' },
    { id: null, prompt: 'p' },
    { id: ['r-1'], prompt: 'p' },
    { id: { toString: 'r-1' }, prompt: 'p' },
    { id: true, requestId: goodId, prompt: 'p' },
    { id: '', prompt: 'p' },
    { id: 'x'.repeat(129), prompt: 'p' },
    { id: 'a b', prompt: 'p' },
    { id: 'a\nb', prompt: 'p' },
    { id: 'a\u0000', prompt: 'p' },
    { id: '\u001b[2J', prompt: 'p' },
    { id: 'r-1\u200b', prompt: 'p' },
    { id: '\u202er-1', prompt: 'p' },
    { id: 'ｒ-1', prompt: 'p' },
    { id: '\ud800', prompt: 'p' },
    { id: '../../r', prompt: 'p' },
    { id: "r'; DROP TABLE requests; --", prompt: 'p' },
    { id: 'r|1', prompt: 'p' },
    { ID: goodId, prompt: 'p' },
  ];

  it('without a usable id is counted, and neither run, nor answered, nor stored', async () => {
    const fixture = await playSimulated();
    await answerPoll(fixture, {
      requests: [...unusable, JSON.parse('{"__proto__":{"id":"r-1","prompt":"p"}}')],
    });
    expect(fixture.serving()).toMatchObject({
      refusedEntries: unusable.length + 1,
      failed: 0,
      duplicates: 0,
    });
    await expectServing(fixture);
    expectExactAccount(fixture);
    expect(fixture.logged('request-accepted')).toHaveLength(1);
  });

  it('with a usable id is reported, and not run', async () => {
    const fixture = await playSimulated();
    const wrong: Record<string, unknown>[] = [
      { prompt: 17 },
      { prompt: null },
      { prompt: ['p'] },
      { prompt: { text: 'p' } },
      { prompt: true, input: 'p' },
      {},
      { input: 17 },
      { prompt: 'p', system: 17 },
      { prompt: 'p', system: ['s'] },
      { prompt: 'p', model: 17 },
      { prompt: 'p', model: { name: 'llama3.2' } },
      { prompt: 'p', model: 'm'.repeat(301) },
    ];
    const requests = wrong.map((fields, index) => ({ id: `wrong-${index}`, ...fields }));
    await answerPoll(fixture, { requests });
    await fixture.ended(requests.map(({ id }) => id));

    const { failures } = fixture.coordinator.ledger;
    expect(Object.fromEntries(failures.map(({ requestId, error }) => [requestId, error]))).toEqual(
      Object.fromEntries(requests.map(({ id }) => [id, 'node.request_invalid'])),
    );
    expect(failures).toHaveLength(requests.length);
    expect(fixture.serving()).toMatchObject({ refusedEntries: 0, failed: wrong.length });
    await expectServing(fixture);
  });

  it('beside good ones harms none of them', async () => {
    const fixture = await playSimulated();
    const longest = 'x'.repeat(128);
    const odd = 'A.z_0:~+=-';
    const good = [
      { id: longest, prompt: 'Longest id?' },
      { requestId: odd, input: 'Odd id?' },
      { id: null, requestId: goodId, prompt: null, input: 'By the other names?', extra: { deep: [[[]]] } },
    ];
    await answerPoll(fixture, {
      requests: unusable.flatMap((entry, index) => [entry, good[index] ?? entry]),
    });
    await fixture.ended([longest, odd, goodId]);
    expect(fixture.ollama.seen.generations.map(({ prompt }) => prompt)).toEqual([
      'Longest id?',
      'Odd id?',
      'By the other names?',
    ]);
  });
});

describe('ten thousand entries in one answer', () => {
  it('without usable ids are counted', async () => {
    const fixture = await playSimulated();
    await answerPoll(fixture, { requests: Array.from({ length: 10_000 }, (_, id) => ({ id, prompt: 'p' })) });
    expect(fixture.serving()).toMatchObject({ refusedEntries: 10_000, failed: 0 });
    await expectServing(fixture);
    expectExactAccount(fixture);
  });

  /** Entries that get a failure report each, and one good one among the first. */
  async function flood(fixture: Fixture, count: number): Promise<void> {
    const { ledger } = fixture.coordinator;
    await ledger.when('a poll', () => ledger.polls.length > 0);
    const requests = Array.from({ length: count }, (_, index) => ({ id: `flood-${index}`, prompt: '' }));
    requests[mostJudged / 2] = { id: 'good', prompt: 'Good?' };
    fixture.coordinator.setFaults({ inbox: { rawBody: { requests }, times: 1 } });
    await ledger.when('the good one', () => ledger.results.length > 0);
  }

  it('are reported a few at a time and each once; what is good does not wait for them', async () => {
    const count = 400;
    const fixture = await playFixture();
    const { ledger } = fixture.coordinator;
    await flood(fixture, count);
    expect(ledger.results.map(({ requestId }) => requestId)).toEqual(['good']);
    expect(ledger.failures.length).toBeLessThan(mostJudged / 2);
    const reported = mostJudged - 1;
    await ledger.when('all reports', () => ledger.failures.length >= reported);
    await until('an empty outbox', () => fixture.serving().undelivered === 0);

    expect(ledger.failures.every(({ error }) => error === 'node.request_invalid')).toBe(true);
    expect(new Set(ledger.failures.map(({ requestId }) => requestId)).size).toBe(reported);
    expect(ledger.failures).toHaveLength(reported);
    expect(fixture.serving()).toMatchObject({ refusedEntries: count - mostJudged, failed: reported });
    expect(fixture.node.host.daemon.snapshot().heartbeat).toMatchObject({ failed: 0 });
    expect(fixture.ollama.seen.generations).toHaveLength(1);
  });

  it('with usable ids neither fill memory nor delay a stop; what is still owed stays on disk', async () => {
    const count = 10_000;
    const fixture = await playFixture();
    const before = usedBytes();
    fixture.coordinator.setFaults({ failure: { hang: true } });
    await flood(fixture, count);
    expect(usedBytes() - before).toBeLessThan(60_000_000);
    expect(fixture.serving().undelivered).toBeGreaterThan(0);
    await fixture.node.host.daemon.drain(0);

    const database = openDatabase(fixture.node.paths.journalFile);
    const rows = database.prepare("SELECT state FROM requests WHERE request_id LIKE 'flood-%'").all();
    database.close();
    expect(rows.filter(({ state }) => state === 'failed' || state === 'reported')).toHaveLength(
      mostJudged - 1,
    );
    expect(rows.filter(({ state }) => state === 'failed').length).toBe(mostJudged - 1);
  });

  it('cost no more than a few of them, whatever 1 MiB of them contains, and the next poll comes when it is due', async () => {
    const fixture = await playSimulated();
    const { clock, node, coordinator } = fixture;
    const { ledger } = coordinator;
    const size = () => statSync(node.paths.journalFile).size + statSync(`${node.paths.journalFile}-wal`).size;
    const logged = () => node.log.filter(({ level }) => level !== 'debug').length;
    const before = { size: size(), logged: logged(), polls: ledger.polls.length };
    // Reports are not answered: nothing of this may hold up a poll.
    coordinator.setFaults({ failure: { hang: true } });
    const answers = 5;
    let sent = 0;
    for (let round = 0; round < answers; round += 1) {
      const entries = Array.from({ length: 58_000 }, (_, index) => ({ id: `f${round}${index}` }));
      const rawBody = JSON.stringify({ requests: entries });
      expect(rawBody.length).toBeLessThan(1_048_576);
      sent += entries.length;
      const polls = ledger.polls.length;
      coordinator.setFaults({ failure: { hang: true }, inbox: { rawBody, times: 1 } });
      await clock.advanceUntil('the hostile answer', () => coordinator.faults.inbox === undefined, 3000);
      await clock.advanceUntil('the next poll, when it is due', () => ledger.polls.length > polls, 3000);
    }
    expect(fixture.serving()).toMatchObject({ refusedEntries: sent - mostJudged, failed: mostJudged });
    expect(size() - before.size).toBeLessThan(500_000);
    expect(logged() - before.logged).toBeLessThan(4 * answers);
    expect(fixture.logged('request-not-run')).toEqual([]);
    expect(fixture.logged('requests-not-run')).toHaveLength(1);
    coordinator.setFaults({ failure: null });
    await expectServing(fixture);
    await clock.advanceUntil('an empty outbox', () => fixture.serving().undelivered === 0);
  });
});
