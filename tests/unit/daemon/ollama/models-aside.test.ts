import { describe, expect, it } from 'vitest';
import { installedModel } from '../../../../electron/daemon/ollama/models/installed-models.ts';
import { createServableModels } from '../../../../electron/daemon/ollama/models/servable-models.ts';
import { silentLog } from '../../../fixtures/silent-log.ts';
import { createSimulatedClock } from '../../../fixtures/simulated-clock.ts';

const minuteMs = 60_000;
const model = (name: string, sizeBytes: number, digest = name) =>
  installedModel(
    {
      name,
      digest,
      sizeBytes,
      ...{ family: 'llama', parameterSize: null, quantization: null, cloud: false, remoteHost: null },
    },
    null,
  );
const small = model('small:latest', 1e9);
const large = model('large:latest', 70e9);

function judged(preferredModel: string | null = null) {
  const clock = createSimulatedClock();
  const models = createServableModels({ preferredModel }, { clock, log: silentLog });
  models.read([small, large]);
  return { clock, models, serves: () => models.judge().servable.map(({ name }) => name) };
}

describe('a model that is set aside', () => {
  it('does not serve for half an hour, and twice as long the next time', async () => {
    const { clock, models, serves } = judged();
    expect(models.setAside('large', 'needs-memory')).toBe(true);
    expect(models.judge().models.at(-1)).toMatchObject({
      name: 'large:latest',
      servable: false,
      notServableBecause: 'needs-memory',
      asideUntilMs: clock.now() + 30 * minuteMs,
    });
    await clock.advance(29 * minuteMs);
    expect(serves()).toEqual(['small:latest']);
    await clock.advance(2 * minuteMs);
    expect(serves()).toEqual(['small:latest', 'large:latest']);
    expect(models.setAside('large:latest', 'failing')).toBe(true);
    await clock.advance(59 * minuteMs);
    expect(serves()).toEqual(['small:latest']);
    await clock.advance(2 * minuteMs);
    expect(serves()).toEqual(['small:latest', 'large:latest']);
  });

  it('is replaced by a smaller one where it was the default, nobody chose it, and there is no memory for it', async () => {
    const llama = model('llama3.2:latest', 2e9);
    const { clock, models } = judged();
    models.read([llama, small, large]);
    models.prefer('llama3.2');
    expect(models.replaceDefault('llama3.2'), 'one that was chosen').toBe(false);
    models.prefer('gone');
    expect(models.judge()).toMatchObject({ defaultModel: 'llama3.2:latest', preferredMissing: true });
    // A request that finds no memory says nothing of the next one: it is tried again, and the default stays.
    expect(models.setAside('llama3.2', 'needs-memory')).toBe(false);
    expect(models.replaceDefault('llama3.2')).toBe(true);
    expect(models.judge()).toMatchObject({ defaultModel: 'small:latest' });
    // The one that serves is not sent away again by itself.
    await clock.advance(9 * 60 * minuteMs);
    expect(models.judge()).toMatchObject({ defaultModel: 'small:latest' });
    models.prefer('llama3.2');
    expect(models.judge()).toMatchObject({ defaultModel: 'llama3.2:latest' });
  });

  it('serves again at once when its files are others, or a person wants it', () => {
    const { models, serves } = judged();
    models.setAside('large:latest', 'failing');
    models.read([small, model('large:latest', 70e9, 'another')]);
    expect(serves()).toHaveLength(2);
    models.setAside('large:latest', 'failing');
    expect(serves()).toHaveLength(1);
    models.prefer('large');
    expect(models.judge()).toMatchObject({ defaultModel: 'large:latest', preferredMissing: false });
  });

  it('is never the default model, the only one, or one that does not serve anyway', () => {
    const { models, serves } = judged('large');
    expect(models.setAside('large:latest', 'needs-memory')).toBe(false);
    expect(models.setAside('unknown', 'needs-memory')).toBe(false);
    expect(serves()).toHaveLength(2);
    models.setAside('small:latest', 'failing');
    // For the default that nobody chose there is no smaller one; and one that only fails is never replaced.
    models.prefer(null);
    models.read([model('llama3.2:latest', 2e9), large]);
    expect(models.replaceDefault('llama3.2')).toBe(false);
    models.read([model('llama3.2:latest', 2e9), small]);
    expect(models.setAside('llama3.2', 'failing')).toBe(false);
    expect(models.replaceDefault('small'), 'one that is not the default').toBe(false);
    models.prefer('large');
    // The default is deleted: what is left is better than nothing.
    models.read([small]);
    expect(models.judge()).toMatchObject({ defaultModel: 'small:latest' });
  });
});
