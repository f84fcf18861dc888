import { describe, expect, it } from 'vitest';
import { type FailureCode, failureTexts } from '../../../../electron/daemon/serving/failure.ts';
import {
  answersTo,
  expectExactAccount,
  type Fixture,
  type FixtureOptions,
  openFixture,
} from '../../../fixtures/serving/serving.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';
import type { OllamaFaults } from '../../../practice-network/ollama/faults.ts';

const generations = (fixture: Fixture) => fixture.ollama.seen.generations;

interface Row {
  what: string;
  faults?: Partial<OllamaFaults>;
  prompt?: string;
  system?: string;
  options?: FixtureOptions;
  /** It may pass, so it is tried again: it has to meet all three attempts. */
  mayPass?: true;
  says: FailureCode;
}

const short = { 'limits.promptBytes': 1024 };
const rows: Row[] = [
  {
    what: 'Ollama dies after the headers',
    faults: { dieAfterChunks: 0 },
    mayPass: true,
    says: 'ollama-died',
  },
  { what: 'Ollama dies in the middle of the answer', faults: { dieAfterChunks: 3 }, says: 'ollama-died' },
  {
    what: 'the stream ends before anything was said',
    faults: { endWithoutDone: true, emptyResponse: true },
    mayPass: true,
    says: 'ollama-died',
  },
  { what: 'Ollama answers 500', faults: { status: 500 }, mayPass: true, says: 'ollama-error' },
  { what: 'Ollama answers 400 for no known reason', faults: { status: 400 }, says: 'ollama-error' },
  { what: 'Ollama has the model no longer', faults: { status: 404 }, says: 'model-not-installed' },
  {
    what: 'an error comes in the middle of the answer',
    faults: { errorAfterChunks: 3 },
    says: 'ollama-error',
  },
  { what: 'an error comes first', faults: { errorAfterChunks: 0 }, mayPass: true, says: 'ollama-error' },
  { what: 'a line is no JSON', faults: { garbageAfterChunks: 2 }, says: 'ollama-answer-invalid' },
  { what: 'the answer has no text field', faults: { omitResponse: true }, says: 'result-empty' },
  {
    what: 'the answer is empty and nothing shows that it was meant',
    faults: { emptyResponse: true, omitCounts: true },
    says: 'result-empty',
  },
  {
    what: 'the answer is larger than a result may be',
    faults: { answerBytes: 1025 },
    options: { settings: { 'limits.resultBytes': 1024 } },
    says: 'result-too-large',
  },
  {
    what: 'the prompt does not fit the context, in the words of older servers',
    prompt: 'word '.repeat(5000),
    options: { ollama: { overflowError: 'plain' } },
    says: 'context-overflow',
  },
  {
    what: 'the prompt does not fit the context, in the words of newer servers',
    prompt: 'word '.repeat(5000),
    options: { ollama: { overflowError: 'runner' } },
    says: 'context-overflow',
  },
  {
    what: 'the prompt is longer than the limit',
    prompt: 'ü'.repeat(513),
    options: { settings: short },
    says: 'prompt-too-large',
  },
  { what: 'the prompt is longer than 256 KiB', prompt: 'x'.repeat(256 * 1024 + 1), says: 'prompt-too-large' },
  {
    what: 'the system prompt is longer than the limit',
    system: 'ü'.repeat(513),
    options: { settings: short },
    says: 'prompt-too-large',
  },
  { what: 'the prompt is empty', prompt: '', says: 'request-invalid' },
  { what: 'the prompt is white space', prompt: ' \n\t ', says: 'request-invalid' },
];

/** One request that meets these faults, and one after it that meets none. */
async function play(
  row: Omit<Row, 'says' | 'what'>,
): Promise<{ fixture: Fixture; id: string; next: string }> {
  // Between attempts the node pauses for seconds, which nobody waits for.
  const clock = row.mayPass ? createSimulatedClock() : null;
  const behaviour = { requeueAfterFailure: 'never' } as const;
  const fixture = await openFixture({ behaviour, ...(clock ? { clock } : {}), ...row.options });
  clock?.lead(fixture.coordinator);
  if (row.faults) await fixture.ollama.setFaults({ ...row.faults, times: row.mayPass ? 3 : 1 });
  const id = fixture.submit(row.prompt ?? 'Why?', row.system === undefined ? {} : { system: row.system });
  const next = fixture.submit('Next?');
  await fixture.start();
  const { ledger } = fixture.coordinator;
  const open = () =>
    ledger.work.some(({ outcome }) => outcome === 'open') || fixture.serving().undelivered > 0;
  await clock?.advanceUntil('the end of both requests', () => !open(), 60_000);
  await fixture.settled();
  return { fixture, id, next };
}

