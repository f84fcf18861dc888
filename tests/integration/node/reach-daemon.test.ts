import { rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireLock, isLockHeld } from '../../../electron/daemon/storage/lock.ts';
import { ensureStateDir, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { systemClock as clock } from '../../../electron/daemon/system/clock.ts';
import { reachDaemon } from '../../../electron/node/daemon-link.ts';
import { temporaryFolder } from '../../fixtures/storage/sandbox.ts';

async function place() {
  const paths = statePaths({
    stateDir: await temporaryFolder(),
    env: {},
    platform: process.platform,
    homeDir: '/home/someone',
  });
  await ensureStateDir(paths, { clock });
  return paths;
}

describe('a daemon whose control socket is gone', () => {
  it('runs and cannot be reached, as long as it holds the lock', async () => {
    const paths = await place();
    const lock = await acquireLock({ paths, version: '0.1.0' }, { clock });
    onTestFinished(() => lock.release());
    await lock.publish(paths.socketFile);
    await expect(reachDaemon({ paths, clock })).rejects.toMatchObject({
      code: 'daemon-not-answering',
      details: { reason: expect.stringMatching(/^socket-missing\(\d+\)$/) as string },
    });
    rmSync(paths.controlFile);
    await expect(reachDaemon({ paths, clock })).rejects.toMatchObject({
      code: 'daemon-not-answering',
      details: { reason: expect.stringMatching(/^socket-missing\(/) as string },
    });
    // Looking did not take the lock from it.
    expect(lock.intact()).toBe(true);
    await expect(acquireLock({ paths, version: '0.1.0' }, { clock })).rejects.toMatchObject({
      code: 'other-daemon',
    });
  });

  it('is none once the lock is free', async () => {
    const paths = await place();
    await expect(reachDaemon({ paths, clock })).rejects.toMatchObject({ code: 'no-daemon' });
    const lock = await acquireLock({ paths, version: '0.1.0' }, { clock });
    expect(isLockHeld(paths)).toBe(true);
    await lock.release();
    expect(isLockHeld(paths)).toBe(false);
    await expect(reachDaemon({ paths, clock })).rejects.toMatchObject({ code: 'no-daemon' });
  });
});
