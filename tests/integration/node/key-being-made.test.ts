import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whileNoNodeRuns } from '../../../electron/daemon/storage/lock.ts';
import { type StatePaths, statePaths } from '../../../electron/daemon/storage/paths.ts';
import { openSettings } from '../../../electron/daemon/storage/settings.ts';
import { systemClock } from '../../../electron/daemon/system/clock.ts';
import { createContext } from '../../../electron/node/context.ts';
import { createDaemonManager, type DaemonManager } from '../../../electron/node/daemon-manager.ts';
import { createKeptPassphrase } from '../../../electron/node/kept-passphrase.ts';
import { silentLog } from '../../fixtures/silent-log.ts';
import { createSimulatedClock, type SimulatedClock } from '../../fixtures/simulated-clock.ts';

const version = '0.0.0-test';
let directory: string;
let paths: StatePaths;
let clock: SimulatedClock;
let node: DaemonManager;
/** Phases, in the order in which the app went through them. */
let phases: string[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plx-'));
  const stateDir = join(directory, 's');
  paths = statePaths({ stateDir, env: {}, platform: process.platform, homeDir: directory });
  clock = createSimulatedClock();
  const settings = await openSettings({ paths }, { clock: systemClock });
  const env = { OLLAMA_HOST: 'http://127.0.0.1:1', HOME: directory, PATH: '' };
  const computer = { paths, version, env, platform: process.platform, homeDir: directory };
  node = createDaemonManager(createContext(computer, { clock }), {
    ...{ settings, keptPassphrase: createKeptPassphrase(), log: silentLog, random: () => 0.5 },
  });
  phases = [];
  node.onPhase(() => {
    if (phases.at(-1) !== node.phase.phase) phases.push(node.phase.phase);
  });
});
afterEach(async () => {
  await clock.during(node.stop(0));
  rmSync(directory, { recursive: true, force: true });
});

it('a key that is being made or restored here is no node that runs: the app stays where it is', async () => {
  await clock.during(node.start());
  expect(phases).toEqual(['starting', 'no-identity']);
  await clock.advanceUntil('what is known of the machine', () => node.preparation !== null);
  // As while the key is being made: the lock is held, also for as long as a keychain waits for its owner.
  await whileNoNodeRuns({ paths, version }, { clock: systemClock }, () => clock.advance(60_000));
  await clock.advance(60_000);
  expect(phases).toEqual(['starting', 'no-identity']);
  // What is known of the machine, and downloads with it, were not begun again.
  expect(node.preparation).not.toBeNull();
});
