import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { catalogueEntry } from '../../../../electron/daemon/ollama/models/catalogue.ts';
import { isNodeError } from '../../../../shared/errors.ts';
import {
  createPullFixture,
  type PullFixture,
  type PullFixtureOptions,
} from '../../../fixtures/ollama/pull.ts';
import { createSimulatedClock, type SimulatedClock } from '../../../fixtures/simulated-clock.ts';

let fixture: PullFixture;
const openFixture = async (options: PullFixtureOptions = {}) => {
  fixture = await createPullFixture(options);
  return fixture;
};
afterEach(() => fixture.stop());

const weights = 4 * 1024 * 1024;
const whole = weights + 1_429 + 7_711 + 485;

async function blobsAreWhole(): Promise<boolean> {
  const files = await readdir(fixture.ollama.blobDir);
  const digests = await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(join(fixture.ollama.blobDir, file));
      return `sha256-${createHash('sha256').update(bytes).digest('hex')}` === file;
    }),
  );
  return files.length === 4 && digests.every(Boolean);
}

describe('a pull', () => {
  it('says how far it is, by layer and in all, and counts only when Ollama says success', async () => {
    const { queue, ollama, pulled } = await openFixture();
    await ollama.setFaults({ pullHangAfterBytes: 1_000_000 });
    expect(['queued', 'checking']).toContain(queue.pull('phi4'));
    const midway = await fixture.when('phi4', ({ completedBytes }) => completedBytes === 1_000_000);
    expect(midway).toMatchObject({ state: 'pulling', totalBytes: whole, attempt: 1, error: null });
    expect(midway.layers).toEqual([
      { digest: expect.stringMatching(/^sha256:/), totalBytes: weights, completedBytes: 1_000_000 },
    ]);
    expect([queue.active, pulled]).toEqual([true, []]);
    queue.cancel('phi4');
    await fixture.ended('phi4');
    await ollama.clearFaults();
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'done',
      totalBytes: whole,
      completedBytes: whole,
      bytesPerSecond: null,
      leftMs: null,
      error: null,
    });
    expect([queue.active, pulled]).toEqual([false, ['phi4']]);
  });

  it('is whole at the end although Ollama says nothing certain of a layer’s last bytes', async () => {
    const { queue, ollama } = await openFixture();
    queue.pull('phi4');
    const verifying: number[] = [];
    queue.onChange(() => {
      for (const { state, completedBytes } of queue.reports())
        if (state === 'verifying') verifying.push(completedBytes);
    });
    const { completedBytes, totalBytes, layers } = await fixture.ended('phi4');
    expect([completedBytes, totalBytes]).toEqual([whole, whole]);
    expect(layers.every((layer) => layer.completedBytes === layer.totalBytes)).toBe(true);
    expect(verifying.every((bytes) => bytes === whole)).toBe(true);
    expect(ollama.seen.count('/api/pull')).toBe(1);
  });

  it('counts nothing as here that Ollama threw away for its checksum', async () => {
    const { queue, ollama } = await openFixture({ limits: { resumes: 0 } });
    await ollama.setFaults({ pullCorrupt: true });
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'failed',
      completedBytes: 0,
      error: { code: 'pull-corrupt' },
    });
  });

  it('cancelled at 60 % goes on from there when it is asked for again, and every byte is right', async () => {
    const { queue, ollama } = await openFixture();
    const sixty = Math.floor(weights * 0.6);
    await ollama.setFaults({ pullHangAfterBytes: sixty });
    queue.pull('phi4');
    await fixture.when('phi4', ({ completedBytes }) => completedBytes === sixty);
    expect(queue.cancel('phi4')).toBe(true);
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'cancelled',
      completedBytes: sixty,
      error: null,
    });
    await ollama.seen.when('the end', () => fixture.pulls()[0]?.outcome === 'aborted');
    expect(ollama.models.find('phi4')).toBeNull();

    // Off the list, and what came is here all the same.
    expect([queue.forget('phi4'), queue.forget('phi4'), queue.reports()]).toEqual([true, false, []]);
    await ollama.setFaults({ pullHangAfterBytes: weights - sixty + 1 });
    queue.pull('phi4');
    expect(queue.forget('phi4')).toBe(false);
    // Had it begun again, the weights would not be whole by then.
    await fixture.when('phi4', ({ layers }) => layers.length > 1);
    await ollama.clearFaults();
    queue.cancel('phi4');
    await fixture.ended('phi4');
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({ state: 'done', completedBytes: whole });
    expect(await blobsAreWhole()).toBe(true);
  });

  it('whose layers come side by side is summed up', async () => {
    const { queue, ollama } = await openFixture();
    await ollama.setFaults({ pullParallel: true });
    queue.pull('phi4');
    const { layers, ...done } = await fixture.ended('phi4');
    expect(done).toMatchObject({ state: 'done', completedBytes: whole });
    expect(layers.map(({ totalBytes }) => totalBytes).toSorted((a, b) => b - a)).toEqual([
      weights,
      7_711,
      1_429,
      485,
    ]);
    expect(await blobsAreWhole()).toBe(true);
  });

  it('of unknown size claims no total, and estimates it where the catalogue has it', async () => {
    const { queue } = await openFixture({ registry: false });
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      ...{ state: 'done', totalBytes: null, leftMs: null },
      estimatedBytes: catalogueEntry('phi4')?.downloadBytes,
    });
  });
});

