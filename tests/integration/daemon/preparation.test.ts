import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HostedPreparation, hostPreparation } from '../../../electron/daemon/preparation.ts';
import { ensureStateDir, type StatePaths, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { preparationSchema } from '../../../shared/contract/preparation.ts';
import { patienceMs } from '../../fixtures/patience.ts';
import { silentLog } from '../../fixtures/silent-log.ts';
import { type OllamaStandIn, startOllamaStandIn } from '../../practice-network/ollama/stand-in.ts';

let directory: string;
let paths: StatePaths;
let ollama: OllamaStandIn;
let preparation: HostedPreparation;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plx-'));
  paths = statePaths({
    stateDir: join(directory, 'state'),
    env: {},
    platform: process.platform,
    homeDir: directory,
  });
  await ensureStateDir(paths, { clock });
  ollama = await startOllamaStandIn({ models: [] });
  const settingsStore = await openSettings({ paths }, { clock });
  preparation = await hostPreparation(
    {
      paths,
      version: '0.0.0-test',
      settings: settingsStore.current,
      ollama: { url: ollama.url, remote: false },
      env: { PATH: process.env.PATH, HOME: directory, OLLAMA_MODELS: join(directory, 'models') },
    },
    { clock, log: silentLog, settingsStore },
  );
});
afterEach(async () => {
  await preparation.stop();
  await ollama.stop();
  rmSync(directory, { recursive: true, force: true });
});

const waitFor = (what: string, holds: () => boolean) =>
  vi.waitFor(() => expect(holds(), what).toBe(true), { timeout: patienceMs });
const report = () => preparationSchema.parse(preparation.report());

describe('before there is a key', () => {
  it('the hardware is probed, and Ollama is found with nothing on it', async () => {
    await waitFor('Ollama is found', () => report().ollama.condition === 'running');
    const { hardware, ollama: found } = report();
    expect(hardware.cores).toBeGreaterThan(0);
    expect(hardware.declared).toEqual({ tier: null, match: 'unknown', accepted: false });
    expect(found).toMatchObject({ condition: 'running', server: 'users', models: [], defaultModel: null });
  });

  it('a model is pulled, and can serve', async () => {
    await waitFor('Ollama is found', () => report().ollama.condition === 'running');
    await preparation.handlers['models.pull']?.({ model: 'llama3.2', large: true });
    await waitFor('the model is here', () => report().ollama.defaultModel === 'llama3.2:latest');
    expect(report().pulls).toMatchObject([{ model: 'llama3.2', state: 'done' }]);
    expect(preparation.underWay).toEqual([]);
  });

  it('the first model is tested by itself, and no later one', async () => {
    await waitFor('Ollama is found', () => report().ollama.condition === 'running');
    await preparation.handlers['models.pull']?.({ model: 'llama3.2', large: true });
    await waitFor('a test ended', () => report().selfTests.some(({ state }) => state === 'done'));
    expect(report().selfTests).toMatchObject([{ model: 'llama3.2:latest', state: 'done' }]);
    expect(report().ollama.tooSlow).toBeNull();
    const asked = ollama.seen.generations.length;
    await preparation.handlers['models.pull']?.({ model: 'mistral:7b', large: true });
    await waitFor('the second is here', () => report().ollama.models.length === 2);
    expect([report().selfTests.length, ollama.seen.generations.length]).toEqual([1, asked]);
  });

  it('a first model that turns out too slow is called that, with a smaller one to get instead', async () => {
    await ollama.setFaults({ claimedTokenMs: 1000 });
    await waitFor('Ollama is found', () => report().ollama.condition === 'running');
    await preparation.handlers['models.pull']?.({ model: 'qwen2.5:7b', large: true });
    await waitFor('the test ended', () => report().ollama.tooSlow !== null);
    expect(report().ollama.tooSlow).toEqual({ model: 'qwen2.5:7b', tokensPerSecond: 1, better: 'llama3.2' });
    // Nothing is downloaded that nobody asked for.
    expect(ollama.seen.count('/api/pull')).toBe(1);
    const answer = await preparation.handlers['models.catalogue']?.({});
    expect(answer).toMatchObject({ recommended: 'llama3.2' });
  });

  it('what is still on its way is named, so that whoever comes next goes on with it', async () => {
    await ollama.setFaults({ pullHang: true });
    await preparation.handlers['models.pull']?.({ model: 'llama3.2', large: true });
    await preparation.handlers['models.pull']?.({ model: 'mistral:7b', large: true });
    await waitFor('the pull has begun', () => report().pulls[0]?.state === 'pulling');
    expect(preparation.underWay).toEqual(['llama3.2', 'mistral:7b']);
  });

  it('no model is loaded into memory: nothing is served yet', async () => {
    await waitFor('Ollama is found', () => report().ollama.condition === 'running');
    expect(report().ollama.warmUp.state).toBe('none');
    expect(ollama.seen.count('/api/generate')).toBe(0);
  });
});
