import { describe, expect, it } from 'vitest';
import {
  type DaemonProcess,
  type FaultFixture,
  filesOf,
  idle,
  journalRows,
  killed,
  openFaultFixture,
  settled,
} from '../../fixtures/faults/faults.ts';
import type { DeathStepName } from '../../fixtures/faults/steps.ts';
import { answersTo } from '../../fixtures/serving/serving.ts';
import type { EndpointFault } from '../../practice-network/coordinator/faults.ts';
import type { OllamaFaults } from '../../practice-network/ollama/faults.ts';

const forEver = 600_000;
/** What the node answers before the kill, and after it: a result that came from disk can be distinguished from one made again. */
const first = 'the answer from before the kill';
const second = 'the answer from after the kill';

/** Nothing is open in the journal, no text is left in it, and the coordinator has nothing to complain of. */
async function expectCleanEnd(fixture: FaultFixture, daemon: DaemonProcess, postedAgain = 0): Promise<void> {
  await daemon.drain();
  const { ledger } = fixture.coordinator;
  expect(ledger.violations).toEqual([]);
  expect(ledger.results.filter(({ poeVerified }) => !poeVerified)).toEqual([]);
  expect(ledger.deliveredTwiceAfterAcknowledgement).toBe(postedAgain);
  const rows = journalRows(fixture.paths);
  expect(rows.filter(({ state }) => ['accepted', 'finished', 'failed'].includes(state))).toEqual([]);
  expect(rows.filter(({ result }) => result !== null)).toEqual([]);
  for (const [name, bytes] of filesOf(fixture.paths))
    for (const text of [first, second]) expect(bytes.includes(text), `${text} in ${name}`).toBe(false);
}

interface Death {
  step: DeathStepName;
  /** How the one request was answered in the end, by both daemons together. */
  answers: string[];
  /** Whose text the accepted result has. */
  text: string;
  generations: number;
  /** What the coordinator sees come again after it has said 2xx, because that was not yet written down. */
  postedAgain?: number;
}

const fromDisk = { answers: ['result'], text: first, generations: 1 };
const madeAnew = { answers: ['result', 'node.restarted'], text: second };
const posted = { text: first, generations: 1 };
const deaths: Death[] = [
  { step: 'the accepted row is on disk', ...madeAnew, generations: 1 },
  { step: 'the answer is whole and not written', ...madeAnew, generations: 2 },
  { step: 'the finished row is on disk and no POST has left', ...fromDisk },
  // Nobody can know that the 2xx was read: the same bytes go out once more, and never a third time.
  {
    ...{ step: 'the POST is acknowledged and the row not closed', ...posted },
    ...{ answers: ['result', 'result'], postedAgain: 1 },
  },
  {
    ...{ step: 'the row is closed and not committed', ...posted },
    ...{ answers: ['result', 'result'], postedAgain: 1 },
  },
  { step: 'the row is closed and nothing is checkpointed', ...fromDisk },
  { step: 'a checkpoint is about to begin', ...fromDisk },
  { step: 'a checkpoint has copied and not truncated', ...fromDisk },
  { step: 'a checkpoint is over', ...fromDisk },
];

const inboxes = ['lease', 'consume'] as const;