describe('the queue', () => {
  it('pulls one model at a time, in order; the same model twice is one', async () => {
    const { queue, ollama, pulled } = await openFixture();
    await ollama.setFaults({ pullHang: true });
    queue.pull('phi4');
    queue.pull('gemma2:9b');
    expect(queue.pull('phi4:latest')).not.toBe('queued');
    expect(queue.pull('Gemma2:9b')).toBe('queued');
    await fixture.when('phi4', ({ state }) => state === 'pulling');
    expect(queue.reports().map(({ model, state }) => [model, state])).toEqual([
      ['phi4', 'pulling'],
      ['gemma2:9b', 'queued'],
    ]);
    expect(fixture.pulls()).toHaveLength(1);
    queue.cancel('phi4');
    await ollama.clearFaults();
    expect(await fixture.ended('phi4')).toMatchObject({ state: 'cancelled' });
    expect(await fixture.ended('gemma2:9b')).toMatchObject({ state: 'done' });
    expect(pulled).toEqual(['gemma2:9b']);
  });

  it('a model that waits for its turn can be taken out', async () => {
    const { queue, ollama } = await openFixture();
    await ollama.setFaults({ pullHang: true });
    queue.pull('phi4');
    queue.pull('gemma2:9b');
    await fixture.when('phi4', ({ state }) => state === 'pulling');
    expect([queue.cancel('gemma2:9b'), queue.cancel('gemma2:9b'), queue.cancel('mistral:7b')]).toEqual([
      true,
      false,
      false,
    ]);
    queue.cancel('phi4');
    await fixture.ended('phi4');
    expect(fixture.report('gemma2:9b').state).toBe('cancelled');
    expect(fixture.pulls().map(({ model }) => model)).toEqual(['phi4']);
  });

  it.each([
    ['gpt-oss:120b-cloud', 'model-cloud'],
    ['two words', 'model-name-invalid'],
    ['../../etc', 'model-name-invalid'],
  ] as const)('%s is refused: %s', async (model, code) => {
    const { queue } = await openFixture();
    expect(() => queue.pull(model)).toThrow(expect.toSatisfy((error) => isNodeError(error, code)));
    expect(queue.reports()).toEqual([]);
  });

  it('ends what runs when it is stopped', async () => {
    const { queue, ollama } = await openFixture();
    await ollama.setFaults({ pullHang: true });
    queue.pull('phi4');
    queue.pull('gemma2:9b');
    await fixture.when('phi4', ({ state }) => state === 'pulling');
    await queue.stop();
    expect(queue.reports().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    await ollama.seen.when('the end', () => fixture.pulls()[0]?.outcome === 'aborted');
  });
});

describe('a pull on which nothing comes', () => {
  let clock: SimulatedClock;
  const stalling = async () => {
    clock = createSimulatedClock();
    return openFixture({ clock });
  };

  it('is asked for again three times, each after 60 s, and then is stalled', async () => {
    const { queue, ollama } = await stalling();
    await ollama.setFaults({ pullHangAfterBytes: 100_000 });
    queue.pull('phi4');
    await clock.advance(59_000);
    expect([fixture.pulls().length, fixture.report('phi4').attempt]).toEqual([1, 1]);
    await clock.advance(1000);
    expect([fixture.pulls().length, fixture.report('phi4').attempt]).toEqual([2, 2]);
    await clock.advanceUntil('the end', () => fixture.report('phi4').state === 'stalled');
    expect(fixture.pulls()).toHaveLength(4);
    expect(fixture.report('phi4')).toMatchObject({
      attempt: 4,
      completedBytes: 400_000,
      error: { code: 'pull-stalled', details: { model: 'phi4', attempts: 4, silentMs: 60_000 } },
    });
    await ollama.clearFaults();
    queue.pull('phi4');
    await clock.advanceUntil('the model', () => fixture.report('phi4').state === 'done');
    expect(await blobsAreWhole()).toBe(true);
  });

  it('is the same when not even the manifest comes, and when Ollama only repeats itself', async () => {
    const { queue, ollama } = await stalling();
    await ollama.setFaults({ pullSilent: true });
    queue.pull('phi4');
    await clock.advanceUntil('a second try', () => fixture.pulls().length === 2, 60_001);
    await ollama.setFaults({ pullSilent: false, pullHang: true });
    await clock.advanceUntil('a third try', () => fixture.pulls().length === 3, 60_001);
    // The second said three times that it is nowhere, and that counts for nothing.
    await clock.advanceUntil('a fourth try', () => fixture.pulls().length === 4, 60_001);
    expect(fixture.pulls()[2]?.chunksSent).toBe(5);
  });

  it('goes on by itself when the line comes back', async () => {
    const { queue, ollama } = await stalling();
    await ollama.setFaults({ pullHangAfterBytes: 100_000 });
    queue.pull('phi4');
    await clock.advanceUntil('a second try', () => fixture.report('phi4').attempt === 2);
    await ollama.clearFaults();
    await clock.advanceUntil('the model', () => fixture.report('phi4').state === 'done');
    expect([fixture.report('phi4').attempt, fixture.pulls().length]).toEqual([3, 3]);
  });

  it('has more patience while all bytes are here and are checked, but not without end', async () => {
    const { queue, ollama } = await stalling();
    await ollama.setFaults({ pullHangVerifying: true });
    queue.pull('phi4');
    await clock.advance(590_000);
    expect(fixture.report('phi4')).toMatchObject({ state: 'verifying', attempt: 1 });
    await clock.advance(20_000);
    expect(fixture.report('phi4').attempt).toBe(2);
  });

  it('says its speed and how long it takes once there is something to report', async () => {
    const { queue, ollama } = await stalling();
    await ollama.setFaults({ pullHangAfterBytes: 1_000_000 });
    queue.pull('phi4');
    await clock.settle();
    expect(fixture.report('phi4')).toMatchObject({ state: 'pulling', bytesPerSecond: null, leftMs: null });
    await clock.advance(2000);
    const { bytesPerSecond, leftMs } = fixture.report('phi4');
    expect(bytesPerSecond).toBeGreaterThan(0);
    expect(leftMs).toBe(Math.round(((whole - 1_000_000) / Number(bytesPerSecond)) * 1000));
  });
});

describe('a pull that fails', () => {
  it.each([
    ['a connection that breaks', { pullDieAfterBytes: 100_000 }],
    ['an error of Ollama', { pullErrorAfterBytes: 100_000, errorText: 'max retries exceeded: EOF' }],
    ['damaged bytes', { pullCorrupt: true }],
    ['an end without success', { pullEndsWithoutSuccess: true }],
  ])('%s is tried again, and it succeeds', async (_what, fault) => {
    const { queue, ollama } = await openFixture({ limits: { firstRetryMs: 1 } });
    await ollama.setFaults(fault);
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({ state: 'done', attempt: 2, error: null });
    expect(await blobsAreWhole()).toBe(true);
  });

  it('is given up after three more tries, with Ollama’s own error', async () => {
    const { queue, ollama } = await openFixture({ limits: { firstRetryMs: 1 } });
    const again = () =>
      void ollama.setFaults({ pullErrorAfterBytes: 10, errorText: 'x509: unknown authority' });
    again();
    queue.onChange(again);
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'failed',
      attempt: 4,
      error: { code: 'pull-failed', details: { model: 'phi4', reason: 'x509: unknown authority' } },
    });
    expect(fixture.pulls()).toHaveLength(4);
  });

  it.each([
    ['nobody/knows', {}, 'model-unknown'],
    ['phi4', { pullTooOld: true }, 'pull-needs-newer-ollama'],
  ])('%s with %o is final: %s', async (model, fault, code) => {
    const { queue, ollama } = await openFixture();
    await ollama.setFaults(fault);
    queue.pull(model);
    expect(await fixture.ended(model)).toMatchObject({ state: 'failed', attempt: 1, error: { code } });
    expect(fixture.pulls()).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    const { queue, ollama } = await openFixture({ limits: { firstRetryMs: 1 } });
    await ollama.setFaults({ down: true });
    queue.pull('phi4');
    expect(await fixture.ended('phi4')).toMatchObject({
      state: 'failed',
      error: { code: 'ollama-unreachable' },
    });
  });
});
