import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  coreBytes,
  createWorld,
  filesIn,
  finish,
  part,
  type World,
} from '../../../fixtures/ollama/install.ts';

describe('a download that breaks off', () => {
  const sixty = Math.floor(coreBytes.length * 0.6);

  /** Begins one of which the server sends no more than that. */
  async function beginUntilSixty({
    folder,
    installer,
    clock,
  }: Pick<World, 'folder' | 'installer' | 'clock'>) {
    const installing = installer.install();
    installing.catch(() => undefined);
    await clock.advanceUntil(
      '60 % are here',
      () => statSync(part(folder), { throwIfNoEntry: false })?.size === sixty,
      30_000,
    );
    return { installing };
  }

  it('at 60 % goes on from there, and the whole is what was published', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ cutAfterBytes: sixty, times: 1 });
    await finish(clock, installer.install());
    expect(server.seen).toMatchObject([
      { range: null, status: 200 },
      { range: expect.stringMatching(/^bytes=\d+-$/) as string, ifRange: '"one"', status: 206 },
    ]);
    expect(Number(/\d+/.exec(server.seen[1]?.range ?? '')?.[0])).toBeGreaterThan(sixty / 2);
    expect(installer.status?.state).toBe('done');
  });

  it('is cancelled at 60 %, keeps what has come, and a later run goes on from there', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: sixty });
    const first = await beginUntilSixty({ folder, installer, clock });
    expect(installer.cancel()).toBe(true);
    await expect(finish(clock, first.installing)).rejects.toMatchObject({ code: 'cancelled' });
    expect(installer.status).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expect(installer.cancel()).toBe(false);
    server.setFaults({});
    expect((await installer.plan()).downloadBytes).toBe(coreBytes.length - sixty);
    await finish(clock, installer.install());
    expect(server.seen.at(-1)).toMatchObject({ range: `bytes=${sixty}-`, status: 206 });
    expect(installer.status?.state).toBe('done');
  });

  it('begins anew where the server knows no ranges', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: sixty, ignoreRange: true });
    const first = await beginUntilSixty({ folder, installer, clock });
    installer.cancel();
    await expect(finish(clock, first.installing)).rejects.toMatchObject({ code: 'cancelled' });
    server.setFaults({ ignoreRange: true });
    await finish(clock, installer.install());
    expect(server.seen.at(-1)).toMatchObject({ range: `bytes=${sixty}-`, status: 200 });
  });

  it('begins anew where the file behind the address has changed', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ cutAfterBytes: sixty, times: 1, etag: '"old"' });
    await finish(clock, installer.install());
    expect(server.seen).toMatchObject([{ status: 200 }, { ifRange: '"old"', status: 200 }]);
  });

  it('begins anew where more lies there than there can be', async () => {
    const { folder, installer, clock, server } = await createWorld();
    mkdirSync(join(folder, '.download'), { recursive: true });
    writeFileSync(part(folder), Buffer.alloc(coreBytes.length + 1));
    await finish(clock, installer.install());
    expect(server.seen).toMatchObject([{ range: null, status: 200 }]);
  });

  it('is not asked for again when all of it lies there', async () => {
    const { folder, installer, clock, server } = await createWorld();
    mkdirSync(join(folder, '.download'), { recursive: true });
    writeFileSync(part(folder), coreBytes);
    await finish(clock, installer.install());
    expect(server.seen).toEqual([]);
    expect(installer.status?.state).toBe('done');
  });

  it('for a minute without a byte is tried three times more, and then given up', async () => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: 1000 });
    const beginMs = clock.monotonicMs();
    await expect(clock.during(installer.install())).rejects.toMatchObject({
      code: 'download-stalled',
      details: { silentMs: 60_000 },
    });
    expect(clock.monotonicMs() - beginMs).toBe(4 * 60_000 + 1000 + 2000 + 4000);
    expect(server.seen.map(({ range }) => range)).toEqual([
      null,
      'bytes=1000-',
      'bytes=2000-',
      'bytes=3000-',
    ]);
    expect(installer.status).toMatchObject({ state: 'failed', error: { code: 'download-stalled' } });
    expect(statSync(part(folder)).size).toBe(4000);
  });

  it('but comes on a mebibyte at a time is not given up', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ stallAfterBytes: 600_000 });
    await finish(clock, installer.install());
    expect(server.seen.length).toBeGreaterThan(4);
    expect(installer.status?.state).toBe('done');
  });

  it.each([
    [404, 1],
    [403, 1],
    [503, 4],
    [429, 4],
  ])('with status %i is asked for %i times', async (status, times) => {
    const { folder, installer, clock, server } = await createWorld();
    server.setFaults({ status });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({
      code: 'download-failed',
      details: { reason: `http_${status}` },
    });
    expect(server.seen).toHaveLength(times);
    expect(filesIn(folder)).toEqual([]);
  });

  it('is never sent on to a server without TLS, nor begun from one', async () => {
    const { installer, clock, server } = await createWorld();
    server.setFaults({ redirectTo: 'http://example.org' });
    await expect(finish(clock, installer.install())).rejects.toMatchObject({ code: 'http-redirect-refused' });
    const other = await createWorld({ baseUrl: 'http://example.org/ollama' });
    await expect(finish(other.clock, other.installer.install())).rejects.toMatchObject({
      code: 'http-insecure-url',
    });
    expect(filesIn(other.folder)).toEqual([]);
  });
});
