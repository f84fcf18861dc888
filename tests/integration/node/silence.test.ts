import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createControlServer } from '../../../electron/daemon/control/server.ts';
import { statePaths } from '../../../electron/daemon/storage/paths.ts';
import { linkToRunning } from '../../../electron/node/daemon-link.ts';
import { sampleHandlers } from '../../fixtures/sample-handlers.ts';
import { sampleSnapshot } from '../../fixtures/sample-snapshot.ts';
import { silentLog } from '../../fixtures/silent-log.ts';
import { createSimulatedClock } from '../../fixtures/simulated-clock.ts';

let stateDir: string;
const closing: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'plx-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** A daemon that answers as long as `answers` says so, and never closes its connections. */
async function attachTo(answers: (asked: number) => boolean) {
  const clock = createSimulatedClock();
  mkdirSync(join(stateDir, 's'));
  const paths = statePaths({
    stateDir: join(stateDir, 's'),
    env: {},
    platform: process.platform,
    homeDir: stateDir,
  });
  let asked = 0;
  const server = await createControlServer(
    { socketPath: paths.socketFile },
    {
      handlers: {
        ...sampleHandlers(),
        snapshot: () => {
          asked += 1;
          return answers(asked) ? Promise.resolve(sampleSnapshot()) : new Promise(() => {});
        },
      },
      greeting: () => ({
        ...{ version: '0.1.0', pid: 4242, uptimeMs: 1000, nodeId: '4217' },
        ...{ nodeKeyHash: `0x${'b'.repeat(64)}`, label: 'Ready', sentence: 'Online.' },
      }),
      subscribe: () => () => {},
      clock,
      log: silentLog,
    },
  );
  closing.push(() => server.stop());
  const link = await linkToRunning({ paths, clock });
  let end: unknown = 'none';
  link.ended.then(
    () => {
      end = 'closed';
    },
    (error) => {
      end = error;
    },
  );
  closing.push(() => link.close(0));
  return { clock, end: () => end, asked: () => asked };
}

it('a daemon that hangs without closing its connection is noticed, and said to be not answering', async () => {
  const { clock, end } = await attachTo((asked) => asked <= 3);
  await clock.advance(3 * 30_000 + 1000);
  expect(end()).toBe('none');
  await clock.advance(45_000);
  expect(end()).toMatchObject({ code: 'daemon-not-answering' });
});

it('one answer that does not come is not yet a daemon that hangs', async () => {
  const { clock, end, asked } = await attachTo((count) => count !== 2);
  await clock.advance(10 * 60_000);
  expect(end()).toBe('none');
  expect(asked()).toBeGreaterThan(10);
});