describe.each(inboxes)('killed with SIGKILL, on an inbox that %ss, when', (inbox) => {
  it.each(deaths)('$step', async ({ step, answers, text, generations, postedAgain }) => {
    const fixture = await openFaultFixture({ behaviour: { inbox } });
    const { coordinator, ollama } = fixture;
    await ollama.setFaults({ answerText: first });
    const id = coordinator.submit('Question?');
    await killed(fixture.start({ dieAt: step }));
    await ollama.setFaults({ answerText: second });

    const daemon = fixture.start();
    await settled(fixture, daemon);

    const record = coordinator.ledger.request(id);
    expect(record && answersTo(record)).toEqual(answers);
    expect(record?.results.map(({ result }) => result)).toEqual(record?.results.map(() => text));
    expect(ollama.seen.generations).toHaveLength(generations);
    await expectCleanEnd(fixture, daemon, postedAgain);
  });

  it('the answer is half generated', async () => {
    const fixture = await openFaultFixture({ behaviour: { inbox } });
    const { coordinator, ollama } = fixture;
    await ollama.setFaults({ answerText: first, hangAfterChunks: 3 });
    const id = coordinator.submit('Question?');
    const victim = fixture.start();
    await ollama.seen.when('three chunks', () => ollama.seen.generations[0]?.chunksSent === 3);
    victim.kill('SIGKILL');
    await killed(victim);
    await ollama.setFaults({ answerText: second, hangAfterChunks: null });

    const daemon = fixture.start();
    await settled(fixture, daemon);

    const record = coordinator.ledger.request(id);
    expect(record && answersTo(record)).toEqual(['result', 'node.restarted']);
    expect(record?.results[0]?.result).toBe(second);
    await expectCleanEnd(fixture, daemon);
  });

  it.each([
    ['is on its way', { delayBeforeMs: forEver }, 'accept', 1, 'delivered'],
    ['is taken and the answer is on its way', { delayAfterMs: forEver }, 'accept', 2, 'delivered'],
    ['is taken, and coming again is refused', { delayAfterMs: forEver }, 'refuse', 2, 'refused'],
  ] as const)('the POST of a result %s', async (_when, fault, duplicateResult, posts, end) => {
    const fixture = await openFaultFixture({ behaviour: { inbox, duplicateResult } });
    const { coordinator, ollama } = fixture;
    await ollama.setFaults({ answerText: first });
    coordinator.setFaults({ result: { ...fault, times: 1 } satisfies EndpointFault });
    const id = coordinator.submit('Question?');
    const victim = fixture.start();
    await victim.logged('request-finished');
    await coordinator.ledger.when('the POST', () => coordinator.faults.result === undefined);
    await coordinator.ledger.when('its result', () => coordinator.ledger.results.length === posts - 1);
    victim.kill('SIGKILL');
    await killed(victim);
    await ollama.setFaults({ answerText: second });

    const daemon = fixture.start();
    await settled(fixture, daemon);

    const record = coordinator.ledger.request(id);
    expect(record?.results.map(({ result }) => result)).toEqual(Array(posts).fill(first));
    expect(ollama.seen.generations).toHaveLength(1);
    await expectCleanEnd(fixture, daemon);
    expect(journalRows(fixture.paths)).toMatchObject([{ requestId: id, state: end }]);
  });

  it('an answer of the inbox has come and nothing is written', async () => {
    const fixture = await openFaultFixture({ behaviour: { inbox, leaseMs: 1000 } });
    const { coordinator, ollama } = fixture;
    const id = coordinator.submit('Question?');
    await killed(fixture.start({ dieAt: 'an answer of the inbox has come and nothing is written' }));
    coordinator.setBehaviour({ leaseMs: 180_000 });
    const daemon = fixture.start();

    const next = coordinator.submit('And another?');
    await coordinator.answered(next);
    const record = coordinator.ledger.request(id);
    if (inbox === 'lease') {
      await coordinator.answered(id);
      expect(record?.dispatches).toHaveLength(2);
      expect(record && answersTo(record)).toEqual(['result']);
    } else {
      // This node never had it in hand: what an inbox gives away for good is its reaper's to miss.
      expect(record).toMatchObject({ outcome: 'open', results: [], failures: [] });
      expect(ollama.seen.generations).toHaveLength(1);
    }
    await idle(fixture, daemon);
    await expectCleanEnd(fixture, daemon);
    expect(journalRows(fixture.paths).map(({ requestId }) => requestId)).toEqual(
      inbox === 'lease' ? expect.arrayContaining([id, next]) : [next],
    );
  });

  it('it drains with a request running', async () => {
    const fixture = await openFaultFixture({ behaviour: { inbox } });
    const { coordinator, ollama } = fixture;
    await ollama.setFaults({ answerText: first, hangAfterChunks: 1 });
    const id = coordinator.submit('Question?');
    const victim = fixture.start();
    await ollama.seen.when('a chunk', () => ollama.seen.generations[0]?.chunksSent === 1);
    victim.kill('SIGTERM');
    await victim.logged('draining');
    victim.kill('SIGKILL');
    await killed(victim);
    await ollama.setFaults({ answerText: second, hangAfterChunks: null });

    const daemon = fixture.start();
    await settled(fixture, daemon);

    const record = coordinator.ledger.request(id);
    expect(record && answersTo(record)).toEqual(['result', 'node.restarted']);
    await expectCleanEnd(fixture, daemon);
  });
});

