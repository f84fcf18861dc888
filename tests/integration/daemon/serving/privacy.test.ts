import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectExactAccount, type Fixture, openFixture, until } from '../../../fixtures/serving/serving.ts';

/** Words that nothing but the planted texts holds. */
const planted = {
  prompt: 'Zyxomma-obtusum-prompt',
  system: 'Zyxomma-obtusum-system',
  result: 'Zyxomma-obtusum-result',
};

/** The files of the state directory, the write-ahead log included, that hold a text. */
function filesWith({ node }: Fixture, text: string): string[] {
  const wanted = [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
  ];
  const files = readdirSync(node.paths.stateDir, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .filter((file) => {
      const bytes = readFileSync(join(file.parentPath, file.name));
      return wanted.some((one) => bytes.includes(one));
    })
    .map(({ name }) => name);
}

const allPlanted = (fixture: Fixture) => Object.values(planted).flatMap((text) => filesWith(fixture, text));

async function openPlanted(settings: Record<string, unknown> = {}): Promise<Fixture> {
  const fixture = await openFixture({ settings, behaviour: { maxEntries: 5 } });
  // Long enough to spill over several pages of the journal.
  await fixture.ollama.setFaults({ answerText: `${planted.result} `.repeat(800) });
  return fixture;
}

const submitPlanted = (fixture: Fixture) => fixture.submit(`${planted.prompt}?`, { system: planted.system });

describe('prompts and results', () => {
  it('are in no file of the state directory once delivered', async () => {
    const fixture = await openPlanted();
    for (let number = 0; number < 12; number++) submitPlanted(fixture);
    await fixture.start();
    await fixture.settled();
    await until('an emptied write-ahead log', () => allPlanted(fixture).length === 0);
    expectExactAccount(fixture);

    await fixture.node.host.daemon.drain(1000);
    await fixture.node.host.ended;
    expect(allPlanted(fixture)).toEqual([]);
  });

  it('lie there only as results, between finished and delivered', async () => {
    const fixture = await openPlanted();
    fixture.coordinator.setFaults({ result: { status: { code: 503 } } });
    await fixture.ollama.setFaults({ firstTokenDelayMs: 300 });
    submitPlanted(fixture);
    await fixture.start();
    await fixture.ollama.seen.when('the generation', () => fixture.ollama.seen.generations.length === 1);
    expect(allPlanted(fixture)).toEqual([]);

    await until('a finished result', () => fixture.serving().undelivered === 1);
    expect(filesWith(fixture, planted.result).length).toBeGreaterThan(0);
    expect(filesWith(fixture, planted.result).every((name) => name.startsWith('journal'))).toBe(true);
    expect([...filesWith(fixture, planted.prompt), ...filesWith(fixture, planted.system)]).toEqual([]);

    fixture.coordinator.clearFaults();
    await fixture.settled();
    await until('an emptied write-ahead log', () => allPlanted(fixture).length === 0);
  });

  it.each([
    { end: 'refused for good', fault: { status: { code: 422 } } },
    { end: 'taken although answered 409', fault: null },
  ])('are gone when the result was $end', async ({ fault }) => {
    const fixture = await openPlanted();
    if (fault) fixture.coordinator.setFaults({ result: fault });
    else fixture.coordinator.setBehaviour({ successAnswer: 'store-and-409' });
    const id = submitPlanted(fixture);
    await fixture.start();
    await fixture.ended([id]);
    await until('an emptied write-ahead log', () => allPlanted(fixture).length === 0);
    expect(fixture.serving().refused).toBe(1);
  });

  it('of requests that fail in every way are in no file and on no wire but the result’s', async () => {
    const fixture = await openPlanted({ 'limits.resultBytes': 1024 });
    const faults = [
      { dieAfterChunks: 5 },
      { errorAfterChunks: 5, errorText: `${planted.result} ${planted.prompt}` },
      { status: 400, errorText: planted.prompt },
      { garbageAfterChunks: 5 },
    ];
    const ids = [submitPlanted(fixture)];
    fixture.coordinator.setBehaviour({ requeueAfterFailure: 'never', maxEntries: 1 });
    await fixture.start();
    await fixture.coordinator.answered(ids[0] ?? '');
    for (const fault of faults) {
      await fixture.ollama.clearFaults();
      await fixture.ollama.setFaults({ ...fault, times: 1 });
      await fixture.coordinator.answered(submitPlanted(fixture));
      // Three failures in a row would pause the node.
      await fixture.ollama.clearFaults();
      await fixture.coordinator.answered(fixture.submit('And now?'));
    }
    await fixture.settled();
    expect(fixture.coordinator.ledger.failures.map(({ error }) => error)).toEqual([
      'node.result_too_large',
      'node.ollama_died',
      'node.ollama_error',
      'node.ollama_error',
      'node.ollama_answer_invalid',
    ]);
    expect(allPlanted(fixture)).toEqual([]);
    expect(JSON.stringify(fixture.node.log)).not.toContain('Zyxomma');
    expect(JSON.stringify(fixture.coordinator.ledger.heartbeats)).not.toContain('Zyxomma');
    expect(JSON.stringify(fixture.node.host.daemon.snapshot())).not.toContain('Zyxomma');
  });
});
