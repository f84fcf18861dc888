import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectExactAccount, openScene, type Scene, until } from '../../../fixtures/serving/serving.ts';

/** Words that nothing but the planted texts holds. */
const planted = {
  prompt: 'Zyxomma-obtusum-prompt',
  system: 'Zyxomma-obtusum-system',
  result: 'Zyxomma-obtusum-result',
};

/** The files of the state directory, the write-ahead log included, that hold a text. */
function filesWith({ node }: Scene, text: string): string[] {
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

const allPlanted = (scene: Scene) => Object.values(planted).flatMap((text) => filesWith(scene, text));

async function openPlanted(settings: Record<string, unknown> = {}): Promise<Scene> {
  const scene = await openScene({ settings, behaviour: { maxEntries: 5 } });
  // Long enough to spill over several pages of the journal.
  await scene.ollama.setFaults({ answerText: `${planted.result} `.repeat(800) });
  return scene;
}

const submitPlanted = (scene: Scene) => scene.submit(`${planted.prompt}?`, { system: planted.system });

describe('prompts and results', () => {
  it('are in no file of the state directory once delivered', async () => {
    const scene = await openPlanted();
    for (let number = 0; number < 12; number++) submitPlanted(scene);
    await scene.start();
    await scene.settled();
    await until('an emptied write-ahead log', () => allPlanted(scene).length === 0);
    expectExactAccount(scene);

    await scene.node.host.daemon.drain(1000);
    await scene.node.host.ended;
    expect(allPlanted(scene)).toEqual([]);
  });

  it('lie there only as results, between finished and delivered', async () => {
    const scene = await openPlanted();
    scene.coordinator.setFaults({ result: { status: { code: 503 } } });
    await scene.ollama.setFaults({ firstTokenDelayMs: 300 });
    submitPlanted(scene);
    await scene.start();
    await scene.ollama.seen.when('the generation', () => scene.ollama.seen.generations.length === 1);
    expect(allPlanted(scene)).toEqual([]);

    await until('a finished result', () => scene.serving().undelivered === 1);
    expect(filesWith(scene, planted.result).length).toBeGreaterThan(0);
    expect(filesWith(scene, planted.result).every((name) => name.startsWith('journal'))).toBe(true);
    expect([...filesWith(scene, planted.prompt), ...filesWith(scene, planted.system)]).toEqual([]);

    scene.coordinator.clearFaults();
    await scene.settled();
    await until('an emptied write-ahead log', () => allPlanted(scene).length === 0);
  });

  it.each([
    { end: 'refused for good', fault: { status: { code: 422 } } },
    { end: 'taken although answered 409', fault: null },
  ])('are gone when the result was $end', async ({ fault }) => {
    const scene = await openPlanted();
    if (fault) scene.coordinator.setFaults({ result: fault });
    else scene.coordinator.setBehaviour({ successAnswer: 'store-and-409' });
    const id = submitPlanted(scene);
    await scene.start();
    await scene.ended([id]);
    await until('an emptied write-ahead log', () => allPlanted(scene).length === 0);
    expect(scene.serving().refused).toBe(1);
  });

  it('of requests that fail in every way are in no file and on no wire but the result’s', async () => {
    const scene = await openPlanted({ 'limits.resultBytes': 1024 });
    const faults = [
      { dieAfterChunks: 5 },
      { errorAfterChunks: 5, errorText: `${planted.result} ${planted.prompt}` },
      { status: 500, errorText: planted.prompt },
      { garbageAfterChunks: 5 },
    ];
    const ids = [submitPlanted(scene)];
    scene.coordinator.setBehaviour({ requeueAfterFailure: 'never', maxEntries: 1 });
    await scene.start();
    await scene.coordinator.answered(ids[0] ?? '');
    for (const fault of faults) {
      await scene.ollama.clearFaults();
      await scene.ollama.setFaults({ ...fault, times: 1 });
      await scene.coordinator.answered(submitPlanted(scene));
    }
    await scene.settled();
    expect(scene.coordinator.ledger.failures.map(({ error }) => error)).toEqual([
      'node.result_too_large',
      'node.ollama_died',
      'node.ollama_error',
      'node.ollama_error',
      'node.ollama_answer_invalid',
    ]);
    expect(allPlanted(scene)).toEqual([]);
    expect(JSON.stringify(scene.node.log)).not.toContain('Zyxomma');
    expect(JSON.stringify(scene.coordinator.ledger.heartbeats)).not.toContain('Zyxomma');
    expect(JSON.stringify(scene.node.host.daemon.snapshot())).not.toContain('Zyxomma');
  });
});
