import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { deleteModel } from '../../../../electron/daemon/ollama/models/deletion.ts';
import { createModelsVolume } from '../../../../electron/daemon/ollama/models/volume.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { createPullFixture, type PullFixture } from '../../../fixtures/ollama/pull.ts';

let fixture: PullFixture;
let http: HttpClient;
async function open(...models: string[]) {
  fixture = await createPullFixture();
  http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  for (const model of models) {
    fixture.queue.pull(model);
    await fixture.ended(model);
  }
  const volume = createModelsVolume({ path: fixture.ollama.modelsDir });
  return (model: string, where: typeof volume | null = volume) =>
    deleteModel({ baseUrl: fixture.ollama.url, model, volume: where }, { http });
}
afterEach(async () => {
  await http.stop();
  await fixture.stop();
});

async function diskBytes(): Promise<number> {
  const files = await readdir(fixture.ollama.blobDir);
  const facts = await Promise.all(files.map((file) => stat(join(fixture.ollama.blobDir, file))));
  return facts.reduce((sum, { blocks }) => sum + blocks * 512, 0);
}

describe('deleting a model', () => {
  it('says what it freed: everything, of the only model', async () => {
    const remove = await open('phi4');
    const before = await diskBytes();
    expect(await remove('phi4:latest')).toEqual({ freedBytes: before });
    expect([await diskBytes(), fixture.ollama.models.find('phi4')]).toEqual([0, null]);
  });

  it('takes it out of memory, and leaves there what is not deleted', async () => {
    const remove = await open('phi4', 'llama3.2');
    const loaded = async () => {
      const answer = (await (await fetch(`${fixture.ollama.url}/api/ps`)).json()) as {
        models: { name: string }[];
      };
      return answer.models.map(({ name }) => name);
    };
    for (const model of ['phi4', 'llama3.2'])
      await fetch(`${fixture.ollama.url}/api/generate`, {
        method: 'POST',
        body: JSON.stringify({ model, keep_alive: '1h' }),
      });
    expect(await loaded()).toEqual(['phi4:latest', 'llama3.2:latest']);
    await remove('phi4');
    expect(await loaded()).toEqual(['llama3.2:latest']);
  });

  it('does not count layers that another model needs', async () => {
    // Both are of the family llama and have one licence between them.
    const remove = await open('llama3.2', 'llama3.3:70b');
    const before = await diskBytes();
    const { freedBytes } = await remove('llama3.2');
    const after = await diskBytes();
    expect(freedBytes).toBe(before - after);
    expect(await readdir(fixture.ollama.blobDir)).toHaveLength(4);
    expect((await remove('llama3.3:70b')).freedBytes).toBe(after);
  });

  it('does not claim what it cannot see', async () => {
    const remove = await open('phi4', 'gemma2:9b');
    expect(await remove('phi4', null)).toEqual({ freedBytes: null });
    await rm(join(fixture.ollama.modelsDir, 'manifests'), { recursive: true });
    expect(await remove('gemma2:9b')).toEqual({ freedBytes: null });
  });

  it('of a model that is not there is an error', async () => {
    const remove = await open();
    await expect(remove('phi4')).rejects.toSatisfy((error) => isNodeError(error, 'model-not-installed'));
    await fixture.ollama.setFaults({ down: true });
    await expect(remove('phi4')).rejects.toSatisfy((error) => isNodeError(error, 'ollama-unreachable'));
  });
});
