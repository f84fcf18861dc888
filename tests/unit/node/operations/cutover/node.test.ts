import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { acquireLock } from '../../../../../electron/daemon/storage/lock.ts';
import { ensureStateDir } from '../../../../../electron/daemon/storage/paths.ts';
import { systemClock as clock } from '../../../../../electron/daemon/system/clock.ts';
import { createContext } from '../../../../../electron/node/context.ts';
import { type CutoverNode, waitForHeartbeat } from '../../../../../electron/node/operations/cutover/node.ts';
import type { Reason } from '../../../../../shared/reasons/reason-text.ts';
import { sampleSnapshot } from '../../../../fixtures/sample-snapshot.ts';
import { temporaryState } from '../../../../fixtures/storage/sandbox.ts';

const version = '0.0.0-test';

async function world() {
  const paths = await temporaryState();
  await ensureStateDir(paths, { clock });
  const computer = { paths, env: {}, platform: process.platform, homeDir: '/home/nobody', version };
  return { paths, context: createContext(computer, { clock }) };
}

/** A node of a host that has no process of its own, as the app's is: it answers with these, one after the other. */
function nodeAnswering(...acceptedAtMs: (number | null)[]): CutoverNode {
  return {
    start: async () => ({ ended: () => null }),
    end: async () => true,
    async snapshot() {
      const firstAcceptedAtMs = acceptedAtMs.shift() ?? null;
      const snapshot = sampleSnapshot();
      return { ...snapshot, heartbeat: { ...snapshot.heartbeat, firstAcceptedAtMs } };
    },
  };
}

const options = (started: { ended: () => Reason | null } | null, patienceMs = 10_000) => ({
  patienceMs,
  signal: new AbortController().signal,
  started,
});

describe('waiting for the first accepted heartbeat of a cutover', () => {
  it('ends with it, whichever host runs the node', async () => {
    const { context } = await world();
    const node = nodeAnswering(null, 5);
    expect(await waitForHeartbeat(context, options({ ended: () => null }), { node })).toMatchObject({
      acceptedAtMs: 5,
    });
  });

  it('goes on with the node that runs here when the one it started had come too late', async () => {
    const { context, paths } = await world();
    const lock = await acquireLock({ paths, version }, { clock });
    const node = nodeAnswering(null, 7);
    const waited = waitForHeartbeat(context, options({ ended: () => 'exit-code(4)' }), { node });
    expect(await waited).toMatchObject({ acceptedAtMs: 7 });
    await lock.release();
  });

  it('waits for a node that has just taken its place and has not said yet who it is', async () => {
    const { context, paths } = await world();
    const lock = await acquireLock({ paths, version }, { clock });
    rmSync(paths.controlFile);
    const node = nodeAnswering(null, 9);
    const waited = waitForHeartbeat(context, options({ ended: () => 'exit-code(4)' }), { node });
    expect(await waited).toMatchObject({ acceptedAtMs: 9 });
    await lock.release();
  });

  it('says why when the node has ended and none runs', async () => {
    const { context } = await world();
    const node = nodeAnswering();
    const waited = await waitForHeartbeat(context, options({ ended: () => 'exit-code(4)' }), { node });
    expect(waited).toEqual({ why: 'own-node-ended(exit-code(4))' });
  });

  it('gives up after its patience, and at once when it was cancelled', async () => {
    const { context } = await world();
    const node = nodeAnswering();
    expect(await waitForHeartbeat(context, options(null, 1), { node })).toMatchObject({
      why: expect.stringMatching(/^no-own-heartbeat\(/),
    });
    const cancelled = { ...options(null), signal: AbortSignal.abort() };
    expect(await waitForHeartbeat(context, cancelled, { node })).toEqual({ why: 'it-was-cancelled' });
  });
});