describe('a failure has its own word on the wire', () => {
  it.each(rows)('$says: $what', async (row) => {
    const { fixture, id, next } = await play(row);
    const { ledger } = fixture.coordinator;
    expect(ledger.request(id)?.failures).toMatchObject([{ error: failureTexts[row.says], accepted: true }]);
    expect(ledger.request(id)?.results).toEqual([]);
    expect(ledger.request(next)?.results, 'the node goes on').toMatchObject([{ accepted: true }]);
    expectExactAccount(fixture);
    expect(fixture.serving()).toMatchObject({ served: 1, failed: 1, running: [], queued: 0 });
  });

  it('ollama-unreachable once when Ollama has gone: the request waits for its return and is served', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock });
    clock.lead(fixture.coordinator);
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('a poll', () => ledger.polls.length > 0);
    await fixture.ollama.setFaults({ down: true });
    const id = fixture.submit('Why?');
    await clock.advanceUntil('the report', () => ledger.failures.length > 0);
    await clock.advance(60_000);
    expect(ledger.failures.map(({ error }) => error)).toEqual(['node.ollama_unreachable']);

    await fixture.ollama.clearFaults();
    await clock.advanceUntil('the answer', () => ledger.request(id)?.outcome === 'answered', 30_000);
    await clock.advance(0);
    expectExactAccount(fixture, { lostModels: true });
  });

  it.each([
    { what: 'not a word', faults: { hangBeforeHeaders: true } },
    { what: 'headers and then nothing', faults: { hangAfterChunks: 0 } },
    { what: 'a beginning and then nothing', faults: { hangAfterChunks: 3 } },
  ])('deadline-exceeded, 120 s after acceptance, and Ollama is asked to stop: $what', async ({ faults }) => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock, behaviour: { requeueAfterFailure: 'never' } });
    clock.lead(fixture.coordinator);
    await fixture.ollama.setFaults(faults);
    const id = fixture.submit('Why?');
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('the generation', () => fixture.ollama.seen.generationsInFlight === 1);
    await clock.advance(119_900);
    expect(ledger.failures).toEqual([]);
    await clock.advance(200);
    expect(answersTo(await fixture.coordinator.answered(id))).toEqual(['node.deadline_exceeded']);
    expect(fixture.ollama.seen.generationsInFlight).toBe(0);
    expectExactAccount(fixture);
  });

  it('deadline-exceeded counts from acceptance: time in the queue is not given back', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock, behaviour: { requeueAfterFailure: 'never', maxEntries: 2 } });
    clock.lead(fixture.coordinator);
    await fixture.ollama.setFaults({ firstTokenDelayMs: 150, times: 1 });
    const [first, second] = [fixture.submit('First?'), fixture.submit('Second?')];
    await fixture.start();
    await clock.advanceUntil('the generation', () => fixture.ollama.seen.generationsInFlight === 1);
    await fixture.ollama.setFaults({ hangAfterChunks: 0 });
    clock.delay(100_000);
    expect(answersTo(await fixture.coordinator.answered(first))).toEqual(['result']);
    await clock.advance(19_000);
    expect(generations(fixture)).toHaveLength(2);
    expect(fixture.coordinator.ledger.failures).toEqual([]);
    await clock.advance(1100);
    expect(answersTo(await fixture.coordinator.answered(second))).toEqual(['node.deadline_exceeded']);
    expectExactAccount(fixture);
  });
});

