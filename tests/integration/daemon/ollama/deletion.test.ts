import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../../electron/daemon/http/client.ts';
import { deleteModel } from '../../../../electron/daemon/ollama/models/deletion.ts';
import { createModelsVolume } from '../../../../electron/daemon/ollama/models/volume.ts';
import { systemClock } from '../../../../electron/daemon/system/clock.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import { createPullScene, type PullScene } from '../../../fixtures/ollama/pull.ts';

let scene: PullScene;
let http: HttpClient;
async function open(...models: string[]) {
  scene = await createPullScene();
  http = createHttpClient({ plainHttp: 'loopback', userAgent: 'test' }, { clock: systemClock });
  for (const model of models) {
    scene.queue.pull(model);
    await scene.ended(model);
  }
  const volume = createModelsVolume({ path: scene.ollama.modelsDir });
  return (model: string, where: typeof volume | null = volume) =>
    deleteModel({ baseUrl: scene.ollama.url, model, volume: where }, { http });
}
afterEach(async () => {
  await http.stop();
  await scene.stop();
});

async function diskBytes(): Promise<number> {
  const files = await readdir(scene.ollama.blobDir);
  const facts = await Promise.all(files.map((file) => stat(join(scene.ollama.blobDir, file))));
  return facts.reduce((sum, { blocks }) => sum + blocks * 512, 0);
}

describe('deleting a model', () => {
  it('says what it freed: everything, of the only model', async () => {
    const remove = await open('phi4');
    const before = await diskBytes();
    expect(await remove('phi4:latest')).toEqual({ freedBytes: before });
    expect([await diskBytes(), scene.ollama.models.find('phi4')]).toEqual([0, null]);
  });

  it('does not count layers that another model needs', async () => {
    // Both are of the family llama and have one licence between them.
    const remove = await open('llama3.2', 'llama3.3:70b');
    const before = await diskBytes();
    const { freedBytes } = await remove('llama3.2');
    const after = await diskBytes();
    expect(freedBytes).toBe(before - after);
    expect(await readdir(scene.ollama.blobDir)).toHaveLength(4);
    expect((await remove('llama3.3:70b')).freedBytes).toBe(after);
  });

  it('does not claim what it cannot see', async () => {
    const remove = await open('phi4', 'gemma2:9b');
    expect(await remove('phi4', null)).toEqual({ freedBytes: null });
    await rm(join(scene.ollama.modelsDir, 'manifests'), { recursive: true });
    expect(await remove('gemma2:9b')).toEqual({ freedBytes: null });
  });

  it('of a model that is not there is an error', async () => {
    const remove = await open();
    await expect(remove('phi4')).rejects.toSatisfy((error) => isNodeError(error, 'model-not-installed'));
    await scene.ollama.setFaults({ down: true });
    await expect(remove('phi4')).rejects.toSatisfy((error) => isNodeError(error, 'ollama-unreachable'));
  });
});