interface FailureDeath {
  step: DeathStepName;
  answers: string[];
  postedAgain?: number;
}

const failureDeaths: FailureDeath[] = [
  { step: 'a failure is known and not written', answers: ['node.restarted'] },
  { step: 'the failed row is on disk and no report has left', answers: ['node.result_empty'] },
  {
    step: 'the POST is acknowledged and the row not closed',
    ...{ answers: ['node.result_empty', 'node.result_empty'], postedAgain: 1 },
  },
  { step: 'the row is closed and nothing is checkpointed', answers: ['node.result_empty'] },
];

describe.each(inboxes)('killed with SIGKILL over a failure, on an inbox that %ss, when', (inbox) => {
  /** A fault of the request itself: it is not tried again. */
  const failing: Partial<OllamaFaults> = { omitResponse: true };

  it.each(failureDeaths)('$step', async ({ step, answers, postedAgain }) => {
    const fixture = await openFaultFixture({ behaviour: { inbox, requeueAfterFailure: 'never' } });
    const { coordinator, ollama } = fixture;
    await ollama.setFaults(failing);
    const id = coordinator.submit('Question?');
    await killed(fixture.start({ dieAt: step }));

    const daemon = fixture.start();
    await settled(fixture, daemon);

    const record = coordinator.ledger.request(id);
    expect(record && answersTo(record)).toEqual(answers);
    expect(ollama.seen.generations).toHaveLength(1);
    await expectCleanEnd(fixture, daemon, postedAgain);
  });

  it('the report is taken and the answer is on its way', async () => {
    const fixture = await openFaultFixture({ behaviour: { inbox, requeueAfterFailure: 'never' } });
    const { coordinator, ollama } = fixture;
    await ollama.setFaults(failing);
    coordinator.setFaults({ failure: { delayAfterMs: forEver, times: 1 } });
    const id = coordinator.submit('Question?');
    const victim = fixture.start();
    await coordinator.ledger.when('the report', () => coordinator.ledger.failures.length === 1);
    victim.kill('SIGKILL');
    await killed(victim);

    const daemon = fixture.start();
    await settled(fixture, daemon);

    const record = coordinator.ledger.request(id);
    expect(record && answersTo(record)).toEqual(['node.result_empty', 'node.result_empty']);
    expect(record?.failures.filter(({ accepted }) => accepted)).toHaveLength(1);
    await expectCleanEnd(fixture, daemon);
  });
});

it.each([
  'the migration is about to begin',
  'the migration has made its tables and not committed',
  'the migration is committed',
] as const)('a first start killed when %s leaves a directory that the next one serves on', async (step) => {
  const fixture = await openFaultFixture();
  await killed(fixture.start({ dieAt: step }));
  const daemon = fixture.start();
  const id = fixture.coordinator.submit('Question?');
  await settled(fixture, daemon);
  expect(fixture.coordinator.ledger.request(id)?.results).toHaveLength(1);
  await expectCleanEnd(fixture, daemon);
});

it('a result that no drain could deliver waits on disk for the next start', async () => {
  const fixture = await openFaultFixture();
  const { coordinator, ollama } = fixture;
  await ollama.setFaults({ answerText: first });
  coordinator.setFaults({ result: { status: { code: 503 } } });
  const id = coordinator.submit('Question?');
  const before = fixture.start();
  await before.logged('outbox-waiting');
  await before.drain();
  expect(journalRows(fixture.paths)).toMatchObject([{ requestId: id, state: 'finished', result: first }]);
  coordinator.clearFaults();
  await ollama.setFaults({ answerText: second });

  const daemon = fixture.start();
  await settled(fixture, daemon);

  expect(coordinator.ledger.request(id)?.results).toMatchObject([{ result: first }]);
  await expectCleanEnd(fixture, daemon);
});