describe('what is not a failure', () => {
  it('an answer that is truly empty is delivered', async () => {
    const { fixture, id } = await play({ faults: { emptyResponse: true } });
    const record = await fixture.coordinator.answered(id);
    expect(record.results).toMatchObject([
      { result: '', poeVerified: true, accepted: true, outputTokens: null },
    ]);
    expectExactAccount(fixture);
  });

  it('missing token counts are delivered as null, and counted', async () => {
    const { fixture, id, next } = await play({ faults: { omitCounts: true } });
    const record = await fixture.coordinator.answered(id);
    expect(record.results).toMatchObject([{ inputTokens: null, outputTokens: null, accepted: true }]);
    const counted = (await fixture.coordinator.answered(next)).results[0];
    const { inputTokens, outputTokens } = counted ?? {};
    expect(fixture.serving()).toMatchObject({ served: 2, withoutCounts: 1, inputTokens, outputTokens });
    expectExactAccount(fixture);
  });

  it('an answer exactly as large as a result may be is delivered whole', async () => {
    const options = { settings: { 'limits.resultBytes': 65_536 } };
    const { fixture, id } = await play({ faults: { answerBytes: 65_536 }, options });
    const record = await fixture.coordinator.answered(id);
    expect(record.results[0]?.result).toHaveLength(65_536);
    expectExactAccount(fixture);
  });

  it.each([
    {
      name: 'NUL, separators and marks',
      text: 'a|b\u0000c\u202e\u{1f600}\ufffe|\r\n"\\ \u2028 end\ufeff',
      arrives: null,
    },
    { name: 'a lone surrogate', text: 'half \ud83d alone', arrives: 'half \ufffd alone' },
  ])('text like $name is delivered as it is; half a surrogate pair as U+FFFD', async ({ text, arrives }) => {
    const { fixture, id } = await play({ faults: { answerText: text } });
    const record = await fixture.coordinator.answered(id);
    expect(record.results).toMatchObject([{ result: arrives ?? text, poeVerified: true, accepted: true }]);
    expectExactAccount(fixture);
  });
});

describe('stopping', () => {
  it('finishes what runs, delivers it, and says goodbye as unavailable', async () => {
    const fixture = await openFixture();
    await fixture.ollama.setFaults({ firstTokenDelayMs: 400 });
    const id = fixture.submit('Nearly done?');
    await fixture.start();
    await fixture.ollama.seen.when('the generation', () => generations(fixture).length === 1);
    await fixture.node.host.daemon.drain(5000);

    const record = await fixture.coordinator.answered(id);
    expect(answersTo(record)).toEqual(['result']);
    expectExactAccount(fixture);
    const { heartbeats, polls } = fixture.coordinator.ledger;
    expect(heartbeats.at(-1)).toMatchObject({ accepted: true, body: { available: false, served: 1 } });
    expect(polls).toHaveLength(1);
  });

  it('reports what cannot be finished in time as node.stopping, and Ollama is asked to stop', async () => {
    const clock = createSimulatedClock();
    const fixture = await openFixture({ clock, behaviour: { requeueAfterFailure: 'never', maxEntries: 3 } });
    clock.lead(fixture.coordinator);
    await fixture.ollama.setFaults({ hangAfterChunks: 1 });
    const ids = [1, 2, 3].map((number) => fixture.submit(`Question ${number}?`));
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await clock.advanceUntil('the generation', () => fixture.ollama.seen.generationsInFlight === 1);
    const ended = fixture.node.host.daemon.drain(30_000);
    await clock.advance(1000);
    expect(ledger.failures.map(({ requestId }) => requestId)).toEqual(ids.slice(1));
    await clock.advance(28_000);
    expect(ledger.failures).toHaveLength(2);
    await clock.during(ended);

    for (const id of ids)
      expect(answersTo(await fixture.coordinator.answered(id))).toEqual(['node.stopping']);
    expect(fixture.ollama.seen.generationsInFlight).toBe(0);
    expectExactAccount(fixture);
    expect(ledger.heartbeats.at(-1)?.body).toMatchObject({ available: false });
  });

  it('reports what an inbox answer brings after the stop was asked for', async () => {
    const fixture = await openFixture({ behaviour: { requeueAfterFailure: 'never' } });
    fixture.coordinator.setFaults({ inbox: { delayAfterMs: 300 } });
    const id = fixture.submit('Too late?');
    await fixture.start();
    const { ledger } = fixture.coordinator;
    await ledger.when('the poll', () => ledger.polls.length === 1);
    await fixture.node.host.daemon.drain(5000);
    expect(answersTo(await fixture.coordinator.answered(id))).toEqual(['node.stopping']);
    expect(generations(fixture)).toEqual([]);
    expectExactAccount(fixture);
  });
});
